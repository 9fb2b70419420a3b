//! Objects of one kind under their ids, and the unique keys that they have taken.

use std::ops::Bound;

use orderdesk_application::ports::{Aggregate, StoreError, StoreResult, Unique};
use orderdesk_domain::{OrganizationId, Version};
use rpds::{HashTrieSetSync, RedBlackTreeMapSync};
use uuid::Uuid;

use crate::stored::Stored;

/// What only one object of an organization may have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Which uniqueness this is.
    pub(crate) unique: Unique,
    /// Within which organization.
    pub(crate) organization: OrganizationId,
    /// What is unique, in the form in which two of them are the same.
    pub(crate) text: String,
}

/// Cloning it costs the same whatever it holds: the copies share their nodes.
#[derive(Clone)]
pub(crate) struct Table<E> {
    rows: RedBlackTreeMapSync<Uuid, E>,
    keys: HashTrieSetSync<Key>,
}

impl<E> Default for Table<E> {
    fn default() -> Self {
        Self { rows: RedBlackTreeMapSync::new_sync(), keys: HashTrieSetSync::new_sync() }
    }
}

impl<E: Stored> Table<E> {
    pub(crate) fn get(&self, id: Uuid) -> Option<&E> {
        self.rows.get(&id)
    }

    pub(crate) fn contains(&self, id: Uuid) -> bool {
        self.rows.contains_key(&id)
    }

    /// All of them, the oldest first.
    pub(crate) fn values(&self) -> impl Iterator<Item = &E> {
        self.rows.values()
    }

    /// Those of these ids, the oldest first.
    pub(crate) fn range(&self, ids: (Bound<Uuid>, Bound<Uuid>)) -> impl Iterator<Item = &E> {
        self.rows.range(ids).map(|(_, object)| object)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.size()
    }

    /// # Errors
    /// `AlreadyExists` where the id or the key is taken.
    pub(crate) fn insert(&mut self, object: &E) -> StoreResult<()> {
        let id = object.uuid();
        if self.contains(id) {
            return Err(StoreError::AlreadyExists(Unique::Id));
        }
        self.put(id, object)
    }

    /// # Errors
    /// `Conflict` where the object is gone or not of version `was`; `AlreadyExists` where its new key is taken.
    pub(crate) fn update(&mut self, was: Version, object: &E) -> StoreResult<()>
    where
        E: Aggregate,
    {
        let id = object.uuid();
        match self.get(id) {
            Some(stored) if stored.version() == was => {}
            _ => return Err(StoreError::Conflict),
        }
        self.remove(id);
        self.put(id, object)
    }

    pub(crate) fn remove(&mut self, id: Uuid) {
        if let Some(key) = self.get(id).and_then(E::key) {
            self.keys.remove_mut(&key);
        }
        self.rows.remove_mut(&id);
    }

    fn put(&mut self, id: Uuid, object: &E) -> StoreResult<()> {
        if let Some(key) = object.key() {
            if self.keys.contains(&key) {
                return Err(StoreError::AlreadyExists(key.unique));
            }
            self.keys.insert_mut(key);
        }
        self.rows.insert_mut(id, object.clone());
        Ok(())
    }
}
