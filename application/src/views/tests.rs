//! The fields that clients filter, order and search by are those of the objects.

use std::collections::HashSet;
use std::fmt::Debug;

use orderdesk_domain::order::Act;
use orderdesk_domain::{
    Currency, Customer, CustomerCode, CustomerId, Item, ItemId, ItemName, Listing, Order, OrderEvent,
    OrderEventId, OrderId, OrderLine, OrderStatus, Organization, OrganizationId, OrganizationName,
    PersonName, PhoneNumber, Price, Profile, Quantity, User, UserId, UserName,
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
    let name = OrganizationName::parse("Duka").unwrap();
    Organization::found(OrganizationId::new(uuid(1)), name, Currency::parse("KES").unwrap())
}

fn user() -> User {
    User::enrol(UserId::new(uuid(2)), UserName::parse("Amina").unwrap())
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
    assert!(matches!(object.value(L::Field::ORGANIZATION), Value::Id(_)));
}

#[test]
fn the_fields_of_every_kind_fit_their_values() {
    are_consistent(&customer_details());
    are_consistent(&item_details());
    are_consistent(&order_details());
    are_consistent(&event_details());
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
fn an_aggregate_is_known_by_its_own_id_and_version() {
    fn known<A: Aggregate>(details: &<A as Entity>::Details) -> (Uuid, i64) {
        (A::of(details).id(), A::of(details).version().number())
    }
    assert_eq!(known::<Customer>(&customer_details()), (uuid(3), 1));
    assert_eq!(known::<Item>(&item_details()), (uuid(4), 1));
    assert_eq!(known::<Order>(&order_details()), (uuid(5), 2));
}
