//! Changes of several orders: all of them or none.

use std::collections::BTreeMap;

use orderdesk_application::Problem;
use orderdesk_application::services::{ItemChoice, LineDraft, OrderChange, Row};
use orderdesk_contract::builders::quantity;
use orderdesk_contract::kinds::{count, stored};
use orderdesk_domain::{ItemId, OrderEvent, OrderLine, OrderRefusal, OrderStatus};
use uuid::Uuid;

use super::pending;
use crate::common::{
    TestDesk, cancel, close, done, draft, new_item, on_version, order_change, refused_rows, row,
};

#[tokio::test]
async fn orders_are_changed_together_each_with_its_own_history() {
    let (desk, shop) = TestDesk::with_shop().await;
    let [first, second, third] =
        [pending(&desk, &shop).await, pending(&desk, &shop).await, pending(&desk, &shop).await];
    let sugar = desk.items().create(&shop.caller(), new_item("Sugar"), None).await.map(done).unwrap().item;
    let line = LineDraft { item: ItemChoice::Catalogue(sugar.id(), None), ..draft() };
    let rows = [
        row(third.order.id().uuid(), close()),
        row(first.order.id().uuid(), OrderChange { line, ..cancel() }),
        row(second.order.id().uuid(), order_change()),
    ];
    let answered = desk.orders().change_all(&shop.caller(), &rows).await.unwrap();
    let told: Vec<_> = answered
        .iter()
        .map(|it| (it.order.id(), it.order.state().status(), it.order.version().number()))
        .collect();
    let expected = [
        (third.order.id(), OrderStatus::Closed, 2),
        (first.order.id(), OrderStatus::Cancelled, 3),
        (second.order.id(), OrderStatus::Pending, 1),
    ];
    assert_eq!(told, expected);
    for details in &answered {
        assert_eq!(stored(&*desk.store, &details.order).await.as_ref(), Some(&details.order));
    }
    let first = stored(&*desk.store, &first.order).await.unwrap();
    assert_eq!(first.line(), &OrderLine::of(&sugar, quantity(2)));
    assert_eq!(count::<OrderEvent>(&*desk.store).await, 6);
}

#[tokio::test]
async fn every_row_says_what_is_wrong_with_it_and_nothing_changes() {
    let (desk, shop) = TestDesk::with_shop().await;
    let [first, second, third] =
        [pending(&desk, &shop).await, pending(&desk, &shop).await, pending(&desk, &shop).await];
    let closed = desk.orders().change(&shop.caller(), row(third.order.id().uuid(), close())).await.unwrap();
    let nothing = ItemId::new(Uuid::nil());
    let line = LineDraft { item: ItemChoice::Catalogue(nothing, None), ..draft() };
    let rows = [
        row(first.order.id().uuid(), close()),
        row(Uuid::nil(), close()),
        Row {
            precondition: on_version(2),
            ..row(second.order.id().uuid(), OrderChange { line, ..order_change() })
        },
        row(third.order.id().uuid(), cancel()),
        row(first.order.id().uuid(), order_change()),
    ];
    let problems = refused_rows(desk.orders().change_all(&shop.caller(), &rows).await);
    let transition = OrderRefusal::Transition { from: OrderStatus::Closed, to: OrderStatus::Cancelled };
    let expected = [
        (1, vec![Problem::NotFound]),
        (2, vec![Problem::Stale, Problem::ItemUnknown(nothing)]),
        (3, vec![Problem::Order(transition)]),
        (4, vec![Problem::RowRepeated]),
    ];
    assert_eq!(problems, BTreeMap::from(expected));
    for order in [first.order, second.order, closed.order] {
        assert_eq!(stored(&*desk.store, &order).await, Some(order));
    }
    assert_eq!(count::<OrderEvent>(&*desk.store).await, 4);
}
