//! The filling of an empty database.
//!
//! No transaction can hold a million orders: so the database bears a mark while it is filled, with which no program
//! uses it for anything else. Where the filling does not come to its end, the database is emptied again, by this program
//! if it can, else by the next filling.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{Filling, Record, RecordKind, Snapshot, StoreError, StoreResult};
use orderdesk_domain::{OrderEvent, UserId};
use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use crate::errors::classify;
use crate::migration::{FILLING, RECORD, create_everything};
use crate::record::collection;
use crate::references::{Known, References};
use crate::repository::whole;
use crate::schema::{COLLECTIONS, SCHEMA};
use crate::session::{Search, Session, written};
use crate::shared::Shared;
use crate::snapshot;
use crate::table::Written;
use crate::tables::{audit_entries, installation, message_attempts, opt_outs, order_events};

/// The mark of who has looked whether the database is empty, and is going to look once more.
const CLAIMED: &str = "claimed";

/// The mark of a filling that has begun: whatever there is comes of it.
const BEGUN: &str = "begun";

/// A filling that has begun.
pub(crate) struct MongoFilling {
    /// `None` once it is over.
    open: Option<Open>,
    /// Whether everything went well so far.
    sound: bool,
}

struct Open {
    shared: Arc<Shared>,
    session: Session,
    /// Held until the filling is finished or undone.
    _turn: OwnedMutexGuard<()>,
}

impl MongoFilling {
    /// # Errors
    /// `NotEmpty` where there is anything.
    pub(crate) async fn begin(shared: Arc<Shared>) -> StoreResult<Self> {
        let turn = timeout(shared.patience, Arc::clone(&shared.filler).lock_owned()).await;
        let turn = turn.map_err(|_| StoreError::Unavailable("the store is being filled".into()))?;
        let place = shared.gate.enter().await?;
        let session = shared.client.start_session().await.map_err(classify)?;
        let session = Session::new(session, shared.database.clone());
        let mut open = Open { session, shared, _turn: turn };
        if open.mark().await?.as_deref() == Some(BEGUN) {
            open.empty().await?;
        } else {
            open.claim().await?;
        }
        open.shared.filling.store(true, Ordering::Release);
        drop(place);
        Ok(Self { open: Some(open), sound: true })
    }

    fn open(&mut self) -> StoreResult<&mut Open> {
        self.open.as_mut().filter(|_| self.sound).ok_or_else(over)
    }
}

fn over() -> StoreError {
    StoreError::Backend("the filling is over, or was stopped by an error".into())
}

impl Open {
    async fn mark(&mut self) -> StoreResult<Option<String>> {
        let search = Search {
            collection: SCHEMA,
            filter: doc! { "_id": RECORD },
            limit: Some(1),
            ..Search::default()
        };
        let found = self.session.find(search).await?;
        Ok(found.first().and_then(|record| record.get_str(FILLING).ok()).map(str::to_owned))
    }

    async fn set_mark(&mut self, mark: &str) -> StoreResult<()> {
        self.update_record(doc! { "$set": { FILLING: mark } }).await
    }

    async fn remove_mark(&mut self) -> StoreResult<()> {
        self.update_record(doc! { "$unset": { FILLING: "" } }).await
    }

    async fn update_record(&mut self, update: Document) -> StoreResult<()> {
        let update = doc! { "q": { "_id": RECORD }, "u": update };
        self.write(doc! { "update": SCHEMA, "updates": [update] }).await
    }

    /// Makes sure that there is nothing, and that nothing comes.
    async fn claim(&mut self) -> StoreResult<()> {
        self.must_be_empty().await?;
        self.set_mark(CLAIMED).await?;
        // Somebody may have come in between, who from now on is kept out.
        if let Err(error) = self.must_be_empty().await {
            self.remove_mark().await?;
            return Err(error);
        }
        self.set_mark(BEGUN).await
    }

    /// Everything goes to a majority: a primary that is lost takes nothing along.
    async fn write(&mut self, mut command: Document) -> StoreResult<()> {
        command.insert("writeConcern", doc! { "w": "majority" });
        let answer = self.shared.database.run_command(command).session(self.session.driver()).await;
        written(&answer.map_err(classify)?).map(drop)
    }

    async fn must_be_empty(&mut self) -> StoreResult<()> {
        for kind in RecordKind::ALL {
            let search = Search { collection: collection(kind), limit: Some(1), ..Search::default() };
            if !self.session.find(search).await?.is_empty() {
                return Err(StoreError::NotEmpty);
            }
        }
        Ok(())
    }

    /// Takes away whatever there is, and makes it anew.
    async fn empty(&self) -> StoreResult<()> {
        for kept in COLLECTIONS {
            let kept = self.shared.database.collection::<Document>(kept.name);
            kept.drop().write_concern(self.shared.majority()).await.map_err(classify)?;
        }
        create_everything(&self.shared.database).await
    }

