//! The history that orders leave.

use orderdesk_application::query::{Filter, Key, Order, Test};
use orderdesk_application::services::{Browse as _, LineDraft, ListRequest, OrderChange};
use orderdesk_application::views::{OrderEventDetails, OrderEventField};
use orderdesk_contract::builders::quantity;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{OrderEventKind, OrderId, OrderStatus};
use proptest::prelude::*;

use super::pending;
use crate::common::{TestDesk, close, draft, member_of, order_change, row};

/// The history of one order, the oldest entry first.
async fn history(desk: &TestDesk, shop: &Shop, order: OrderId) -> Vec<OrderEventDetails> {
    let of_it = Filter::new(OrderEventField::Order, Test::Equals(order.uuid().into())).unwrap();
    let oldest_first = Order::new(&[Key { field: OrderEventField::CreatedAt, descending: false }]).unwrap();
    let request = ListRequest {
        filter: of_it,
        order: oldest_first,
        after: None,
        offset: 0,
        limit: 100,
        counted: false,
    };
    desk.orders().history().list(&shop.caller(), request).await.unwrap().objects
}

#[tokio::test]
async fn an_entry_tells_what_happened_who_did_it_and_when() {
    let (desk, shop) = TestDesk::with_shop().await;
    let placed = pending(&desk, &shop).await.order;
    pending(&desk, &shop).await;
    let amended_at = desk.clock.advance(1_000);
    // Another member amends and closes.
    let colleague = member_of(&[&desk.shop().await, &shop]);
    let line = LineDraft { quantity: Some(quantity(9)), ..draft() };
    let change = row(placed.id().uuid(), OrderChange { line, ..close() });
    let closed = desk.orders().change(&colleague, change).await.unwrap().order;

    let entries = history(&desk, &shop, placed.id()).await;
    let told: Vec<_> = entries
        .iter()
        .map(|it| (it.event.kind, it.event.version.number(), it.event.id.created_at(), it.by.clone()))
        .collect();
    let (owner, colleague) = (Some(shop.caller().user.clone()), Some(colleague.user.clone()));
    let expected = [
        (OrderEventKind::Placed, 1, placed.time_placed(), owner),
        (OrderEventKind::Changed, 2, amended_at, colleague.clone()),
        (OrderEventKind::Closed, 3, amended_at, colleague),
    ];
    assert_eq!(told, expected);
    let lines: Vec<_> = entries.iter().map(|it| &it.event.line).collect();
    assert_eq!(lines, [placed.line(), closed.line(), closed.line()]);
    assert!(entries.iter().all(|it| it.event.order == placed.id()));
    assert!(
        entries
            .iter()
            .all(|it| (it.organization, it.customer) == (shop.organization.id(), shop.customer.id()))
    );
}

#[tokio::test]
async fn entries_keep_their_order_when_the_clock_is_set_back() {
    let (desk, shop) = TestDesk::with_shop().await;
    let placed = pending(&desk, &shop).await.order;
    for units in 3..6 {
        desk.clock.advance(-1_000);
        let line = LineDraft { quantity: Some(quantity(units)), ..draft() };
        let change = row(placed.id().uuid(), OrderChange { line, ..order_change() });
        desk.orders().change(&shop.caller(), change).await.unwrap();
    }
    let entries = history(&desk, &shop, placed.id()).await;
    let versions: Vec<_> = entries.iter().map(|it| it.event.version.number()).collect();
    assert_eq!(versions, [1, 2, 3, 4]);
}

#[tokio::test]
async fn an_entry_is_found_by_its_id() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let entries = history(&desk, &shop, order.id()).await;
    let [placed] = entries.as_slice() else { panic!("{entries:?}") };
    let found = desk.orders().history().find(&shop.caller(), placed.event.id.uuid()).await.unwrap();
    assert_eq!(found, *placed);
}

/// What a caller asks of an order, another quantity, another status, or both, and by how much the clock has moved.
type Wish = (Option<i64>, Option<OrderStatus>, i64);

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let status = prop::sample::select(OrderStatus::ALL.to_vec());
    let wish = (prop::option::of(1_i64..4), prop::option::weighted(0.2, status), -2_i64..3);
    prop::collection::vec(wish, 0..8)
}

proptest! {
    /// Whatever is asked of an order, its history has an entry for every version and ends as the order stands.
    #[test]
    fn the_history_tells_every_change(wishes in wishes()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (desk, shop) = TestDesk::with_shop().await;
            let mut order = pending(&desk, &shop).await.order;
            for (units, status, step) in wishes {
                desk.clock.advance(step);
                let line = LineDraft { quantity: units.map(quantity), ..draft() };
                let change = row(order.id().uuid(), OrderChange { line, status, ..order_change() });
                if let Ok(changed) = desk.orders().change(&shop.caller(), change).await {
                    order = changed.order;
                }
            }
            let entries = history(&desk, &shop, order.id()).await;
            let versions = entries.iter().map(|it| it.event.version.number());
            assert!(versions.eq(1..=order.version().number()));
            let last = &entries.last().unwrap().event;
            assert_eq!((&last.line, last.kind.status()), (order.line(), order.state().status()));
            assert_eq!(last.id.created_at(), order.updated_at());
        });
    }
}
