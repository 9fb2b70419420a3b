//! Reading outside units of work.

use async_trait::async_trait;
use orderdesk_application::Principal;
use orderdesk_application::ports::{CredentialReader, Reader, StoreResult};
use orderdesk_application::query::{Query, Rows};
use orderdesk_domain::TokenDigest;

use crate::listing::list;
use crate::store::MongoStore;
use crate::table::Table;
use crate::tables::accounts::principal;

#[async_trait]
impl<E: Table> Reader<E> for MongoStore {
    async fn list(&self, query: &Query<E::Field>) -> StoreResult<Rows<E::Details>> {
        loop {
            let mut view = self.shared.view().await?;
            let rows = list::<E>(&mut view.session, query).await?;
            if view.is_fresh() {
                return Ok(rows);
            }
            view.catch_up().await?;
        }
    }
}

#[async_trait]
impl CredentialReader for MongoStore {
    async fn principal(&self, digest: &TokenDigest) -> StoreResult<Option<Principal>> {
        loop {
            let mut view = self.shared.view().await?;
            let principal = principal(&mut view.session, digest).await?;
            if view.is_fresh() {
                return Ok(principal);
            }
            view.catch_up().await?;
        }
    }
}
