//! Reading and writing within a unit of work.

use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{Aggregate, Change, Journal, Repository, StoreError, StoreResult};
use orderdesk_application::query::{Filter, Query, Rows, Selection};
use orderdesk_domain::{AuditEntry, MessageAttempt, OrderEvent, UserId};
use uuid::Uuid;

use crate::references::References;
use crate::removal::Removable;
use crate::schema::{AUDIT_ENTRIES, MESSAGE_ATTEMPTS, MESSAGES, ORDER_EVENTS, ORDERS};
use crate::session::Session;
use crate::table::Written;
use crate::tables::{audit_entries, message_attempts, order_events};
use crate::unit_of_work::{MongoUnitOfWork, Transaction};
use crate::{listing, value};

/// How many ids are in one condition.
pub(crate) const IDS: usize = 10_000;

#[async_trait]
impl<A: Removable> Repository<A> for MongoUnitOfWork {
    async fn list(&mut self, query: &Query<A::Field>) -> StoreResult<Rows<A::Details>> {
        let query = query.clone();
        self.step(move |transaction| Box::pin(async move { list::<A>(transaction, &query).await })).await
    }

    async fn count(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        let filter = selection.filter().clone();
        self.step(move |transaction| {
            Box::pin(async move { listing::count::<A>(&mut transaction.session, &filter).await })
        })
        .await
    }

    async fn insert(&mut self, objects: &[A]) -> StoreResult<()> {
        let objects = objects.to_vec();
        self.step(move |transaction| Box::pin(async move { insert(transaction, &objects).await })).await
    }

    async fn update(&mut self, changes: &[Change<A>]) -> StoreResult<()> {
        let changes = changes.to_vec();
        self.step(move |transaction| Box::pin(async move { update(transaction, &changes).await })).await
    }

    async fn delete(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        let filter = selection.filter().clone();
        self.step(move |transaction| Box::pin(async move { delete::<A>(transaction, &filter).await })).await
    }
}

async fn list<A: Removable>(
    transaction: &mut Transaction,
    query: &Query<A::Field>,
) -> StoreResult<Rows<A::Details>> {
    let rows = listing::list::<A>(&mut transaction.session, query).await?;
    for details in &rows.rows {
        A::note(details, &mut transaction.known);
    }
    Ok(rows)
}

async fn insert<A: Removable>(transaction: &mut Transaction, objects: &[A]) -> StoreResult<()> {
    let mut references = References::default();
    for object in objects {
        object.refer(&mut references);
    }
    transaction.refer(&references).await?;
    let documents = objects.iter().map(whole);
    transaction.session.insert(A::COLLECTION, documents.collect()).await?;
    for object in objects {
        object.note_written(&mut transaction.known);
    }
    Ok(())
}

/// The document of an object.
pub(crate) fn whole<A: Written>(object: &A) -> Document {
    let mut document = object.fixed();
    document.extend(object.changing());
    document
}

/// Fewer documents found than there are changes means that some object was not there at that version.
async fn update<A: Removable>(transaction: &mut Transaction, changes: &[Change<A>]) -> StoreResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut references = References::default();
    for change in changes {
        change.now.refer_anew(&transaction.known, &mut references);
    }
    transaction.refer(&references).await?;
    let updates = changes.iter().map(|Change { was, now }| {
        let which = doc! { "_id": value::id(Aggregate::id(now)), "version": was.number() };
        doc! { "q": which, "u": { "$set": now.changing() } }
    });
    let command = doc! { "update": A::COLLECTION, "updates": updates.collect::<Vec<_>>() };
    if transaction.session.write(command).await? != changes.len() as u64 {
        return Err(StoreError::Conflict);
    }
    for change in changes {
        change.now.note_written(&mut transaction.known);
    }
    Ok(())
}

