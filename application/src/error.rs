//! Why a use case did not do what was asked of it.

use std::collections::BTreeMap;

use orderdesk_domain::{
    Action, Currency, CustomerCode, CustomerId, EmailAddress, Invalid, ItemId, ItemName, LastAdministrator,
    MessageEvent, MessageRefusal, OnlyViewersAreBound, OrderId, OrderRefusal, OrganizationId, Resource,
    TokenScopes,
};
use thiserror::Error;

use crate::ports::{CallbackError, IdentityError, StoreError};
use crate::views::OrganizationSummary;
use crate::wording::Unwordable;

/// One thing that stands against a request. Its text is for the client.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// There is no such object, or the caller may not see it.
    #[error("Not found.")]
    NotFound,
    /// The caller may see such things, and not do this to them.
    #[error("You may not {} {} here.", .0.name(), words(*.1))]
    Forbidden(Action, Resource),
    /// The caller may see the organization, and not create such things in it.
    #[error("You may not create {} in the organization {organization}.", words(*.resource))]
    ForbiddenIn {
        /// Where.
        organization: OrganizationId,
        /// What.
        resource: Resource,
    },
    /// The object has changed since the version that the caller knows.
    #[error("The object has changed since you read it; read it again and repeat the change.")]
    Stale,
    /// A row of a bulk request names an object that an earlier row named.
    #[error("Each object may stand in a bulk request only once.")]
    RowRepeated,

    /// The caller can write to several organizations and named none, or can write to none.
    #[error("{}", required_organization(.0))]
    OrganizationRequired(Vec<OrganizationSummary>),
    /// The named organization does not exist, or the caller may not write to it.
    #[error("There is no organization {0} that you can write to.")]
    OrganizationUnknown(OrganizationId),
    /// An object stays in its organization.
    #[error("The organization of an object cannot change.")]
    OrganizationFixed,

    /// The named customer does not exist there, or the caller may not see it.
    #[error("There is no customer {0} here.")]
    CustomerUnknown(CustomerId),
    /// No customer there has the code.
    #[error("There is no customer with the code {0} here.")]
    CustomerCodeUnknown(CustomerCode),
    /// Customer and code name different customers.
    #[error("The customer's code is {0}; give only one of the two, or make them agree.")]
    CustomerCodeDisagrees(CustomerCode),
    /// An order stays with its customer; the problem is with the customer's id.
    #[error("The customer of an order cannot change.")]
    CustomerFixed,
    /// An order stays with its customer; the problem is with the customer's code.
    #[error("The customer of an order cannot change; its code is {0}.")]
    CustomerCodeFixed(CustomerCode),

    /// The named item does not exist there, or the caller may not see it.
    #[error("There is no item {0} in the catalogue here.")]
    ItemUnknown(ItemId),
    /// The item is not on offer.
    #[error("The item \"{0}\" is not active; choose another, or activate it first.")]
    ItemInactive(ItemName),
    /// Nothing says what is ordered.
    #[error("Name an item of the catalogue in item_id, or give item and price_per_unit.")]
    ItemRequired,
    /// Nothing says what one unit costs.
    #[error("Give a price_per_unit, or name an item of the catalogue in item_id.")]
    PriceRequired,
    /// Nothing says how many.
    #[error("This field is required.")]
    QuantityRequired,
    /// Another currency without a price in it.
    #[error("Give a price_per_unit in {0} as well; the present one is in another currency.")]
    CurrencyAlone(Currency),
    /// The price does not fit its range or its currency.
    #[error("{0}")]
    Price(Invalid),

    /// Another customer of the organization has the code.
    #[error("The code {0} belongs to another customer of this organization.")]
    CodeTaken(CustomerCode),
    /// Another item of the organization has the name.
    #[error("There is already an item named \"{0}\" in this organization.")]
    NameTaken(ItemName),
    /// The order does not allow the change.
    #[error("{}", refusal(*.0))]
    Order(OrderRefusal),
    /// The message does not allow what was asked of it.
    #[error("{0}")]
    Message(MessageRefusal),
    /// The organization has a template for this already.
    #[error("This organization has a template for {} already; change that one.", .0.name())]
    EventTaken(MessageEvent),
    /// A template stays with what it is for.
    #[error("A template is for one event; this one is for {}.", .0.name())]
    EventFixed(MessageEvent),
    /// A template makes no text.
    #[error("{0}")]
    Unwordable(Unwordable),
    /// The named order does not exist there, or the caller may not see it.
    #[error("There is no order {0} in this organization.")]
    OrderUnknown(OrderId),
    /// What a gateway called back with is not believed or understood.
    #[error("{0}")]
    Callback(CallbackError),
    /// A customer that has orders stays.
    #[error("Customers with orders cannot be deleted. Orders of theirs: {0}.")]
    HasOrders(u64),
    /// A customer to whom somebody's role is bound stays.
    #[error(
        "Customers to whom a member's role is bound cannot be deleted. Such members: {0}. End their memberships first."
    )]
    HasGuests(u64),
    /// An item that orders refer to stays.
    #[error(
        "Items that orders refer to cannot be deleted. Orders that do: {0}. Set is_active to false instead."
    )]
    IsOrdered(u64),
    /// The customer to whom a role is to be bound does not exist in the organization.
    #[error("There is no customer {0} in this organization.")]
    GuestOfUnknown(CustomerId),
    /// A role that cannot be bound to a customer.
    #[error("{0}")]
    Bound(OnlyViewersAreBound),
    /// Somebody belongs to the organization already, or is invited.
    #[error("{0} belongs to this organization already, or is invited to it.")]
    MemberAlready(EmailAddress),
    /// The organization would be left without an administrator.
    #[error("{0} Make somebody else an administrator first.")]
    LastAdministrator(LastAdministrator),
    /// An organization that owns something stays.
    #[error(
        "Organizations that own anything cannot be deleted. Customers of this one: {customers}; items: {items}; orders: {orders}."
    )]
    OwnsSomething {
        /// How many customers it has.
        customers: u64,
        /// How many items.
        items: u64,
        /// How many orders.
        orders: u64,
    },
    /// A token would be good for more than the credential that asks for it.
    #[error("A token cannot be good for more than the credential that creates it: {}.", .0.spelled())]
    MoreThanOwn(TokenScopes),
    /// A token would last longer than the credential that asks for it.
    #[error("A token cannot last longer than the token that creates it, which ends at {0}.")]
    LongerThanOwn(String),
    /// A token would be worth nothing from the beginning.
    #[error("The time of expiry must be in the future.")]
    ExpiryPast,
    /// Staff would shut themselves out.
    #[error("You cannot deactivate yourself, nor give up being staff; somebody else of the staff can do it.")]
    OwnAccount,
    /// The user may do nothing any more.
    #[error("This account has been deactivated.")]
    Deactivated,
    /// A token by which nobody signs in, for a session is good for more.
    #[error(
        "To sign in takes a token that is good for everything and forever: with the scope write, bound to no \
         organization, and without a time of expiry."
    )]
    TokenLimited,
    /// The idempotency key was used for another request.
    #[error("This idempotency key was used for another request; take a new key for a new request.")]
    KeyReused,
    /// A request of the same idempotency key is being carried out.
    #[error("A request with this idempotency key is being carried out; try again soon.")]
    KeyInUse,
    /// More matches than one call may delete.
    #[error("The filters match {count} objects; one call deletes at most {maximum}. Narrow the filters.")]
    TooManyMatches {
        /// How many objects match.
        count: u64,
        /// How many may.
        maximum: u64,
    },
}

