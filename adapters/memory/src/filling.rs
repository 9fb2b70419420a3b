//! The filling of an empty store: a state in the making, as in a unit of work.

use std::slice::from_ref;
use std::sync::Arc;

use async_trait::async_trait;
use orderdesk_application::ports::{Filling, Record, RecordKind, Snapshot, StoreError, StoreResult};
use tokio::sync::OwnedMutexGuard;

use crate::access::install;
use crate::snapshot::{count, page};
use crate::state::State;
use crate::store::Committed;
use crate::work::insert;

/// What is to take the place of nothing.
pub(crate) struct MemoryFilling {
    state: State,
    committed: Arc<Committed>,
    /// Held until it is finished: nobody else writes meanwhile.
    _turn: OwnedMutexGuard<()>,
}

impl MemoryFilling {
    /// # Errors
    /// `NotEmpty` where there is anything.
    pub(crate) fn begin(committed: Arc<Committed>, turn: OwnedMutexGuard<()>) -> StoreResult<Self> {
        let state = State::clone(&*committed.state()?);
        if RecordKind::ALL.into_iter().any(|kind| count(&state, kind) > 0) {
            return Err(StoreError::NotEmpty);
        }
        Ok(Self { state, committed, _turn: turn })
    }
}

#[async_trait]
impl Snapshot for MemoryFilling {
    async fn count(&mut self, kind: RecordKind) -> StoreResult<u64> {
        Ok(count(&self.state, kind))
    }

    async fn page(
        &mut self,
        kind: RecordKind,
        last: Option<&Record>,
        limit: u32,
    ) -> StoreResult<Vec<Record>> {
        Ok(page(&self.state, kind, last, limit))
    }
}

#[async_trait]
impl Filling for MemoryFilling {
    /// Of a call that fails nothing is left, and the filling can go on.
    async fn add(&mut self, records: Vec<Record>) -> StoreResult<()> {
        let mut state = self.state.clone();
        for record in &records {
            keep(&mut state, record)?;
        }
        self.state = state;
        Ok(())
    }

    async fn finish(self: Box<Self>) -> StoreResult<()> {
        self.committed.state()?;
        self.committed.replace(Some(self.state));
        Ok(())
    }
}

fn keep(state: &mut State, record: &Record) -> StoreResult<()> {
    match record {
        Record::Installation(at) => install(state, *at),
        Record::Organization(organization) => insert(state, from_ref(organization)),
        Record::User(user) => insert(state, from_ref(user)),
        Record::Customer(customer) => insert(state, from_ref(customer)),
        Record::Membership(membership) => insert(state, from_ref(membership)),
        Record::ApiToken(token) => insert(state, from_ref(token)),
        Record::Item(item) => insert(state, from_ref(item)),
        Record::Order(order) => insert(state, from_ref(order)),
        Record::OrderEvent(event) => insert(state, from_ref(event)),
        Record::AuditEntry(entry) => insert(state, from_ref(entry)),
        Record::MessageTemplate(template) => insert(state, from_ref(template)),
        Record::Message(message) => insert(state, from_ref(message)),
        Record::MessageAttempt(attempt) => insert(state, from_ref(attempt)),
        Record::OptOut(opt_out) => state.opt_outs.insert(opt_out),
    }
}
