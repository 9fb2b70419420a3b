//! A file as a source of records. It is read on a thread of its own, so that whoever waits for a slow file, or for
//! somebody who types, can be interrupted, and so that reading and writing go on at the same time.

use std::io::BufRead;
use std::thread;

use async_trait::async_trait;
use orderdesk_application::ports::{Batch, BoxError, RecordSource, Tally};
use tokio::sync::{mpsc, oneshot};

use crate::error::ArchiveError;
use crate::reader::ArchiveReader;

/// How many batches may wait to be taken.
const AHEAD: usize = 2;

/// The records of a file.
pub struct ArchiveSource {
    batches: mpsc::Receiver<Result<Option<Batch>, ArchiveError>>,
}

impl ArchiveSource {
    /// Begins to read `input`, and waits for its first line, which says whether this is one of our files.
    pub async fn begin(input: impl BufRead + Send + 'static) -> Result<Self, BoxError> {
        let (began, beginning) = oneshot::channel();
        let (sender, batches) = mpsc::channel(AHEAD);
        // It ends with the file, or once nobody takes what it has read.
        thread::Builder::new().name("archive".to_owned()).spawn(move || {
            let (outcome, reader) = match ArchiveReader::begin(input) {
                Ok(reader) => (Ok(()), Some(reader)),
                Err(error) => (Err(error), None),
            };
            if began.send(outcome).is_ok()
                && let Some(reader) = reader
            {
                send(reader, &sender);
            }
        })?;
        beginning.await??;
        Ok(Self { batches })
    }
}

fn send<R: BufRead>(
    mut reader: ArchiveReader<R>,
    sender: &mpsc::Sender<Result<Option<Batch>, ArchiveError>>,
) {
    loop {
        let batch = reader.batch();
        let is_last = !matches!(batch, Ok(Some(_)));
        if sender.blocking_send(batch).is_err() || is_last {
            return;
        }
    }
}

#[async_trait]
impl RecordSource for ArchiveSource {
    /// The last line tells, and not before.
    async fn tally(&mut self) -> Result<Option<Tally>, BoxError> {
        Ok(None)
    }

    async fn next(&mut self) -> Result<Option<Batch>, BoxError> {
        match self.batches.recv().await {
            Some(batch) => Ok(batch?),
            None => Err("the file was not read to its end".into()),
        }
    }
}
