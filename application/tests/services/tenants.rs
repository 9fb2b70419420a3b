//! Two organizations with data that looks alike: neither can tell whether the other is there.
//!
//! The same calls are made twice: once beside a neighbour who has the same codes, names, addresses and orders and more
//! besides, and once where there is none. Every answer must be the same, to the letter.

use std::fmt::Debug;

use orderdesk_application::Caller;
use orderdesk_application::error::Result;
use orderdesk_application::ports::Record;
use orderdesk_application::query::{Entity, Field, Filter, Key, Order, Test};
use orderdesk_application::services::{
    Browse, CustomerChange, CustomerChoice, ItemChange, ItemChoice, LineDraft, ListRequest, NewApiToken,
    NewCustomer, NewItem, NewMember, NewOrder, OrderChange, OrganizationChange, Precondition, UserChange,
};
use orderdesk_application::views::{CustomerField, ItemField, OrderField};
use orderdesk_contract::builders::{code, email, item_name, person, text};
use orderdesk_contract::kinds::keep;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Action, ApiToken, AuditEntry, Charter, Customer, CustomerId, Item, ItemId, Listing, Member, Membership,
    MembershipId, Order as Placed, OrderEventId, OrderId, Organization, OrganizationId, OrganizationName,
    Profile, Role, Standing, TokenId, User, UserId,
};
use uuid::Uuid;

use crate::common::{
    TestDesk, all, close, customer_change, draft, free_text, item_change, new_customer, new_item, new_member,
    new_order, new_organization, new_token, only, order_change, reappoint, row,
};

/// What an organization has.
struct Tenant {
    shop: Shop,
    /// A customer whose code nobody else has; `Shop::customer` has one that both have.
    other: Customer,
    order: Placed,
    event: OrderEventId,
    invitation: Membership,
    guest: User,
    guest_membership: Membership,
    token: ApiToken,
    entry: AuditEntry,
}

/// Makes an organization past the services. All are called the same and have the same, but for what `letter` marks.
async fn tenant(desk: &TestDesk, letter: &str) -> Tenant {
    let (store, make) = (&*desk.store, &desk.make);
    let charter = Charter { name: text(OrganizationName::parse, "Duka la Amina"), ..make.charter() };
    let organization = Organization::found(OrganizationId::new(make.id()), charter);
    let id = organization.id();
    let mut shop = Shop::open_as(store, make, organization, make.user()).await;
    let customer = async |code_of: &str| {
        let profile = Profile { code: code(code_of), ..make.profile() };
        let profile = Profile { second_name: person("Otieno"), ..profile };
        let customer = Customer::register(CustomerId::new(make.id()), id, profile, None);
        keep(store, &customer).await;
        customer
    };
    shop.customer = customer("SAME1").await;
    let other = customer(&format!("ONLY{letter}")).await;
    let item = async |name: &str| {
        let listing = Listing { name: item_name(name), ..make.listing() };
        let item = Item::list(ItemId::new(make.id()), id, listing);
        keep(store, &item).await;
        item
    };
    shop.item = item("Soap").await;
    item(&format!("Rope {letter}")).await;
    let (order, event) = shop.order(make);
    orderdesk_contract::kinds::place(store, &[(order.clone(), event.clone())]).await.unwrap();
    let invite = |address: &str| {
        let member = Member::Invited(email(address));
        Membership::grant(MembershipId::new(make.id()), id, member, Standing::Member)
    };
    let invitation = invite("same@duka.example");
    keep(store, &invitation).await;
    keep(store, &invite(&format!("only-{letter}@duka.example"))).await;
    let guest = make.user();
    keep(store, &guest).await;
    let guest_membership = desk.join(id, &guest, Standing::Guest(shop.customer.id())).await;
    let (token, _) = make.token(shop.owner.id());
    keep(store, &token).await;
    let entry = make.audit_entry(Some(id));
    let mut work = desk.store.begin().await.unwrap();
    work.audit_entries().append(std::slice::from_ref(&entry)).await.unwrap();
    work.commit().await.unwrap();
    Tenant { shop, other, order, event: event.id, invitation, guest, guest_membership, token, entry }
}

/// What is named in calls: things that are there, of a neighbour, or not there at all.
struct Named {
    organization: OrganizationId,
    customer: CustomerId,
    other: CustomerId,
    item: ItemId,
    order: OrderId,
    event: OrderEventId,
    user: UserId,
    membership: MembershipId,
    invitation: MembershipId,
    token: TokenId,
    entry: Uuid,
}

impl From<&Tenant> for Named {
    fn from(it: &Tenant) -> Self {
        Self {
            organization: it.shop.organization.id(),
            customer: it.shop.customer.id(),
            other: it.other.id(),
            item: it.shop.item.id(),
            order: it.order.id(),
            event: it.event,
            user: it.shop.owner.id(),
            membership: it.guest_membership.id(),
            invitation: it.invitation.id(),
            token: it.token.id,
            entry: it.entry.id.uuid(),
        }
    }
}

