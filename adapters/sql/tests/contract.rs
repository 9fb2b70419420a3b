//! The contract of stores, kept by SQLite and by PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use orderdesk_application::ports::Store;
use orderdesk_contract::Harness;
use orderdesk_servers::Database;
use orderdesk_sql::{PostgresSettings, PostgresStore, SqliteSettings, SqliteStore};
use tempfile::TempDir;

orderdesk_contract::contract!(sqlite, SqliteHarness::default());

/// Databases in a directory that goes with the test.
struct SqliteHarness {
    directory: TempDir,
    made: AtomicUsize,
}

impl Default for SqliteHarness {
    fn default() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), made: AtomicUsize::default() }
    }
}

#[async_trait]
impl Harness for SqliteHarness {
    async fn fresh(&self) -> Arc<dyn Store> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let settings = SqliteSettings::new(self.directory.path().join(format!("{number}.db")));
        Arc::new(SqliteStore::connect(&settings).await.unwrap())
    }
}

orderdesk_contract::contract!(postgres, PostgresHarness::default());

/// Databases that go with the test.
#[derive(Default)]
struct PostgresHarness(Mutex<Vec<Database>>);

#[async_trait]
impl Harness for PostgresHarness {
    async fn fresh(&self) -> Arc<dyn Store> {
        let database = orderdesk_servers::postgres().await;
        let store = PostgresStore::connect(&PostgresSettings::new(database.url())).await.unwrap();
        self.0.lock().unwrap().push(database);
        Arc::new(store)
    }
}
