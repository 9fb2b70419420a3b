//! The unit of work: a copy of everything, changed step by step, that takes the place of the original or goes.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use orderdesk_application::ports::{
    AccessRepository, Change, Journal, MessagingRepository, Repository, StoreError, StoreResult, UnitOfWork,
};
use orderdesk_application::query::{Query, Rows, Selection};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order,
    OrderEvent, Organization, User,
};
use thiserror::Error;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use crate::list::{list, select};
use crate::state::State;
use crate::store::Committed;
use crate::stored::{Removable, Stored};
use crate::table::Row;

/// That a step was tried after one that failed.
#[derive(Debug, Error)]
#[error("the unit of work has failed and is finished")]
struct Finished;

/// A change in the making.
pub(crate) struct MemoryUnitOfWork {
    /// `None` after a failure.
    open: Option<Open>,
    committed: Arc<Committed>,
}

struct Open {
    state: State,
    /// Held for as long as the change can still be committed: nobody else writes meanwhile.
    _turn: OwnedMutexGuard<()>,
}

impl MemoryUnitOfWork {
    pub(crate) fn begin(committed: Arc<Committed>, turn: OwnedMutexGuard<()>) -> StoreResult<Self> {
        let state = State::clone(&*committed.state()?);
        Ok(Self { open: Some(Open { state, _turn: turn }), committed })
    }

    /// Takes one step. With a step that fails the changed copy goes, so nothing of it can be committed.
    pub(crate) fn step<T>(&mut self, step: impl FnOnce(&mut State) -> StoreResult<T>) -> StoreResult<T> {
        let mut open = self.open.take().ok_or_else(finished)?;
        let outcome = step(&mut open.state)?;
        self.open = Some(open);
        Ok(outcome)
    }
}

fn finished() -> StoreError {
    StoreError::Backend(Box::new(Finished))
}

#[async_trait]
impl UnitOfWork for MemoryUnitOfWork {
    fn customers(&mut self) -> &mut dyn Repository<Customer> {
        self
    }

    fn items(&mut self) -> &mut dyn Repository<Item> {
        self
    }

    fn orders(&mut self) -> &mut dyn Repository<Order> {
        self
    }

    fn order_events(&mut self) -> &mut dyn Journal<OrderEvent> {
        self
    }

    fn organizations(&mut self) -> &mut dyn Repository<Organization> {
        self
    }

    fn memberships(&mut self) -> &mut dyn Repository<Membership> {
        self
    }

    fn users(&mut self) -> &mut dyn Repository<User> {
        self
    }

    fn api_tokens(&mut self) -> &mut dyn Repository<ApiToken> {
        self
    }

    fn audit_entries(&mut self) -> &mut dyn Journal<AuditEntry> {
        self
    }

    fn messages(&mut self) -> &mut dyn Repository<Message> {
        self
    }

    fn message_attempts(&mut self) -> &mut dyn Journal<MessageAttempt> {
        self
    }

    fn message_templates(&mut self) -> &mut dyn Repository<MessageTemplate> {
        self
    }

    fn messaging(&mut self) -> &mut dyn MessagingRepository {
        self
    }

    fn access(&mut self) -> &mut dyn AccessRepository {
        self
    }

    async fn commit(self: Box<Self>) -> StoreResult<()> {
        let Open { state, _turn } = self.open.ok_or_else(finished)?;
        self.committed.replace(Some(state));
        Ok(())
    }

    async fn rollback(self: Box<Self>) -> StoreResult<()> {
        Ok(())
    }
}

#[async_trait]
impl<A: Removable> Repository<A> for MemoryUnitOfWork {
    async fn list(&mut self, query: &Query<A::Field>) -> StoreResult<Rows<A::Details>> {
        self.step(|state| list::<A>(state, query))
    }

    async fn count(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        self.step(|state| Ok(select::<A>(state, selection)?.len() as u64))
    }

    async fn insert(&mut self, objects: &[A]) -> StoreResult<()> {
        self.step(|state| insert(state, objects))
    }

    async fn update(&mut self, changes: &[Change<A>]) -> StoreResult<()> {
        self.step(|state| {
            for Change { was, now } in changes {
                A::table_mut(state).update(*was, now)?;
                anchored(state, now)?;
            }
            Ok(())
        })
    }

    async fn delete(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        self.step(|state| {
            let doomed = select::<A>(state, selection)?;
            let ids: BTreeSet<_> = doomed.iter().map(|details| Row::uuid(A::of(details))).collect();
            remove::<A>(state, &ids)?;
            Ok(ids.len() as u64)
        })
    }
}

#[async_trait]
impl<E: Stored> Journal<E> for MemoryUnitOfWork {
    async fn append(&mut self, entries: &[E]) -> StoreResult<()> {
        self.step(|state| insert(state, entries))
    }
}

/// Adds objects to what they refer to.
pub(crate) fn insert<E: Stored>(state: &mut State, objects: &[E]) -> StoreResult<()> {
    for object in objects {
        anchored(state, object)?;
        E::table_mut(state).insert(object)?;
    }
    Ok(())
}

/// Removes objects with all that belongs to them.
pub(crate) fn remove<A: Removable>(state: &mut State, ids: &BTreeSet<Uuid>) -> StoreResult<()> {
    A::let_go(ids, state)?;
    for id in ids {
        A::table_mut(state).remove(*id);
    }
    Ok(())
}

fn anchored<E: Stored>(state: &State, object: &E) -> StoreResult<()> {
    if object.is_anchored(state) { Ok(()) } else { Err(StoreError::Referenced) }
}