fn words(resource: Resource) -> String {
    resource.name().replace('-', " ")
}

fn required_organization(choices: &[OrganizationSummary]) -> String {
    if choices.is_empty() {
        return "You cannot write to any organization.".to_owned();
    }
    let choices: Vec<_> = choices.iter().map(|choice| format!("{} ({})", choice.id, choice.name)).collect();
    format!("You can write to several organizations; name one of them: {}.", choices.join(", "))
}

fn refusal(refusal: OrderRefusal) -> String {
    match refusal {
        OrderRefusal::Transition { from, .. } => {
            let allowed: Vec<_> = from.successors().iter().map(|status| status.name()).collect();
            let allowed = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
            format!("{refusal} Allowed from {from}: {allowed}.")
        }
        OrderRefusal::Amendment { .. } => refusal.to_string(),
    }
}

/// The outcome of a use case that did nothing.
#[derive(Debug, Error)]
pub enum Error {
    /// What stands against a request for one object; never empty.
    #[error("the request was refused: {0:?}")]
    Refused(Vec<Problem>),
    /// What stands against a bulk request, by the position of the row; never empty.
    #[error("rows of the request were refused: {0:?}")]
    Rows(BTreeMap<usize, Vec<Problem>>),
    /// Nobody could be found out to vouch for the caller.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(vec![problem])
    }
}

