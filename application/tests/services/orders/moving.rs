//! From pending to closed or cancelled, and no further.

use orderdesk_application::Problem;
use orderdesk_application::error::Result;
use orderdesk_application::services::{Browse as _, LineDraft, OrderChange};
use orderdesk_application::views::OrderDetails;
use orderdesk_contract::builders::quantity;
use orderdesk_contract::kinds::{count, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Order, OrderEvent, OrderRefusal, OrderState, OrderStatus};
use uuid::Uuid;

use super::pending;
use crate::common::{TestDesk, close, draft, order_change, refused, row};

async fn move_to(desk: &TestDesk, shop: &Shop, order: &Order, status: OrderStatus) -> Result<OrderDetails> {
    let change = OrderChange { status: Some(status), ..order_change() };
    desk.orders().change(&shop.caller(), row(order.id().uuid(), change)).await
}

#[tokio::test]
async fn a_pending_order_is_closed_or_cancelled_and_says_when() {
    let (desk, shop) = TestDesk::with_shop().await;
    for status in [OrderStatus::Closed, OrderStatus::Cancelled] {
        let order = pending(&desk, &shop).await.order;
        let at = desk.clock.advance(1_000);
        let moved = move_to(&desk, &shop, &order, status).await.unwrap();
        assert_eq!(Some(moved.order.state()), OrderState::new(status, Some(at)));
        assert_eq!((moved.order.version().number(), moved.order.updated_at()), (2, at));
        assert_eq!(desk.orders().find(&shop.caller(), order.id().uuid()).await.unwrap(), moved);
    }
}

#[tokio::test]
async fn a_final_order_goes_nowhere() {
    let (desk, shop) = TestDesk::with_shop().await;
    for from in [OrderStatus::Closed, OrderStatus::Cancelled] {
        let order = pending(&desk, &shop).await.order;
        let last = move_to(&desk, &shop, &order, from).await.unwrap().order;
        for to in OrderStatus::ALL.into_iter().filter(|to| *to != from) {
            let refusal = refused(move_to(&desk, &shop, &order, to).await);
            assert_eq!(refusal, [Problem::Order(OrderRefusal::Transition { from, to })]);
        }
        assert_eq!(stored(&*desk.store, &order).await, Some(last));
    }
    assert_eq!(count::<OrderEvent>(&*desk.store).await, 4);
}

#[tokio::test]
async fn the_present_status_is_accepted_and_changes_nothing() {
    let (desk, shop) = TestDesk::with_shop().await;
    for status in OrderStatus::ALL {
        let order = pending(&desk, &shop).await.order;
        let first = move_to(&desk, &shop, &order, status).await.unwrap();
        let events = count::<OrderEvent>(&*desk.store).await;
        desk.clock.advance(1_000);
        assert_eq!(move_to(&desk, &shop, &order, status).await.unwrap(), first);
        assert_eq!(stored(&*desk.store, &order).await, Some(first.order));
        assert_eq!(count::<OrderEvent>(&*desk.store).await, events);
    }
}

#[tokio::test]
async fn one_change_amends_first_and_then_closes() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let line = LineDraft { quantity: Some(quantity(9)), ..draft() };
    let change = row(order.id().uuid(), OrderChange { line, ..close() });
    let closed = desk.orders().change(&shop.caller(), change).await.unwrap().order;
    assert_eq!((closed.line().quantity, closed.state().status()), (quantity(9), OrderStatus::Closed));
    assert_eq!(closed.version().number(), 3);
    assert_eq!(stored(&*desk.store, &order).await, Some(closed));
    assert_eq!(count::<OrderEvent>(&*desk.store).await, 3);
}

#[tokio::test]
async fn a_change_that_amends_and_moves_is_made_whole_or_not_at_all() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let closed = move_to(&desk, &shop, &order, OrderStatus::Closed).await.unwrap().order;
    let line = LineDraft { quantity: Some(quantity(9)), ..draft() };
    let change = OrderChange { line, status: Some(OrderStatus::Cancelled), ..order_change() };
    let refusal = refused(desk.orders().change(&shop.caller(), row(order.id().uuid(), change)).await);
    assert_eq!(refusal, [Problem::Order(OrderRefusal::Amendment { status: OrderStatus::Closed })]);
    assert_eq!(stored(&*desk.store, &order).await, Some(closed));
}

#[tokio::test]
async fn an_order_does_not_grow_younger_when_the_clock_is_set_back() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    desk.clock.advance(-1_000);
    let line = LineDraft { quantity: Some(quantity(9)), ..draft() };
    let change = row(order.id().uuid(), OrderChange { line, ..close() });
    let closed = desk.orders().change(&shop.caller(), change).await.unwrap().order;
    assert_eq!(closed.updated_at(), order.updated_at());
    assert_eq!(closed.state(), OrderState::Closed(order.time_placed()));
}

#[tokio::test]
async fn an_order_that_is_not_there_is_not_found() {
    let (desk, shop) = TestDesk::with_shop().await;
    let outcome = desk.orders().change(&shop.caller(), row(Uuid::nil(), close())).await;
    assert_eq!(refused(outcome), [Problem::NotFound]);
}
