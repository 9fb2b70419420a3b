//! The contract of stores, kept by SQLite.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use orderdesk_application::ports::Store;
use orderdesk_contract::Harness;
use orderdesk_sql::{SqliteSettings, SqliteStore};
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

orderdesk_contract::contract!(postgres, PostgresHarness);

/// Databases on the server of the run.
struct PostgresHarness;

#[async_trait]
impl Harness for PostgresHarness {
    async fn fresh(&self) -> Arc<dyn Store> {
        static N: AtomicUsize = AtomicUsize::new(0);
        let name = format!("t{}_{}", std::process::id(), N.fetch_add(1, Ordering::Relaxed));
        let url = std::env::var("TEST_POSTGRES_URL").unwrap();
        let mut c = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
        sqlx::Executor::execute(&mut c, sqlx::AssertSqlSafe(format!("create database {name}"))).await.unwrap();
        let url = url.rsplit_once('/').unwrap().0.to_owned() + "/" + &name;
        Arc::new(orderdesk_sql::PostgresStore::connect(&orderdesk_sql::PostgresSettings::new(url)).await.unwrap())
    }
}
