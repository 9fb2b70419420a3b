//! A store as the place where records go.

use async_trait::async_trait;
use thiserror::Error;

use crate::ports::{
    BoxError, Filling, Record, RecordSink, RecordSource, SinkError, Snapshot, StoreError, Unique,
};
use crate::services::transfer::Pages;

/// Why a store does not keep a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum NotKept {
    /// What it refers to has not come before it.
    #[error("it refers to something that is not there, or that belongs to another organization")]
    Dangling,
    /// It has what only one may have.
    #[error("{}", match .0 {
        Unique::Id => "its id, or the token or number that it stands for, is there already",
        Unique::CustomerCode => "another customer of its organization has the same code",
        Unique::ItemName => "another item of its organization has the same name, case aside",
        Unique::Identity => "another user has the same identity",
        Unique::Membership => "somebody belongs to the same organization twice",
        Unique::Message => "another message tells of the same event of the same order",
        Unique::MessageTemplate => "another template of its organization is for the same event",
        Unique::IdempotencyKey => "another answer is kept under the same key",
        Unique::Installation => "the store has been set up already",
    })]
    Taken(Unique),
}

impl NotKept {
    fn of(error: &StoreError) -> Option<Self> {
        match error {
            StoreError::Referenced => Some(Self::Dangling),
            StoreError::AlreadyExists(unique) => Some(Self::Taken(*unique)),
            _ => None,
        }
    }
}

/// The filling of a store as a sink of records.
pub struct StoreSink {
    filling: Box<dyn Filling>,
}

impl StoreSink {
    /// What fills the store.
    pub fn new(filling: Box<dyn Filling>) -> Self {
        Self { filling }
    }

    /// Which of `records` it was: the first that is refused by itself, and for the same reason. Where the store cannot
    /// go on after the first refusal, nobody knows.
    async fn culprit(&mut self, records: Vec<Record>, reason: NotKept) -> Option<usize> {
        for (index, record) in records.into_iter().enumerate() {
            if let Err(error) = self.filling.add(vec![record]).await {
                return (NotKept::of(&error) == Some(reason)).then_some(index);
            }
        }
        None
    }
}

#[async_trait]
impl RecordSink for StoreSink {
    async fn add(&mut self, records: Vec<Record>) -> Result<(), SinkError> {
        let suspects = records.clone();
        let Err(error) = self.filling.add(records).await else { return Ok(()) };
        let Some(reason) = NotKept::of(&error) else {
            return Err(SinkError { index: None, cause: error.into() });
        };
        Err(SinkError { index: self.culprit(suspects, reason).await, cause: reason.into() })
    }

    fn read_back(&mut self) -> Option<Box<dyn RecordSource + '_>> {
        let snapshot: &mut dyn Snapshot = &mut *self.filling;
        Some(Box::new(Pages::new(snapshot)))
    }

    async fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(self.filling.finish().await?)
    }
}
