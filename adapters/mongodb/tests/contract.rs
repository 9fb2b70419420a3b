//! The contract of stores, kept by MongoDB.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use orderdesk_application::ports::Store;
use orderdesk_contract::Harness;
use orderdesk_mongodb::{MongoSettings, MongoStore};
use orderdesk_servers::Database;

orderdesk_contract::contract!(mongodb, MongoHarness::default());

/// Databases that go with the test.
#[derive(Default)]
struct MongoHarness {
    databases: Mutex<Vec<Database>>,
}

#[async_trait]
impl Harness for MongoHarness {
    async fn fresh(&self) -> Arc<dyn Store> {
        let database = orderdesk_servers::mongodb().await;
        let store = MongoStore::connect(&MongoSettings::new(database.url())).await.unwrap();
        self.databases.lock().unwrap().push(database);
        Arc::new(store)
    }
}
