//! Moving house: everything from one place to another, checked at the end, all of it or nothing.
//!
//! Stores and files are the same here, a [`RecordSource`] and a [`RecordSink`]; [`Pages`] and [`StoreSink`] make the
//! one and the other of a store. However much there is, no more than a few batches are held at once.

mod pages;
mod seal;
mod sink;
#[cfg(test)]
mod tests;

pub use pages::Pages;
pub use sink::StoreSink;

use std::fmt;
use std::ops::RangeInclusive;

use futures_util::future::join;
use thiserror::Error;
use uuid::Uuid;

use crate::ports::{Batch, BoxError, Record, RecordKind, RecordSink, RecordSource, SinkError, Tally};
use crate::services::transfer::seal::Seals;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Records go from the source to the target.
    Moving,
    /// The target is read again, to be compared with what the source showed.
    Verifying,
}

/// How far a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// With which kind of records.
    pub kind: RecordKind,
    /// How many records of all kinds that is done with.
    pub done: u64,
    /// How many there are, if that is known.
    pub total: Option<u64>,
}

/// Why nothing was moved.
#[derive(Debug, Error)]
pub enum TransferError {
    /// The source could not be read, or not to its end.
    #[error("the source cannot be read")]
    Source(#[source] BoxError),
    /// The target does not take one of the records.
    #[error("{place} cannot be kept by the target")]
    Refused {
        /// Which one.
        place: Place,
        /// What is wrong with it.
        #[source]
        cause: BoxError,
    },
    /// The target could not be written, or not to the end.
    #[error("the target cannot be written")]
    Target(#[source] BoxError),
    /// The target could not be read again.
    #[error("the target cannot be read again to be verified")]
    ReadBack(#[source] BoxError),
    /// The source does not show what it says it holds.
    #[error("the source says that it holds {said} records of the kind {}, and shows {shown}", .kind.name())]
    Miscounted {
        /// Of what.
        kind: RecordKind,
        /// How many there are to be.
        said: u64,
        /// How many came.
        shown: u64,
    },
    /// The target does not show what the source showed.
    #[error(
        "the target does not show what the source showed: {moved} records of the kind {} were moved, \
         {kept} are there{}", .kind.name(), if moved == kept { ", and they are not the same" } else { "" }
    )]
    Different {
        /// Of what.
        kind: RecordKind,
        /// How many were read from the source.
        moved: u64,
        /// How many were read from the target.
        kept: u64,
    },
}

/// Where a record is found that could not be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On a line of a file.
    Line(u64),
    /// On one of several lines of a file.
    Lines(RangeInclusive<u64>),
    /// Among the records of this kind, under this id if it is known.
    Among(RecordKind, Option<Uuid>),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(formatter, "line {line}"),
            Self::Lines(lines) => write!(formatter, "one of lines {} to {}", lines.start(), lines.end()),
            Self::Among(kind, Some(id)) => write!(formatter, "the record {id} of the kind {}", kind.name()),
            Self::Among(kind, None) => write!(formatter, "a record of the kind {}", kind.name()),
        }
    }
}

/// Moves everything from `source` to `sink`, and answers how much that was. Before the sink is finished it is read
/// again, if it can be, and compared by count and checksum with what came from the source. `watch` hears how far it is.
pub async fn transfer(
    source: &mut dyn RecordSource,
    mut sink: Box<dyn RecordSink + '_>,
    watch: &mut (dyn FnMut(Progress) + Send),
) -> Result<Tally, TransferError> {
    let said = source.tally().await.map_err(TransferError::Source)?;
    let mut progress = Watched { watch, stage: Stage::Moving, total: said.as_ref().map(Tally::total) };
    let mut moved = Seals::default();
    let mut next = source.next().await.map_err(TransferError::Source)?;
    while let Some(Batch { records, line }) = next {
        let records: Vec<_> = records.into_iter().map(Record::moved).collect();
        let Some(kind) = moved.take(&records) else {
            next = source.next().await.map_err(TransferError::Source)?;
            continue;
        };
        let places = Places { kind, line, keys: records.iter().map(Record::key).collect() };
        // While one side writes, the other reads on.
        let (added, following) = join(sink.add(records), source.next()).await;
        added.map_err(|error| places.blame(error))?;
        next = following.map_err(TransferError::Source)?;
        progress.tell(kind, &moved);
    }
    let moved = moved.finish();
    let said = said.unwrap_or_else(|| moved.tally());
    for kind in RecordKind::ALL {
        let (said, shown) = (said.of(kind), moved.count(kind));
        if said != shown {
            return Err(TransferError::Miscounted { kind, said, shown });
        }
    }
    if let Some(mut kept) = sink.read_back() {
        progress.stage = Stage::Verifying;
        progress.total = Some(moved.tally().total());
        let mut seals = Seals::default();
        while let Some(batch) = kept.next().await.map_err(TransferError::ReadBack)? {
            let Some(kind) = seals.take(&batch.records) else { continue };
            progress.tell(kind, &seals);
        }
        let kept = seals.finish();
        if let Some(kind) = RecordKind::ALL.into_iter().find(|kind| !moved.agrees(&kept, *kind)) {
            let (moved, kept) = (moved.count(kind), kept.count(kind));
            return Err(TransferError::Different { kind, moved, kept });
        }
    }
    sink.finish().await.map_err(TransferError::Target)?;
    Ok(moved.tally())
}

/// Who hears how far it is, and of what.
struct Watched<'w> {
    watch: &'w mut (dyn FnMut(Progress) + Send),
    stage: Stage,
    total: Option<u64>,
}

impl Watched<'_> {
    fn tell(&mut self, kind: RecordKind, seals: &Seals) {
        (self.watch)(Progress { stage: self.stage, kind, done: seals.total(), total: self.total });
    }
}

/// Where the records of a batch are found, for the case that one of them is not kept.
struct Places {
    kind: RecordKind,
    line: Option<u64>,
    keys: Vec<Uuid>,
}

impl Places {
    fn blame(&self, SinkError { index, cause }: SinkError) -> TransferError {
        let Some(index) = index else { return self.blame_all(cause) };
        let place = match self.line {
            Some(first) => Place::Line(first + index as u64),
            None => Place::Among(self.kind, self.keys.get(index).copied()),
        };
        TransferError::Refused { place, cause }
    }

    /// Nobody knows which it is, or it is none of them.
    fn blame_all(&self, cause: BoxError) -> TransferError {
        let is_ours = cause.downcast_ref::<sink::NotKept>().is_some();
        let place = match self.line {
            _ if !is_ours => return TransferError::Target(cause),
            Some(first) => Place::Lines(first..=first + (self.keys.len() as u64).saturating_sub(1)),
            None => Place::Among(self.kind, None),
        };
        TransferError::Refused { place, cause }
    }
}
