//! Rows of one kind under their ids, and the unique keys by which they are found.

use std::ops::{Bound, RangeInclusive};

use orderdesk_application::ports::{Aggregate, StoreError, StoreResult, Unique};
use orderdesk_domain::{
    CustomerCode, EmailAddress, ExternalIdentity, Gateway, GatewayReference, Member, MessageEvent, MessageId,
    MessageStatus, OrderId, OrganizationId, PhoneNumber, Timestamp, UserId, Version,
};
use rpds::RedBlackTreeMapSync;
use uuid::Uuid;

/// What only one row of its kind may have, in the form in which two of them are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A customer's code within its organization.
    CustomerCode(OrganizationId, CustomerCode),
    /// An item's folded name within its organization.
    ItemName(OrganizationId, String),
    /// That a user belongs to an organization.
    Member(UserId, OrganizationId),
    /// That an address is invited to an organization.
    Invited(EmailAddress, OrganizationId),
    /// What an identity provider knows a user by.
    Identity(ExternalIdentity),
    /// The digest of a secret.
    Digest([u8; 32]),
    /// What a customer is told of one event of an order.
    Message(OrganizationId, OrderId, MessageEvent),
    /// When a message of this status has to be looked after.
    Due(MessageStatus, Timestamp, MessageId),
    /// When nobody wants a queued message any more.
    Expiring(Timestamp, MessageId),
    /// What a gateway calls a message. Nothing keeps it from calling two the same.
    Called(Gateway, String, MessageId),
    /// That nobody knows yet what became of a message to this number.
    Unsettled(String, MessageId),
    /// An organization's template for one event.
    MessageTemplate(OrganizationId, MessageEvent),
    /// A telephone number.
    Number(String),
}

impl Key {
    /// That `member` belongs to an organization.
    pub(crate) fn membership(member: &Member, organization: OrganizationId) -> Self {
        match member {
            Member::User(user) => Self::Member(*user, organization),
            Member::Invited(email) => Self::Invited(email.clone(), organization),
        }
    }

    /// That a user belongs anywhere.
    pub(crate) fn memberships_of(user: UserId) -> RangeInclusive<Self> {
        let at = |organization| Self::Member(user, OrganizationId::new(organization));
        at(Uuid::nil())..=at(Uuid::max())
    }

    /// That messages of this status have to be looked after, the first ones first, up to `last`.
    pub(crate) fn due(status: MessageStatus, last: Timestamp) -> RangeInclusive<Self> {
        let at = |time, id| Self::Due(status, time, MessageId::new(id));
        at(Timestamp::EARLIEST, Uuid::nil())..=at(last, Uuid::max())
    }

    /// That nobody wants queued messages any more, up to `last`.
    pub(crate) fn expiring(last: Timestamp) -> RangeInclusive<Self> {
        let at = |time, id| Self::Expiring(time, MessageId::new(id));
        at(Timestamp::EARLIEST, Uuid::nil())..=at(last, Uuid::max())
    }

    /// The messages that a gateway calls so, the oldest first.
    pub(crate) fn called(gateway: Gateway, reference: &GatewayReference) -> RangeInclusive<Self> {
        let at = |id| Self::Called(gateway, reference.as_str().to_owned(), MessageId::new(id));
        at(Uuid::nil())..=at(Uuid::max())
    }

    /// The messages to this number of which nobody knows yet what became, the oldest first.
    pub(crate) fn unsettled(number: &PhoneNumber) -> RangeInclusive<Self> {
        let at = |id| Self::Unsettled(number.as_str().to_owned(), MessageId::new(id));
        at(Uuid::nil())..=at(Uuid::max())
    }

    /// A telephone number.
    pub(crate) fn number(number: &PhoneNumber) -> Self {
        Self::Number(number.as_str().to_owned())
    }

    /// Which uniqueness this is. Two secrets that are the same are as little to be expected as two ids, and what
    /// ends in an id is as unique as that.
    fn unique(&self) -> Unique {
        match self {
            Self::CustomerCode(..) => Unique::CustomerCode,
            Self::ItemName(..) => Unique::ItemName,
            Self::Member(..) | Self::Invited(..) => Unique::Membership,
            Self::Identity(_) => Unique::Identity,
            Self::Message(..) => Unique::Message,
            Self::MessageTemplate(..) => Unique::MessageTemplate,
            Self::Digest(_)
            | Self::Due(..)
            | Self::Expiring(..)
            | Self::Called(..)
            | Self::Unsettled(..)
            | Self::Number(_) => Unique::Id,
        }
    }
}

