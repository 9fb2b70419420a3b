//! What is queued by one program is heard of by the others on the same PostgreSQL database.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use orderdesk_application::ports::{Announcements, Store as _, StoreError, StoreResult};
use orderdesk_servers::Database;
use orderdesk_sql::{PostgresSettings, PostgresStore, SqliteSettings, SqliteStore};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::time::timeout;

/// Longer than any announcement takes.
const LONG: Duration = Duration::from_secs(20);
/// Within this nothing comes that has not been announced.
const SHORT: Duration = Duration::from_millis(100);

async fn open(database: &Database) -> PostgresStore {
    PostgresStore::connect(&PostgresSettings::new(database.url())).await.unwrap()
}

async fn listen(store: &PostgresStore) -> Box<dyn Announcements> {
    store.outbox().listen().await.unwrap().unwrap()
}

async fn next(listener: &mut Box<dyn Announcements>) -> StoreResult<()> {
    timeout(LONG, listener.next()).await.unwrap()
}

#[tokio::test]
async fn what_is_announced_is_heard_by_everybody_who_listens() {
    let database = orderdesk_servers::postgres().await;
    let (one, other) = (open(&database).await, open(&database).await);
    let mut listeners = [listen(&one).await, listen(&other).await];
    for store in [&one, &other] {
        store.outbox().announce().await.unwrap();
        for listener in &mut listeners {
            next(listener).await.unwrap();
        }
    }
    for listener in &mut listeners {
        assert!(timeout(SHORT, listener.next()).await.is_err(), "nothing else was announced");
    }
}

#[tokio::test]
async fn what_is_announced_while_nobody_waits_is_heard_afterwards() {
    let database = orderdesk_servers::postgres().await;
    let store = open(&database).await;
    let mut listener = listen(&store).await;
    for _ in 0..50 {
        // A call that is given up, wherever it stands, takes nothing with it.
        let _ = timeout(Duration::from_micros(50), listener.next()).await;
        store.outbox().announce().await.unwrap();
        next(&mut listener).await.unwrap();
    }
    store.outbox().announce().await.unwrap();
    next(&mut listener).await.unwrap();
}

#[tokio::test]
async fn who_is_cut_off_is_told_and_listens_anew() {
    let database = orderdesk_servers::postgres().await;
    let store = open(&database).await;
    let mut listener = listen(&store).await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    assert_eq!(connection.fetch_all(cut).await.unwrap().len(), 1, "one connection listens");
    for _ in 0..2 {
        let outcome = next(&mut listener).await;
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    }
    let mut listener = listen(&store).await;
    store.outbox().announce().await.unwrap();
    next(&mut listener).await.unwrap();
}

#[tokio::test]
async fn a_closed_store_announces_and_listens_no_more() {
    let database = orderdesk_servers::postgres().await;
    let store = open(&database).await;
    store.close().await.unwrap();
    assert!(matches!(store.outbox().announce().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.outbox().listen().await, Err(StoreError::Unavailable(_))));
}

#[test]
fn a_listener_may_be_dropped_where_there_is_no_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (listener, _database) = runtime.block_on(async {
        let database = orderdesk_servers::postgres().await;
        (listen(&open(&database).await).await, database)
    });
    drop(listener);
}

#[tokio::test]
async fn on_a_file_nothing_is_announced() {
    let directory = tempfile::tempdir().unwrap();
    let settings = SqliteSettings::new(directory.path().join("orders.db"));
    let store = SqliteStore::connect(&settings).await.unwrap();
    store.outbox().announce().await.unwrap();
    assert!(store.outbox().listen().await.unwrap().is_none());
    store.close().await.unwrap();
    assert!(matches!(store.outbox().announce().await, Err(StoreError::Unavailable(_))));
}
