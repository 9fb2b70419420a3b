//! The rules of an order: what may follow what, and what leaves an entry in its history.

use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::identity::ItemId;
use crate::item::{Item, Listing};
use crate::money::{Currency, Price};
use crate::text::ItemName;

fn act(milliseconds: u64) -> Act {
    let id = Uuid::from_u128(u128::from(milliseconds) << 80);
    Act { event: OrderEventId::new(id), by: Some(UserId::new(Uuid::nil())) }
}

fn line(quantity: i64) -> OrderLine {
    let price = Price::new(Decimal::new(14_990, 2), Currency::parse("KES").unwrap()).unwrap();
    let quantity = Quantity::new(quantity).unwrap();
    OrderLine { item: ItemName::parse("Soap").unwrap(), item_id: None, quantity, price }
}

fn pending() -> Order {
    let id = OrderId::new(Uuid::from_u128(1_000 << 80));
    Order::place(id, OrganizationId::new(Uuid::nil()), CustomerId::new(Uuid::nil()), line(2), act(1_000)).0
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds).unwrap()
}

#[test]
fn a_new_order_is_pending_and_its_history_begins() {
    let id = OrderId::new(Uuid::from_u128(1_000 << 80));
    let nobody = Uuid::nil();
    let (order, event) =
        Order::place(id, OrganizationId::new(nobody), CustomerId::new(nobody), line(2), act(1_000));
    assert_eq!(order.state(), OrderState::Pending);
    assert_eq!(order.time_placed(), at(1_000));
    assert_eq!(order.version(), Version::FIRST);
    assert_eq!((event.kind, event.order, event.version), (OrderEventKind::Placed, id, Version::FIRST));
}

#[test]
fn only_pending_leads_anywhere() {
    for from in OrderStatus::ALL {
        for to in OrderStatus::ALL {
            let mut order = pending();
            order.transition(from, act(2_000)).unwrap();
            let before = order.clone();
            let outcome = order.transition(to, act(3_000));
            if from == to {
                assert_eq!(outcome, Ok(None), "{from} stays {from}");
                assert_eq!(order, before);
            } else if from == OrderStatus::Pending {
                let event = outcome.unwrap().unwrap();
                assert_eq!(event.kind.status(), to);
                assert_eq!(order.state().status(), to);
                assert_eq!(order.state().time_closed(), Some(at(3_000)));
                assert_eq!((order.updated_at(), order.version().number()), (at(3_000), 2));
            } else {
                assert_eq!(outcome, Err(OrderRefusal::Transition { from, to }));
                assert_eq!(order, before, "a refusal changes nothing");
            }
        }
    }
}

#[test]
fn a_pending_order_can_be_amended_and_the_event_says_what_it_became() {
    let mut order = pending();
    let event = order.amend(line(3), act(2_000)).unwrap().unwrap();
    assert_eq!((event.kind, event.line.quantity.units()), (OrderEventKind::Changed, 3));
    assert_eq!((order.version().number(), order.updated_at()), (2, at(2_000)));
}

#[test]
fn an_order_does_not_grow_younger_when_the_clock_is_set_back() {
    let mut order = pending();
    order.amend(line(3), act(500)).unwrap().unwrap();
    assert_eq!((order.version().number(), order.updated_at()), (2, at(1_000)));
}

#[test]
fn the_same_line_is_no_change() {
    let mut order = pending();
    assert_eq!(order.amend(line(2), act(2_000)), Ok(None));
    assert_eq!(order, pending());
}

#[test]
fn a_final_order_cannot_be_amended_but_its_own_line_is_accepted() {
    for status in [OrderStatus::Closed, OrderStatus::Cancelled] {
        let mut order = pending();
        order.transition(status, act(2_000)).unwrap();
        assert_eq!(order.amend(line(3), act(3_000)), Err(OrderRefusal::Amendment { status }));
        assert_eq!(order.amend(line(2), act(3_000)), Ok(None));
    }
}

#[test]
fn a_state_that_contradicts_itself_cannot_be_built() {
    assert_eq!(OrderState::new(OrderStatus::Pending, Some(at(1))), None);
    assert_eq!(OrderState::new(OrderStatus::Closed, None), None);
    assert_eq!(OrderState::new(OrderStatus::Cancelled, None), None);
}

#[test]
fn a_state_is_put_together_from_its_halves() {
    for state in [OrderState::Pending, OrderState::Closed(at(1)), OrderState::Cancelled(at(1))] {
        assert_eq!(OrderState::new(state.status(), state.time_closed()), Some(state));
    }
}

#[test]
fn what_a_store_kept_is_the_same_order() {
    let mut order = pending();
    order.transition(OrderStatus::Closed, act(2_000)).unwrap();
    let restored = Order::restore(
        order.id(),
        order.organization(),
        order.customer(),
        order.line().clone(),
        order.state(),
        order.created_by(),
        order.updated_at(),
        order.version(),
    );
    assert_eq!(restored, order);
}

#[test]
fn a_line_of_the_catalogue_is_a_snapshot_with_an_exact_total() {
    let price = line(1).price;
    let listing = Listing { name: ItemName::parse("Sugar").unwrap(), price, is_active: true };
    let item = Item::list(ItemId::new(Uuid::max()), OrganizationId::new(Uuid::nil()), listing);
    let line = OrderLine::of(&item, Quantity::new(3).unwrap());
    assert_eq!((&line.item, line.item_id), (&item.listing().name, Some(item.id())));
    assert_eq!((line.price, line.total().to_string()), (price, "449.70".to_owned()));
}

#[test]
fn quantities_have_bounds() {
    assert!(Quantity::new(0).is_err());
    assert!(Quantity::new(1).is_ok());
    assert!(Quantity::new(1_000_000).is_ok());
    assert!(Quantity::new(1_000_001).is_err());
}

#[test]
fn names_and_values_agree() {
    for (status, name) in OrderStatus::ALL.into_iter().zip(OrderStatus::NAMES) {
        assert_eq!((status.name(), OrderStatus::from_name(name)), (name, Some(status)));
    }
    for (kind, name) in OrderEventKind::ALL.into_iter().zip(OrderEventKind::NAMES) {
        assert_eq!((kind.name(), OrderEventKind::from_name(name)), (name, Some(kind)));
    }
    assert_eq!(OrderStatus::from_name("pending"), None);
}

proptest! {
    /// Whatever is asked of an order, its versions count its events and it never leaves a final status.
    #[test]
    fn the_history_tells_every_change(steps in prop::collection::vec((0_usize..3, 1_i64..5, any::<bool>()), 0..20)) {
        let mut order = pending();
        let mut events = 1;
        for (index, (status, quantity, amends)) in steps.into_iter().enumerate() {
            let before = order.clone();
            let act = act(2_000 + index as u64);
            let outcome =
                if amends { order.amend(line(quantity), act) } else { order.transition(OrderStatus::ALL[status], act) };
            if let Ok(Some(event)) = outcome {
                events += 1;
                prop_assert_eq!(event.version, order.version());
                prop_assert_eq!(&event.line, order.line());
                prop_assert_eq!(event.kind.status(), order.state().status());
                prop_assert_eq!(before.state(), OrderState::Pending);
            } else {
                prop_assert_eq!(&order, &before);
            }
            prop_assert_eq!(order.version().number(), events);
        }
    }
}
