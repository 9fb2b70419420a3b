//! Reading outside units of work.

use async_trait::async_trait;
use orderdesk_application::idempotency::{IdempotencyKey, KeptAnswer};
use orderdesk_application::ports::{Bearer, CredentialReader, Presented, Reader, StoreResult};
use orderdesk_application::query::{Query, Rows};
use orderdesk_domain::{Timestamp, UserId};

use crate::access::kept_answer;
use crate::bearer::bearer;
use crate::dialect::Dialect;
use crate::listing::list;
use crate::store::SqlStore;
use crate::table::Table;
use crate::transaction::Transaction;

#[async_trait]
impl<D: Dialect, E: Table> Reader<E> for SqlStore<D> {
    async fn list(&self, query: &Query<E::Field>) -> StoreResult<Rows<E::Details>> {
        let mut lease = self.readers().lease().await?;
        if !query.counted {
            // One statement sees one snapshot by itself.
            return list::<D, E>(&mut lease, query).await;
        }
        let mut transaction = Transaction::begin(lease, &[D::BEGIN_READ]).await?;
        let rows = list::<D, E>(transaction.session()?, query).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

#[async_trait]
impl<D: Dialect> CredentialReader for SqlStore<D> {
    async fn bearer(&self, presented: Presented<'_>) -> StoreResult<Option<Bearer>> {
        bearer(&mut *self.readers().lease().await?, presented).await
    }

    async fn kept_answer(
        &self,
        user: UserId,
        key: &IdempotencyKey,
        since: Timestamp,
    ) -> StoreResult<Option<KeptAnswer>> {
        kept_answer(&mut *self.readers().lease().await?, user, key, since).await
    }
}
