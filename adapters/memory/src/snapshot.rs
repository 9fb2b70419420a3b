//! All that there was at one moment, page by page: a state that nobody changes any more.

use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use orderdesk_application::ports::{Record, RecordKind, Snapshot, StoreResult};
use uuid::Uuid;

use crate::state::State;
use crate::table::{Row, Table};

/// The state that was committed last when it was asked for.
pub(crate) struct MemorySnapshot(pub(crate) Arc<State>);

#[async_trait]
impl Snapshot for MemorySnapshot {
    async fn count(&mut self, kind: RecordKind) -> StoreResult<u64> {
        Ok(count(&self.0, kind))
    }

    async fn page(
        &mut self,
        kind: RecordKind,
        last: Option<&Record>,
        limit: u32,
    ) -> StoreResult<Vec<Record>> {
        Ok(page(&self.0, kind, last, limit))
    }
}

/// How many records of this kind there are.
pub(crate) fn count(state: &State, kind: RecordKind) -> u64 {
    let count = match kind {
        RecordKind::Installation => usize::from(state.installed.is_some()),
        RecordKind::Organization => state.organizations.len(),
        RecordKind::User => state.users.len(),
        RecordKind::Customer => state.customers.len(),
        RecordKind::Membership => state.memberships.len(),
        RecordKind::ApiToken => state.api_tokens.len(),
        RecordKind::Item => state.items.len(),
        RecordKind::Order => state.orders.len(),
        RecordKind::OrderEvent => state.order_events.len(),
        RecordKind::AuditEntry => state.audit_entries.len(),
        RecordKind::MessageTemplate => state.message_templates.len(),
        RecordKind::Message => state.messages.len(),
        RecordKind::MessageAttempt => state.message_attempts.len(),
        RecordKind::OptOut => state.opt_outs.len(),
    };
    count as u64
}

/// The records that follow `last`, up to `limit` of them.
pub(crate) fn page(state: &State, kind: RecordKind, last: Option<&Record>, limit: u32) -> Vec<Record> {
    let after = last.map(Record::key);
    let records: Box<dyn Iterator<Item = Record>> = match kind {
        RecordKind::Installation => {
            let installed = state.installed.filter(|_| after.is_none());
            Box::new(installed.into_iter().map(Record::Installation))
        }
        RecordKind::Organization => rows(&state.organizations, after, Record::Organization),
        RecordKind::User => rows(&state.users, after, Record::User),
        RecordKind::Customer => rows(&state.customers, after, Record::Customer),
        RecordKind::Membership => rows(&state.memberships, after, Record::Membership),
        RecordKind::ApiToken => rows(&state.api_tokens, after, Record::ApiToken),
        RecordKind::Item => rows(&state.items, after, Record::Item),
        RecordKind::Order => rows(&state.orders, after, Record::Order),
        RecordKind::OrderEvent => rows(&state.order_events, after, Record::OrderEvent),
        RecordKind::AuditEntry => rows(&state.audit_entries, after, Record::AuditEntry),
        RecordKind::MessageTemplate => rows(&state.message_templates, after, Record::MessageTemplate),
        RecordKind::Message => rows(&state.messages, after, Record::Message),
        RecordKind::MessageAttempt => rows(&state.message_attempts, after, Record::MessageAttempt),
        RecordKind::OptOut => rows(&state.opt_outs, after, Record::OptOut),
    };
    records.take(limit as usize).collect()
}

/// The rows behind `after`, or all of them.
fn rows<R: Row>(
    table: &Table<R>,
    after: Option<Uuid>,
    record: fn(R) -> Record,
) -> Box<dyn Iterator<Item = Record> + '_> {
    let range = (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
    Box::new(table.range(range).cloned().map(record))
}
