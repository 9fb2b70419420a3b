//! All that a store holds, record by record: how data moves from one store to another, or to a file and back.

use async_trait::async_trait;
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, OptOut,
    Order, OrderEvent, Organization, Timestamp, User,
};
use uuid::Uuid;

use crate::ports::StoreResult;

/// One thing that a store keeps, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Record {
    /// When the store was set up.
    Installation(Timestamp),
    /// An organization.
    Organization(Organization),
    /// A user.
    User(User),
    /// That a user belongs to an organization.
    Membership(Membership),
    /// A token.
    ApiToken(ApiToken),
    /// A customer.
    Customer(Customer),
    /// An item of the catalogue.
    Item(Item),
    /// An order.
    Order(Order),
    /// An entry of an order's history.
    OrderEvent(OrderEvent),
    /// An entry of the audit.
    AuditEntry(AuditEntry),
    /// A template of messages.
    MessageTemplate(MessageTemplate),
    /// A message.
    Message(Message),
    /// An attempt to send a message.
    MessageAttempt(MessageAttempt),
    /// That a number gets no texts.
    OptOut(OptOut),
}

/// The kinds of records. Each comes after those that it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// At most one.
    Installation,
    /// Organizations, by id.
    Organization,
    /// Users, by id.
    User,
    /// Customers, by id.
    Customer,
    /// Memberships, by id.
    Membership,
    /// Tokens, by id.
    ApiToken,
    /// Items, by id.
    Item,
    /// Orders, by id.
    Order,
    /// Entries of histories, by id.
    OrderEvent,
    /// Entries of the audit, by id.
    AuditEntry,
    /// Templates of messages, by id.
    MessageTemplate,
    /// Messages, by id.
    Message,
    /// Attempts to send them, by id.
    MessageAttempt,
    /// Numbers that get no texts, by id.
    OptOut,
}

impl RecordKind {
    /// Every kind, in the order in which they are moved.
    pub const ALL: [Self; 14] = [
        Self::Installation,
        Self::Organization,
        Self::User,
        Self::Customer,
        Self::Membership,
        Self::ApiToken,
        Self::Item,
        Self::Order,
        Self::OrderEvent,
        Self::AuditEntry,
        Self::MessageTemplate,
        Self::Message,
        Self::MessageAttempt,
        Self::OptOut,
    ];

    /// The name as it is written and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Installation => "installation",
            Self::Organization => "organization",
            Self::User => "user",
            Self::Membership => "membership",
            Self::ApiToken => "api_token",
            Self::Customer => "customer",
            Self::Item => "item",
            Self::Order => "order",
            Self::OrderEvent => "order_event",
            Self::AuditEntry => "audit_entry",
            Self::MessageTemplate => "message_template",
            Self::Message => "message",
            Self::MessageAttempt => "message_attempt",
            Self::OptOut => "opt_out",
        }
    }

    /// The kind of exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Record {
    /// What kind of record it is.
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Installation(_) => RecordKind::Installation,
            Self::Organization(_) => RecordKind::Organization,
            Self::User(_) => RecordKind::User,
            Self::Membership(_) => RecordKind::Membership,
            Self::ApiToken(_) => RecordKind::ApiToken,
            Self::Customer(_) => RecordKind::Customer,
            Self::Item(_) => RecordKind::Item,
            Self::Order(_) => RecordKind::Order,
            Self::OrderEvent(_) => RecordKind::OrderEvent,
            Self::AuditEntry(_) => RecordKind::AuditEntry,
            Self::MessageTemplate(_) => RecordKind::MessageTemplate,
            Self::Message(_) => RecordKind::Message,
            Self::MessageAttempt(_) => RecordKind::MessageAttempt,
            Self::OptOut(_) => RecordKind::OptOut,
        }
    }

    /// The record as it is to be kept elsewhere. A message that had not been sent is not sent from there: the data may
    /// be old, and the customer may have had the message since.
    #[must_use]
    pub fn moved(self) -> Self {
        match self {
            Self::Message(message) => Self::Message(message.moved()),
            record => record,
        }
    }

    /// What no other of its kind has, and by which they are put in order. There is but one installation, and its key
    /// says nothing.
    pub fn key(&self) -> Uuid {
        match self {
            Self::Installation(_) => Uuid::nil(),
            Self::Organization(organization) => organization.id().uuid(),
            Self::User(user) => user.id().uuid(),
            Self::Membership(membership) => membership.id().uuid(),
            Self::ApiToken(token) => token.id.uuid(),
            Self::Customer(customer) => customer.id().uuid(),
            Self::Item(item) => item.id().uuid(),
            Self::Order(order) => order.id().uuid(),
            Self::OrderEvent(event) => event.id.uuid(),
            Self::AuditEntry(entry) => entry.id.uuid(),
            Self::MessageTemplate(template) => template.id().uuid(),
            Self::Message(message) => message.id().uuid(),
            Self::MessageAttempt(attempt) => attempt.id.uuid(),
            Self::OptOut(opt_out) => opt_out.id.uuid(),
        }
    }
}

/// All that a store holds at one moment, whoever writes meanwhile.
#[async_trait]
pub trait Snapshot: Send {
    /// How many records of this kind there are.
    async fn count(&mut self, kind: RecordKind) -> StoreResult<u64>;

    /// The records of `kind` that follow `last` in the order that the kind tells; the first ones without it. There
    /// are `limit` of them, fewer only at the end.
    ///
    /// # Errors
    /// `Unavailable` where the store cannot show that moment any longer, because too much has been written since.
    async fn page(&mut self, kind: RecordKind, last: Option<&Record>, limit: u32)
    -> StoreResult<Vec<Record>>;
}

/// The filling of an empty store: all of it or nothing, however much it is. It shows what has been added so far.
/// Where it is dropped before it is finished, the store is empty again, or refuses to be used for anything but
/// another filling.
#[async_trait]
pub trait Filling: Snapshot {
    /// Adds records of one kind. What they refer to has been added before.
    ///
    /// # Errors
    /// `AlreadyExists` and `Referenced` as for a unit of work.
    async fn add(&mut self, records: Vec<Record>) -> StoreResult<()>;

    /// Makes all of it lasting and visible.
    async fn finish(self: Box<Self>) -> StoreResult<()>;
}
