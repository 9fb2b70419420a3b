//! Where a file goes: nowhere until it is complete, and then to its place, where there must be none yet.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use orderdesk_application::ports::{BoxError, Record, RecordSink, RecordSource, SinkError};
use tempfile::NamedTempFile;
use thiserror::Error;

use crate::writer::ArchiveWriter;

/// Why a file cannot be written.
#[derive(Debug, Error)]
pub enum FileError {
    /// There is one already.
    #[error("{} is there already; it is left as it is", .0.display())]
    Exists(PathBuf),
    /// The system does not allow it.
    #[error("{} cannot be written", .path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A file, or a stream, as a sink of records.
pub struct ArchiveFile<W: Write> {
    writer: ArchiveWriter<W>,
    place: fn(W, &Path) -> Result<(), FileError>,
    path: PathBuf,
}

/// A file without its name, which only its owner can read, and which goes when it is dropped.
type Unnamed = BufWriter<NamedTempFile>;

impl ArchiveFile<Unnamed> {
    /// Begins a file that will be `path` once it is complete. Until then it stands beside it under another name.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        if path.symlink_metadata().is_ok() {
            return Err(FileError::Exists(path.to_owned()));
        }
        let failed = |source| FileError::System { path: path.to_owned(), source };
        let unnamed = tempfile::Builder::new().prefix(".orderdesk-export-").tempfile_in(directory(path));
        let writer = ArchiveWriter::begin(BufWriter::new(unnamed.map_err(failed)?)).map_err(failed)?;
        Ok(Self { writer, place: name, path: path.to_owned() })
    }
}

impl<W: Write> ArchiveFile<W> {
    /// Writes to a stream that is open already, called `name` in errors.
    pub fn stream(output: W, name: &str) -> Result<Self, FileError> {
        let path = PathBuf::from(name);
        match ArchiveWriter::begin(output) {
            Ok(writer) => Ok(Self { writer, place: |_, _| Ok(()), path }),
            Err(source) => Err(FileError::System { path, source }),
        }
    }
}

/// Gives a complete file its name, unless somebody else has taken it meanwhile.
fn name(file: Unnamed, path: &Path) -> Result<(), FileError> {
    let failed = |source| FileError::System { path: path.to_owned(), source };
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => FileError::Exists(path.to_owned()),
        _ => failed(error.error),
    })?;
    // The name has to survive a loss of power as well.
    File::open(directory(path)).and_then(|directory| directory.sync_all()).map_err(failed)
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[async_trait]
impl<W: Write + Send> RecordSink for ArchiveFile<W> {
    async fn add(&mut self, records: Vec<Record>) -> Result<(), SinkError> {
        let written = records.iter().try_for_each(|record| self.writer.add(record));
        written.map_err(|source| {
            let cause = FileError::System { path: self.path.clone(), source };
            SinkError { index: None, cause: cause.into() }
        })
    }

    /// The checksum in its last line is what a file is verified by.
    fn read_back(&mut self) -> Option<Box<dyn RecordSource + '_>> {
        None
    }

    async fn finish(self: Box<Self>) -> Result<(), BoxError> {
        let Self { writer, place, path } = *self;
        let output = writer.end().map_err(|source| FileError::System { path: path.clone(), source })?;
        Ok(place(output, &path)?)
    }
}
