//! Counting calls: one document for each key, which every program on the database moves on.
//!
//! It is written by itself, in no transaction and without waiting for other servers: a primary that is lost may take a
//! few calls along that then nobody counts, and no call waits for that not to happen.

use async_trait::async_trait;
use futures_util::future::try_join_all;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{Hit, RateLimiter, StoreError, StoreResult, Window};
use orderdesk_domain::Timestamp;

use crate::errors::{self, DUPLICATE_KEY, classify};
use crate::fields::Fields;
use crate::schema::RATE_WINDOWS;
use crate::session::written;
use crate::shared::Shared;
use crate::store::MongoStore;
use crate::value;

/// How often a call is counted anew that others got into the way of who began the same key.
const ATTEMPTS: usize = 10;

/// The command that counts a call, and answers the window in which it falls.
fn counting(hit: &Hit, now: Timestamp) -> Document {
    let end = now.milliseconds().saturating_add(hit.period.max(1));
    let end = Timestamp::from_milliseconds(end).unwrap_or(Timestamp::LATEST);
    // What is not there yet comes before all times.
    let is_open = doc! { "$gt": ["$ends_at", value::time(now)] };
    let next = doc! { "$set": {
        "calls": { "$cond": [is_open.clone(), { "$add": ["$calls", 1_i64] }, 1_i64] },
        "ends_at": { "$cond": [is_open, "$ends_at", value::time(end)] },
    } };
    doc! {
        "findAndModify": RATE_WINDOWS,
        "query": { "_id": hit.key.as_str() },
        "update": [next],
        "upsert": true,
        "new": true,
        "writeConcern": { "w": 1 },
    }
}

async fn count(shared: &Shared, hit: &Hit, now: Timestamp) -> StoreResult<Window> {
    let command = counting(hit, now);
    let mut attempts = 1..ATTEMPTS;
    let answer = loop {
        match shared.database.run_command(command.clone()).await {
            Ok(answer) => break answer,
            // Two that add the same document: the other's is there now.
            Err(error) if errors::code(&error) == Some(DUPLICATE_KEY) && attempts.next().is_some() => {}
            Err(error) => return Err(classify(error)),
        }
    };
    let window = answer.get_document("value").map_err(|error| StoreError::Backend(error.into()))?;
    let fields = Fields::new(RATE_WINDOWS, window);
    Ok(Window { calls: fields.count("calls")?, ends_at: fields.time("ends_at")? })
}

#[async_trait]
impl RateLimiter for MongoStore {
    /// No command changes several documents and tells what became of each: so there is one for each key, all at once.
    async fn count(&self, hits: &[Hit], now: Timestamp) -> StoreResult<Vec<Window>> {
        let _place = self.shared.enter().await?;
        try_join_all(hits.iter().map(|hit| count(&self.shared, hit, now))).await
    }

    async fn sweep(&self, now: Timestamp) -> StoreResult<()> {
        let _place = self.shared.enter().await?;
        let ended = doc! { "q": { "ends_at": { "$lte": value::time(now) } }, "limit": 0 };
        let command = doc! { "delete": RATE_WINDOWS, "deletes": [ended], "writeConcern": { "w": 1 } };
        let answer = self.shared.database.run_command(command).await.map_err(classify)?;
        written(&answer).map(drop)
    }
}
