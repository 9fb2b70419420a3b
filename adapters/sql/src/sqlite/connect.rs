//! Opening the file.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use orderdesk_application::ports::{StoreError, StoreResult};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Executor as _};
use thiserror::Error;
use tokio::time::{sleep, timeout};

use crate::dialect::Role;
use crate::sqlite::settings::{SqliteSettings, Synchronous};
use crate::sqlite::{Sqlite, errors};

/// How many prepared statements a connection keeps.
const PREPARED: usize = 256;

/// How soon a file that was in use is tried again.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

/// Why a file cannot be the database.
#[derive(Debug, Error)]
pub enum SqliteOpenError {
    /// There is no such directory.
    #[error("there is no directory {} for the database", .0.display())]
    NoDirectory(PathBuf),
    /// The path leads to a directory.
    #[error("{} is a directory; the database is a file", .0.display())]
    Directory(PathBuf),
    /// There is no such file, and this was not the call to make it.
    #[error("there is no database {}; migrations have to be run first", .0.display())]
    Missing(PathBuf),
    /// The file may not be written.
    #[error("the database {} is read-only", .0.display())]
    ReadOnly(PathBuf),
    /// The file holds something else.
    #[error("{} is not an SQLite database", .0.display())]
    NotADatabase(PathBuf),
    /// The file system does not allow it.
    #[error("the database {} cannot be opened", .path.display())]
    Files {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// SQLite does not allow it.
    #[error("the database {} cannot be opened", .path.display())]
    Engine {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
}

impl From<SqliteOpenError> for StoreError {
    fn from(error: SqliteOpenError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl Sqlite {
    /// Looks at the file, and makes an empty one where that is wanted.
    pub(super) fn new(settings: &SqliteSettings) -> Result<Self, SqliteOpenError> {
        let failed = |source| SqliteOpenError::Files { path: settings.path.clone(), source };
        // An absolute path is a path; `:memory:` and `file:` would be something else to SQLite.
        let path = std::path::absolute(&settings.path).map_err(failed)?;
        let settings = SqliteSettings { path, ..settings.clone() };
        let path = || settings.path.clone();
        match fs::metadata(&settings.path) {
            Ok(there) if there.is_dir() => Err(SqliteOpenError::Directory(path())),
            Ok(there) if there.permissions().readonly() => Err(SqliteOpenError::ReadOnly(path())),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match settings.path.parent() {
                Some(parent) if !parent.is_dir() => Err(SqliteOpenError::NoDirectory(parent.to_owned())),
                _ if settings.migrate => create(&settings.path).map_err(failed),
                _ => Err(SqliteOpenError::Missing(path())),
            },
            Err(error) => Err(failed(error)),
        }?;
        Ok(Self { settings })
    }

    pub(super) async fn open(&self, role: Role) -> StoreResult<SqliteConnection> {
        let SqliteSettings { path, synchronous, patience, .. } = &self.settings;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(*patience)
            .statement_cache_capacity(PREPARED)
            // The text of a statement for a thousand rows is a log by itself.
            .disable_statement_logging();
        let options = match role {
            Role::Reader => options.read_only(true),
            Role::Writer => options.journal_mode(SqliteJournalMode::Wal).synchronous(match synchronous {
                Synchronous::Full => SqliteSynchronous::Full,
                Synchronous::Normal => SqliteSynchronous::Normal,
            }),
        };
        let opened = timeout(*patience, open_when_free(&options))
            .await
            .unwrap_or_else(|elapsed| Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, elapsed))));
        let opened = opened.map_err(|source| match errors::code(&source) {
            Some(errors::NOT_A_DATABASE) => SqliteOpenError::NotADatabase(path.clone()),
            Some(errors::READ_ONLY) => SqliteOpenError::ReadOnly(path.clone()),
            _ => SqliteOpenError::Engine { path: path.clone(), source },
        });
        Ok(opened?)
    }
}

/// Opens a connection and reads from it, which shows whether there is a database. To turn on the write-ahead log
/// takes a moment in which nobody else uses the file, and SQLite does not wait for that one.
async fn open_when_free(options: &SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    loop {
        let opened = async {
            let mut connection = options.connect().await?;
            connection.execute("PRAGMA schema_version").await?;
            sqlx::Result::Ok(connection)
        };
        match opened.await {
            Err(error) if errors::code(&error) == Some(errors::BUSY) => sleep(BETWEEN_ATTEMPTS).await,
            outcome => return outcome,
        }
    }
}

/// Makes an empty file that only its owner can read, as SQLite then makes those beside it. Another program may
/// have just made it.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome.map(drop),
    }
}
