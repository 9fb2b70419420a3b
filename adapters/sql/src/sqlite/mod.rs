//! SQLite: one file, WAL, one writer beside several readers.
//!
//! **Isolation.** Units of work are serializable: `BEGIN IMMEDIATE` lets in one at a time, of all programs on
//! the file. Readers see the last commit before they began, and neither wait nor are waited for.
//!
//! **Durability.** A commit that was acknowledged survives a loss of power ([`Synchronous::Full`]), unless the
//! operator prefers speed.
//!
//! **Statistics.** `PRAGMA optimize` and `ANALYZE` are never run. The migrations give the planner fixed
//! statistics instead, those of one large organization, so that every database has the plans that were tested.

mod connect;
mod errors;
mod settings;
mod values;

pub use connect::SqliteOpenError;
pub use settings::{SqliteSettings, Synchronous};

use orderdesk_application::ports::{Announcements, Store as _, StoreError, StoreResult};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection as _, Executor as _};

use crate::dialect::{Dialect, Role};
use crate::migration::{Migration, bring_up_to_date};
use crate::statement::Statement;
use crate::store::SqlStore;

/// A store in an SQLite database.
pub type SqliteStore = SqlStore<Sqlite>;

impl SqlStore<Sqlite> {
    /// Opens the database. With [`SqliteSettings::migrate`] it is created where there is none, and brought up to date.
    ///
    /// # Errors
    /// `Unavailable` with the reason: a [`SqliteOpenError`] or a [`MigrationError`](crate::MigrationError).
    pub async fn connect(settings: &SqliteSettings) -> StoreResult<Self> {
        let store = Self::open(settings)?;
        bring_up_to_date(&store, settings.migrate).await?;
        Ok(store)
    }

    /// Brings the database up to date, whatever [`SqliteSettings::migrate`] says, and names the migrations
    /// that were applied.
    ///
    /// # Errors
    /// As for [`Self::connect`].
    pub async fn migrate(settings: &SqliteSettings) -> StoreResult<Vec<&'static str>> {
        let store = Self::open(&SqliteSettings { migrate: true, ..settings.clone() })?;
        let applied = bring_up_to_date(&store, true).await?;
        store.close().await?;
        Ok(applied)
    }

    fn open(settings: &SqliteSettings) -> StoreResult<Self> {
        let dialect = Sqlite::new(settings)?;
        Self::divided(dialect, settings.readers, std::num::NonZeroUsize::MIN, settings.patience)
    }
}

/// The dialect of SQLite, and the file that it is spoken to.
#[derive(Debug)]
pub struct Sqlite {
    settings: SqliteSettings,
}

impl Dialect for Sqlite {
    type Database = sqlx::Sqlite;
    type Connection = SqliteConnection;
    type Row = SqliteRow;

    /// Takes the right to write at once: a transaction that read first and wrote later would find it taken.
    const BEGIN_WRITE: &'static str = "BEGIN IMMEDIATE";
    const BEGIN_READ: &'static str = "BEGIN";
    const BEGIN_SNAPSHOT: &'static [&'static str] = &["BEGIN"];
    const BEGIN_ALONE: &'static [&'static str] = &["BEGIN IMMEDIATE"];
    /// More than the usual 2 MB for pages that are being changed, and what a batch would need to be undone stays in
    /// memory. It is there to write less to files; that it saves time has not been measured by itself.
    const BEFORE_FILLING: Option<&'static str> =
        Some("PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY");
    /// The statistics are fixed.
    const AFTER_FILLING: Option<&'static str> = None;
    const TABLES: &'static str = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    const MIGRATIONS: &'static [Migration] = &[
        Migration {
            version: 1,
            name: "initial",
            script: include_str!("../../migrations/sqlite/0001_initial.sql"),
            folded: &[],
        },
        Migration {
            version: 2,
            name: "access",
            script: include_str!("../../migrations/sqlite/0002_access.sql"),
            folded: &["organizations", "users"],
        },
        Migration {
            version: 3,
            name: "messages",
            script: include_str!("../../migrations/sqlite/0003_messages.sql"),
            folded: &[],
        },
    ];
    /// There is one that writes.
    const SKIP_LOCKED: &'static str = "";
    /// It has waited for its turn.
    const CLAIM_TRIES: u32 = 1;
    /// Other programs on the file have to look into it.
    /// Prices are whole numbers of ten thousandths there, up to 10^13, and quantities go up to 10^6.
    const SUM_OF_ORDERS: &'static str = "sum(o.quantity * (o.price_per_unit / 100000000)), \
         sum(o.quantity * (o.price_per_unit / 10000 % 10000)), sum(o.quantity * (o.price_per_unit % 10000))";
    const ANNOUNCE: Option<&'static str> = None;
    /// `SQLITE_MAX_VARIABLE_NUMBER` of the bundled library.
    const MAXIMUM_VALUES: usize = 32_766;
    const INDEXES_SUBSTRINGS: bool = false;
    /// The planner weighs no limit and leaves an index alone where the column stands in an expression.
    const HIDE: Option<&'static str> = Some("+");

    fn contains(statement: &mut Statement, column: &str, needle: &str) {
        statement.push("instr(").push(column).push(", ").bind(needle).push(") > 0");
    }

    async fn connect(&self, role: Role) -> StoreResult<SqliteConnection> {
        self.open(role).await
    }

    /// Moves what is in the write-ahead log into the database, so that the file alone is the whole of it.
    async fn close(mut connection: SqliteConnection, role: Role) -> StoreResult<()> {
        if role == Role::Writer {
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.map_err(Self::classify)?;
        }
        connection.close().await.map_err(Self::classify)
    }

    async fn listen(&self) -> StoreResult<Option<Box<dyn Announcements>>> {
        Ok(None)
    }

    fn stop_listening(&self) {}

    async fn execute(connection: &mut SqliteConnection, statement: Statement) -> sqlx::Result<u64> {
        let query = values::query(statement)?;
        Ok(query.execute(connection).await?.rows_affected())
    }

    async fn fetch(connection: &mut SqliteConnection, statement: Statement) -> sqlx::Result<Vec<SqliteRow>> {
        values::query(statement)?.fetch_all(connection).await
    }

    async fn run(connection: &mut SqliteConnection, script: &'static str) -> sqlx::Result<()> {
        connection.execute(script).await.map(drop)
    }

    fn classify(error: sqlx::Error) -> StoreError {
        errors::classify(error)
    }
}
