//! All that the store holds at one moment: a transaction that reads.

use async_trait::async_trait;
use orderdesk_application::ports::{Record, RecordKind, Snapshot, StoreResult};

use crate::dialect::Dialect;
use crate::records::{count, is_empty, page};
use crate::transaction::Transaction;

/// One transaction that sees one snapshot.
pub(crate) struct SqlSnapshot<D: Dialect> {
    transaction: Transaction<D>,
}

impl<D: Dialect> SqlSnapshot<D> {
    /// What is there now. An engine settles what a transaction sees by its first question, so one is asked at once.
    pub(crate) async fn begin(mut transaction: Transaction<D>) -> StoreResult<Self> {
        is_empty(transaction.session()?, RecordKind::Installation).await?;
        Ok(Self { transaction })
    }
}

#[async_trait]
impl<D: Dialect> Snapshot for SqlSnapshot<D> {
    async fn count(&mut self, kind: RecordKind) -> StoreResult<u64> {
        count(self.transaction.session()?, kind).await
    }

    async fn page(
        &mut self,
        kind: RecordKind,
        last: Option<&Record>,
        limit: u32,
    ) -> StoreResult<Vec<Record>> {
        page(self.transaction.session()?, kind, last, limit).await
    }
}
