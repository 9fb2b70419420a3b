//! The store as a whole.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use orderdesk_application::ports::{
    CredentialReader, Filling, PoolUse, Reader, Snapshot, Store, StoreError, StoreResult, UnitOfWork,
};
use orderdesk_domain::{Customer, Item, Order, OrderEvent};

use crate::dialect::{Dialect, Role};
use crate::pool::{Lease, Pool};
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::unit_of_work::SqlUnitOfWork;

/// A store on an engine that speaks SQL. Reads and units of work have connections of their own, so neither
/// waits for the other's.
#[derive(Debug)]
pub struct SqlStore<D: Dialect> {
    readers: Pool<D>,
    writers: Pool<D>,
}

impl<D: Dialect> SqlStore<D> {
    /// A store with at most so many connections for each purpose. A caller waits for one no longer than `patience`.
    pub(crate) fn new(
        dialect: D,
        readers: NonZeroUsize,
        writers: NonZeroUsize,
        patience: Duration,
    ) -> StoreResult<Self> {
        let dialect = Arc::new(dialect);
        Ok(Self {
            readers: Pool::new(Arc::clone(&dialect), Role::Reader, readers, patience)?,
            writers: Pool::new(dialect, Role::Writer, writers, patience)?,
        })
    }

    pub(crate) fn readers(&self) -> &Pool<D> {
        &self.readers
    }

    pub(crate) fn writers(&self) -> &Pool<D> {
        &self.writers
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

    fn credentials(&self) -> &dyn CredentialReader {
        self
    }

    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        let lease = self.writers.lease().await?;
        let transaction = Transaction::begin(lease, D::BEGIN_WRITE).await?;
        Ok(Box::new(SqlUnitOfWork::new(transaction)))
    }

    async fn snapshot(&self) -> StoreResult<Box<dyn Snapshot>> {
        Err(StoreError::Backend("snapshots are being built".into()))
    }

    async fn fill(&self) -> StoreResult<Box<dyn Filling>> {
        Err(StoreError::Backend("fillings are being built".into()))
    }

    async fn ready(&self) -> StoreResult<()> {
        self.readers.lease().await?.fetch(Statement::new(D::TABLES)).await?;
        // To begin is to take the right to write.
        Transaction::begin(self.writers.lease().await?, D::BEGIN_WRITE).await?.rollback().await
    }

    fn pool_use(&self) -> Option<PoolUse> {
        let (readers, writers) = (self.readers.pool_use(), self.writers.pool_use());
        Some(PoolUse {
            size: readers.size + writers.size,
            busy: readers.busy + writers.busy,
            waiting: readers.waiting + writers.waiting,
        })
    }

    async fn close(&self) -> StoreResult<()> {
        self.readers.close();
        let last = self.writers.lease().await?;
        self.writers.close();
        D::close(Lease::take(last).into_connection()).await
    }
}
