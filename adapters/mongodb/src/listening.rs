//! Hearing that a message has been queued, by whichever program: from the servers' log (a change stream).
//!
//! A task of its own reads the log. Whoever waits for it can then stop waiting at any time without missing anything, and
//! what is queued while nobody waits is heard as one.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use mongodb::bson::{Document, doc};
use mongodb::change_stream::ChangeStream;
use orderdesk_application::ports::{Announcements, StoreError, StoreResult};
use orderdesk_domain::MessageStatus;
use tokio::sync::{mpsc, watch};

use crate::errors::{NO_CHANGE_STREAMS, classify, code, unavailable};
use crate::schema::MESSAGES;
use crate::shared::Shared;

/// What the task has to tell: that something was queued, or why no more will be heard.
type News = StoreResult<()>;

struct MongoAnnouncements {
    news: mpsc::Receiver<News>,
}

/// Begins to listen; `None` where the servers do not let anybody read their log.
pub(crate) async fn listen(shared: &Arc<Shared>) -> StoreResult<Option<Box<dyn Announcements>>> {
    let _place = shared.enter().await?;
    let messages = shared.database.collection::<Document>(MESSAGES);
    let changes = match messages.watch().pipeline(queued()).await {
        Ok(changes) => changes.with_type::<Document>(),
        Err(error) if code(&error).is_some_and(|code| NO_CHANGE_STREAMS.contains(&code)) => {
            tracing::info!(%error, "no change stream can be had: messages are asked for instead");
            return Ok(None);
        }
        Err(error) => return Err(classify(error)),
    };
    // One piece of news that nobody has heard yet says as much as many.
    let (teller, news) = mpsc::channel(1);
    tokio::spawn(hear(changes, teller, shared.closing.subscribe()));
    Ok(Some(Box::new(MongoAnnouncements { news })))
}

/// The changes by which a message comes to be queued. No more of them is wanted than the driver needs to find its place
/// again.
fn queued() -> Vec<Document> {
    let queued = MessageStatus::Queued.name();
    vec![
        doc! { "$match": { "$or": [
            { "operationType": "insert", "fullDocument.status": queued },
            { "operationType": "update", "updateDescription.updatedFields.status": queued },
        ] } },
        doc! { "$project": { "operationType": 1, "ns": 1 } },
    ]
}

/// Passes on what is heard, until nobody wants to hear it or the store is closed.
async fn hear(
    mut changes: ChangeStream<Document>,
    teller: mpsc::Sender<News>,
    mut closing: watch::Receiver<bool>,
) {
    loop {
        let change = tokio::select! {
            change = changes.next() => change,
            () = teller.closed() => return,
            _ = closing.wait_for(|closing| *closing) => return,
        };
        match change {
            Some(Ok(_)) => {
                // There may be some to be heard already.
                let _ = teller.try_send(Ok(()));
            }
            Some(Err(error)) => {
                let _ = teller.send(Err(unavailable(error))).await;
                return;
            }
            None => return,
        }
    }
}

#[async_trait]
impl Announcements for MongoAnnouncements {
    async fn next(&mut self) -> StoreResult<()> {
        let over = || Err(StoreError::Unavailable("nothing more is to be heard of the store".into()));
        self.news.recv().await.unwrap_or_else(over)
    }
}
