//! Giving messages to workers.
//!
//! Those that are due are looked for first. Then one update takes each of them that nobody else has taken meanwhile, and
//! leaves the claim's mark in it; and what bears the mark is read. No transaction is needed for that: a message is one
//! document, and is taken or not.
//!
//! The server would let an update wait for a transaction that has written one of the documents. So it has a short while
//! for all of them; if that is not enough, each is tried by itself, and those that are held are left to the next claim.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_domain::{Message, MessageStatus, Timestamp};
use uuid::Uuid;

use crate::errors::{HELD_UP, classify, code_of};
use crate::fields::Fields;
use crate::schema::MESSAGES;
use crate::session::{Search, Session, written};
use crate::shared::Shared;
use crate::table::Table as _;
use crate::tables::messages;
use crate::value;

/// How often others are looked for in the place of those that somebody else has.
const ROUNDS: usize = 10;

/// How long an update may take, which needs a few milliseconds by itself.
const PATIENCE: Duration = Duration::from_millis(200);

/// How many messages are tried at once where each is tried by itself.
const AT_ONCE: usize = 8;

/// A message that is due, and since when.
type Due = (Timestamp, Uuid);

struct Claim<'s> {
    shared: &'s Shared,
    now: Timestamp,
    until: Timestamp,
    /// What no other claim has.
    mark: ObjectId,
}

/// Takes up to `limit` of the messages that are due.
pub(crate) async fn claim(
    shared: &Shared,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> StoreResult<Vec<Message>> {
    let _place = shared.enter().await?;
    let session = shared.client.start_session().await.map_err(classify)?;
    let mut session = Session::new(session, shared.database.clone());
    let claim = Claim { shared, now, until, mark: ObjectId::new() };
    let mut claimed = Vec::new();
    let mut tried = Vec::new();
    for _ in 0..ROUNDS {
        let wanted = limit as usize - claimed.len();
        let due = match due(&mut session, now, wanted, &tried).await {
            // What has been taken already is to be sent.
            Err(_) if !claimed.is_empty() => break,
            due => due?,
        };
        let found = due.len();
        match claim.take(&mut session, &due).await {
            Err(_) if !claimed.is_empty() => break,
            taken => claimed.extend(taken?),
        }
        if found < wanted || claimed.len() == limit as usize {
            break;
        }
        tried.extend(due.into_iter().map(|(_, id)| id));
    }
    claimed.sort_unstable_by_key(|(due, message)| (*due, message.id()));
    Ok(claimed.into_iter().map(|(_, message)| message).collect())
}

/// The search for those that have been due for longest, others than these.
pub(crate) fn search(now: Timestamp, limit: usize, tried: &[Uuid]) -> Search {
    let mut filter = doc! { "status": MessageStatus::Queued.name(), "due_at": { "$lte": value::time(now) } };
    if !tried.is_empty() {
        filter.insert("_id", doc! { "$nin": value::ids(tried) });
    }
    Search {
        collection: MESSAGES,
        filter,
        sort: Some(doc! { "due_at": 1, "_id": 1 }),
        limit: Some(u32::try_from(limit).unwrap_or(u32::MAX)),
        fields: Some(doc! { "due_at": 1 }),
        ..Search::default()
    }
}

async fn due(session: &mut Session, now: Timestamp, limit: usize, tried: &[Uuid]) -> StoreResult<Vec<Due>> {
    let found = session.find(search(now, limit, tried)).await?;
    let due = found.iter().map(|document| {
        let fields = Fields::new(MESSAGES, document);
        Ok((fields.time("due_at")?, fields.id("_id")?))
    });
    due.collect()
}

impl Claim<'_> {
    /// Takes those of these messages that can be had.
    async fn take(&self, session: &mut Session, due: &[Due]) -> StoreResult<Vec<(Timestamp, Message)>> {
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let command = self.command(due);
        let answer = self.shared.database.run_command(command).session(session.driver()).await;
        let mut outcome = taken(answer);
        if is_held_up(&outcome) {
            let alone: Vec<_> = due.iter().map(|one| self.take_alone(*one)).collect();
            let outcomes: Vec<_> = stream::iter(alone).buffer_unordered(AT_ONCE).collect().await;
            outcome = outcomes.into_iter().filter(|outcome| !is_held_up(outcome)).collect();
            // By the answer the session knows that it is later than all of them.
            session.find(Search { majority: None, ..self.search(due) }).await?;
        }
        // What bears the mark is taken even where nobody said so, and is to be sent.
        let found = session.find(self.search(due)).await?;
        if found.is_empty() {
            return outcome.map(|()| Vec::new());
        }
        let since: BTreeMap<_, _> = due.iter().map(|(since, id)| (*id, *since)).collect();
        let mut taken = Vec::with_capacity(found.len());
        for document in &found {
            let message = Message::read(&Fields::new(MESSAGES, document))?;
            let since = since.get(&message.id().uuid()).copied().unwrap_or(self.now);
            // The mark stays when it has become something else.
            if message.status() == MessageStatus::Sending {
                taken.push((since, message));
            }
        }
        Ok(taken)
    }

    async fn take_alone(&self, due: Due) -> StoreResult<()> {
        taken(self.shared.database.run_command(self.command(&[due])).await)
    }

    /// The command that takes those of these messages that are still due.
    fn command(&self, due: &[Due]) -> Document {
        let which = doc! {
            "_id": ids(due),
            "status": MessageStatus::Queued.name(),
            "due_at": { "$lte": value::time(self.now) },
        };
        let update = messages::claim(self.mark, self.until, self.now);
        doc! {
            "update": MESSAGES,
            // By what is asked of the state it would find all that are due.
            "updates": [{ "q": which, "u": update, "multi": true, "hint": { "_id": 1 } }],
            "maxTimeMS": i64::try_from(PATIENCE.as_millis()).unwrap_or(i64::MAX),
            // A majority is waited for when they are read; that this server has it on its disk would then come with the
            // next tenth of a second.
            "writeConcern": { "w": 1, "j": true },
        }
    }

    /// The search for those of these messages that are this claim's, as a majority of the servers has them: no other
    /// server that becomes the primary gives them away once more.
    fn search(&self, due: &[Due]) -> Search {
        Search {
            collection: MESSAGES,
            filter: doc! { "_id": ids(due), "claim": self.mark },
            limit: Some(u32::try_from(due.len()).unwrap_or(u32::MAX)),
            majority: Some(self.shared.patience),
            ..Search::default()
        }
    }
}

fn ids(due: &[Due]) -> Document {
    doc! { "$in": value::ids(due.iter().map(|(_, id)| id)) }
}

fn taken(answer: Result<Document, mongodb::error::Error>) -> StoreResult<()> {
    written(&answer.map_err(lost)?).map(drop)
}

/// Whether somebody else has what was to be written, or the server is slow.
fn is_held_up<T>(outcome: &StoreResult<T>) -> bool {
    matches!(outcome, Err(error) if code_of(error).is_some_and(|code| HELD_UP.contains(&code)))
}

/// There is no transaction that could be run again.
fn lost(error: mongodb::error::Error) -> StoreError {
    match classify(error) {
        StoreError::Retry(cause) => StoreError::Unavailable(cause),
        other => other,
    }
}