async fn delete<A: Removable>(transaction: &mut Transaction, filter: &Filter<A::Field>) -> StoreResult<u64> {
    let mut deleted = 0;
    for ids in listing::ids::<A>(&mut transaction.session, filter).await?.chunks(IDS) {
        let ids = ids.iter().copied().collect();
        A::let_go(&ids, transaction).await?;
        let theirs = doc! { "_id": { "$in": value::ids(&ids) } };
        deleted += transaction.session.delete(A::COLLECTION, theirs).await?;
        transaction.known.forget(&ids);
    }
    Ok(deleted)
}

#[async_trait]
impl Journal<OrderEvent> for MongoUnitOfWork {
    async fn append(&mut self, entries: &[OrderEvent]) -> StoreResult<()> {
        let entries = entries.to_vec();
        self.step(move |transaction| Box::pin(async move { append(transaction, &entries).await })).await
    }
}

/// The item that an order then named may be gone: history tells what was.
async fn append(transaction: &mut Transaction, entries: &[OrderEvent]) -> StoreResult<()> {
    let mut references = References::default();
    references.authors.extend(entries.iter().filter_map(|entry| entry.by).map(UserId::uuid));
    transaction.refer(&references).await?;
    let orders = entries.iter().map(|entry| entry.order.uuid()).collect();
    let Transaction { session, known, .. } = transaction;
    known.find_orders(session, &orders).await?;

    let unwritten = orders.iter().filter(|id| known.orders.get(id).is_some_and(|order| !order.written));
    touch(session, ORDERS, &unwritten.copied().collect::<Vec<_>>()).await?;
    let documents = entries.iter().map(|entry| {
        let order = known.orders.get(&entry.order.uuid()).ok_or(StoreError::Referenced)?;
        Ok(order_events::document(entry, order))
    });
    session.insert(ORDER_EVENTS, documents.collect::<StoreResult<_>>()?).await
}

#[async_trait]
impl Journal<MessageAttempt> for MongoUnitOfWork {
    async fn append(&mut self, entries: &[MessageAttempt]) -> StoreResult<()> {
        let attempts = entries.to_vec();
        self.step(move |transaction| Box::pin(async move { try_to_send(transaction, &attempts).await })).await
    }
}

async fn try_to_send(transaction: &mut Transaction, attempts: &[MessageAttempt]) -> StoreResult<()> {
    let messages = attempts.iter().map(|attempt| attempt.message.uuid()).collect();
    let Transaction { session, known, .. } = transaction;
    known.find_messages(session, &messages).await?;
    let unwritten =
        messages.iter().filter(|id| known.messages.get(id).is_some_and(|message| !message.written));
    touch(session, MESSAGES, &unwritten.copied().collect::<Vec<_>>()).await?;
    let documents = attempts.iter().map(|attempt| {
        let message = known.messages.get(&attempt.message.uuid()).ok_or(StoreError::Referenced)?;
        Ok(message_attempts::document(attempt, message))
    });
    session.insert(MESSAGE_ATTEMPTS, documents.collect::<StoreResult<_>>()?).await
}

/// Writes these documents without changing them. Two transactions get into each other's way where they write the same
/// document: one that adds what belongs to an object, and one that deletes the object, are to. Usually the object
/// changes with what is added.
async fn touch(session: &mut Session, collection: &str, ids: &[Uuid]) -> StoreResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let touch = doc! {
        "q": { "_id": { "$in": value::ids(ids) } }, "u": { "$inc": { "touched": 1_i64 } }, "multi": true,
    };
    session.write(doc! { "update": collection, "updates": [touch] }).await.map(drop)
}

#[async_trait]
impl Journal<AuditEntry> for MongoUnitOfWork {
    async fn append(&mut self, entries: &[AuditEntry]) -> StoreResult<()> {
        let documents = entries.iter().map(audit_entries::document).collect();
        self.step(move |transaction| {
            Box::pin(async move { transaction.session.insert(AUDIT_ENTRIES, documents).await })
        })
        .await
    }
}
