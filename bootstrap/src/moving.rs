//! Moving house: `transfer` from store to store, `export` to a file, `import` from one. All three are the same move
//! between another source and another sink.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use orderdesk_application::ports::{BoxError, RecordSink, RecordSource, Store, StoreError, Tally};
use orderdesk_application::services::{Pages, StoreSink, TransferError, transfer};
use orderdesk_archive::{ArchiveFile, ArchiveSource, FileError};
use thiserror::Error;

use crate::progress::{Bar, grouped, table};
use crate::settings::{RawValue, Settings, StoreLocation, Value as _};
use crate::{shutdown, store};

/// What stands for standard input or output in the place of a file.
const STREAM: &str = "-";

/// How much is read from a file, or written to standard output, at once.
const BUFFER: usize = 1 << 16;

/// Why nothing was moved.
#[derive(Debug, Error)]
pub enum MovingError {
    /// A store is not named as one.
    #[error("`{flag}` is `{value}`; {reason}")]
    Location {
        /// By which flag.
        flag: &'static str,
        /// What it was; it redacts itself.
        value: RawValue,
        /// What is allowed instead.
        reason: String,
    },
    /// The source is the target.
    #[error("the store to read and the store to fill are the same")]
    SameStore,
    /// There is nothing to be read.
    #[error("a store in memory is empty at the start: there is nothing to be moved from it")]
    Forgotten,
    /// The source does not open.
    #[error(
        "cannot read the store {location}, which is taken as it is: \
         `orderdesk migrate` brings one of an older version up to date"
    )]
    Source {
        /// Which store, without credentials.
        location: String,
        /// What it says.
        source: StoreError,
    },
    /// The target does not open.
    #[error("cannot fill the store {location}")]
    Target {
        /// Which store, without credentials.
        location: String,
        /// What it says.
        source: StoreError,
    },
    /// The target holds something.
    #[error("the store {0} is not empty, and only an empty one can be filled; it was left as it is")]
    NotEmpty(String),
    /// The file to be read does not open.
    #[error("cannot read {}", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file to be read is none that can be.
    #[error("cannot import {}", .path.display())]
    Import {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: BoxError,
    },
    /// The file to be written cannot be made.
    #[error("cannot export")]
    Export(#[from] FileError),
    /// The move failed on the way.
    #[error("nothing was moved")]
    Transfer(#[from] TransferError),
    /// Somebody wanted it to stop.
    #[error("interrupted: nothing was moved")]
    Interrupted,
    /// Standard output or the signals of the system cannot be used.
    #[error("cannot talk to the system")]
    System(#[from] io::Error),
}

/// Moves everything from one store to another.
pub(crate) async fn between_stores(
    settings: &Settings,
    from: &RawValue,
    to: &RawValue,
) -> Result<(), MovingError> {
    let (from, to) = (location("--from", from)?, location("--to", to)?);
    if is_same(&from, &to) {
        return Err(MovingError::SameStore);
    }
    let source = open_source(settings, &from).await?;
    let target = open_target(settings, &to).await?;
    let moved = interruptible(async {
        let mut snapshot = source.snapshot().await.map_err(at_source(&from))?;
        let sink = fill(&*target, &to).await?;
        run(&mut Pages::new(&mut *snapshot), sink).await
    });
    let moved = moved.await;
    // What was moved is committed, and what was not is undone, whatever comes of closing.
    let closed = close(&*source, &from).await.and(close(&*target, &to).await);
    let moved = moved?;
    closed?;
    io::stdout().lock().write_all(table(&moved).as_bytes())?;
    say(&moved, &format!("from {} to {}, and verified", from.show(), to.show()))
}

/// Writes everything that a store holds to a file, or to standard output.
pub(crate) async fn to_file(
    settings: &Settings,
    from: Option<&RawValue>,
    path: &Path,
) -> Result<(), MovingError> {
    let from = from.map_or_else(|| Ok(settings.store.clone()), |from| location("--from", from))?;
    let source = open_source(settings, &from).await?;
    let moved = interruptible(async {
        let mut snapshot = source.snapshot().await.map_err(at_source(&from))?;
        let sink: Box<dyn RecordSink> = if path == Path::new(STREAM) {
            let output = BufWriter::with_capacity(BUFFER, io::stdout());
            Box::new(ArchiveFile::stream(output, "standard output")?)
        } else {
            Box::new(ArchiveFile::create(path)?)
        };
        run(&mut Pages::new(&mut *snapshot), sink).await
    });
    let moved = moved.await;
    let closed = close(&*source, &from).await;
    let moved = moved?;
    closed?;
    if path == Path::new(STREAM) {
        io::stderr().lock().write_all(table(&moved).as_bytes())?;
    } else {
        io::stdout().lock().write_all(table(&moved).as_bytes())?;
    }
    say(&moved, &format!("from {} to {}", from.show(), shown(path, "standard output")))
}

/// Fills a store with everything that a file holds, or that comes on standard input.
pub(crate) async fn from_file(
    settings: &Settings,
    to: Option<&RawValue>,
    path: &Path,
) -> Result<(), MovingError> {
    let to = to.map_or_else(|| Ok(settings.store.clone()), |to| location("--to", to))?;
    // What is no export must not make a store come into being.
    let mut source = interruptible(read(path)).await?;
    let target = open_target(settings, &to).await?;
    let moved = interruptible(async { run(&mut source, fill(&*target, &to).await?).await });
    let moved = moved.await;
    let closed = close(&*target, &to).await;
    let moved = moved?;
    closed?;
    io::stdout().lock().write_all(table(&moved).as_bytes())?;
    say(&moved, &format!("from {} to {}, and verified", shown(path, "standard input"), to.show()))
}

async fn read(path: &Path) -> Result<ArchiveSource, MovingError> {
    let source = if path == Path::new(STREAM) {
        ArchiveSource::begin(BufReader::with_capacity(BUFFER, io::stdin())).await
    } else {
        let failed = |source| MovingError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        ArchiveSource::begin(BufReader::with_capacity(BUFFER, file)).await
    };
    source.map_err(|source| MovingError::Import { path: path.to_owned(), source })
}

async fn run(source: &mut dyn RecordSource, sink: Box<dyn RecordSink + '_>) -> Result<Tally, MovingError> {
    let mut bar = Bar::new();
    Ok(transfer(source, sink, &mut |progress| bar.tell(progress)).await?)
}

/// Gives up, and lets go of everything, when the program is told to stop.
async fn interruptible<T>(task: impl Future<Output = Result<T, MovingError>>) -> Result<T, MovingError> {
    let signal = shutdown::signal()?;
    tokio::select! {
        outcome = task => outcome,
        () = signal => Err(MovingError::Interrupted),
    }
}

async fn open_source(settings: &Settings, from: &StoreLocation) -> Result<Arc<dyn Store>, MovingError> {
    if *from == StoreLocation::Memory {
        return Err(MovingError::Forgotten);
    }
    store::open(from, false, settings).await.map_err(at_source(from))
}

async fn open_target(settings: &Settings, to: &StoreLocation) -> Result<Arc<dyn Store>, MovingError> {
    store::open_to_fill(to, settings).await.map_err(at_target(to))
}

async fn fill(target: &dyn Store, to: &StoreLocation) -> Result<Box<dyn RecordSink>, MovingError> {
    match target.fill().await {
        Ok(filling) => Ok(Box::new(StoreSink::new(filling))),
        Err(StoreError::NotEmpty) => Err(MovingError::NotEmpty(to.show())),
        Err(error) => Err(at_target(to)(error)),
    }
}

async fn close(store: &dyn Store, location: &StoreLocation) -> Result<(), MovingError> {
    store.close().await.map_err(at_target(location))
}

fn at_source(location: &StoreLocation) -> impl FnOnce(StoreError) -> MovingError {
    let location = location.show();
    |source| MovingError::Source { location, source }
}

fn at_target(location: &StoreLocation) -> impl FnOnce(StoreError) -> MovingError {
    let location = location.show();
    |source| MovingError::Target { location, source }
}

fn location(flag: &'static str, value: &RawValue) -> Result<StoreLocation, MovingError> {
    let parsed = StoreLocation::parse(value.reveal());
    parsed.map_err(|reason| MovingError::Location { flag, value: value.clone(), reason })
}

/// Whether both are one store, as far as their names tell. Two names of one database are found out by the target's
/// not being empty.
fn is_same(from: &StoreLocation, to: &StoreLocation) -> bool {
    match (from, to) {
        (StoreLocation::Sqlite(from), StoreLocation::Sqlite(to)) => {
            let real = |path: &Path| fs::canonicalize(path).ok();
            from == to || real(from).is_some_and(|from| real(to) == Some(from))
        }
        (from, to) => from == to,
    }
}

/// A file by its name, and a stream by its.
fn shown(path: &Path, stream: &str) -> String {
    if path == Path::new(STREAM) { stream.to_owned() } else { path.display().to_string() }
}

/// One line for people, on standard error.
fn say(moved: &Tally, what: &str) -> Result<(), MovingError> {
    Ok(writeln!(io::stderr().lock(), "Moved {} records {what}.", grouped(moved.total()))?)
}
