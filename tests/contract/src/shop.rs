//! A business in a store, ready to take orders.

use orderdesk_application::ports::Store;
use orderdesk_application::views::{
    CustomerDetails, CustomerSummary, ItemDetails, MembershipDetails, MessageAttemptDetails, MessageDetails,
    MessageTemplateDetails, OrderDetails, OrderEventDetails, OrganizationSummary, UserSummary,
};
use orderdesk_application::{Caller, Grant, Principal, Scope};
use orderdesk_domain::{
    Credential, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order, OrderEvent,
    OrderLine, Organization, Resource, Standing, TokenScopes, User, UserId,
};

use crate::builders::{Maker, quantity};

/// An organization with an administrator, a customer and an item, as they were stored.
#[derive(Debug, Clone)]
pub struct Shop {
    /// The organization.
    pub organization: Organization,
    /// Its administrator, who is nobody's author so far.
    pub owner: User,
    /// That the owner administers the organization.
    pub membership: Membership,
    /// A customer without orders.
    pub customer: Customer,
    /// An item that nobody has ordered.
    pub item: Item,
}

impl Shop {
    /// Makes a shop and stores all of it.
    pub async fn open(store: &dyn Store, make: &Maker) -> Self {
        Self::open_as(store, make, make.organization(), make.user()).await
    }

    /// Makes a shop of `organization`, run by `owner`, and stores all of it.
    pub async fn open_as(store: &dyn Store, make: &Maker, organization: Organization, owner: User) -> Self {
        let shop = Self {
            membership: make.membership(organization.id(), owner.id(), Standing::Admin),
            owner,
            customer: make.customer(organization.id()),
            item: make.item(organization.id()),
            organization,
        };
        let mut work = store.begin().await.unwrap();
        work.organizations().insert(std::slice::from_ref(&shop.organization)).await.unwrap();
        work.users().insert(std::slice::from_ref(&shop.owner)).await.unwrap();
        work.memberships().insert(std::slice::from_ref(&shop.membership)).await.unwrap();
        work.customers().insert(std::slice::from_ref(&shop.customer)).await.unwrap();
        work.items().insert(std::slice::from_ref(&shop.item)).await.unwrap();
        work.commit().await.unwrap();
        shop
    }

    /// The owner, with everything that they may do, at the machine itself.
    pub fn principal(&self) -> Principal {
        Principal {
            user: (&self.owner).into(),
            is_staff: false,
            grants: vec![Grant { organization: self.summary(), standing: Standing::Admin }],
            credential: Credential::Local,
            scopes: TokenScopes::everything(),
            bound_to: None,
            expires_at: None,
        }
    }

    /// The owner as a caller.
    pub fn caller(&self) -> Caller {
        self.principal().into()
    }

    /// What the owner may see of customers, items and orders.
    pub fn scope(&self) -> Scope {
        self.principal().scope(Resource::Orders).unwrap()
    }

    /// One unit of the shop's item.
    pub fn line(&self) -> OrderLine {
        OrderLine::of(&self.item, quantity(1))
    }

    /// A pending order of the shop's item by the shop's customer, not stored, and the first entry of its history.
    pub fn order(&self, make: &Maker) -> (Order, OrderEvent) {
        make.order(&self.customer, self.line())
    }

    /// The organization beside what it owns.
    pub fn summary(&self) -> OrganizationSummary {
        OrganizationSummary::from(&self.organization)
    }

    /// A customer of this shop as it is to be read.
    pub fn customer_details(&self, customer: &Customer) -> CustomerDetails {
        CustomerDetails {
            customer: customer.clone(),
            organization: self.summary(),
            created_by: self.author(customer.created_by()),
        }
    }

    /// An item of this shop as it is to be read.
    pub fn item_details(&self, item: &Item) -> ItemDetails {
        ItemDetails { item: item.clone(), organization: self.summary() }
    }

    /// An order by `customer`, a customer of this shop, as it is to be read.
    pub fn order_details(&self, order: &Order, customer: &Customer) -> OrderDetails {
        OrderDetails {
            order: order.clone(),
            customer: CustomerSummary::from(customer),
            organization: self.summary(),
            created_by: self.author(order.created_by()),
        }
    }

    /// An entry in the history of an order by this shop's customer as it is to be read.
    pub fn event_details(&self, event: &OrderEvent) -> OrderEventDetails {
        OrderEventDetails {
            event: event.clone(),
            organization: self.organization.id(),
            customer: self.customer.id(),
            by: self.author(event.by),
        }
    }

    /// A message to `customer`, a customer of this shop, as it is to be read.
    pub fn message_details(&self, message: &Message, customer: &Customer) -> MessageDetails {
        MessageDetails {
            message: message.clone(),
            customer: CustomerSummary::from(customer),
            organization: self.summary(),
        }
    }

    /// An attempt to tell this shop's customer something as it is to be read.
    pub fn attempt_details(&self, attempt: &MessageAttempt) -> MessageAttemptDetails {
        MessageAttemptDetails {
            attempt: attempt.clone(),
            organization: self.organization.id(),
            customer: self.customer.id(),
        }
    }

    /// A template of this shop as it is to be read.
    pub fn template_details(&self, template: &MessageTemplate) -> MessageTemplateDetails {
        MessageTemplateDetails { template: template.clone(), organization: self.summary() }
    }

    /// The owner's membership as it is to be read.
    pub fn membership_details(&self) -> MembershipDetails {
        MembershipDetails {
            membership: self.membership.clone(),
            organization: self.summary(),
            user: Some(UserSummary::from(&self.owner)),
            customer: None,
        }
    }

    fn author(&self, id: Option<UserId>) -> Option<UserSummary> {
        id.map(|id| {
            assert_eq!(id, self.owner.id(), "only the owner writes in this shop");
            UserSummary::from(&self.owner)
        })
    }
}
