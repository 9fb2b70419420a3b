//! Units of work.

use async_trait::async_trait;
use orderdesk_application::ports::{
    AccessRepository, Journal, MessagingRepository, Repository, StoreError, StoreResult, UnitOfWork,
};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order,
    OrderEvent, Organization, User,
};

use crate::dialect::Dialect;
use crate::session::Session;
use crate::transaction::Transaction;

/// One transaction, and every repository on it.
pub(crate) struct SqlUnitOfWork<D: Dialect> {
    transaction: Transaction<D>,
    /// Whether every call so far went well, all the way to its end.
    sound: bool,
}

impl<D: Dialect> SqlUnitOfWork<D> {
    pub(crate) fn new(transaction: Transaction<D>) -> Self {
        Self { transaction, sound: true }
    }

    /// Where a call runs its statements. Until [`Self::leave`] hears how it went, the unit of work counts as
    /// finished: a call that is dropped half-way may have done half of what it was to do.
    pub(crate) fn enter(&mut self) -> StoreResult<&mut Session<D>> {
        if !std::mem::replace(&mut self.sound, false) {
            return Err(finished());
        }
        self.transaction.session()
    }

    /// Takes note of how a call went.
    pub(crate) fn leave<T>(&mut self, outcome: StoreResult<T>) -> StoreResult<T> {
        self.sound = outcome.is_ok();
        outcome
    }
}

fn finished() -> StoreError {
    StoreError::Backend("the unit of work was finished by an error, or by a call that was given up".into())
}

#[async_trait]
impl<D: Dialect> UnitOfWork for SqlUnitOfWork<D> {
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
        if self.sound { self.transaction.commit().await } else { Err(finished()) }
    }

    async fn rollback(self: Box<Self>) -> StoreResult<()> {
        self.transaction.rollback().await
    }
}
