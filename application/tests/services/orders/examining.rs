//! Finding out what stands against a request without doing anything.

use orderdesk_application::Problem;
use orderdesk_application::services::{CustomerChoice, ItemChoice, LineDraft, OrderChange, Row};
use orderdesk_contract::kinds::{count, stored};
use orderdesk_domain::{CustomerId, ItemId, Order, OrderEvent};
use uuid::Uuid;

use super::pending;
use crate::common::{TestDesk, catalogue, close, draft, member_of, new_order, on_version, refused, row};

#[tokio::test]
async fn an_order_that_could_be_placed_is_not_placed() {
    let (desk, shop) = TestDesk::with_shop().await;
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
    desk.orders().examine(&shop.caller(), &new).await.unwrap();
    assert_eq!((count::<Order>(&*desk.store).await, count::<OrderEvent>(&*desk.store).await), (0, 0));
}

#[tokio::test]
async fn an_order_that_could_not_be_placed_is_refused_as_if_it_were_to_be() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (nobody, nothing) = (CustomerId::new(Uuid::nil()), ItemId::new(Uuid::nil()));
    let line = LineDraft { item: ItemChoice::Catalogue(nothing, None), ..catalogue(&shop.item, 1) };
    let new = new_order(CustomerChoice::Id(nobody), line);
    let refusal = refused(desk.orders().examine(&shop.caller(), &new).await);
    assert_eq!(refusal, [Problem::CustomerUnknown(nobody), Problem::ItemUnknown(nothing)]);
    let other = desk.shop().await;
    let refusal = refused(desk.orders().examine(&member_of(&[&shop, &other]), &new).await);
    assert_eq!(refusal, [Problem::OrganizationRequired(vec![shop.summary(), other.summary()])]);
}

#[tokio::test]
async fn a_change_that_could_be_made_is_not_made() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    desk.orders().examine_change(&shop.caller(), row(order.id().uuid(), close())).await.unwrap();
    assert_eq!(stored(&*desk.store, &order).await, Some(order));
    assert_eq!(count::<OrderEvent>(&*desk.store).await, 1);
}

#[tokio::test]
async fn a_change_that_could_not_be_made_is_refused_as_if_it_were_to_be() {
    let (desk, shop) = TestDesk::with_shop().await;
    let order = pending(&desk, &shop).await.order;
    let nothing = ItemId::new(Uuid::nil());
    let line = LineDraft { item: ItemChoice::Catalogue(nothing, None), ..draft() };
    let change = OrderChange { line, ..close() };
    let examine = async |row| refused(desk.orders().examine_change(&shop.caller(), row).await);
    let stale = Row { precondition: on_version(2), ..row(order.id().uuid(), change.clone()) };
    assert_eq!(examine(stale).await, [Problem::Stale, Problem::ItemUnknown(nothing)]);
    assert_eq!(examine(row(Uuid::nil(), change)).await, [Problem::NotFound]);
}
