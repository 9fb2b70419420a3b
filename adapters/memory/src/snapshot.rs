//! All that there was at one moment, page by page: a state that nobody changes any more.

use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use orderdesk_application::ports::{Record, RecordKind, Snapshot, StoreResult};
use orderdesk_domain::{ApiToken, Membership, OrganizationId, TokenId, UserId};
use uuid::Uuid;

use crate::state::State;
use crate::stored::Stored;

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
        RecordKind::Organization => state.organizations.size(),
        RecordKind::User => state.users.size(),
        RecordKind::Membership => state.memberships.size(),
        RecordKind::ApiToken => state.tokens.size(),
        RecordKind::Customer => state.customers.len(),
        RecordKind::Item => state.items.len(),
        RecordKind::Order => state.orders.len(),
        RecordKind::OrderEvent => state.order_events.len(),
    };
    count as u64
}

/// The records that follow `last`, up to `limit` of them.
pub(crate) fn page(state: &State, kind: RecordKind, last: Option<&Record>, limit: u32) -> Vec<Record> {
    let key = last.map(Record::key);
    let after = key.map(|(id, _)| id);
    let records: Box<dyn Iterator<Item = Record>> = match kind {
        RecordKind::Installation => {
            let installed = state.installed.filter(|_| after.is_none());
            Box::new(installed.into_iter().map(Record::Installation))
        }
        RecordKind::Organization => {
            let range = following(after.map(OrganizationId::new));
            Box::new(state.organizations.range(range).map(|(_, it)| Record::Organization(it.clone())))
        }
        RecordKind::User => {
            let range = following(after.map(UserId::new));
            Box::new(state.users.range(range).map(|(_, user)| Record::User(user.clone())))
        }
        RecordKind::Membership => {
            let range = following(
                key.map(|(user, organization)| (UserId::new(user), OrganizationId::new(organization))),
            );
            Box::new(state.memberships.range(range).map(|(&(user, organization), &role)| {
                Record::Membership(Membership { user, organization, role })
            }))
        }
        RecordKind::ApiToken => {
            let range = following(after.map(TokenId::new));
            let token = |(_, token): (_, &ApiToken)| Record::ApiToken(token.clone());
            Box::new(state.tokens.range(range).map(token))
        }
        RecordKind::Customer => objects(state, after, Record::Customer),
        RecordKind::Item => objects(state, after, Record::Item),
        RecordKind::Order => objects(state, after, Record::Order),
        RecordKind::OrderEvent => objects(state, after, Record::OrderEvent),
    };
    records.take(limit as usize).collect()
}

fn objects<E: Stored>(
    state: &State,
    after: Option<Uuid>,
    record: fn(E) -> Record,
) -> Box<dyn Iterator<Item = Record> + '_> {
    Box::new(E::table(state).range(following(after)).cloned().map(record))
}

/// Everything behind `last`, or everything.
fn following<K>(last: Option<K>) -> (Bound<K>, Bound<K>) {
    (last.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded)
}
