//! What waits to be sent, and what is known about numbers and gateways, outside units of work.

use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{Announcements, Backlog, Outbox, StoreError, StoreResult};
use orderdesk_application::query::Selection;
use orderdesk_application::views::MessageField;
use orderdesk_domain::{
    Cost, Currency, DeliveryReport, Gateway, GatewayReference, Hold, Message, MessageStatus, PhoneNumber,
    Timestamp,
};

use crate::fields::Fields;
use crate::schema::{HOLDS, KEPT_REPORTS, MESSAGES, OPT_OUTS};
use crate::session::{Search, Session};
use crate::shared::viewed;
use crate::store::MongoStore;
use crate::table::Table as _;
use crate::tables::{holds, kept_reports, opt_outs};
use crate::{claim, listening, listing, value};

#[async_trait]
impl Outbox for MongoStore {
    async fn claim(&self, now: Timestamp, until: Timestamp, limit: u32) -> StoreResult<Vec<Message>> {
        claim::claim(&self.shared, now, until, limit).await
    }

    async fn next_due(&self) -> StoreResult<Option<Timestamp>> {
        viewed!(self.shared, |session| first_due(session))
    }

    async fn overdue(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Message>> {
        viewed!(self.shared, |session| overdue(session, now, limit))
    }

    async fn backlog(&self) -> StoreResult<Backlog> {
        viewed!(self.shared, |session| backlog(session))
    }

    async fn costs(&self, selection: &Selection<MessageField>) -> StoreResult<Vec<Cost>> {
        viewed!(self.shared, |session| costs(session, selection))
    }

    async fn opted_out(&self, numbers: &[PhoneNumber]) -> StoreResult<Vec<PhoneNumber>> {
        viewed!(self.shared, |session| opted_out(session, numbers))
    }

    async fn holds(&self) -> StoreResult<Vec<Hold>> {
        let all = || Search { collection: HOLDS, ..Search::default() };
        viewed!(self.shared, |session| every(session, all(), holds::read))
    }

    async fn kept_report(
        &self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<DeliveryReport>> {
        let report = || reports(kept_reports::of(gateway, reference), 1);
        viewed!(self.shared, |session| one(session, report(), kept_reports::read))
    }

    async fn kept_reports_to(&self, number: &PhoneNumber, limit: u32) -> StoreResult<Vec<DeliveryReport>> {
        let theirs = || reports(doc! { "number": number.as_str() }, limit);
        viewed!(self.shared, |session| every(session, theirs(), kept_reports::read))
    }

    /// The server lets those know who listen.
    async fn announce(&self) -> StoreResult<()> {
        if *self.shared.closing.borrow() {
            return Err(StoreError::Unavailable("the store is closed".into()));
        }
        Ok(())
    }

    async fn listen(&self) -> StoreResult<Option<Box<dyn Announcements>>> {
        listening::listen(&self.shared).await
    }
}

/// The search for kept reports.
pub(crate) fn reports(filter: Document, limit: u32) -> Search {
    Search { collection: KEPT_REPORTS, filter, limit: Some(limit), ..Search::default() }
}

/// Everything that is found.
async fn every<T>(
    session: &mut Session,
    search: Search,
    read: impl Fn(&Fields<'_>) -> StoreResult<T>,
) -> StoreResult<Vec<T>> {
    let collection = search.collection;
    let found = session.find(search).await?;
    found.iter().map(|document| read(&Fields::new(collection, document))).collect()
}

/// The one that is found, if any is.
async fn one<T>(
    session: &mut Session,
    search: Search,
    read: impl Fn(&Fields<'_>) -> StoreResult<T>,
) -> StoreResult<Option<T>> {
    Ok(every(session, search, read).await?.pop())
}

/// The search for the message that is due first.
pub(crate) fn first() -> Search {
    Search {
        collection: MESSAGES,
        filter: doc! { "status": MessageStatus::Queued.name() },
        sort: Some(doc! { "due_at": 1 }),
        limit: Some(1),
        fields: Some(doc! { "due_at": 1, "_id": 0 }),
        ..Search::default()
    }
}

async fn first_due(session: &mut Session) -> StoreResult<Option<Timestamp>> {
    one(session, first(), |fields| fields.time("due_at")).await
}

/// The search for messages whose workers are lost.
pub(crate) fn lost(now: Timestamp, limit: u32) -> Search {
    Search {
        collection: MESSAGES,
        filter: doc! { "status": MessageStatus::Sending.name(), "due_at": { "$lte": value::time(now) } },
        sort: Some(doc! { "due_at": 1, "_id": 1 }),
        limit: Some(limit),
        ..Search::default()
    }
}

/// The search for messages that nobody wants any more.
pub(crate) fn too_old(now: Timestamp, limit: u32) -> Search {
    Search {
        collection: MESSAGES,
        filter: doc! { "status": MessageStatus::Queued.name(), "expires_at": { "$lte": value::time(now) } },
        sort: Some(doc! { "expires_at": 1, "_id": 1 }),
        limit: Some(limit),
        ..Search::default()
    }
}

async fn overdue(session: &mut Session, now: Timestamp, limit: u32) -> StoreResult<Vec<Message>> {
    let mut overdue = every(session, lost(now, limit), Message::read).await?;
    let more = limit.saturating_sub(u32::try_from(overdue.len()).unwrap_or(u32::MAX));
    overdue.extend(every(session, too_old(now, more), Message::read).await?);
    Ok(overdue)
}

async fn backlog(session: &mut Session) -> StoreResult<Backlog> {
    let those = |status: MessageStatus| vec![doc! { "$match": { "status": status.name() } }];
    Ok(Backlog {
        queued: session.count(MESSAGES, those(MessageStatus::Queued)).await?,
        sending: session.count(MESSAGES, those(MessageStatus::Sending)).await?,
        first_due: first_due(session).await?,
    })
}

async fn costs(session: &mut Session, selection: &Selection<MessageField>) -> StoreResult<Vec<Cost>> {
    let sums = vec![
        doc! { "$match": { "cost": { "$not": { "$type": "null" } } } },
        doc! { "$group": { "_id": "$cost_currency", "cost": { "$sum": "$cost" } } },
        doc! { "$sort": { "_id": 1 } },
    ];
    let sums = listing::aggregate::<Message>(session, selection.filter(), sums).await?;
    let sums = sums.iter().map(|sum| {
        let fields = Fields::new(MESSAGES, sum);
        // A sum that is too much for a whole number is none.
        let cost = Cost::from_millionths(fields.integer("cost")?, fields.parsed("_id", Currency::parse)?);
        cost.ok_or_else(|| StoreError::Corrupt("messages.cost is below 0".to_owned()))
    });
    sums.collect()
}

async fn opted_out(session: &mut Session, numbers: &[PhoneNumber]) -> StoreResult<Vec<PhoneNumber>> {
    let numbers: Vec<_> = numbers.iter().map(PhoneNumber::as_str).collect();
    let search = Search {
        collection: OPT_OUTS,
        filter: doc! { "number": { "$in": numbers } },
        fields: Some(doc! { "number": 1, "_id": 0 }),
        ..Search::default()
    };
    every(session, search, opt_outs::number).await
}
