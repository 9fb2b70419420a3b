//! A store that fails where it was told to, and works otherwise.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use orderdesk_application::idempotency::{IdempotencyKey, KeptAnswer};
use orderdesk_application::ports::{
    AccessRepository, Announcements, Backlog, Bearer, Change, CredentialReader, Filling, Journal,
    MessagingRepository, Outbox, PoolUse, Presented, RateLimiter, Reader, Repository, Snapshot, Store,
    StoreError, StoreResult, UnitOfWork,
};
use orderdesk_application::query::{Query, Rows, Selection};
use orderdesk_application::views::MessageField;
use orderdesk_contract::kinds::{Readable, Writable};
use orderdesk_domain::{
    ApiToken, AuditEntry, Cost, Customer, DeliveryReport, Gateway, GatewayReference, Hold, Item, Membership,
    Message, MessageAttempt, MessageId, MessageTemplate, OptOut, Order, OrderEvent, Organization,
    PhoneNumber, Timestamp, User, UserId,
};
use orderdesk_memory::MemoryStore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

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
    /// Writing down what was tried with a message.
    Attempt,
    /// What else is kept about messages and gateways.
    Messaging,
    Commit,
    /// Hearing that it has been committed, which it has.
    Committed,
    /// Taking messages from the outbox.
    Claim,
    /// Asking when the next message is due.
    NextDue,
    /// Asking what somebody has to look after.
    Overdue,
    /// Asking who wants no texts.
    OptedOut,
    /// Asking for a report that came too early.
    KeptReport,
    /// Beginning to listen.
    Listen,
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
    news: Mutex<Option<UnboundedReceiver<()>>>,
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

    /// Lets this happen once: after the next look at a bearer, at a kept answer or at what is overdue, before what was
    /// seen is answered.
    pub(crate) fn meanwhile(&self, action: impl Future<Output = ()> + Send + 'static) {
        *self.script.meanwhile.lock().unwrap() = Some(Box::pin(action));
    }

    /// Tells who listens next whenever something is said here, until this is dropped.
    pub(crate) fn wire(&self) -> UnboundedSender<()> {
        let (say, hear) = unbounded_channel();
        *self.news.lock().unwrap() = Some(hear);
        say
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

    fn messages(&self) -> &dyn Reader<Message> {
        self
    }

    fn message_attempts(&self) -> &dyn Reader<MessageAttempt> {
        self
    }

    fn message_templates(&self) -> &dyn Reader<MessageTemplate> {
        self
    }

    fn totals(&self) -> &dyn orderdesk_application::ports::Totals {
        self.inner.totals()
    }

    fn outbox(&self) -> &dyn Outbox {
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

#[async_trait]
impl Outbox for FaultyStore {
    async fn claim(&self, now: Timestamp, until: Timestamp, limit: u32) -> StoreResult<Vec<Message>> {
        self.script.reach(Step::Claim)?;
        self.inner.outbox().claim(now, until, limit).await
    }

    async fn next_due(&self) -> StoreResult<Option<Timestamp>> {
        self.script.reach(Step::NextDue)?;
        self.inner.outbox().next_due().await
    }

    async fn overdue(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Message>> {
        self.script.reach(Step::Overdue)?;
        let overdue = self.inner.outbox().overdue(now, limit).await;
        self.script.pass().await;
        overdue
    }

    async fn backlog(&self) -> StoreResult<Backlog> {
        self.inner.outbox().backlog().await
    }

    async fn costs(&self, selection: &Selection<MessageField>) -> StoreResult<Vec<Cost>> {
        self.inner.outbox().costs(selection).await
    }

    async fn opted_out(&self, numbers: &[PhoneNumber]) -> StoreResult<Vec<PhoneNumber>> {
        self.script.reach(Step::OptedOut)?;
        self.inner.outbox().opted_out(numbers).await
    }

    async fn holds(&self) -> StoreResult<Vec<Hold>> {
        self.inner.outbox().holds().await
    }

    async fn kept_report(
        &self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<DeliveryReport>> {
        self.script.reach(Step::KeptReport)?;
        self.inner.outbox().kept_report(gateway, reference).await
    }

    async fn kept_reports_to(&self, number: &PhoneNumber, limit: u32) -> StoreResult<Vec<DeliveryReport>> {
        self.script.reach(Step::KeptReport)?;
        self.inner.outbox().kept_reports_to(number, limit).await
    }

    async fn announce(&self) -> StoreResult<()> {
        self.inner.outbox().announce().await
    }

    /// Tells, if it was told to, and nothing otherwise.
    async fn listen(&self) -> StoreResult<Option<Box<dyn Announcements>>> {
        self.script.reach(Step::Listen)?;
        let heard = self.news.lock().unwrap().take();
        Ok(heard.map(|heard| Box::new(Wire(heard)) as Box<dyn Announcements>))
    }
}

/// Hears what a test says, until the test hangs up.
struct Wire(UnboundedReceiver<()>);

#[async_trait]
impl Announcements for Wire {
    async fn next(&mut self) -> StoreResult<()> {
        self.0.recv().await.ok_or_else(|| StoreError::Unavailable("the line is dead".into()))
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
        self.inner.access()
    }

    async fn commit(self: Box<Self>) -> StoreResult<()> {
        self.script.reach(Step::Commit)?;
        self.inner.commit().await?;
        self.script.reach(Step::Committed)
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
impl Journal<MessageAttempt> for FaultyWork {
    async fn append(&mut self, attempts: &[MessageAttempt]) -> StoreResult<()> {
        self.script.reach(Step::Attempt)?;
        self.inner.message_attempts().append(attempts).await
    }
}

#[async_trait]
impl MessagingRepository for FaultyWork {
    async fn called(
        &mut self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<Message>> {
        self.inner.messaging().called(gateway, reference).await
    }

    async fn message(&mut self, id: MessageId) -> StoreResult<Option<Message>> {
        self.inner.messaging().message(id).await
    }

    async fn unsettled(
        &mut self,
        number: &PhoneNumber,
        since: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Message>> {
        self.inner.messaging().unsettled(number, since, limit).await
    }

    async fn keep_report(&mut self, report: &DeliveryReport) -> StoreResult<()> {
        self.script.reach(Step::Messaging)?;
        self.inner.messaging().keep_report(report).await
    }

    async fn drop_report(&mut self, gateway: Gateway, reference: &GatewayReference) -> StoreResult<()> {
        self.script.reach(Step::Messaging)?;
        self.inner.messaging().drop_report(gateway, reference).await
    }

    async fn opt_out(&mut self, opt_out: &OptOut) -> StoreResult<()> {
        self.script.reach(Step::Messaging)?;
        self.inner.messaging().opt_out(opt_out).await
    }

    async fn opt_in(&mut self, number: &PhoneNumber) -> StoreResult<()> {
        self.script.reach(Step::Messaging)?;
        self.inner.messaging().opt_in(number).await
    }

    async fn hold(&mut self, hold: &Hold) -> StoreResult<()> {
        self.script.reach(Step::Messaging)?;
        self.inner.messaging().hold(hold).await
    }

    async fn release(&mut self, gateway: Gateway) -> StoreResult<()> {
        self.script.reach(Step::Messaging)?;
        self.inner.messaging().release(gateway).await
    }

    async fn sweep_reports(&mut self, before: Timestamp) -> StoreResult<()> {
        self.script.reach(Step::Messaging)?;
        self.inner.messaging().sweep_reports(before).await
    }
}

#[async_trait]
impl Journal<AuditEntry> for FaultyWork {
    async fn append(&mut self, entries: &[AuditEntry]) -> StoreResult<()> {
        self.script.reach(Step::Append)?;
        self.inner.audit_entries().append(entries).await
    }
}
