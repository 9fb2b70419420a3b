//! Everything that a store shows, page by page.

use async_trait::async_trait;

use crate::ports::{Batch, BoxError, Record, RecordKind, RecordSource, Snapshot, Tally};

/// How many records are read at once.
const PAGE: u32 = 1_000;

/// A snapshot as a source of records.
pub struct Pages<'s> {
    snapshot: &'s mut (dyn Snapshot + 's),
    /// What is still to be read; the first of them may have been begun.
    kinds: &'static [RecordKind],
    /// The record that was read last, of the first of these kinds.
    last: Option<Record>,
}

impl<'s> Pages<'s> {
    /// All of `snapshot`.
    pub fn new(snapshot: &'s mut (dyn Snapshot + 's)) -> Self {
        Self { snapshot, kinds: &RecordKind::ALL, last: None }
    }
}

#[async_trait]
impl RecordSource for Pages<'_> {
    async fn tally(&mut self) -> Result<Option<Tally>, BoxError> {
        let mut tally = Tally::default();
        for kind in RecordKind::ALL {
            tally.add(kind, self.snapshot.count(kind).await?);
        }
        Ok(Some(tally))
    }

    async fn next(&mut self) -> Result<Option<Batch>, BoxError> {
        while let Some((kind, others)) = self.kinds.split_first() {
            let records = self.snapshot.page(*kind, self.last.as_ref(), PAGE).await?;
            if records.len() < PAGE as usize {
                (self.kinds, self.last) = (others, None);
            } else {
                self.last = records.last().cloned();
            }
            if !records.is_empty() {
                return Ok(Some(Batch { records, line: None }));
            }
        }
        Ok(None)
    }
}
