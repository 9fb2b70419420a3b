//! Items that go, and items that stay.

use orderdesk_application::Problem;
use orderdesk_application::error::Result;
use orderdesk_application::query::{Filter, Test};
use orderdesk_application::services::{CustomerChoice, ItemChoice, LineDraft, OrderChange, Precondition};
use orderdesk_application::views::ItemField;
use orderdesk_contract::kinds::{count, insert, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Item, ItemId, Order};
use uuid::Uuid;

use crate::common::{
    TestDesk, cancel, catalogue, done, draft, new_item, new_order, on_version, order_change, refused, row,
};

async fn order(desk: &TestDesk, shop: &Shop, item: &Item) -> Order {
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(item, 1));
    desk.orders().place(&shop.caller(), new, None).await.map(done).unwrap().order
}

async fn delete(desk: &TestDesk, shop: &Shop) -> Result<()> {
    desk.items().delete(&shop.caller(), shop.item.id(), &Precondition::default()).await
}

#[tokio::test]
async fn an_item_that_nobody_ordered_can_go() {
    let (desk, shop) = TestDesk::with_shop().await;
    delete(&desk, &shop).await.unwrap();
    assert_eq!(count::<Item>(&*desk.store).await, 0);
    assert_eq!(refused(delete(&desk, &shop).await), [Problem::NotFound]);
}

#[tokio::test]
async fn an_item_of_another_version_stays() {
    let (desk, shop) = TestDesk::with_shop().await;
    let outcome = desk.items().delete(&shop.caller(), shop.item.id(), &on_version(2)).await;
    assert_eq!(refused(outcome), [Problem::Stale]);
    let outcome = desk.items().delete(&shop.caller(), ItemId::new(Uuid::nil()), &on_version(2)).await;
    assert_eq!(refused(outcome), [Problem::NotFound]);
    assert_eq!(count::<Item>(&*desk.store).await, 1);
}

#[tokio::test]
async fn an_item_that_orders_refer_to_stays_whatever_became_of_them() {
    let (desk, shop) = TestDesk::with_shop().await;
    order(&desk, &shop, &shop.item).await;
    assert_eq!(refused(delete(&desk, &shop).await), [Problem::IsOrdered(1)]);
    let cancelled = order(&desk, &shop, &shop.item).await;
    desk.orders().change(&shop.caller(), row(cancelled.id().uuid(), cancel())).await.unwrap();
    assert_eq!(refused(delete(&desk, &shop).await), [Problem::IsOrdered(2)]);
    assert_eq!(stored(&*desk.store, &shop.item).await, Some(shop.item));
}

#[tokio::test]
async fn an_item_can_go_once_no_order_refers_to_it_any_more() {
    let (desk, shop) = TestDesk::with_shop().await;
    let placed = order(&desk, &shop, &shop.item).await;
    let line = LineDraft { item: ItemChoice::Detach, ..draft() };
    let detached = row(placed.id().uuid(), OrderChange { line, ..order_change() });
    let details = desk.orders().change(&shop.caller(), detached).await.unwrap();
    delete(&desk, &shop).await.unwrap();
    assert_eq!(details.order.line().item, shop.item.listing().name, "the order keeps its snapshot");
}

#[tokio::test]
async fn all_that_match_go_or_none() {
    let (desk, shop) = TestDesk::with_shop().await;
    let create =
        async |name| desk.items().create(&shop.caller(), new_item(name), None).await.map(done).unwrap().item;
    let (soap, _) = (create("Soft soap").await, create("Hard soap").await);
    order(&desk, &shop, &soap).await;
    let soaps = || Filter::contains(ItemField::Name, "soap").unwrap();
    let outcome = desk.items().delete_matching(&shop.caller(), soaps()).await;
    assert_eq!(refused(outcome), [Problem::IsOrdered(1)]);
    assert_eq!(count::<Item>(&*desk.store).await, 3);
    let hard = Filter::new(ItemField::Name, Test::Equals("Hard soap".into())).unwrap();
    assert_eq!(desk.items().delete_matching(&shop.caller(), hard).await.unwrap(), 1);
    assert_eq!(stored(&*desk.store, &soap).await, Some(soap));
}

#[tokio::test]
async fn more_than_ten_thousand_matches_are_refused_with_their_number() {
    let (desk, shop) = TestDesk::with_shop().await;
    let items: Vec<_> = (0..10_000).map(|_| desk.make.item(shop.organization.id())).collect();
    insert(&*desk.store, &items).await.unwrap();
    let outcome = desk.items().delete_matching(&shop.caller(), Filter::everything()).await;
    assert_eq!(refused(outcome), [Problem::TooManyMatches { count: 10_001, maximum: 10_000 }]);
    assert_eq!(count::<Item>(&*desk.store).await, 10_001);
    let stranger = desk.shop().await.caller();
    let theirs = desk.items().delete_matching(&stranger, Filter::everything()).await.unwrap();
    assert_eq!(theirs, 1, "matches of others do not count");
}
