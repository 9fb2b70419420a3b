//! The store as a whole.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use orderdesk_application::ports::{
    CredentialReader, Filling, Outbox, PoolUse, RateLimiter, Reader, Snapshot, Store, StoreResult, Totals,
    UnitOfWork,
};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order,
    OrderEvent, Organization, User,
};

use crate::dialect::{Dialect, Role};
use crate::filling::SqlFilling;
use crate::pool::Pool;
use crate::snapshot::SqlSnapshot;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::unit_of_work::SqlUnitOfWork;

/// A store on an engine that speaks SQL.
#[derive(Debug)]
pub struct SqlStore<D: Dialect> {
    readers: Pool<D>,
    /// `None` where the same connections read and write.
    writers: Option<Pool<D>>,
}

impl<D: Dialect> SqlStore<D> {
    /// A store with at most so many connections for everything. A caller waits for one no longer than `patience`.
    pub(crate) fn shared(dialect: D, connections: NonZeroUsize, patience: Duration) -> StoreResult<Self> {
        let readers = Pool::new(Arc::new(dialect), Role::Writer, connections, patience)?;
        Ok(Self { readers, writers: None })
    }

    /// A store with at most so many connections for each purpose: neither reads nor units of work wait for the
    /// other's. A caller waits for one no longer than `patience`.
    pub(crate) fn divided(
        dialect: D,
        readers: NonZeroUsize,
        writers: NonZeroUsize,
        patience: Duration,
    ) -> StoreResult<Self> {
        let dialect = Arc::new(dialect);
        Ok(Self {
            readers: Pool::new(Arc::clone(&dialect), Role::Reader, readers, patience)?,
            writers: Some(Pool::new(dialect, Role::Writer, writers, patience)?),
        })
    }

    pub(crate) fn readers(&self) -> &Pool<D> {
        &self.readers
    }

    pub(crate) fn writers(&self) -> &Pool<D> {
        self.writers.as_ref().unwrap_or(&self.readers)
    }

    /// Whether there are connections that read beside those that write.
    pub(crate) fn has_readers(&self) -> bool {
        self.writers.is_some()
    }

    fn pools(&self) -> impl Iterator<Item = &Pool<D>> {
        std::iter::once(&self.readers).chain(&self.writers)
    }
}

#[async_trait]
impl<D: Dialect> Store for SqlStore<D> {
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
        let lease = self.writers().lease().await?;
        let transaction = Transaction::begin(lease, &[D::BEGIN_WRITE]).await?;
        Ok(Box::new(SqlUnitOfWork::new(transaction)))
    }

    async fn snapshot(&self) -> StoreResult<Box<dyn Snapshot>> {
        let transaction = Transaction::begin(self.readers.lease().await?, D::BEGIN_SNAPSHOT).await?;
        Ok(Box::new(SqlSnapshot::begin(transaction).await?))
    }

    async fn fill(&self) -> StoreResult<Box<dyn Filling>> {
        let mut lease = self.writers().lease().await?;
        if let Some(statement) = D::BEFORE_FILLING {
            lease.run(statement).await?;
        }
        let transaction = Transaction::begin(lease, D::BEGIN_ALONE).await?;
        Ok(Box::new(SqlFilling::begin(transaction).await?))
    }

    async fn ready(&self) -> StoreResult<()> {
        self.readers.lease().await?.fetch(Statement::new(D::TABLES)).await?;
        // To begin is to take the right to write.
        Transaction::begin(self.writers().lease().await?, &[D::BEGIN_WRITE]).await?.rollback().await
    }

    fn pool_use(&self) -> Option<PoolUse> {
        let uses = self.pools().map(Pool::pool_use);
        uses.reduce(|one, other| PoolUse {
            size: one.size + other.size,
            busy: one.busy + other.busy,
            waiting: one.waiting + other.waiting,
        })
    }

    async fn close(&self) -> StoreResult<()> {
        self.readers.dialect().stop_listening();
        for pool in self.pools() {
            pool.close().await?;
        }
        Ok(())
    }
}
