//! Reading outside units of work.

use async_trait::async_trait;
use orderdesk_application::Principal;
use orderdesk_application::ports::{CredentialReader, Reader, StoreResult};
use orderdesk_application::query::{Query, Rows};
use orderdesk_domain::TokenDigest;

use crate::dialect::Dialect;
use crate::listing::list;
use crate::store::SqlStore;
use crate::table::Table;
use crate::tables::principal;
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
    async fn principal(&self, digest: &TokenDigest) -> StoreResult<Option<Principal>> {
        principal(&mut *self.readers().lease().await?, digest).await
    }
}
