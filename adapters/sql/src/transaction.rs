//! A transaction that undoes itself when it is dropped.

use orderdesk_application::ports::{StoreError, StoreResult};
use tokio::runtime::Handle;

use crate::dialect::Dialect;
use crate::pool::Lease;
use crate::session::Session;

/// A transaction on a connection of its own.
pub(crate) struct Transaction<D: Dialect> {
    /// `None` only while it is being dropped.
    lease: Option<Lease<D>>,
}

impl<D: Dialect> Transaction<D> {
    /// Begins with `statements`, one of the dialect's ways.
    pub(crate) async fn begin(lease: Lease<D>, statements: &[&'static str]) -> StoreResult<Self> {
        let mut transaction = Self { lease: Some(lease) };
        transaction.session()?.begin(statements).await?;
        Ok(transaction)
    }

    /// Where its statements run.
    pub(crate) fn session(&mut self) -> StoreResult<&mut Session<D>> {
        self.lease.as_deref_mut().ok_or_else(|| StoreError::Backend("the transaction has ended".into()))
    }

    /// Makes lasting what was done.
    pub(crate) async fn commit(mut self) -> StoreResult<()> {
        self.session()?.commit().await
    }

    /// Undoes what was done.
    pub(crate) async fn rollback(mut self) -> StoreResult<()> {
        self.session()?.rollback().await
    }
}

impl<D: Dialect> Drop for Transaction<D> {
    fn drop(&mut self) {
        let Some(mut lease) = self.lease.take().filter(|lease| lease.is_in_doubt()) else { return };
        // Without a runtime the connection goes back as it is, and is rolled back before it is lent again.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = lease.rollback().await {
                    tracing::debug!(%error, "a transaction could not be undone; its connection will be closed");
                }
            });
        }
    }
}
