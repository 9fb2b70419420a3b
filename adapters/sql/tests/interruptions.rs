//! Calls that are given up, connections that are all taken, and other programs on the same file.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::{Duration, Instant};

use orderdesk_application::Scope;
use orderdesk_application::ports::{Store, StoreError};
use orderdesk_application::query::{Filter, Query, Selection};
use orderdesk_contract::builders::Maker;
use orderdesk_contract::kinds::{count, insert};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Customer, Order};
use orderdesk_sql::{SqliteSettings, SqliteStore};
use tempfile::TempDir;
use tokio::time::timeout;

const IMPATIENT: Duration = Duration::from_millis(200);

async fn impatient(directory: &TempDir) -> SqliteStore {
    let path = directory.path().join("orders.db");
    let settings = SqliteSettings { patience: IMPATIENT, ..SqliteSettings::new(path) };
    SqliteStore::connect(&settings).await.unwrap()
}

fn customers(shop: &Shop, make: &Maker, number: usize) -> Vec<Customer> {
    (0..number).map(|_| make.customer(shop.organization.id())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_given_up_half_way_finishes_its_unit_of_work() {
    let directory = tempfile::tempdir().unwrap();
    let store = impatient(&directory).await;
    let make = Maker::default();
    let shop = Shop::open(&store, &make).await;
    let mut given_up = 0;
    for attempt in 0..40 {
        let many = customers(&shop, &make, 2_000);
        let mut work = store.begin().await.unwrap();
        let patience = Duration::from_micros(attempt * 500);
        if timeout(patience, work.customers().insert(&many)).await.is_ok() {
            continue;
        }
        given_up += 1;
        assert!(work.customers().insert(&customers(&shop, &make, 1)).await.is_err());
        assert!(work.commit().await.is_err(), "half of a call is not committed");
    }
    assert!(given_up > 0, "no call took long enough to be given up");
    assert_eq!(count::<Customer>(&store).await, 1, "nothing of what was given up is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_given_up_anywhere_leaves_a_connection_in_the_way() {
    let directory = tempfile::tempdir().unwrap();
    let store = impatient(&directory).await;
    let make = Maker::default();
    let shop = Shop::open(&store, &make).await;
    insert(&store, &customers(&shop, &make, 500)).await.unwrap();
    let before = 501;
    let mut committed = before;
    let everything = Selection::new(&Scope::Everything, Filter::everything());
    let counted = Query { counted: true, ..Query::first(everything, 400) };
    for attempt in 0..300 {
        let patience = Duration::from_micros(attempt * 5);
        let unit_of_work = async {
            let mut work = store.begin().await.unwrap();
            work.customers().insert(&customers(&shop, &make, 1)).await.unwrap();
            work.commit().await.unwrap();
        };
        // A commit given up may take place or not, perhaps a moment later; nothing in between.
        let _ = timeout(patience, unit_of_work).await;
        let reading = Store::customers(&store).list(&counted);
        let _ = timeout(patience, reading).await;

        let found = Store::customers(&store).list(&counted).await.unwrap();
        let now = found.count.unwrap();
        assert!((committed..=before + attempt + 1).contains(&now), "{now} after {committed}");
        committed = now;
    }
    assert_eq!(store.pool_use().unwrap().waiting, 0);
    insert(&store, &customers(&shop, &make, 1)).await.unwrap();
}

#[tokio::test]
async fn who_waits_too_long_for_the_turn_to_write_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let store = impatient(&directory).await;
    let work = store.begin().await.unwrap();
    let start = Instant::now();
    let Err(StoreError::Unavailable(_)) = store.begin().await else { panic!("two units of work at once") };
    assert!(start.elapsed() >= IMPATIENT && start.elapsed() < 10 * IMPATIENT, "{:?}", start.elapsed());
    let usage = store.pool_use().unwrap();
    assert_eq!((usage.busy, usage.waiting), (1, 0));
    drop(work);
    store.begin().await.unwrap().rollback().await.unwrap();
}

#[tokio::test]
async fn another_program_that_writes_is_waited_for_and_then_reported() {
    let directory = tempfile::tempdir().unwrap();
    let (store, other) = (impatient(&directory).await, impatient(&directory).await);
    let make = Maker::default();
    let shop = Shop::open(&store, &make).await;
    let mut work = other.begin().await.unwrap();
    work.customers().insert(&customers(&shop, &make, 1)).await.unwrap();
    let Err(StoreError::Unavailable(_)) = store.begin().await else { panic!("two units of work at once") };
    assert_eq!(count::<Customer>(&store).await, 1, "reading goes on");
    work.commit().await.unwrap();
    assert_eq!(count::<Customer>(&store).await, 2);
    insert(&store, &customers(&shop, &make, 1)).await.unwrap();
}

/// Workers look every moment, in every program on the file.
#[tokio::test]
async fn who_finds_nothing_due_has_kept_nobody_from_writing() {
    let directory = tempfile::tempdir().unwrap();
    let store = impatient(&directory).await;
    let make = Maker::default();
    let shop = Shop::open(&store, &make).await;
    let message = make.message(&shop.customer);
    let work = store.begin().await.unwrap();
    let (now, then) = (message.id().created_at(), make.now());
    assert_eq!(store.outbox().claim(now, then, 10).await.unwrap(), []);
    work.rollback().await.unwrap();

    insert(&store, std::slice::from_ref(&message)).await.unwrap();
    let work = store.begin().await.unwrap();
    let outcome = store.outbox().claim(now, then, 10).await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "somebody else writes: {outcome:?}");
    work.rollback().await.unwrap();
    assert_eq!(store.outbox().claim(now, then, 10).await.unwrap().len(), 1);
}

#[test]
fn a_unit_of_work_may_be_dropped_where_there_is_no_runtime() {
    let directory = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (store, shop, make) = runtime.block_on(async {
        let (store, make) = (impatient(&directory).await, Maker::default());
        let shop = Shop::open(&store, &make).await;
        (store, shop, make)
    });
    let work = runtime.block_on(async {
        let mut work = store.begin().await.unwrap();
        work.orders().insert(&[shop.order(&make).0]).await.unwrap();
        work
    });
    drop(work);
    runtime.block_on(async {
        assert_eq!(count::<Order>(&store).await, 0);
        insert(&store, &customers(&shop, &make, 1)).await.unwrap();
        assert_eq!(count::<Order>(&store).await, 0);
    });
}
