//! Records on the move: where they come from and where they go, be it a store or a file.

use std::collections::BTreeMap;
use std::error::Error as Cause;

use async_trait::async_trait;
use thiserror::Error;

use crate::ports::{Record, RecordKind};

/// Why a source or a sink failed, in words of its own.
pub type BoxError = Box<dyn Cause + Send + Sync>;

/// How many records of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally(BTreeMap<RecordKind, u64>);

impl Tally {
    /// How many of this kind.
    pub fn of(&self, kind: RecordKind) -> u64 {
        self.0.get(&kind).copied().unwrap_or(0)
    }

    /// How many of all kinds.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Counts `more` of this kind.
    pub fn add(&mut self, kind: RecordKind, more: u64) {
        *self.0.entry(kind).or_default() += more;
    }
}

/// Records on their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// At least one, all of one kind.
    pub records: Vec<Record>,
    /// The line on which the first of them stands, from 1, if they come from a file; each has a line of its own.
    pub line: Option<u64>,
}

/// Where records come from.
#[async_trait]
pub trait RecordSource: Send {
    /// How many records there are, if that can be known before all of them have come.
    async fn tally(&mut self) -> Result<Option<Tally>, BoxError>;

    /// The next records; `None` at the end, and only if nothing is wrong with the whole. The kinds come in order,
    /// and so do the records of a kind.
    async fn next(&mut self) -> Result<Option<Batch>, BoxError>;
}

/// That records could not be added.
#[derive(Debug, Error)]
#[error("a record cannot be kept")]
pub struct SinkError {
    /// Which of them is to blame, if one is and it could be found out.
    pub index: Option<usize>,
    /// What is wrong.
    #[source]
    pub cause: BoxError,
}

/// Where records go: all of them or none. What it holds is nothing yet until it is finished, and dropping it before
/// leaves nothing behind.
#[async_trait]
pub trait RecordSink: Send {
    /// Adds records of one kind.
    async fn add(&mut self, records: Vec<Record>) -> Result<(), SinkError>;

    /// All that has been added so far, to be read again; `None` where it cannot be before it is finished.
    fn read_back(&mut self) -> Option<Box<dyn RecordSource + '_>>;

    /// Makes all of it lasting.
    async fn finish(self: Box<Self>) -> Result<(), BoxError>;
}
