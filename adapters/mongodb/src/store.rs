//! The store as a whole.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use mongodb::bson::doc;
use orderdesk_application::ports::{
    CredentialReader, Filling, Outbox, PoolUse, RateLimiter, Reader, Snapshot, Store, StoreError,
    StoreResult, Totals, UnitOfWork,
};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order,
    OrderEvent, Organization, User,
};
use tokio::time::timeout;

use crate::connect::connect;
use crate::errors::classify;
use crate::filling::MongoFilling;
use crate::migration::{MigrationError, RECORD, bring_up_to_date};
use crate::schema::SCHEMA;
use crate::session::written;
use crate::settings::MongoSettings;
use crate::shared::Shared;
use crate::snapshot::MongoSnapshot;

/// A store in a MongoDB database.
pub struct MongoStore {
    pub(crate) shared: Arc<Shared>,
}

impl MongoStore {
    /// Opens the database. With [`MongoSettings::migrate`] it is brought up to date.
    ///
    /// # Errors
    /// `Unavailable` with the reason: a [`MongoOpenError`](crate::MongoOpenError), a [`MigrationError`], or that no server
    /// was there in time. A database whose filling was not finished is refused.
    pub async fn connect(settings: &MongoSettings) -> StoreResult<Self> {
        let store = Self::connect_to_fill(settings).await?;
        if store.shared.filling.load(Ordering::Acquire) {
            return Err(MigrationError::Unfinished.into());
        }
        Ok(store)
    }

    /// Opens the database to fill it: also one whose filling was not finished, which then can be filled, and nothing
    /// else.
    ///
    /// # Errors
    /// As for [`Self::connect`].
    pub async fn connect_to_fill(settings: &MongoSettings) -> StoreResult<Self> {
        let shared = connect(settings).await?;
        let (_, state) = bring_up_to_date(&shared.database, settings.migrate).await?;
        shared.filling.store(state.filling, Ordering::Release);
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Brings the database up to date, whatever [`MongoSettings::migrate`] says, and names the migrations that were
    /// applied.
    ///
    /// # Errors
    /// As for [`Self::connect`].
    pub async fn migrate(settings: &MongoSettings) -> StoreResult<Vec<&'static str>> {
        let shared = connect(settings).await?;
        let (applied, _) = bring_up_to_date(&shared.database, true).await?;
        shared.client.shutdown().await;
        Ok(applied)
    }
}

#[async_trait]
impl Store for MongoStore {
    fn customers(&self) -> &dyn Reader<Customer> {
        self
    }

    fn items(&self) -> &dyn Reader<Item> {
        self
    }

    fn orders(&self) -> &dyn Reader<Order> {
        self
    }

    fn order_events(&self) -> &dyn Reader<OrderEvent> {
        self
    }

    fn organizations(&self) -> &dyn Reader<Organization> {
        self
    }

    fn memberships(&self) -> &dyn Reader<Membership> {
        self
    }

    fn users(&self) -> &dyn Reader<User> {
        self
    }

    fn api_tokens(&self) -> &dyn Reader<ApiToken> {
        self
    }

    fn audit_entries(&self) -> &dyn Reader<AuditEntry> {
        self
    }

    fn messages(&self) -> &dyn Reader<Message> {
        self
    }

    fn message_attempts(&self) -> &dyn Reader<MessageAttempt> {
        self
    }

    fn message_templates(&self) -> &dyn Reader<MessageTemplate> {
        self
    }

    fn totals(&self) -> &dyn Totals {
        self
    }

    fn outbox(&self) -> &dyn Outbox {
        self
    }

    fn rate_limiter(&self) -> &dyn RateLimiter {
        self
    }

    fn credentials(&self) -> &dyn CredentialReader {
        self
    }

    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        Ok(Box::new(self.shared.begin().await?))
    }

    async fn snapshot(&self) -> StoreResult<Box<dyn Snapshot>> {
        Ok(Box::new(MongoSnapshot::open(Arc::clone(&self.shared)).await?))
    }

    async fn fill(&self) -> StoreResult<Box<dyn Filling>> {
        Ok(Box::new(MongoFilling::begin(Arc::clone(&self.shared)).await?))
    }

    /// Writes nothing, to be acknowledged by a majority: there is a primary, it takes writes, and enough others follow.
    async fn ready(&self) -> StoreResult<()> {
        let _place = self.shared.enter().await?;
        let nothing =
            doc! { "q": { "_id": RECORD, "version": -1_i64 }, "u": { "$set": { "version": -1_i64 } } };
        let milliseconds = i64::try_from(self.shared.patience.as_millis()).unwrap_or(i64::MAX);
        let command = doc! {
            "update": SCHEMA,
            "updates": [nothing],
            "writeConcern": { "w": "majority", "wtimeout": milliseconds },
        };
        let answer = timeout(self.shared.patience, self.shared.database.run_command(command)).await;
        let answer = answer.map_err(|elapsed| StoreError::Unavailable(elapsed.into()))?;
        written(&answer.map_err(classify)?).map(drop)
    }

    fn pool_use(&self) -> Option<PoolUse> {
        Some(self.shared.gate.pool_use())
    }

    async fn close(&self) -> StoreResult<()> {
        self.shared.closing.send_replace(true);
        self.shared.gate.close().await?;
        let client = &self.shared.client;
        // The driver waits for whatever is still held of it, such as a snapshot that nobody reads.
        if timeout(self.shared.patience, client.clone().shutdown()).await.is_err() {
            client.clone().shutdown().immediate(true).await;
        }
        Ok(())
    }
}
