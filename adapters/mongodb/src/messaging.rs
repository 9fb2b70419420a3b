//! Reports, opt-outs and holds within a unit of work, and messages as gateways know them.

use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{MessagingRepository, StoreError, StoreResult};
use orderdesk_domain::{
    DeliveryReport, Gateway, GatewayReference, Hold, Message, MessageId, MessageStatus, OptOut, PhoneNumber,
    Timestamp,
};

use crate::fields::Fields;
use crate::schema::{HOLDS, KEPT_REPORTS, MESSAGES, OPT_OUTS};
use crate::session::Search;
use crate::table::Table as _;
use crate::tables::{holds, kept_reports, opt_outs};
use crate::unit_of_work::MongoUnitOfWork;
use crate::value;

impl MongoUnitOfWork {
    /// A call that finds messages.
    async fn find_messages(&mut self, search: Search) -> StoreResult<Vec<Message>> {
        self.step(move |transaction| {
            Box::pin(async move {
                let found = transaction.session.find(search).await?;
                let messages = found.iter().map(|document| Message::read(&Fields::new(MESSAGES, document)));
                let messages: Vec<_> = messages.collect::<StoreResult<_>>()?;
                for message in &messages {
                    transaction.known.note_message(message);
                }
                Ok(messages)
            })
        })
        .await
    }

    /// A call that changes the document that passes `which`, or adds one.
    async fn put(&mut self, collection: &'static str, which: Document, update: Document) -> StoreResult<()> {
        let update = doc! { "q": which, "u": update, "upsert": true };
        let command = doc! { "update": collection, "updates": [update] };
        let written = self.step(move |transaction| {
            Box::pin(async move { transaction.session.write(command).await.map_err(added_by_another) })
        });
        written.await.map(drop)
    }

    /// A call that removes the documents that pass `which`.
    async fn remove(&mut self, collection: &'static str, which: Document) -> StoreResult<()> {
        let deleted = self.step(move |transaction| {
            Box::pin(async move { transaction.session.delete(collection, which).await })
        });
        deleted.await.map(drop)
    }
}

/// What could be added once is there, but not in this transaction's snapshot: the next one sees it.
fn added_by_another(error: StoreError) -> StoreError {
    match error {
        error @ StoreError::AlreadyExists(_) => StoreError::Retry(error.into()),
        other => other,
    }
}

/// The search for the newest message that this gateway calls so.
pub(crate) fn called(gateway: Gateway, reference: &GatewayReference) -> Search {
    Search {
        collection: MESSAGES,
        filter: doc! { "reference": reference.as_str(), "gateway": gateway.name() },
        sort: Some(doc! { "_id": -1 }),
        limit: Some(1),
        ..Search::default()
    }
}

/// The search for messages to this number of which nobody knows yet what becomes of them.
pub(crate) fn unsettled(number: &PhoneNumber, since: Timestamp, limit: u32) -> Search {
    // The time at which a message was queued first is in its id.
    let (first, _) = since.uuid_range();
    Search {
        collection: MESSAGES,
        filter: doc! {
            "to": number.as_str(),
            "status": value::one_of(&[MessageStatus::Sending, MessageStatus::Unknown]),
            "_id": { "$gte": value::id(first) },
        },
        sort: Some(doc! { "_id": -1 }),
        limit: Some(limit),
        ..Search::default()
    }
}

#[async_trait]
impl MessagingRepository for MongoUnitOfWork {
    async fn called(
        &mut self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<Message>> {
        Ok(self.find_messages(called(gateway, reference)).await?.pop())
    }

    async fn message(&mut self, id: MessageId) -> StoreResult<Option<Message>> {
        let filter = doc! { "_id": value::id(id.uuid()) };
        let search = Search { collection: MESSAGES, filter, limit: Some(1), ..Search::default() };
        Ok(self.find_messages(search).await?.pop())
    }

    async fn unsettled(
        &mut self,
        number: &PhoneNumber,
        since: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Message>> {
        self.find_messages(unsettled(number, since, limit)).await
    }

    async fn keep_report(&mut self, report: &DeliveryReport) -> StoreResult<()> {
        let which = kept_reports::of(report.gateway, &report.reference);
        self.put(KEPT_REPORTS, which, doc! { "$set": kept_reports::document(report) }).await
    }

    async fn drop_report(&mut self, gateway: Gateway, reference: &GatewayReference) -> StoreResult<()> {
        self.remove(KEPT_REPORTS, kept_reports::of(gateway, reference)).await
    }

    async fn opt_out(&mut self, opt_out: &OptOut) -> StoreResult<()> {
        let marked = doc! { "number": opt_out.number.as_str() };
        self.put(OPT_OUTS, marked, doc! { "$setOnInsert": opt_outs::document(opt_out) }).await
    }

    async fn opt_in(&mut self, number: &PhoneNumber) -> StoreResult<()> {
        self.remove(OPT_OUTS, doc! { "number": number.as_str() }).await
    }

    async fn hold(&mut self, hold: &Hold) -> StoreResult<()> {
        self.put(HOLDS, holds::of(hold.gateway), holds::update(hold)).await
    }

    async fn release(&mut self, gateway: Gateway) -> StoreResult<()> {
        self.remove(HOLDS, holds::of(gateway)).await
    }

    async fn sweep_reports(&mut self, before: Timestamp) -> StoreResult<()> {
        self.remove(KEPT_REPORTS, doc! { "at": { "$lt": value::time(before) } }).await
    }
}
