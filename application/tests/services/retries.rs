//! What becomes of a use case when the store fails.

use std::sync::Arc;

use orderdesk_application::Problem;
use orderdesk_application::error::Result;
use orderdesk_application::ports::{StoreError, Unique};
use orderdesk_application::query::{Filter, Order};
use orderdesk_application::services::{
    Browse, CustomerChange, CustomerChoice, ItemChange, ListRequest, Precondition, Row,
};
use orderdesk_contract::builders::{code, item_name, person};
use orderdesk_contract::kinds::{count, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Customer, CustomerCode, Item, Order as PlacedOrder, OrderEvent};

use crate::common::{
    FaultyStore, Step, TestDesk, catalogue, close, customer_change, done, failed, item_change, new_customer,
    new_item, new_order, on_version, order_change, refused, row,
};

/// A shop in a store that can be made to fail.
struct Trial {
    store: Arc<FaultyStore>,
    desk: TestDesk,
    shop: Shop,
}

impl Trial {
    async fn new() -> Self {
        let store = Arc::new(FaultyStore::default());
        let desk = TestDesk::on(store.clone());
        let shop = desk.shop().await;
        store.begun();
        Self { store, desk, shop }
    }

    async fn order(&self) -> PlacedOrder {
        let new = new_order(CustomerChoice::Id(self.shop.customer.id()), catalogue(&self.shop.item, 1));
        let order = self.desk.orders().place(&self.shop.caller(), new, None).await.map(done).unwrap().order;
        self.store.begun();
        order
    }

    /// Runs a use case while the store fails at `step`, each time in another of the ways in which a race is lost,
    /// and makes sure that it was run once more than it failed.
    async fn outlasts<T>(&self, step: Step, use_case: impl AsyncFnOnce() -> Result<T>) -> T {
        self.store.fail(step, 3, || StoreError::Retry("deadlock".into()));
        self.store.fail(step, 1, || StoreError::Conflict);
        self.store.fail(step, 1, || StoreError::Referenced);
        let outcome = use_case().await.unwrap_or_else(|error| panic!("{step:?}: {error}"));
        assert!(self.store.is_spent(), "{step:?}");
        assert_eq!(self.store.begun(), 6, "{step:?}");
        outcome
    }
}

fn renamed(shop: &Shop, name: &str) -> Row<CustomerChange> {
    let change = CustomerChange { first_name: Some(person(name)), ..customer_change() };
    row(shop.customer.id().uuid(), change)
}

#[tokio::test]
async fn creating_outlasts_lost_races_and_creates_once() {
    let trial = Trial::new().await;
    let caller = trial.shop.caller();
    for (index, step) in [Step::Begin, Step::Insert, Step::Commit].into_iter().enumerate() {
        trial
            .outlasts(step, async || {
                trial.desk.customers().create(&caller, new_customer(), None).await.map(done)
            })
            .await;
        let name = format!("Soap {index}");
        trial
            .outlasts(step, async || {
                trial.desk.items().create(&caller, new_item(&name), None).await.map(done)
            })
            .await;
        let new = new_order(CustomerChoice::Id(trial.shop.customer.id()), catalogue(&trial.shop.item, 1));
        trial.outlasts(step, async || trial.desk.orders().place(&caller, new, None).await.map(done)).await;
    }
    let store = &*trial.desk.store;
    assert_eq!((count::<Customer>(store).await, count::<Item>(store).await), (4, 4));
    assert_eq!((count::<PlacedOrder>(store).await, count::<OrderEvent>(store).await), (3, 3));
}

