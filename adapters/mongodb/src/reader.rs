//! Reading outside units of work.

use async_trait::async_trait;
use mongodb::bson::doc;
use orderdesk_application::idempotency::{IdempotencyKey, KeptAnswer};
use orderdesk_application::ports::{Bearer, CredentialReader, Presented, Reader, StoreResult};
use orderdesk_application::query::{Query, Rows};
use orderdesk_domain::{Timestamp, UserId};

use crate::bearer::bearer;
use crate::fields::Fields;
use crate::listing::list;
use crate::schema::KEPT_ANSWERS;
use crate::session::{Search, Session};
use crate::store::MongoStore;
use crate::table::Table;
use crate::tables::kept_answers;
use crate::value;

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
    async fn bearer(&self, presented: Presented<'_>) -> StoreResult<Option<Bearer>> {
        loop {
            let mut view = self.shared.view().await?;
            let bearer = bearer(&mut view.session, presented).await?;
            if view.is_fresh() {
                return Ok(bearer);
            }
            view.catch_up().await?;
        }
    }

    async fn kept_answer(
        &self,
        user: UserId,
        key: &IdempotencyKey,
        since: Timestamp,
    ) -> StoreResult<Option<KeptAnswer>> {
        loop {
            let mut view = self.shared.view().await?;
            let kept = kept_answer(&mut view.session, user, key, since).await?;
            if view.is_fresh() {
                return Ok(kept);
            }
            view.catch_up().await?;
        }
    }
}

async fn kept_answer(
    session: &mut Session,
    user: UserId,
    key: &IdempotencyKey,
    since: Timestamp,
) -> StoreResult<Option<KeptAnswer>> {
    let search = Search {
        collection: KEPT_ANSWERS,
        filter: doc! { "_id": kept_answers::id(user, key), "kept_at": { "$gte": value::time(since) } },
        limit: Some(1),
        ..Search::default()
    };
    let found = session.find(search).await?;
    found.first().map(|kept| kept_answers::read(&Fields::new(KEPT_ANSWERS, kept))).transpose()
}
