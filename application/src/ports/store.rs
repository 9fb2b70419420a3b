//! The store as a whole: where units of work begin, and how it fails.

use std::error::Error as Cause;

use async_trait::async_trait;
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Order,
    OrderEvent, Organization, User,
};
use thiserror::Error;

use crate::ports::{
    AccessRepository, CredentialReader, Filling, Journal, MessagingRepository, Outbox, RateLimiter, Reader,
    Repository, Snapshot, Totals,
};

/// What must not exist twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unique {
    /// An identity.
    Id,
    /// A customer's code within its organization.
    CustomerCode,
    /// An item's folded name within its organization.
    ItemName,
    /// The mark that a store has been set up.
    Installation,
    /// What an identity provider knows a user by.
    Identity,
    /// That a user, or an invited address, belongs to an organization.
    Membership,
    /// What a customer is told of one event of an order.
    Message,
    /// An organization's template for one event.
    MessageTemplate,
    /// The key of a request that is to be carried out once, of one user.
    IdempotencyKey,
}

/// How a store fails: a variant for everything that a caller does differently.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Something that must be unique is there already.
    #[error("already there: {0:?}")]
    AlreadyExists(Unique),
    /// The object is not of the version that was read.
    #[error("the object has changed since it was read")]
    Conflict,
    /// An object refers to one that is not there, or one that is to go is still referred to.
    #[error("a reference would lead nowhere")]
    Referenced,
    /// The transaction lost against another; the whole use case can be run again.
    #[error("the transaction has to be run again")]
    Retry(#[source] Box<dyn Cause + Send + Sync>),
    /// The store was to be filled, and holds something already.
    #[error("the store is not empty")]
    NotEmpty,
    /// Nothing may be written for the time being, as the operator wishes.
    #[error("the service is read-only for the time being")]
    ReadOnly,
    /// The store cannot be reached, or has no place free in time.
    #[error("the store is not available")]
    Unavailable(#[source] Box<dyn Cause + Send + Sync>),
    /// What is stored is not what can have been stored.
    #[error("the store holds a value that cannot be: {0}")]
    Corrupt(String),
    /// Anything else that went wrong in the store.
    #[error("the store failed")]
    Backend(#[source] Box<dyn Cause + Send + Sync>),
}

impl StoreError {
    /// Whether another transaction won, so that the whole use case can be run again: it reads again, and so finds
    /// out and says what stands against it.
    pub const fn is_lost_race(&self) -> bool {
        matches!(self, Self::Retry(_) | Self::Conflict | Self::Referenced | Self::AlreadyExists(_))
    }
}

/// What a store answers.
pub type StoreResult<T> = Result<T, StoreError>;

/// How a store's connections are used at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// Connections that may be open.
    pub size: usize,
    /// Connections that are working.
    pub busy: usize,
    /// Calls that wait for one.
    pub waiting: usize,
}

/// Where everything is kept. Readers and units of work show committed data only.
#[async_trait]
pub trait Store: Send + Sync {
    /// Reads customers.
    fn customers(&self) -> &dyn Reader<Customer>;
    /// Reads items.
    fn items(&self) -> &dyn Reader<Item>;
    /// Reads orders.
    fn orders(&self) -> &dyn Reader<Order>;
    /// Reads the history of orders.
    fn order_events(&self) -> &dyn Reader<OrderEvent>;
    /// Reads organizations.
    fn organizations(&self) -> &dyn Reader<Organization>;
    /// Reads memberships.
    fn memberships(&self) -> &dyn Reader<Membership>;
    /// Reads users.
    fn users(&self) -> &dyn Reader<User>;
    /// Reads API tokens.
    fn api_tokens(&self) -> &dyn Reader<ApiToken>;
    /// Reads the audit.
    fn audit_entries(&self) -> &dyn Reader<AuditEntry>;
    /// Reads messages.
    fn messages(&self) -> &dyn Reader<Message>;
    /// Reads attempts to send messages.
    fn message_attempts(&self) -> &dyn Reader<MessageAttempt>;
    /// Reads templates of messages.
    fn message_templates(&self) -> &dyn Reader<MessageTemplate>;
    /// Adds up what there is.
    fn totals(&self) -> &dyn Totals;
    /// The messages that wait to be sent.
    fn outbox(&self) -> &dyn Outbox;
    /// Counts calls for all programs that share the store, in one round trip.
    fn rate_limiter(&self) -> &dyn RateLimiter;
    /// Finds out who calls.
    fn credentials(&self) -> &dyn CredentialReader;

    /// Begins a unit of work. Nothing outside the store may be called, and no reader used, while one is held.
    ///
    /// # Errors
    /// `Unavailable` where none could begin in time.
    async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>>;

    /// All that is there at this moment, to be read at leisure.
    async fn snapshot(&self) -> StoreResult<Box<dyn Snapshot>>;

    /// Begins to fill the store, which nobody else may use meanwhile.
    ///
    /// # Errors
    /// `NotEmpty` where it holds anything.
    async fn fill(&self) -> StoreResult<Box<dyn Filling>>;

    /// Whether the store can be read and written.
    ///
    /// # Errors
    /// `Unavailable` with the cause where it cannot.
    async fn ready(&self) -> StoreResult<()>;

    /// How the connections are used; `None` for a store that has none.
    fn pool_use(&self) -> Option<PoolUse>;

    /// Lets calls in progress finish, then lets go of every connection and leaves everything in order behind. Every
    /// later call is `Unavailable`.
    async fn close(&self) -> StoreResult<()>;
}

/// One atomic change across every repository. Dropping it undoes everything; after any error it is finished.
#[async_trait]
pub trait UnitOfWork: Send {
    /// The customers.
    fn customers(&mut self) -> &mut dyn Repository<Customer>;
    /// The items.
    fn items(&mut self) -> &mut dyn Repository<Item>;
    /// The orders.
    fn orders(&mut self) -> &mut dyn Repository<Order>;
    /// The history of orders.
    fn order_events(&mut self) -> &mut dyn Journal<OrderEvent>;
    /// The organizations.
    fn organizations(&mut self) -> &mut dyn Repository<Organization>;
    /// The memberships. Deleting an organization deletes its memberships.
    fn memberships(&mut self) -> &mut dyn Repository<Membership>;
    /// The users.
    fn users(&mut self) -> &mut dyn Repository<User>;
    /// The API tokens. They are inserted and deleted, never updated.
    fn api_tokens(&mut self) -> &mut dyn Repository<ApiToken>;
    /// The audit.
    fn audit_entries(&mut self) -> &mut dyn Journal<AuditEntry>;
    /// The messages. Those to a customer go when the customer goes; their attempts go with them.
    fn messages(&mut self) -> &mut dyn Repository<Message>;
    /// The attempts to send messages.
    fn message_attempts(&mut self) -> &mut dyn Journal<MessageAttempt>;
    /// The templates of messages. Those of an organization go when it goes.
    fn message_templates(&mut self) -> &mut dyn Repository<MessageTemplate>;
    /// What else is kept about messages and gateways.
    fn messaging(&mut self) -> &mut dyn MessagingRepository;
    /// What else is kept about callers.
    fn access(&mut self) -> &mut dyn AccessRepository;

    /// Makes all of it lasting and visible, or none of it.
    ///
    /// # Errors
    /// `Retry` where another transaction won.
    async fn commit(self: Box<Self>) -> StoreResult<()>;
    /// Undoes all of it.
    async fn rollback(self: Box<Self>) -> StoreResult<()>;
}