    async fn add(&mut self, kind: RecordKind, records: &[Record]) -> StoreResult<()> {
        let mut known = Known::default();
        let mut references = References::default();
        for record in records {
            refer(record, &mut references);
        }
        known.check(&mut self.session, &references).await?;
        let orders = records.iter().filter_map(|record| match record {
            Record::OrderEvent(event) => Some(event.order.uuid()),
            _ => None,
        });
        known.find_orders(&mut self.session, &orders.collect()).await?;
        let messages = records.iter().filter_map(|record| match record {
            Record::MessageAttempt(attempt) => Some(attempt.message.uuid()),
            _ => None,
        });
        known.find_messages(&mut self.session, &messages.collect()).await?;
        let documents: Vec<_> =
            records.iter().map(|record| document(record, &known)).collect::<StoreResult<_>>()?;
        self.write(doc! { "insert": collection(kind), "documents": documents, "ordered": false }).await
    }

    /// Leaves an empty database behind, that can be used.
    async fn undo(&mut self) -> StoreResult<()> {
        self.empty().await?;
        self.remove_mark().await?;
        self.shared.filling.store(false, Ordering::Release);
        Ok(())
    }
}

/// Notes what a record refers to, the order of an entry and the message of an attempt aside.
fn refer(record: &Record, references: &mut References) {
    match record {
        Record::Installation(_) | Record::AuditEntry(_) | Record::MessageAttempt(_) | Record::OptOut(_) => {}
        Record::Organization(organization) => organization.refer(references),
        Record::User(user) => user.refer(references),
        Record::Membership(membership) => membership.refer(references),
        Record::ApiToken(token) => token.refer(references),
        Record::Customer(customer) => customer.refer(references),
        Record::Item(item) => item.refer(references),
        Record::Order(order) => order.refer(references),
        Record::OrderEvent(OrderEvent { by, .. }) => references.authors.extend(by.map(UserId::uuid)),
        Record::MessageTemplate(template) => template.refer(references),
        Record::Message(message) => message.refer(references),
    }
}

fn document(record: &Record, known: &Known) -> StoreResult<Document> {
    Ok(match record {
        Record::Installation(at) => installation::document(*at),
        Record::Organization(organization) => whole(organization),
        Record::User(user) => whole(user),
        Record::Membership(membership) => whole(membership),
        Record::ApiToken(token) => whole(token),
        Record::Customer(customer) => whole(customer),
        Record::Item(item) => whole(item),
        Record::Order(order) => whole(order),
        Record::OrderEvent(event) => {
            let order = known.orders.get(&event.order.uuid()).ok_or(StoreError::Referenced)?;
            order_events::document(event, order)
        }
        Record::AuditEntry(entry) => audit_entries::document(entry),
        Record::MessageTemplate(template) => whole(template),
        Record::Message(message) => whole(message),
        Record::MessageAttempt(attempt) => {
            let message = known.messages.get(&attempt.message.uuid()).ok_or(StoreError::Referenced)?;
            message_attempts::document(attempt, message)
        }
        Record::OptOut(opt_out) => opt_outs::document(opt_out),
    })
}

#[async_trait]
impl Snapshot for MongoFilling {
    async fn count(&mut self, kind: RecordKind) -> StoreResult<u64> {
        snapshot::count(&mut self.open()?.session, kind).await
    }

    async fn page(
        &mut self,
        kind: RecordKind,
        last: Option<&Record>,
        limit: u32,
    ) -> StoreResult<Vec<Record>> {
        snapshot::page(&mut self.open()?.session, kind, last, limit).await
    }
}

#[async_trait]
impl Filling for MongoFilling {
    /// After a call that failed, or that was given up, there may be half of its records: nothing can be added any more.
    /// But what records refer to is looked for before any of them is written.
    async fn add(&mut self, records: Vec<Record>) -> StoreResult<()> {
        let open = self.open.as_mut().filter(|_| std::mem::take(&mut self.sound)).ok_or_else(over)?;
        let outcome = match records.first() {
            Some(first) => open.add(first.kind(), &records).await,
            None => Ok(()),
        };
        self.sound = matches!(outcome, Ok(()) | Err(StoreError::Referenced));
        outcome
    }

    async fn finish(mut self: Box<Self>) -> StoreResult<()> {
        let open = self.open()?;
        open.remove_mark().await?;
        open.shared.note_write(open.session.driver().operation_time());
        open.shared.filling.store(false, Ordering::Release);
        self.open = None;
        Ok(())
    }
}

impl Drop for MongoFilling {
    fn drop(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        // Without a runtime the mark stays, and the next filling sees to it.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = open.undo().await {
                    tracing::warn!(%error, "a filling was not finished and could not be undone; the next one will");
                }
            });
        }
    }
}
