//! A store that fails where it was told to, and works otherwise.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use orderdesk_application::idempotency::{IdempotencyKey, KeptAnswer};
use orderdesk_application::ports::{
    AccessRepository, Bearer, Change, CredentialReader, Filling, Journal, PoolUse, Presented, RateLimiter,
    Reader, Repository, Snapshot, Store, StoreError, StoreResult, UnitOfWork,
};
use orderdesk_application::query::{Query, Rows, Selection};
use orderdesk_contract::kinds::{Readable, Writable};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Order, OrderEvent, Organization, Timestamp, User,
    UserId,
};
use orderdesk_memory::MemoryStore;

/// What a store is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Read,
    Begin,
    Insert,
    Update,
    Delete,
    /// Writing down who did what.
    Append,
    Commit,
}

/// The faults to come; each strikes at the first such step after the one before it has struck.
#[derive(Default)]
struct Script {
    faults: Mutex<VecDeque<(Step, StoreError)>>,
    meanwhile: Mutex<Option<Meanwhile>>,
}

/// What somebody else does.
type Meanwhile = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Script {
    fn reach(&self, step: Step) -> StoreResult<()> {
        let mut faults = self.faults.lock().unwrap();
        match faults.pop_front_if(|(at, _)| *at == step) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    /// Lets happen what was to happen meanwhile.
    async fn pass(&self) {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
    }
}

/// Keeps what it holds in memory.
#[derive(Default)]
pub(crate) struct FaultyStore {
    inner: MemoryStore,
    script: Arc<Script>,
    begun: AtomicUsize,
}

impl FaultyStore {
    /// Fails at `step` so many times, each with another `error`.
    pub(crate) fn fail(&self, step: Step, times: usize, error: impl Fn() -> StoreError) {
        self.script.faults.lock().unwrap().extend((0..times).map(|_| (step, error())));
    }

    /// How many units of work have been asked for since this was asked last.
    pub(crate) fn begun(&self) -> usize {
        self.begun.swap(0, Ordering::Relaxed)
    }

    /// Lets this happen once: after the next look at a bearer or at a kept answer, before what was seen is answered.
    pub(crate) fn meanwhile(&self, action: impl Future<Output = ()> + Send + 'static) {
        *self.script.meanwhile.lock().unwrap() = Some(Box::pin(action));
    }

    /// Whether every fault has struck.
    pub(crate) fn is_spent(&self) -> bool {
        self.script.faults.lock().unwrap().is_empty()
    }
}

#[async_trait]
impl Store for FaultyStore {
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

    fn rate_limiter(&self) -> &dyn RateLimiter {
        self.inner.rate_limiter()
    }

    fn credentials(&self) -> &dyn CredentialReader {
        self
    }

    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.script.reach(Step::Begin)?;
        Ok(Box::new(FaultyWork { inner: self.inner.begin().await?, script: Arc::clone(&self.script) }))
    }

    async fn snapshot(&self) -> StoreResult<Box<dyn Snapshot>> {
        self.inner.snapshot().await
    }

    async fn fill(&self) -> StoreResult<Box<dyn Filling>> {
        self.inner.fill().await
    }

    async fn ready(&self) -> StoreResult<()> {
        self.inner.ready().await
    }

    fn pool_use(&self) -> Option<PoolUse> {
        self.inner.pool_use()
    }

    async fn close(&self) -> StoreResult<()> {
        self.inner.close().await
    }
}

#[async_trait]
impl<E: Readable> Reader<E> for FaultyStore {
    async fn list(&self, query: &Query<E::Field>) -> StoreResult<Rows<E::Details>> {
        self.script.reach(Step::Read)?;
        E::reader(&self.inner).list(query).await
    }
}

#[async_trait]
impl CredentialReader for FaultyStore {
    async fn bearer(&self, presented: Presented<'_>) -> StoreResult<Option<Bearer>> {
        self.script.reach(Step::Read)?;
        let found = self.inner.credentials().bearer(presented).await;
        self.script.pass().await;
        found
    }

    async fn kept_answer(
        &self,
        user: UserId,
        key: &IdempotencyKey,
        since: Timestamp,
    ) -> StoreResult<Option<KeptAnswer>> {
        self.script.reach(Step::Read)?;
        let kept = self.inner.credentials().kept_answer(user, key, since).await;
        self.script.pass().await;
        kept
    }
}

struct FaultyWork {
    inner: Box<dyn UnitOfWork>,
    script: Arc<Script>,
}

#[async_trait]
impl UnitOfWork for FaultyWork {
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
        self.inner.order_events()
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

    fn access(&mut self) -> &mut dyn AccessRepository {
        self.inner.access()
    }

    async fn commit(self: Box<Self>) -> StoreResult<()> {
        self.script.reach(Step::Commit)?;
        self.inner.commit().await
    }

    async fn rollback(self: Box<Self>) -> StoreResult<()> {
        self.inner.rollback().await
    }
}

#[async_trait]
impl<A: Writable> Repository<A> for FaultyWork {
    async fn list(&mut self, query: &Query<A::Field>) -> StoreResult<Rows<A::Details>> {
        A::repository(&mut *self.inner).list(query).await
    }

    async fn count(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        A::repository(&mut *self.inner).count(selection).await
    }

    async fn insert(&mut self, objects: &[A]) -> StoreResult<()> {
        self.script.reach(Step::Insert)?;
        A::repository(&mut *self.inner).insert(objects).await
    }

    async fn update(&mut self, changes: &[Change<A>]) -> StoreResult<()> {
        self.script.reach(Step::Update)?;
        A::repository(&mut *self.inner).update(changes).await
    }

    async fn delete(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        self.script.reach(Step::Delete)?;
        A::repository(&mut *self.inner).delete(selection).await
    }
}

#[async_trait]
impl Journal<AuditEntry> for FaultyWork {
    async fn append(&mut self, entries: &[AuditEntry]) -> StoreResult<()> {
        self.script.reach(Step::Append)?;
        self.inner.audit_entries().append(entries).await
    }
}
