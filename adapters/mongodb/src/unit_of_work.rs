//! Units of work.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use mongodb::error::UNKNOWN_TRANSACTION_COMMIT_RESULT;
use orderdesk_application::ports::{
    AccessRepository, Journal, MessagingRepository, Repository, StoreError, StoreResult, UnitOfWork,
};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order,
    OrderEvent, Organization, User,
};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::errors::{classify, unavailable};
use crate::gate::Place;
use crate::references::{Known, References};
use crate::session::Session;
use crate::shared::Shared;

/// How often a commit is sent whose outcome nobody knows; to repeat it changes nothing. The driver sends each twice.
const COMMITS: usize = 3;

/// One transaction, and every repository on it.
pub(crate) struct MongoUnitOfWork {
    /// `None` after a failure, and for as long as a call is at work.
    work: Option<Work>,
}

/// A transaction that undoes itself when it is dropped.
struct Work {
    /// `None` once it has ended.
    transaction: Option<Transaction>,
    _place: Place,
}

/// What a call works with.
pub(crate) struct Transaction {
    pub(crate) session: Session,
    pub(crate) known: Known,
    /// Objects of which a guard has been written already: one is enough, however much refers to them.
    guarded: BTreeSet<Uuid>,
    pub(crate) shared: Arc<Shared>,
}

impl Transaction {
    /// Sees to it that everything that is referred to is there and stays there.
    pub(crate) async fn refer(&mut self, references: &References) -> StoreResult<()> {
        let mut unguarded = references.guarded();
        unguarded.retain(|id| !self.guarded.contains(id));
        if !unguarded.is_empty() {
            self.session.write(self.shared.turn.refer(&unguarded)).await?;
            self.guarded.append(&mut unguarded);
        }
        self.known.check(&mut self.session, references).await
    }

    /// Adds one document with what it refers to.
    pub(crate) async fn add(
        &mut self,
        collection: &str,
        document: mongodb::bson::Document,
        references: &References,
    ) -> StoreResult<()> {
        self.refer(references).await?;
        self.session.insert(collection, vec![document]).await
    }
}

impl Work {
    async fn commit(mut self) -> StoreResult<()> {
        let mut transaction = self.transaction.take().ok_or_else(finished)?;
        let session = transaction.session.driver();
        let mut attempts = 1..COMMITS;
        loop {
            match session.commit_transaction().await {
                Ok(()) => {
                    transaction.shared.note_write(session.operation_time());
                    return Ok(());
                }
                Err(error) if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) => {
                    if attempts.next().is_none() {
                        return Err(unavailable(error));
                    }
                }
                Err(error) => return Err(classify(error)),
            }
        }
    }

    async fn rollback(mut self) {
        if let Some(mut transaction) = self.transaction.take() {
            abort(&mut transaction).await;
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let Some(mut transaction) = self.transaction.take() else { return };
        // Without a runtime the server undoes it in its own time.
        if let Ok(runtime) = Handle::try_current() {
            let ending = transaction.shared.endings.begin();
            runtime.spawn(async move {
                abort(&mut transaction).await;
                drop(ending);
            });
        }
    }
}

async fn abort(transaction: &mut Transaction) {
    if let Err(error) = transaction.session.driver().abort_transaction().await {
        tracing::debug!(%error, "a transaction could not be undone; the server will do it in its own time");
    }
}

impl MongoUnitOfWork {
    pub(crate) fn new(session: Session, shared: Arc<Shared>, place: Place) -> Self {
        let transaction = Transaction { session, known: Known::default(), guarded: BTreeSet::new(), shared };
        Self { work: Some(Work { transaction: Some(transaction), _place: place }) }
    }

    /// Takes one step, to its end even where the caller goes away half-way: what has been sent is then answered, so
    /// that the connection can be used again, and the server has begun what is to be undone. After a step that fails
    /// the unit of work is finished.
    pub(crate) async fn step<T: Send + 'static>(
        &mut self,
        step: impl for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, StoreResult<T>> + Send + 'static,
    ) -> StoreResult<T> {
        let mut work = self.work.take().ok_or_else(finished)?;
        let step = tokio::spawn(async move {
            let transaction = work.transaction.as_mut().ok_or_else(finished)?;
            match step(transaction).await {
                Ok(value) => Ok((work, value)),
                // Nobody is there who could be told to undo it.
                Err(error @ StoreError::Unavailable(_)) => Err(error),
                Err(error) => {
                    work.rollback().await;
                    Err(error)
                }
            }
        });
        let (work, value) = step.await.map_err(|error| StoreError::Backend(error.into()))??;
        self.work = Some(work);
        Ok(value)
    }
}

fn finished() -> StoreError {
    StoreError::Backend("the unit of work was finished by an error, or by a call that was given up".into())
}

#[async_trait]
impl UnitOfWork for MongoUnitOfWork {
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
        let work = self.work.ok_or_else(finished)?;
        let commit = tokio::spawn(work.commit());
        commit.await.map_err(|error| StoreError::Backend(error.into()))?
    }

    async fn rollback(self: Box<Self>) -> StoreResult<()> {
        if let Some(work) = self.work {
            work.rollback().await;
        }
        Ok(())
    }
}