/// What a use case answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use orderdesk_domain::{Currency, OrderStatus, OrganizationName, Price};
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;

    fn organization(number: u128, name: &str) -> OrganizationSummary {
        OrganizationSummary {
            id: OrganizationId::new(Uuid::from_u128(number)),
            name: OrganizationName::parse(name).unwrap(),
            default_currency: Currency::parse("KES").unwrap(),
        }
    }

    #[test]
    fn who_must_choose_an_organization_is_told_which_there_are() {
        let choices = vec![organization(1, "Duka"), organization(2, "Soko")];
        assert_eq!(
            Problem::OrganizationRequired(choices).to_string(),
            "You can write to several organizations; name one of them: \
             00000000-0000-0000-0000-000000000001 (Duka), 00000000-0000-0000-0000-000000000002 (Soko)."
        );
    }

    #[test]
    fn who_has_no_organization_to_choose_is_told_so() {
        assert_eq!(
            Problem::OrganizationRequired(Vec::new()).to_string(),
            "You cannot write to any organization."
        );
    }

    #[test]
    fn a_refused_transition_names_what_is_allowed() {
        let [pending, closed, cancelled] = OrderStatus::ALL;
        let refused = |from, to| Problem::Order(OrderRefusal::Transition { from, to }).to_string();
        assert_eq!(
            refused(closed, pending),
            "An order that is Closed cannot become Pending. Allowed from Closed: none."
        );
        assert_eq!(
            refused(pending, pending),
            "An order that is Pending cannot become Pending. Allowed from Pending: Closed, Cancelled."
        );
        assert_eq!(
            Problem::Order(OrderRefusal::Amendment { status: cancelled }).to_string(),
            "An order that is Cancelled cannot be changed; only one that is Pending can."
        );
    }

    #[test]
    fn a_currency_alone_is_told_what_it_lacks() {
        let text = Problem::CurrencyAlone(Currency::parse("USD").unwrap()).to_string();
        assert!(text.starts_with("Give a price_per_unit in USD as well"), "{text}");
    }

    #[test]
    fn a_price_is_refused_with_every_reason_against_it() {
        let invalid = Price::new(Decimal::new(-15, 1), Currency::parse("JPY").unwrap()).unwrap_err();
        let text = Problem::Price(invalid.clone()).to_string();
        assert_eq!(invalid.reasons().len(), 2);
        assert!(invalid.reasons().iter().all(|reason| text.contains(&reason.to_string())), "{text}");
    }

    #[test]
    fn counts_are_told() {
        let text = Problem::TooManyMatches { count: 10_001, maximum: 10_000 }.to_string();
        assert!(text.contains("10001") && text.contains("10000"), "{text}");
        assert!(Problem::HasOrders(3).to_string().contains("Orders of theirs: 3."));
        assert!(Problem::IsOrdered(3).to_string().contains("Orders that do: 3."));
    }

    #[test]
    fn the_failure_of_a_store_keeps_its_cause() {
        use std::error::Error as _;
        let cause = std::io::Error::other("connection refused");
        let error = Error::from(StoreError::Unavailable(Box::new(cause)));
        assert_eq!(error.to_string(), "the store is not available");
        assert_eq!(error.source().map(ToString::to_string), Some("connection refused".to_owned()));
    }
}
