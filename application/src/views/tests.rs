//! The fields that clients filter, order and search by are those of the objects.

use std::collections::HashSet;
use std::fmt::Debug;

use orderdesk_domain::order::Act;
use orderdesk_domain::{
    Account, Action, Actor, ApiToken, AuditEntry, AuditEntryId, Charter, Credential, Currency, Customer,
    CustomerCode, CustomerId, EmailAddress, ExternalIdentity, Issuer, Item, ItemId, ItemName, Listing,
    Member, Membership, MembershipId, Order, OrderEvent, OrderEventId, OrderId, OrderLine, OrderStatus,
    Organization, OrganizationId, OrganizationName, PersonName, PhoneNumber, Price, Profile, Quantity,
    Resource, SecretDigest, Standing, Subject, TimeZone, TokenId, TokenName, TokenScopes, User, UserId,
    UserName,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::ports::Aggregate;
use crate::query::{Entity, Field, Filter, Listed, Test, Value};

fn uuid(milliseconds: u128) -> Uuid {
    Uuid::from_u128(milliseconds << 80 | 0x7000_8000_0000_0000_0000)
}

fn organization() -> Organization {
    let charter = Charter {
        name: OrganizationName::parse("Duka").unwrap(),
        time_zone: TimeZone::parse("Africa/Nairobi").unwrap(),
        default_currency: Currency::parse("KES").unwrap(),
        quiet_hours: None,
    };
    Organization::found(OrganizationId::new(uuid(1)), charter)
}

fn user() -> User {
    let identity = ExternalIdentity {
        issuer: Issuer::parse("https://accounts.example").unwrap(),
        subject: Subject::parse("1234").unwrap(),
    };
    let email = EmailAddress::parse("amina@duka.example").ok();
    let account = Account { email, ..Account::named(UserName::parse("Amina").unwrap()) };
    User::enrol(UserId::new(uuid(2)), Some(identity), account)
}

fn customer() -> Customer {
    let profile = Profile {
        code: CustomerCode::parse("AB12Z").unwrap(),
        first_name: PersonName::parse("Wanjiku").unwrap(),
        second_name: PersonName::parse("Otieno").unwrap(),
        phone: PhoneNumber::parse("+254712345678").unwrap(),
    };
    Customer::register(CustomerId::new(uuid(3)), organization().id(), profile, Some(user().id()))
}

fn item() -> Item {
    let price = Price::new(Decimal::new(14_990, 2), Currency::parse("KES").unwrap()).unwrap();
    let listing = Listing { name: ItemName::parse("Soap").unwrap(), price, is_active: true };
    Item::list(ItemId::new(uuid(4)), organization().id(), listing)
}

/// An order that was placed and then closed, with both entries of its history.
fn order() -> (Order, [OrderEvent; 2]) {
    let act = |milliseconds| Act { event: OrderEventId::new(uuid(milliseconds)), by: Some(user().id()) };
    let line = OrderLine::of(&item(), Quantity::new(3).unwrap());
    let (mut order, placed) =
        Order::place(OrderId::new(uuid(5)), organization().id(), customer().id(), line, act(5));
    let closed = order.transition(OrderStatus::Closed, act(6)).unwrap().unwrap();
    (order, [placed, closed])
}

fn customer_details() -> CustomerDetails {
    CustomerDetails {
        customer: customer(),
        organization: (&organization()).into(),
        created_by: Some((&user()).into()),
    }
}

fn item_details() -> ItemDetails {
    ItemDetails { item: item(), organization: (&organization()).into() }
}

fn order_details() -> OrderDetails {
    OrderDetails {
        order: order().0,
        customer: (&customer()).into(),
        organization: (&organization()).into(),
        created_by: Some((&user()).into()),
    }
}

fn event_details() -> OrderEventDetails {
    let [_, event] = order().1;
    OrderEventDetails {
        event,
        organization: organization().id(),
        customer: customer().id(),
        by: Some((&user()).into()),
    }
}

fn organization_details() -> OrganizationDetails {
    OrganizationDetails { organization: organization() }
}

fn user_details() -> UserDetails {
    UserDetails { user: user() }
}

/// A guest who has come.
fn membership_details() -> MembershipDetails {
    let (member, guest) = (Member::User(user().id()), Standing::Guest(customer().id()));
    let membership = Membership::grant(MembershipId::new(uuid(7)), organization().id(), member, guest);
    MembershipDetails {
        membership,
        organization: (&organization()).into(),
        user: Some((&user()).into()),
        customer: Some((&customer()).into()),
    }
}

/// An administrator who has not come yet.
fn invitation_details() -> MembershipDetails {
    let member = Member::Invited(EmailAddress::parse("juma@duka.example").unwrap());
    let id = MembershipId::new(uuid(7));
    MembershipDetails {
        membership: Membership::grant(id, organization().id(), member, Standing::Admin),
        organization: (&organization()).into(),
        user: None,
        customer: None,
    }
}

fn token_details() -> ApiTokenDetails {
    let token = ApiToken {
        id: TokenId::new(uuid(8)),
        user: user().id(),
        name: TokenName::parse("Till").unwrap(),
        organization: Some(organization().id()),
        scopes: TokenScopes::parse("read orders:write").unwrap(),
        expires_at: Some(OrderId::new(uuid(9)).created_at()),
        last_used_at: None,
        digest: SecretDigest::of(b"secret"),
    };
    ApiTokenDetails { token, organization: Some((&organization()).into()) }
}

fn entry_details() -> AuditEntryDetails {
    let actor = Actor { user: Some(user().id()), credential: Credential::Local, address: None };
    let entry = AuditEntry {
        id: AuditEntryId::new(uuid(10)),
        organization: Some(organization().id()),
        actor,
        action: Action::Change,
        resource: Resource::Customers,
        object: customer().id().uuid(),
        before: None,
        after: None,
    };
    AuditEntryDetails { entry, user: Some((&user()).into()) }
}

/// The field of this name and the value that `object` has in it.
fn has<L: Listed>(object: &L, name: &str, value: impl Into<Value>) {
    let field = <L::Field as Field>::named(name, |_| true).unwrap_or_else(|| panic!("no field {name}"));
    assert_eq!(object.value(field), value.into(), "{name}");
}

/// What must hold for the fields of any kind of object.
fn are_consistent<L: Listed + Debug>(object: &L) {
    let fields = <L::Field as Field>::ALL;
    let names: HashSet<_> = fields.iter().map(|field| field.spec().name).collect();
    assert_eq!(names.len(), fields.len(), "two fields share a name");
    for field in fields.iter().copied() {
        let spec = field.spec();
        let test = match object.value(field) {
            Value::Null => Test::IsNull(true),
            value => Test::Equals(value),
        };
        let filter = Filter::new(field, test).unwrap_or_else(|misfit| panic!("{misfit}"));
        assert!(filter.keeps(object), "{field:?}");
        assert!(!spec.searches || Filter::contains(field, "a").is_ok(), "{field:?} holds no text");
    }
    let Value::Id(id) = object.value(L::Field::ID) else { panic!("the identity is not an id") };
    assert_eq!(object.value(L::Field::CREATED), OrderId::new(id).created_at().into());
    let owners = [L::Field::ORGANIZATION, L::Field::OWNER, L::Field::CUSTOMER];
    for field in owners.into_iter().flatten() {
        assert!(matches!(object.value(field), Value::Id(_) | Value::Null), "{field:?} says not whose it is");
    }
}

#[test]
fn the_fields_of_every_kind_fit_their_values() {
    are_consistent(&customer_details());
    are_consistent(&item_details());
    are_consistent(&order_details());
    are_consistent(&event_details());
    are_consistent(&organization_details());
    are_consistent(&user_details());
    are_consistent(&membership_details());
    are_consistent(&invitation_details());
    are_consistent(&token_details());
    are_consistent(&entry_details());
}

/// By these fields it is decided who sees what. A kind that is everybody's own, or nobody's, has no organization.
#[test]
fn the_fields_that_say_whose_something_is() {
    fn whose<L: Listed>(object: &L) -> [Option<Value>; 3] {
        let fields = [L::Field::ORGANIZATION, L::Field::CUSTOMER, L::Field::OWNER];
        fields.map(|field| field.map(|field| object.value(field)))
    }
    let (shop, person, somebody) = (uuid(1).into(), uuid(3).into(), uuid(2).into());
    let (shop, person, somebody) = (Some(shop), Some(person), Some(somebody));
    assert_eq!(whose(&customer_details()), [shop.clone(), person.clone(), None]);
    assert_eq!(whose(&item_details()), [shop.clone(), None, None]);
    assert_eq!(whose(&order_details()), [shop.clone(), person.clone(), None]);
    assert_eq!(whose(&event_details()), [shop.clone(), person, None]);
    assert_eq!(whose(&organization_details()), [shop.clone(), None, None]);
    assert_eq!(whose(&membership_details()), [shop.clone(), None, somebody.clone()]);
    assert_eq!(whose(&invitation_details()), [shop.clone(), None, Some(Value::Null)]);
    assert_eq!(whose(&entry_details()), [shop, None, None]);
    assert_eq!(whose(&token_details()), [None, None, somebody]);
    assert_eq!(whose(&user_details()), [None, None, None]);
}

#[test]
fn the_fields_of_a_customer_are_the_customers() {
    let details = customer_details();
    has(&details, "id", uuid(3));
    has(&details, "organization", uuid(1));
    has(&details, "code", "AB12Z");
    has(&details, "first_name", "Wanjiku");
    has(&details, "second_name", "Otieno");
    has(&details, "phone", "+254712345678");
    has(&details, "created_at", customer().id().created_at());
}

#[test]
fn the_fields_of_an_item_are_the_items() {
    let details = item_details();
    has(&details, "id", uuid(4));
    has(&details, "organization", uuid(1));
    has(&details, "name", "Soap");
    has(&details, "price_per_unit", Value::Decimal(Decimal::new(1_499, 1)));
    has(&details, "currency", "KES");
    has(&details, "is_active", Value::Boolean(true));
    has(&details, "created_at", item().id().created_at());
}

#[test]
fn the_fields_of_an_order_are_the_orders_and_its_customers_code() {
    let details = order_details();
    has(&details, "id", uuid(5));
    has(&details, "organization", uuid(1));
    has(&details, "customer", uuid(3));
    has(&details, "customer_code", "AB12Z");
    has(&details, "item", "Soap");
    has(&details, "item_id", uuid(4));
    has(&details, "quantity", Value::Integer(3));
    has(&details, "price_per_unit", Value::Decimal(Decimal::new(1_499, 1)));
    has(&details, "status", "Closed");
    has(&details, "time_placed", OrderId::new(uuid(5)).created_at());
    has(&details, "time_closed", OrderId::new(uuid(6)).created_at());
}

#[test]
fn what_an_order_has_not_is_null() {
    let act = Act { event: OrderEventId::new(uuid(5)), by: None };
    let line = OrderLine { item_id: None, ..OrderLine::of(&item(), Quantity::ONE) };
    let (order, _) = Order::place(OrderId::new(uuid(5)), organization().id(), customer().id(), line, act);
    let details = OrderDetails { order, ..order_details() };
    are_consistent(&details);
    has(&details, "item_id", Value::Null);
    has(&details, "time_closed", Value::Null);
}

#[test]
fn the_fields_of_an_entry_are_the_entrys_and_its_orders() {
    let details = event_details();
    has(&details, "id", uuid(6));
    has(&details, "organization", uuid(1));
    has(&details, "customer", uuid(3));
    has(&details, "order", uuid(5));
    has(&details, "event", "closed");
    has(&details, "created_at", OrderId::new(uuid(6)).created_at());
}

#[test]
fn the_fields_of_an_organization_are_the_organizations() {
    let details = organization_details();
    has(&details, "id", uuid(1));
    has(&details, "name", "Duka");
    has(&details, "time_zone", "Africa/Nairobi");
    has(&details, "default_currency", "KES");
    has(&details, "created_at", organization().id().created_at());
}

#[test]
fn the_fields_of_a_user_are_the_users() {
    let details = user_details();
    has(&details, "id", uuid(2));
    has(&details, "name", "Amina");
    has(&details, "email", "amina@duka.example");
    has(&details, "issuer", "https://accounts.example");
    has(&details, "subject", "1234");
    has(&details, "is_staff", Value::Boolean(false));
    has(&details, "is_active", Value::Boolean(true));
    has(&details, "created_at", user().id().created_at());
    let account = Account { email: None, is_staff: true, is_active: false, ..user().account().clone() };
    let details = UserDetails { user: User::enrol(user().id(), None, account) };
    are_consistent(&details);
    for name in ["email", "issuer", "subject"] {
        has(&details, name, Value::Null);
    }
    has(&details, "is_staff", Value::Boolean(true));
    has(&details, "is_active", Value::Boolean(false));
}

#[test]
fn the_fields_of_a_membership_are_the_memberships() {
    let details = membership_details();
    has(&details, "id", uuid(7));
    has(&details, "organization", uuid(1));
    has(&details, "user", uuid(2));
    has(&details, "email", Value::Null);
    has(&details, "role", "viewer");
    has(&details, "customer", uuid(3));
    has(&details, "created_at", OrderId::new(uuid(7)).created_at());
    let details = invitation_details();
    has(&details, "user", Value::Null);
    has(&details, "email", "juma@duka.example");
    has(&details, "role", "admin");
    has(&details, "customer", Value::Null);
}

/// The digest of its secret is none of them.
#[test]
fn the_fields_of_a_token_are_the_tokens() {
    let details = token_details();
    has(&details, "id", uuid(8));
    has(&details, "user", uuid(2));
    has(&details, "name", "Till");
    has(&details, "organization", uuid(1));
    has(&details, "scopes", "read orders:write");
    has(&details, "expires_at", OrderId::new(uuid(9)).created_at());
    has(&details, "created_at", OrderId::new(uuid(8)).created_at());
    assert_eq!(ApiTokenField::ALL.len(), 7);
    let token = ApiToken { organization: None, expires_at: None, ..details.token };
    let details = ApiTokenDetails { token, organization: None };
    are_consistent(&details);
    has(&details, "organization", Value::Null);
    has(&details, "expires_at", Value::Null);
}

#[test]
fn the_fields_of_an_entry_of_the_audit_are_the_entrys() {
    let details = entry_details();
    has(&details, "id", uuid(10));
    has(&details, "organization", uuid(1));
    has(&details, "user", uuid(2));
    has(&details, "action", "change");
    has(&details, "resource", "customers");
    has(&details, "object", uuid(3));
    has(&details, "created_at", OrderId::new(uuid(10)).created_at());
    let actor = Actor { user: None, ..details.entry.actor.clone() };
    let entry = AuditEntry { organization: None, actor, ..details.entry };
    let details = AuditEntryDetails { entry, user: None };
    are_consistent(&details);
    has(&details, "organization", Value::Null);
    has(&details, "user", Value::Null);
}

#[test]
fn an_aggregate_is_known_by_its_own_id_and_version() {
    fn known<A: Aggregate>(details: &<A as Entity>::Details) -> (Uuid, i64) {
        (A::of(details).id(), A::of(details).version().number())
    }
    assert_eq!(known::<Customer>(&customer_details()), (uuid(3), 1));
    assert_eq!(known::<Item>(&item_details()), (uuid(4), 1));
    assert_eq!(known::<Order>(&order_details()), (uuid(5), 2));
    assert_eq!(known::<Organization>(&organization_details()), (uuid(1), 1));
    assert_eq!(known::<User>(&user_details()), (uuid(2), 1));
    assert_eq!(known::<Membership>(&membership_details()), (uuid(7), 1));
    assert_eq!(known::<ApiToken>(&token_details()), (uuid(8), 1));
}