/// What was answered, as it looks; of refusals also what the client is told.
#[derive(Default)]
struct Transcript(Vec<String>);

impl Transcript {
    fn note<T: Debug>(&mut self, what: &str, outcome: &Result<T>) {
        let told = match outcome {
            Err(orderdesk_application::Error::Refused(problems)) => {
                problems.iter().map(ToString::to_string).collect()
            }
            Err(orderdesk_application::Error::Rows(rows)) => {
                rows.values().flatten().map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        };
        self.0.push(format!("{what}: {outcome:?} {told:?}"));
    }

    /// Everything that can be asked of a list: pages, counts, orderings, the object itself.
    async fn browse<B: Browse>(&mut self, what: &str, service: &B, caller: &Caller, theirs: Uuid)
    where
        <B::Entity as Entity>::Details: Debug,
    {
        self.note(what, &service.list(caller, all()).await);
        let counted = ListRequest { filter: only(theirs), ..all() };
        self.note(what, &service.list(caller, counted).await);
        self.note(what, &service.find(caller, theirs).await);
        self.note(what, &service.find_several(caller, vec![theirs, Uuid::nil()]).await);
        for action in Action::ALL {
            self.note(what, &service.permit(caller, action, Some(theirs)).await);
        }
        for words in ["only", "Otieno", "soap", "same", "duka"] {
            let found = ListRequest { filter: Filter::search(words), ..all() };
            self.note(what, &service.list(caller, found).await);
        }
        let orders = <<B::Entity as Entity>::Field as Field>::ALL.iter().filter(|it| it.spec().orders);
        for field in orders.copied() {
            for descending in [false, true] {
                let order = Order::new(&[Key { field, descending }]).unwrap();
                // One by one, so that every place in the list is written down.
                let mut after = None;
                loop {
                    let request =
                        ListRequest { order: order.clone(), after: after.clone(), limit: 1, ..all() };
                    let Ok(page) = service.list(caller, request).await else { break };
                    after.clone_from(&page.next);
                    self.0.push(format!("{what}: {page:?}"));
                    if after.is_none() {
                        break;
                    }
                }
            }
        }
    }
}

/// Makes every call that names something of a neighbour, and those that might stumble over it.
async fn calls(desk: &TestDesk, caller: &Caller, own: &Named, theirs: &Named) -> Vec<String> {
    let mut answers = Transcript::default();
    let it = &mut answers;
    it.browse("customers", &desk.customers(), caller, theirs.customer.uuid()).await;
    it.browse("items", &desk.items(), caller, theirs.item.uuid()).await;
    it.browse("orders", &desk.orders(), caller, theirs.order.uuid()).await;
    it.browse("history", &desk.orders().history(), caller, theirs.event.uuid()).await;
    it.browse("organizations", &desk.organizations(), caller, theirs.organization.uuid()).await;
    it.browse("members", &desk.members(), caller, theirs.membership.uuid()).await;
    it.browse("users", &desk.users(), caller, theirs.user.uuid()).await;
    it.browse("tokens", &desk.api_tokens(), caller, theirs.token.uuid()).await;
    it.browse("audit", &desk.audit(), caller, theirs.entry).await;
    filters(desk, caller, theirs, it).await;
    references(desk, caller, own, theirs, it).await;
    writes(desk, caller, own, theirs, it).await;
    keys(desk, caller, own, it).await;
    answers.0
}

/// Lists that are narrowed by what the neighbour has.
async fn filters(desk: &TestDesk, caller: &Caller, theirs: &Named, it: &mut Transcript) {
    for name in ["SAME1", "ONLYA", "ONLYB"] {
        let filter = Filter::new(CustomerField::Code, Test::Equals(name.into())).unwrap();
        it.note(name, &desk.customers().list(caller, ListRequest { filter, ..all() }).await);
        let filter = Filter::new(OrderField::CustomerCode, Test::Equals(name.into())).unwrap();
        it.note(name, &desk.orders().list(caller, ListRequest { filter, ..all() }).await);
    }
    for (field, id) in [
        (OrderField::Customer, theirs.customer.uuid()),
        (OrderField::ItemId, theirs.item.uuid()),
        (OrderField::Organization, theirs.organization.uuid()),
    ] {
        let filter = Filter::new(field, Test::Equals(id.into())).unwrap();
        it.note("orders of", &desk.orders().list(caller, ListRequest { filter, ..all() }).await);
    }
}

/// Orders and members that would refer to something of the neighbour.
async fn references(desk: &TestDesk, caller: &Caller, own: &Named, theirs: &Named, it: &mut Transcript) {
    let of = |item| LineDraft { item: ItemChoice::Catalogue(item, None), ..free_text("Rope", "20") };
    for organization in [None, Some(own.organization), Some(theirs.organization)] {
        for choice in [
            CustomerChoice::Id(theirs.customer),
            CustomerChoice::Code(code("ONLYB")),
            CustomerChoice::Both(theirs.other, code("ONLYB")),
            CustomerChoice::Both(own.customer, code("ONLYB")),
            CustomerChoice::Both(theirs.customer, code("SAME1")),
        ] {
            for line in [free_text("Rope", "20"), of(theirs.item)] {
                let new = NewOrder { organization, ..new_order(choice, line) };
                it.note("examine", &desk.orders().examine(caller, &new).await);
                it.note("place", &desk.orders().place(caller, new, None).await);
            }
        }
    }
    let line = LineDraft { item: ItemChoice::Catalogue(theirs.item, None), ..draft() };
    for customer in [None, Some(CustomerChoice::Id(theirs.customer))] {
        for organization in [None, Some(theirs.organization)] {
            let change = OrderChange { organization, customer, line: line.clone(), ..order_change() };
            let change = row(own.order.uuid(), change);
            it.note("examine a change", &desk.orders().examine_change(caller, change.clone()).await);
            it.note("change", &desk.orders().change(caller, change).await);
        }
    }
    let guest = NewMember { customer: Some(theirs.customer), ..new_member("new@duka.example", Role::Viewer) };
    it.note("invite a guest", &desk.members().invite(caller, own.organization, guest, None).await);
    let token = NewApiToken { organization: Some(theirs.organization), ..new_token("Till") };
    it.note("token", &desk.api_tokens().create(caller, token, None).await);
}

/// Everything that would write to what is the neighbour's.
async fn writes(desk: &TestDesk, caller: &Caller, own: &Named, theirs: &Named, it: &mut Transcript) {
    let any = Precondition::default();
    let organization = Some(theirs.organization);
    let new = NewCustomer { organization, ..new_customer() };
    it.note("create", &desk.customers().create(caller, new, None).await);
    it.note("create", &desk.items().create(caller, NewItem { organization, ..new_item("Rope") }, None).await);
    let invited = new_member("new@duka.example", Role::Viewer);
    it.note("invite", &desk.members().invite(caller, theirs.organization, invited, None).await);

    let change = CustomerChange { first_name: Some(person("Njeri")), ..customer_change() };
    let rows = [own.customer, theirs.customer].map(|id| row(id.uuid(), change.clone()));
    it.note("change", &desk.customers().change_all(caller, &rows).await);
    it.note("change", &desk.customers().change(caller, rows[1].clone()).await);
    let moved = CustomerChange { organization, ..customer_change() };
    it.note("move", &desk.customers().change(caller, row(own.customer.uuid(), moved)).await);
    let change = ItemChange { name: Some(item_name("Cord")), ..item_change() };
    let rows = [own.item, theirs.item].map(|id| row(id.uuid(), change.clone()));
    it.note("change", &desk.items().change_all(caller, &rows).await);
    let rows = [own.order, theirs.order].map(|id| row(id.uuid(), close()));
    it.note("change", &desk.orders().change_all(caller, &rows).await);
    let name = Some(text(OrganizationName::parse, "Ours"));
    let change = OrganizationChange { name, ..OrganizationChange::default() };
    it.note("change", &desk.organizations().change(caller, row(theirs.organization.uuid(), change)).await);
    for membership in [theirs.membership, theirs.invitation] {
        let change = row(membership.uuid(), reappoint(Role::Admin));
        it.note("reappoint", &desk.members().change(caller, change).await);
        it.note("remove", &desk.members().remove(caller, membership, &any).await);
    }
    let off = UserChange { is_active: Some(false), ..UserChange::default() };
    it.note("deactivate", &desk.users().change(caller, row(theirs.user.uuid(), off)).await);
    it.note("revoke", &desk.api_tokens().revoke(caller, theirs.token, &any).await);

    it.note("delete", &desk.customers().delete(caller, theirs.customer, &any).await);
    it.note("delete", &desk.items().delete(caller, theirs.item, &any).await);
    it.note("delete", &desk.orders().delete(caller, theirs.order, &any).await);
    it.note("delete", &desk.organizations().delete(caller, theirs.organization, &any).await);
    let theirs_only = [theirs.customer, theirs.other].map(|id| only::<CustomerField>(id.uuid()));
    let either = Filter::Any(theirs_only.to_vec());
    it.note("delete matching", &desk.customers().delete_matching(caller, either).await);
    it.note(
        "delete matching",
        &desk.items().delete_matching(caller, only::<ItemField>(theirs.item.uuid())).await,
    );
    // The own customer has orders, and so is counted with them: its own ones.
    it.note("delete", &desk.customers().delete(caller, own.customer, &any).await);
    it.note("delete", &desk.items().delete(caller, own.item, &any).await);
    it.note("delete", &desk.organizations().delete(caller, own.organization, &any).await);
}

/// What must be unique is so within the own organization, whatever the neighbour has taken.
async fn keys(desk: &TestDesk, caller: &Caller, own: &Named, it: &mut Transcript) {
    for taken in ["SAME1", "ONLYB"] {
        let new = NewCustomer { code: Some(code(taken)), ..new_customer() };
        it.note(taken, &desk.customers().create(caller, new, None).await);
        let change = CustomerChange { code: Some(code(taken)), ..customer_change() };
        it.note(taken, &desk.customers().change(caller, row(own.other.uuid(), change)).await);
    }
    for taken in ["Soap", "Rope B"] {
        it.note(taken, &desk.items().create(caller, new_item(taken), None).await);
    }
    for taken in ["same@duka.example", "only-b@duka.example"] {
        let new = new_member(taken, Role::Viewer);
        it.note(taken, &desk.members().invite(caller, own.organization, new, None).await);
    }
    it.note("found", &desk.organizations().create(caller, new_organization("Duka la Amina"), None).await);
    it.note("delete all", &desk.orders().delete_matching(caller, Filter::everything()).await);
    it.note("delete all", &desk.customers().delete_matching(caller, Filter::everything()).await);
    it.note("delete all", &desk.items().delete_matching(caller, Filter::everything()).await);
    it.note("the audit", &desk.audit().list(caller, all()).await);
}

/// Who calls, of the first tenant.
type Calling = fn(&Tenant) -> (User, Option<Standing>);

/// What somebody of the first tenant is answered beside a neighbour, and without one; and that nothing of the
/// neighbour's has changed.
async fn compare(who: Calling) {
    let make = async |with_neighbour: bool| {
        let desk = TestDesk::new();
        let own = tenant(&desk, "A").await;
        let (user, standing) = who(&own);
        if let Some(standing) = standing {
            keep(&*desk.store, &user).await;
            desk.join(own.shop.organization.id(), &user, standing).await;
        }
        let caller = desk.caller(&user).await;
        let theirs = if with_neighbour { Some(tenant(&desk, "B").await) } else { None };
        (desk, own, caller, theirs)
    };
    let (desk, own, caller, theirs) = make(true).await;
    let theirs = Named::from(&theirs.unwrap());
    let before = neighbours(desk.records().await, theirs.organization);
    let beside = calls(&desk, &caller, &Named::from(&own), &theirs).await;
    assert_eq!(neighbours(desk.records().await, theirs.organization), before);
    assert!(before.len() > 10);

    let (desk, own, caller, _) = make(false).await;
    let alone = calls(&desk, &caller, &Named::from(&own), &theirs).await;
    for (beside, alone) in beside.iter().zip(&alone) {
        assert_eq!(beside, alone);
    }
    assert_eq!(beside.len(), alone.len());
}

/// The records that belong to this organization.
fn neighbours(records: Vec<Record>, organization: OrganizationId) -> Vec<Record> {
    let is_theirs = |record: &Record| match record {
        Record::Organization(it) => it.id() == organization,
        Record::Membership(it) => it.organization() == organization,
        Record::Customer(it) => it.organization() == organization,
        Record::Item(it) => it.organization() == organization,
        Record::Order(it) => it.organization() == organization,
        Record::AuditEntry(it) => it.organization == Some(organization),
        Record::MessageTemplate(it) => it.organization() == organization,
        Record::Message(it) => it.letter().organization == organization,
        // Nobody touches these here: whoever they are of.
        Record::Installation(_) | Record::User(_) | Record::MessageAttempt(_) | Record::OptOut(_) => true,
        Record::ApiToken(_) | Record::OrderEvent(_) => false,
    };
    records.into_iter().filter(is_theirs).collect()
}

#[tokio::test]
async fn an_administrator_cannot_tell_whether_there_are_neighbours() {
    compare(|own| (own.shop.owner.clone(), None)).await;
}

#[tokio::test]
async fn a_guest_cannot_tell_whether_there_are_neighbours() {
    compare(|own| (own.guest.clone(), None)).await;
}

fn somebody() -> User {
    let id = UserId::new(Uuid::from_u128(1_767_225_599_000 << 80));
    let name = text(orderdesk_domain::UserName::parse, "Njeri");
    User::enrol(id, None, orderdesk_domain::Account::named(name))
}

#[tokio::test]
async fn a_member_cannot_tell_whether_there_are_neighbours() {
    compare(|_| (somebody(), Some(Standing::Member))).await;
}

#[tokio::test]
async fn a_viewer_cannot_tell_whether_there_are_neighbours() {
    compare(|_| (somebody(), Some(Standing::Viewer))).await;
}
