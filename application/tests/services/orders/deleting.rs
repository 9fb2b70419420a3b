//! Orders that go, with their history.

use orderdesk_application::Problem;
use orderdesk_application::query::{Filter, Test};
use orderdesk_application::services::Precondition;
use orderdesk_application::views::OrderField;
use orderdesk_contract::kinds::{count, place};
use orderdesk_domain::{Order, OrderEvent, OrderId, OrderStatus};
use uuid::Uuid;

use super::pending;
use crate::common::{TestDesk, cancel, close, on_version, order_change, refused, row};

fn of_status(status: OrderStatus) -> Filter<OrderField> {
    Filter::new(OrderField::Status, Test::Equals(status.name().into())).unwrap()
}

#[tokio::test]
async fn an_order_goes_in_any_status_and_its_history_with_it() {
    let (desk, shop) = TestDesk::with_shop().await;
    for change in [order_change(), close(), cancel()] {
        let order = pending(&desk, &shop).await.order;
        desk.orders().change(&shop.caller(), row(order.id().uuid(), change)).await.unwrap();
        let delete =
            async || desk.orders().delete(&shop.caller(), order.id(), &Precondition::default()).await;
        delete().await.unwrap();
        assert_eq!((count::<Order>(&*desk.store).await, count::<OrderEvent>(&*desk.store).await), (0, 0));
        assert_eq!(refused(delete().await), [Problem::NotFound]);
    }
}

#[tokio::test]
async fn an_order_of_another_version_stays() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let delete = async |id, version| desk.orders().delete(&shop.caller(), id, &on_version(version)).await;
    assert_eq!(refused(delete(order.id(), 2).await), [Problem::Stale]);
    assert_eq!(refused(delete(OrderId::new(Uuid::nil()), 2).await), [Problem::NotFound]);
    assert_eq!(count::<Order>(&*desk.store).await, 1);
    delete(order.id(), 1).await.unwrap();
}

#[tokio::test]
async fn all_that_match_go_and_the_rest_stays() {
    let (desk, shop) = TestDesk::with_shop().await;
    for change in [order_change(), close(), close(), cancel()] {
        let order = pending(&desk, &shop).await.order;
        desk.orders().change(&shop.caller(), row(order.id().uuid(), change)).await.unwrap();
    }
    let delete = async |filter| desk.orders().delete_matching(&shop.caller(), filter).await.unwrap();
    assert_eq!(delete(of_status(OrderStatus::Closed)).await, 2);
    assert_eq!(delete(of_status(OrderStatus::Closed)).await, 0);
    assert_eq!((count::<Order>(&*desk.store).await, count::<OrderEvent>(&*desk.store).await), (2, 3));
    assert_eq!(delete(Filter::everything()).await, 2);
    assert_eq!(count::<OrderEvent>(&*desk.store).await, 0);
}

#[tokio::test]
async fn more_than_ten_thousand_matches_are_refused_with_their_number() {
    let (desk, shop) = TestDesk::with_shop().await;
    pending(&desk, &shop).await;
    let placed: Vec<_> = (0..10_000).map(|_| shop.order(&desk.make)).collect();
    place(&*desk.store, &placed).await.unwrap();
    let outcome = desk.orders().delete_matching(&shop.caller(), Filter::everything()).await;
    assert_eq!(refused(outcome), [Problem::TooManyMatches { count: 10_001, maximum: 10_000 }]);
    assert_eq!(count::<Order>(&*desk.store).await, 10_001);
    let stranger = desk.shop().await.caller();
    let theirs = desk.orders().delete_matching(&stranger, Filter::everything()).await.unwrap();
    assert_eq!(theirs, 0, "matches of others do not count");
}
