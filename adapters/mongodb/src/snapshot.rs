//! All that there was at one moment, read page by page.
//!
//! The servers remember how everything was for five minutes (`minSnapshotHistoryWindowInSeconds`), and to read a large
//! database takes longer. If nobody has written since, a newer snapshot shows the same; whether somebody has, the
//! servers' log tells (a change stream).

use std::sync::Arc;

use async_trait::async_trait;
use mongodb::bson::{Document, Timestamp, doc};
use orderdesk_application::ports::{Record, RecordKind, Snapshot, StoreError, StoreResult};
use thiserror::Error;

use crate::author::by_those_who_are_there;
use crate::errors::{SNAPSHOT_TOO_OLD, classify, code_of};
use crate::record::{collection, following, restore};
use crate::schema::SCHEMA;
use crate::session::{Search, Session};
use crate::shared::{Shared, moment, number};

/// Why a moment cannot be shown any longer.
#[derive(Debug, Error)]
#[error(
    "others were writing for too long while the data was read: set ORDERDESK_READ_ONLY=true on the service, and try again"
)]
struct WritersAtWork;

/// One moment.
pub(crate) struct MongoSnapshot {
    shared: Arc<Shared>,
    session: Session,
    moment: Timestamp,
}

impl MongoSnapshot {
    /// What a majority of the servers has at present.
    pub(crate) async fn open(shared: Arc<Shared>) -> StoreResult<Self> {
        loop {
            let mut view = shared.view().await?;
            let moment = pin(&mut view.session).await?;
            if view.is_fresh() {
                return Ok(Self { session: view.into_session(), moment, shared });
            }
            view.catch_up().await?;
        }
    }

    /// Goes on with a newer snapshot, if it shows the same.
    async fn renew(&mut self) -> StoreResult<()> {
        let renewed = Self::open(Arc::clone(&self.shared)).await?;
        let since = moment(number(self.moment) + 1);
        let changes = self.shared.database.watch().start_at_operation_time(since).await;
        let change = changes.map_err(classify)?.next_if_any().await.map_err(classify)?;
        if change.is_some() {
            return Err(StoreError::Unavailable(WritersAtWork.into()));
        }
        *self = renewed;
        Ok(())
    }
}

/// Reads something, so that the snapshot is of this moment.
async fn pin(session: &mut Session) -> StoreResult<Timestamp> {
    session.find(Search { collection: SCHEMA, limit: Some(1), ..Search::default() }).await?;
    session
        .moment()
        .ok_or_else(|| StoreError::Backend("the server did not say of when its snapshot is".into()))
}

fn is_too_old<T>(outcome: &StoreResult<T>) -> bool {
    matches!(outcome, Err(error) if code_of(error) == Some(SNAPSHOT_TOO_OLD))
}

#[async_trait]
impl Snapshot for MongoSnapshot {
    async fn count(&mut self, kind: RecordKind) -> StoreResult<u64> {
        let mut counted = count(&mut self.session, kind).await;
        if is_too_old(&counted) {
            self.renew().await?;
            counted = count(&mut self.session, kind).await;
        }
        counted
    }

    async fn page(
        &mut self,
        kind: RecordKind,
        last: Option<&Record>,
        limit: u32,
    ) -> StoreResult<Vec<Record>> {
        let mut found = page(&mut self.session, kind, last, limit).await;
        if is_too_old(&found) {
            self.renew().await?;
            found = page(&mut self.session, kind, last, limit).await;
        }
        found
    }
}

/// How many records of this kind there are.
pub(crate) async fn count(session: &mut Session, kind: RecordKind) -> StoreResult<u64> {
    session.count(collection(kind), vec![doc! { "$match": Document::new() }]).await
}

/// The records that follow `last`, up to `limit` of them.
pub(crate) async fn page(
    session: &mut Session,
    kind: RecordKind,
    last: Option<&Record>,
    limit: u32,
) -> StoreResult<Vec<Record>> {
    let found = session.find(following(kind, last, limit)).await?;
    let records = found.iter().map(|document| restore(kind, document)).collect::<StoreResult<_>>()?;
    by_those_who_are_there(records, session).await
}
