//! What is asked of the database: searches and changes that belong together.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use mongodb::bson::{Bson, Document, Timestamp, doc};
use mongodb::options::{FindOptions, ReadConcern};
use mongodb::{ClientSession, Database};
use orderdesk_application::ports::{StoreError, StoreResult};

use crate::errors::{self, classify};

/// The documents of one collection that are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    pub(crate) collection: &'static str,
    pub(crate) filter: Document,
    pub(crate) sort: Option<Document>,
    pub(crate) skip: u64,
    /// All of them, if there is none. Nothing is asked with a limit of 0.
    pub(crate) limit: Option<u32>,
    /// The fields that are wanted, if not all.
    pub(crate) fields: Option<Document>,
    /// How long to wait for a majority of the servers to have what this session has written, outside of snapshots and
    /// transactions, where they have; what they have not is not waited for otherwise.
    pub(crate) majority: Option<Duration>,
}

/// One snapshot to read, or one transaction.
pub(crate) struct Session {
    session: ClientSession,
    database: Database,
}

impl Session {
    pub(crate) fn new(session: ClientSession, database: Database) -> Self {
        Self { session, database }
    }

    /// The driver's session.
    pub(crate) fn driver(&mut self) -> &mut ClientSession {
        &mut self.session
    }

    /// The moment that a snapshot shows, once something has been read of it.
    pub(crate) fn moment(&self) -> Option<Timestamp> {
        self.session.snapshot_time()
    }

    pub(crate) async fn find(&mut self, search: Search) -> StoreResult<Vec<Document>> {
        let Search { collection, filter, sort, skip, limit, fields, majority } = search;
        if limit == Some(0) {
            return Ok(Vec::new());
        }
        let options = FindOptions::builder()
            .sort(sort)
            .skip((skip > 0).then_some(skip.min(i64::MAX.unsigned_abs() / 2)))
            .limit(limit.map(i64::from))
            // All in one answer, if it fits into one.
            .batch_size(
                limit.unwrap_or(i32::MAX.unsigned_abs()).saturating_add(1).min(i32::MAX.unsigned_abs()),
            )
            .projection(fields)
            .read_concern(majority.map(|_| ReadConcern::majority()))
            .max_time(majority)
            .build();
        let collection = self.database.collection::<Document>(collection);
        let cursor = collection.find(filter).with_options(options).session(&mut self.session).await;
        cursor.map_err(classify)?.stream(&mut self.session).try_collect().await.map_err(classify)
    }

    pub(crate) async fn aggregate(
        &mut self,
        collection: &str,
        pipeline: Vec<Document>,
    ) -> StoreResult<Vec<Document>> {
        let collection = self.database.collection::<Document>(collection);
        let cursor = collection.aggregate(pipeline).allow_disk_use(true).session(&mut self.session).await;
        cursor.map_err(classify)?.stream(&mut self.session).try_collect().await.map_err(classify)
    }

    /// How many documents come out of these stages.
    pub(crate) async fn count(&mut self, collection: &str, mut stages: Vec<Document>) -> StoreResult<u64> {
        stages.push(doc! { "$count": "count" });
        let counted = self.aggregate(collection, stages).await?;
        // There is no count of nothing.
        counted.first().map_or(Ok(0), |counted| whole_number(counted, "count"))
    }

    /// Runs a command that writes, and says how many documents it found to write.
    pub(crate) async fn write(&mut self, command: Document) -> StoreResult<u64> {
        let answer = self.database.run_command(command).session(&mut self.session).await;
        written(&answer.map_err(classify)?)
    }

    /// Adds documents, all of them or none.
    pub(crate) async fn insert(&mut self, collection: &str, documents: Vec<Document>) -> StoreResult<()> {
        if !documents.is_empty() {
            self.write(doc! { "insert": collection, "documents": documents }).await?;
        }
        Ok(())
    }

    /// Removes a document, and answers what it was.
    pub(crate) async fn take(&mut self, collection: &str, filter: Document) -> StoreResult<Option<Document>> {
        let command = doc! { "findAndModify": collection, "query": filter, "remove": true };
        let answer = self.database.run_command(command).session(&mut self.session).await;
        match answer.map_err(classify)?.remove("value") {
            Some(Bson::Document(document)) => Ok(Some(document)),
            _ => Ok(None),
        }
    }

    /// Removes documents, and says how many there were.
    pub(crate) async fn delete(&mut self, collection: &str, filter: Document) -> StoreResult<u64> {
        self.write(doc! { "delete": collection, "deletes": [{ "q": filter, "limit": 0 }] }).await
    }
}

/// How many documents a command wrote or found to write, as its answer says.
///
/// # Errors
/// What the answer holds of them, for a command that wrote only some is none that failed.
pub(crate) fn written(answer: &Document) -> StoreResult<u64> {
    if let Some(error) = errors::of_answer(answer) {
        return Err(error);
    }
    whole_number(answer, "n")
}

fn whole_number(answer: &Document, name: &str) -> StoreResult<u64> {
    let number = match answer.get(name) {
        Some(Bson::Int32(number)) => u64::try_from(*number).ok(),
        Some(Bson::Int64(number)) => u64::try_from(*number).ok(),
        _ => None,
    };
    number.ok_or_else(|| StoreError::Backend(format!("the server's answer has no {name}").into()))
}
