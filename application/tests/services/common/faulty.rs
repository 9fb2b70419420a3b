//! A store that fails where it was told to, and works otherwise.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use orderdesk_application::Principal;
use orderdesk_application::ports::{
    AccountRepository, Change, CredentialReader, Filling, Journal, PoolUse, Reader, Repository, Snapshot,
    Store, StoreError, StoreResult, UnitOfWork,
};
use orderdesk_application::query::{Query, Rows, Selection};
use orderdesk_contract::kinds::{Readable, Writable};
use orderdesk_domain::{Customer, Item, Order, OrderEvent, TokenDigest};
use orderdesk_memory::MemoryStore;

/// What a store is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Read,
    Begin,
    Insert,
    Update,
    Delete,
    Commit,
}

/// The faults to come; each strikes at the first such step after the one before it has struck.
#[derive(Default)]
struct Script(Mutex<VecDeque<(Step, StoreError)>>);

impl Script {
    fn reach(&self, step: Step) -> StoreResult<()> {
        let mut faults = self.0.lock().unwrap();
        match faults.pop_front_if(|(at, _)| *at == step) {
            Some((_, error)) => Err(error),
            None => Ok(()),
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
        self.script.0.lock().unwrap().extend((0..times).map(|_| (step, error())));
    }

    /// How many units of work have been asked for since this was asked last.
    pub(crate) fn begun(&self) -> usize {
        self.begun.swap(0, Ordering::Relaxed)
    }

    /// Whether every fault has struck.
    pub(crate) fn is_spent(&self) -> bool {
        self.script.0.lock().unwrap().is_empty()
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
    async fn principal(&self, digest: &TokenDigest) -> StoreResult<Option<Principal>> {
        self.script.reach(Step::Read)?;
        self.inner.credentials().principal(digest).await
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

    fn accounts(&mut self) -> &mut dyn AccountRepository {
        self.inner.accounts()
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