#[tokio::test]
async fn changing_outlasts_lost_races_and_changes_once() {
    let trial = Trial::new().await;
    let caller = trial.shop.caller();
    let store = &*trial.desk.store;
    for (index, step) in [Step::Begin, Step::Update, Step::Commit].into_iter().enumerate() {
        let customer = renamed(&trial.shop, &format!("Njeri {index}"));
        trial.outlasts(step, async || trial.desk.customers().change(&caller, customer).await).await;
        let item = ItemChange { name: Some(item_name(&format!("Rope {index}"))), ..item_change() };
        let item = row(trial.shop.item.id().uuid(), item);
        trial.outlasts(step, async || trial.desk.items().change(&caller, item).await).await;
        let order = trial.order().await;
        let closed = row(order.id().uuid(), close());
        trial.outlasts(step, async || trial.desk.orders().change(&caller, closed).await).await;
        assert_eq!(stored(store, &order).await.unwrap().version().number(), 2);
    }
    assert_eq!(stored(store, &trial.shop.customer).await.unwrap().version().number(), 4);
    assert_eq!(stored(store, &trial.shop.item).await.unwrap().version().number(), 4);
    assert_eq!(count::<OrderEvent>(store).await, 6);
}

#[tokio::test]
async fn deleting_outlasts_lost_races() {
    for step in [Step::Begin, Step::Delete, Step::Commit] {
        let trial = Trial::new().await;
        let (caller, any) = (trial.shop.caller(), Precondition::default());
        let order = trial.order().await;
        let desk = &trial.desk;
        trial.outlasts(step, async || desk.orders().delete(&caller, order.id(), &any).await).await;
        let all = Filter::everything;
        let deleted = trial.outlasts(step, async || desk.items().delete_matching(&caller, all()).await).await;
        assert_eq!(deleted, 1);
        let customer = trial.shop.customer.id();
        trial.outlasts(step, async || desk.customers().delete(&caller, customer, &any).await).await;
        let store = &*desk.store;
        assert_eq!((count::<Customer>(store).await, count::<Item>(store).await), (0, 0));
        assert_eq!(count::<PlacedOrder>(store).await, 0);
    }
}

#[tokio::test]
async fn after_eight_lost_races_a_use_case_gives_up() {
    let trial = Trial::new().await;
    trial.store.fail(Step::Commit, 8, || StoreError::Retry("deadlock".into()));
    let outcome = trial.desk.customers().change(&trial.shop.caller(), renamed(&trial.shop, "Njeri")).await;
    assert!(matches!(failed(outcome), StoreError::Retry(_)));
    assert_eq!((trial.store.begun(), trial.store.is_spent()), (8, true));
    assert_eq!(stored(&*trial.desk.store, &trial.shop.customer).await, Some(trial.shop.customer));
}

#[tokio::test]
async fn a_store_that_is_away_is_asked_once() {
    let trial = Trial::new().await;
    let caller = trial.shop.caller();
    let away = || trial.store.fail(Step::Begin, 1, || StoreError::Unavailable("no route".into()));
    away();
    let created = trial.desk.customers().create(&caller, new_customer(), None).await.map(done);
    assert!(matches!(failed(created), StoreError::Unavailable(_)));
    away();
    let changed = trial.desk.customers().change(&caller, renamed(&trial.shop, "Njeri")).await;
    assert!(matches!(failed(changed), StoreError::Unavailable(_)));
    away();
    let deleted = trial.desk.customers().delete_matching(&caller, Filter::everything()).await;
    assert!(matches!(failed(deleted), StoreError::Unavailable(_)));
    assert_eq!(trial.store.begun(), 3);
}

#[tokio::test]
async fn a_reader_that_is_away_is_asked_once() {
    let trial = Trial::new().await;
    let caller = trial.shop.caller();
    let away = || trial.store.fail(Step::Read, 1, || StoreError::Unavailable("no route".into()));
    let customers = trial.desk.customers();
    let id = trial.shop.customer.id().uuid();
    away();
    assert!(matches!(failed(customers.find(&caller, id).await), StoreError::Unavailable(_)));
    away();
    assert!(matches!(failed(customers.find_several(&caller, vec![id]).await), StoreError::Unavailable(_)));
    away();
    let request = ListRequest {
        filter: Filter::everything(),
        order: Order::newest_first(),
        after: None,
        offset: 0,
        limit: 1,
        counted: false,
    };
    assert!(matches!(failed(customers.list(&caller, request).await), StoreError::Unavailable(_)));
    assert!(trial.store.is_spent());
}

