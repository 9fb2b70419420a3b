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
use crate::shared::viewed;
use crate::store::MongoStore;
use crate::table::Table;
use crate::tables::kept_answers;
use crate::value;

#[async_trait]
impl<E: Table> Reader<E> for MongoStore {
    async fn list(&self, query: &Query<E::Field>) -> StoreResult<Rows<E::Details>> {
        viewed!(self.shared, |session| list::<E>(session, query))
    }
}

#[async_trait]
impl CredentialReader for MongoStore {
    async fn bearer(&self, presented: Presented<'_>) -> StoreResult<Option<Bearer>> {
        viewed!(self.shared, |session| bearer(session, presented))
    }

    async fn kept_answer(
        &self,
        user: UserId,
        key: &IdempotencyKey,
        since: Timestamp,
    ) -> StoreResult<Option<KeptAnswer>> {
        viewed!(self.shared, |session| kept_answer(session, user, key, since))
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
