//! What can be set about an SQLite store.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// Connections that read, unless it is said otherwise.
const READERS: NonZeroUsize = NonZeroUsize::new(4).unwrap();

/// What an acknowledged commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// A loss of power: each commit waits for the disk.
    #[default]
    Full,
    /// The end of the program, however violent. A loss of power can take the last commits, and no more.
    Normal,
}

/// Where the database is, and how it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteSettings {
    /// The file. The write-ahead log and its index stand beside it.
    pub path: PathBuf,
    /// What an acknowledged commit survives.
    pub synchronous: Synchronous,
    /// How many connections read. There is always one that writes.
    pub readers: NonZeroUsize,
    /// Whether a missing database is created and an old one brought up to date. Else both are refused.
    pub migrate: bool,
    /// How long a call waits for a connection, and how long it waits for another program's unit of work.
    pub patience: Duration,
}

impl SqliteSettings {
    /// The usual settings for this file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            synchronous: Synchronous::default(),
            readers: READERS,
            migrate: true,
            patience: Duration::from_secs(5),
        }
    }
}