#[tokio::test]
async fn a_use_case_that_is_run_again_draws_another_code() {
    let trial = Trial::new().await;
    trial.desk.randomness.draw_next([1_111, 2_222]);
    trial.store.fail(Step::Commit, 1, || StoreError::AlreadyExists(Unique::CustomerCode));
    let created =
        trial.desk.customers().create(&trial.shop.caller(), new_customer(), None).await.map(done).unwrap();
    assert_eq!(created.customer.profile().code, CustomerCode::generate(2_222));
}

#[tokio::test]
async fn a_key_that_has_become_free_meanwhile_is_taken() {
    let trial = Trial::new().await;
    let change = CustomerChange { code: Some(code("NEW01")), ..customer_change() };
    let change = row(trial.shop.customer.id().uuid(), change);
    // Whoever had the code has given it up by the time that the rows are tried one by one.
    trial.store.fail(Step::Update, 1, || StoreError::AlreadyExists(Unique::CustomerCode));
    let changed = trial.desk.customers().change(&trial.shop.caller(), change).await.unwrap();
    assert_eq!(changed.customer.profile().code, code("NEW01"));
    assert_eq!((changed.customer.version().number(), trial.store.begun()), (2, 3));
    assert_eq!(stored(&*trial.desk.store, &trial.shop.customer).await, Some(changed.customer));
}

#[tokio::test]
async fn finding_out_whose_key_is_taken_can_lose_a_race_as_well() {
    let trial = Trial::new().await;
    let change = CustomerChange { code: Some(code("NEW01")), ..customer_change() };
    let change = row(trial.shop.customer.id().uuid(), change);
    trial.store.fail(Step::Update, 1, || StoreError::AlreadyExists(Unique::CustomerCode));
    trial.store.fail(Step::Update, 1, || StoreError::Conflict);
    let changed = trial.desk.customers().change(&trial.shop.caller(), change).await.unwrap();
    assert_eq!((changed.customer.version().number(), trial.store.begun()), (2, 3));
}

#[tokio::test]
async fn what_changes_nothing_writes_nothing() {
    let trial = Trial::new().await;
    let (caller, order) = (trial.shop.caller(), trial.order().await);
    for step in [Step::Update, Step::Commit] {
        trial.store.fail(step, 1, || StoreError::Backend("read-only".into()));
        let customer = row(trial.shop.customer.id().uuid(), customer_change());
        trial.desk.customers().change(&caller, customer).await.unwrap();
        let item = row(trial.shop.item.id().uuid(), item_change());
        trial.desk.items().change(&caller, item).await.unwrap();
        trial.desk.orders().change(&caller, row(order.id().uuid(), order_change())).await.unwrap();
        let fault = failed(trial.desk.customers().change(&caller, renamed(&trial.shop, "Njeri")).await);
        assert!(matches!(fault, StoreError::Backend(_)), "{step:?} would have failed");
    }
}

#[tokio::test]
async fn a_refusal_is_final() {
    let trial = Trial::new().await;
    let change = Row { precondition: on_version(2), ..renamed(&trial.shop, "Njeri") };
    let outcome = trial.desk.customers().change(&trial.shop.caller(), change).await;
    assert_eq!((refused(outcome), trial.store.begun()), (vec![Problem::Stale], 1));
}

/// Each of them writes what the one before it has left; a store that isolates them otherwise makes some run again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_that_close_one_order_one_does_and_all_are_content() {
    let trial = Trial::new().await;
    let order = trial.order().await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (orders, caller) = (trial.desk.orders(), trial.shop.caller());
            let close = row(order.id().uuid(), close());
            tokio::spawn(async move { orders.change(&caller, close).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().order.version().number(), 2);
    }
    assert_eq!(count::<OrderEvent>(&*trial.desk.store).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_that_change_the_version_they_have_read_one_does() {
    let trial = Trial::new().await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (customers, caller) = (trial.desk.customers(), trial.shop.caller());
            let change = renamed(&trial.shop, &format!("Njeri {number}"));
            let change = Row { precondition: on_version(1), ..change };
            tokio::spawn(async move { customers.change(&caller, change).await })
        })
        .collect();
    let mut changed = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(details) => changed += details.customer.version().number() - 1,
            outcome => assert_eq!(refused(outcome), [Problem::Stale]),
        }
    }
    assert_eq!(changed, 1);
}
