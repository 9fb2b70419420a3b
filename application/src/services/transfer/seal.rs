//! What records there were, in a few bytes: two moves that went over the same records in the same order agree.

use std::collections::BTreeMap;
use std::hash::Hash as _;

use xxhash_rust::xxh3::Xxh3;

use crate::ports::{Record, RecordKind, Tally};

/// Records as they go by.
#[derive(Default)]
pub(super) struct Seals {
    open: BTreeMap<RecordKind, (u64, Xxh3)>,
}

/// The records that went by.
#[derive(Debug)]
pub(super) struct Sealed {
    /// For each kind how many, and a checksum of all that they say. It is the same within one build of the program
    /// alone, which is as long as it is needed.
    kinds: BTreeMap<RecordKind, (u64, u128)>,
}

impl Seals {
    /// Takes note of records of one kind, and says which.
    pub(super) fn take(&mut self, records: &[Record]) -> Option<RecordKind> {
        let kind = records.first()?.kind();
        let (count, checksum) = self.open.entry(kind).or_default();
        for record in records {
            *count += 1;
            record.hash(checksum);
        }
        Some(kind)
    }

    pub(super) fn total(&self) -> u64 {
        self.open.values().map(|(count, _)| count).sum()
    }

    pub(super) fn finish(self) -> Sealed {
        let seal = |(kind, (count, checksum)): (_, (_, Xxh3))| (kind, (count, checksum.digest128()));
        Sealed { kinds: self.open.into_iter().map(seal).collect() }
    }
}

impl Sealed {
    pub(super) fn count(&self, kind: RecordKind) -> u64 {
        self.kinds.get(&kind).map_or(0, |(count, _)| *count)
    }

    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (kind, (count, _)) in &self.kinds {
            tally.add(*kind, *count);
        }
        tally
    }

    /// Whether the records of this kind were the same.
    pub(super) fn agrees(&self, other: &Self, kind: RecordKind) -> bool {
        self.kinds.get(&kind) == other.kinds.get(&kind)
    }
}
