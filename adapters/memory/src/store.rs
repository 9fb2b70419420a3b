//! The store itself: what was committed last, and whose turn it is to change it.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use orderdesk_application::ports::{
    CredentialReader, Filling, Hit, Outbox, PoolUse, RateLimiter, Reader, Snapshot, Store, StoreError,
    StoreResult, Totals, UnitOfWork, Window,
};
use orderdesk_application::query::{Query, Rows};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order,
    OrderEvent, Organization, Timestamp, User,
};
use thiserror::Error;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

use crate::filling::MemoryFilling;
use crate::list::list;
use crate::rate_limiter::MemoryRateLimiter;
use crate::snapshot::MemorySnapshot;
use crate::state::State;
use crate::stored::Stored;
use crate::work::MemoryUnitOfWork;

/// How long a unit of work waits for those before it.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Keeps everything in memory. Clones are the same store.
#[derive(Clone, Default)]
pub struct MemoryStore {
    committed: Arc<Committed>,
    /// Whoever holds it may write; first come, first served.
    turn: Arc<Mutex<()>>,
    rate_limiter: Arc<MemoryRateLimiter>,
}

/// What was committed last; nothing once the store is closed. The lock is held for as long as it takes to copy a
/// pointer, and nothing can panic meanwhile.
pub(crate) struct Committed(RwLock<Option<Arc<State>>>);

/// That the store has been closed.
#[derive(Debug, Error)]
#[error("the store is closed")]
struct Closed;

impl Default for Committed {
    fn default() -> Self {
        Self(RwLock::new(Some(Arc::default())))
    }
}

impl Committed {
    /// # Errors
    /// `Unavailable` once the store is closed.
    pub(crate) fn state(&self) -> StoreResult<Arc<State>> {
        let committed = self.0.read().unwrap_or_else(PoisonError::into_inner);
        committed.clone().ok_or_else(|| StoreError::Unavailable(Box::new(Closed)))
    }

    pub(crate) fn replace(&self, state: Option<State>) {
        let mut committed = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let previous = std::mem::replace(&mut *committed, state.map(Arc::new));
        // Freeing what nobody looks at any more can take long; readers need not wait for it.
        drop(committed);
        drop(previous);
    }
}

impl MemoryStore {
    pub(crate) fn state(&self) -> StoreResult<Arc<State>> {
        self.committed.state()
    }

    /// Makes one change by itself, outside of any unit of work.
    pub(crate) async fn change<T>(
        &self,
        change: impl FnOnce(&mut State) -> StoreResult<T> + Send,
    ) -> StoreResult<T> {
        let _turn = self.turn().await?;
        let mut state = State::clone(&*self.state()?);
        let outcome = change(&mut state)?;
        self.committed.replace(Some(state));
        Ok(outcome)
    }

    async fn turn(&self) -> StoreResult<OwnedMutexGuard<()>> {
        let turn = timeout(LONGEST_WAIT, Arc::clone(&self.turn).lock_owned());
        turn.await.map_err(|elapsed| StoreError::Unavailable(Box::new(elapsed)))
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn customers(&self) -> &dyn Reader<Customer> {
        self
    }

    fn items(&self) -> &dyn Reader<Item> {
        self
    }

    fn orders(&self) -> &dyn Reader<Order> {
        self
    }

    fn order_events(&self) -> &dyn Reader<OrderEvent> {
        self
    }

    fn organizations(&self) -> &dyn Reader<Organization> {
        self
    }

    fn memberships(&self) -> &dyn Reader<Membership> {
        self
    }

    fn users(&self) -> &dyn Reader<User> {
        self
    }

    fn api_tokens(&self) -> &dyn Reader<ApiToken> {
        self
    }

    fn audit_entries(&self) -> &dyn Reader<AuditEntry> {
        self
    }

    fn messages(&self) -> &dyn Reader<Message> {
        self
    }

    fn message_attempts(&self) -> &dyn Reader<MessageAttempt> {
        self
    }

    fn message_templates(&self) -> &dyn Reader<MessageTemplate> {
        self
    }

    fn totals(&self) -> &dyn Totals {
        self
    }

    fn outbox(&self) -> &dyn Outbox {
        self
    }

    fn rate_limiter(&self) -> &dyn RateLimiter {
        self
    }

    fn credentials(&self) -> &dyn CredentialReader {
        self
    }

    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        let turn = self.turn().await?;
        Ok(Box::new(MemoryUnitOfWork::begin(Arc::clone(&self.committed), turn)?))
    }

    async fn snapshot(&self) -> StoreResult<Box<dyn Snapshot>> {
        Ok(Box::new(MemorySnapshot(self.state()?)))
    }

    async fn fill(&self) -> StoreResult<Box<dyn Filling>> {
        let turn = self.turn().await?;
        Ok(Box::new(MemoryFilling::begin(Arc::clone(&self.committed), turn)?))
    }

    async fn ready(&self) -> StoreResult<()> {
        self.state().map(drop)
    }

    fn pool_use(&self) -> Option<PoolUse> {
        None
    }

    async fn close(&self) -> StoreResult<()> {
        let _turn = self.turn().await?;
        self.state()?;
        self.committed.replace(None);
        Ok(())
    }
}

#[async_trait]
impl<E: Stored> Reader<E> for MemoryStore {
    async fn list(&self, query: &Query<E::Field>) -> StoreResult<Rows<E::Details>> {
        list::<E>(&*self.state()?, query)
    }
}

/// Calls are counted beside everything else: no unit of work has a part in it.
#[async_trait]
impl RateLimiter for MemoryStore {
    async fn count(&self, hits: &[Hit], now: Timestamp) -> StoreResult<Vec<Window>> {
        self.state()?;
        self.rate_limiter.count(hits, now).await
    }

    async fn sweep(&self, now: Timestamp) -> StoreResult<()> {
        self.state()?;
        self.rate_limiter.sweep(now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_unit_of_work_waits_for_its_turn_but_not_forever() {
        let store = MemoryStore::default();
        let first = store.begin().await.unwrap();
        assert!(matches!(store.begin().await, Err(StoreError::Unavailable(_))));

        let second = tokio::spawn({
            let store = store.clone();
            async move { store.begin().await.map(drop) }
        });
        tokio::time::sleep(LONGEST_WAIT / 2).await;
        drop(first);
        second.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_failed_unit_of_work_gives_up_its_turn_before_it_is_dropped() {
        let store = MemoryStore::default();
        let mut failed = store.begin().await.unwrap();
        let at = Timestamp::EARLIEST;
        failed.access().install(at).await.unwrap();
        failed.access().install(at).await.unwrap_err();
        store.begin().await.unwrap().commit().await.unwrap();
        failed.commit().await.unwrap_err();
    }
}
