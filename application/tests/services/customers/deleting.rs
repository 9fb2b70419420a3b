//! Customers that go, and customers that stay.

use orderdesk_application::Problem;
use orderdesk_application::query::{Comparison, Filter, Test, Value};
use orderdesk_application::services::{CustomerChoice, NewCustomer, Precondition};
use orderdesk_application::views::CustomerField;
use orderdesk_contract::kinds::{count, insert, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Customer, CustomerId};
use uuid::Uuid;

use crate::common::{TestDesk, done, free_text, new_customer, new_order, on_version, refused};

async fn place_orders(desk: &TestDesk, shop: &Shop, customer: CustomerId, orders: usize) {
    for _ in 0..orders {
        let new = new_order(CustomerChoice::Id(customer), free_text("Rope", "20"));
        desk.orders().place(&shop.caller(), new, None).await.map(done).unwrap();
    }
}

fn named(name: &str) -> Filter<CustomerField> {
    Filter::new(CustomerField::FirstName, Test::Equals(name.into())).unwrap()
}

#[tokio::test]
async fn a_customer_without_orders_can_go() {
    let (desk, shop) = TestDesk::with_shop().await;
    let delete =
        async || desk.customers().delete(&shop.caller(), shop.customer.id(), &Precondition::default()).await;
    delete().await.unwrap();
    assert_eq!(count::<Customer>(&*desk.store).await, 0);
    assert_eq!(refused(delete().await), [Problem::NotFound]);
}

#[tokio::test]
async fn the_code_of_a_customer_that_went_is_free() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.customers().delete(&shop.caller(), shop.customer.id(), &on_version(1)).await.unwrap();
    let new = NewCustomer { code: Some(shop.customer.profile().code), ..new_customer() };
    desk.customers().create(&shop.caller(), new, None).await.map(done).unwrap();
}

#[tokio::test]
async fn a_customer_of_another_version_stays() {
    let (desk, shop) = TestDesk::with_shop().await;
    let outcome = desk.customers().delete(&shop.caller(), shop.customer.id(), &on_version(2)).await;
    assert_eq!(refused(outcome), [Problem::Stale]);
    assert_eq!(count::<Customer>(&*desk.store).await, 1);
}

#[tokio::test]
async fn nobody_cannot_be_deleted() {
    let (desk, shop) = TestDesk::with_shop().await;
    let nobody = CustomerId::new(Uuid::nil());
    let outcome = desk.customers().delete(&shop.caller(), nobody, &on_version(1)).await;
    assert_eq!(refused(outcome), [Problem::NotFound]);
}

#[tokio::test]
async fn a_customer_with_orders_stays_and_their_number_is_told() {
    let (desk, shop) = TestDesk::with_shop().await;
    for orders in 1..=3 {
        place_orders(&desk, &shop, shop.customer.id(), 1).await;
        let any = Precondition::default();
        let outcome = desk.customers().delete(&shop.caller(), shop.customer.id(), &any).await;
        assert_eq!(refused(outcome), [Problem::HasOrders(orders)]);
    }
    assert_eq!(stored(&*desk.store, &shop.customer).await, Some(shop.customer));
}

#[tokio::test]
async fn all_that_match_go_and_the_rest_stays() {
    let (desk, shop) = TestDesk::with_shop().await;
    for _ in 0..3 {
        desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    }
    let deleted = desk.customers().delete_matching(&shop.caller(), named("Wanjiku")).await.unwrap();
    assert_eq!(deleted, 3);
    assert_eq!(stored(&*desk.store, &shop.customer).await, Some(shop.customer));
    assert_eq!(count::<Customer>(&*desk.store).await, 1);
}

#[tokio::test]
async fn where_nothing_matches_nothing_goes() {
    let (desk, shop) = TestDesk::with_shop().await;
    assert_eq!(desk.customers().delete_matching(&shop.caller(), named("Nobody")).await.unwrap(), 0);
    assert_eq!(count::<Customer>(&*desk.store).await, 1);
}

#[tokio::test]
async fn all_that_match_stay_where_any_of_them_has_orders() {
    let (desk, shop) = TestDesk::with_shop().await;
    let first =
        desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap().customer;
    let second =
        desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap().customer;
    desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    place_orders(&desk, &shop, first.id(), 2).await;
    place_orders(&desk, &shop, second.id(), 1).await;
    place_orders(&desk, &shop, shop.customer.id(), 5).await;
    let outcome = desk.customers().delete_matching(&shop.caller(), named("Wanjiku")).await;
    assert_eq!(refused(outcome), [Problem::HasOrders(3)]);
    assert_eq!(count::<Customer>(&*desk.store).await, 4);
}

#[tokio::test]
async fn more_than_ten_thousand_matches_are_refused_with_their_number() {
    let (desk, shop) = TestDesk::with_shop().await;
    // With the shop's own customer these are one too many.
    let crowd: Vec<_> = (0..10_000).map(|_| desk.make.customer(shop.organization.id())).collect();
    insert(&*desk.store, &crowd).await.unwrap();
    let outcome = desk.customers().delete_matching(&shop.caller(), Filter::everything()).await;
    assert_eq!(refused(outcome), [Problem::TooManyMatches { count: 10_001, maximum: 10_000 }]);
    assert_eq!(count::<Customer>(&*desk.store).await, 10_001);
    let stranger = desk.shop().await.caller();
    let theirs = desk.customers().delete_matching(&stranger, Filter::everything()).await.unwrap();
    assert_eq!(theirs, 1, "matches of others do not count");
    let [oldest, ..] = crowd.as_slice() else { panic!("nobody") };
    let created = Value::Time(oldest.id().created_at());
    let all_of_them =
        Filter::new(CustomerField::CreatedAt, Test::Compare(Comparison::AtLeast, created)).unwrap();
    assert_eq!(desk.customers().delete_matching(&shop.caller(), all_of_them).await.unwrap(), 10_000);
    assert_eq!(stored(&*desk.store, &shop.customer).await, Some(shop.customer));
}