/// What a table holds.
pub(crate) trait Row: Clone {
    /// Under what.
    fn uuid(&self) -> Uuid;

    /// What no other row of the table may have, and what it is found by.
    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}

/// Cloning it costs the same whatever it holds: the copies share their nodes.
#[derive(Clone)]
pub(crate) struct Table<R> {
    rows: RedBlackTreeMapSync<Uuid, R>,
    keys: RedBlackTreeMapSync<Key, Uuid>,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self { rows: RedBlackTreeMapSync::new_sync(), keys: RedBlackTreeMapSync::new_sync() }
    }
}

impl<R: Row> Table<R> {
    pub(crate) fn get(&self, id: Uuid) -> Option<&R> {
        self.rows.get(&id)
    }

    pub(crate) fn contains(&self, id: Uuid) -> bool {
        self.rows.contains_key(&id)
    }

    /// The row that has this key.
    pub(crate) fn keyed(&self, key: &Key) -> Option<&R> {
        self.keys.get(key).and_then(|id| self.get(*id))
    }

    /// The rows that have these keys, in the order of the keys.
    pub(crate) fn keyed_within(&self, keys: RangeInclusive<Key>) -> impl Iterator<Item = &R> {
        self.keys.range(keys).filter_map(|(_, id)| self.get(*id))
    }

    /// All of them, the oldest first.
    pub(crate) fn values(&self) -> impl Iterator<Item = &R> {
        self.rows.values()
    }

    /// Those of these ids, the oldest first.
    pub(crate) fn range(&self, ids: (Bound<Uuid>, Bound<Uuid>)) -> impl Iterator<Item = &R> {
        self.rows.range(ids).map(|(_, row)| row)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.size()
    }

    /// # Errors
    /// `AlreadyExists` where the id or the key is taken.
    pub(crate) fn insert(&mut self, row: &R) -> StoreResult<()> {
        let id = row.uuid();
        if self.contains(id) {
            return Err(StoreError::AlreadyExists(Unique::Id));
        }
        self.put(id, row)
    }

    /// # Errors
    /// `Conflict` where the object is gone or not of version `was`; `AlreadyExists` where its new key is taken.
    pub(crate) fn update(&mut self, was: Version, object: &R) -> StoreResult<()>
    where
        R: Aggregate,
    {
        let id = Row::uuid(object);
        match self.get(id) {
            Some(stored) if stored.version() == was => {}
            _ => return Err(StoreError::Conflict),
        }
        self.remove(id);
        self.put(id, object)
    }

    /// Puts `row` in the place of the one that has its id, and has its keys as well.
    pub(crate) fn replace(&mut self, row: R) {
        self.rows.insert_mut(row.uuid(), row);
    }

    /// Replaces every row that `change` has something to say about.
    pub(crate) fn replace_all(&mut self, change: impl Fn(&R) -> Option<R>) {
        let changed: Vec<_> = self.values().filter_map(change).collect();
        for row in changed {
            self.replace(row);
        }
    }

    pub(crate) fn remove(&mut self, id: Uuid) {
        for key in self.get(id).map(R::keys).unwrap_or_default() {
            self.keys.remove_mut(&key);
        }
        self.rows.remove_mut(&id);
    }

    /// Removes every row of which `is_doomed` holds.
    pub(crate) fn remove_all(&mut self, is_doomed: impl Fn(&R) -> bool) {
        let doomed: Vec<_> = self.values().filter(|row| is_doomed(row)).map(R::uuid).collect();
        for id in doomed {
            self.remove(id);
        }
    }

    fn put(&mut self, id: Uuid, row: &R) -> StoreResult<()> {
        for key in row.keys() {
            if self.keys.contains_key(&key) {
                return Err(StoreError::AlreadyExists(key.unique()));
            }
            self.keys.insert_mut(key, id);
        }
        self.rows.insert_mut(id, row.clone());
        Ok(())
    }
}
