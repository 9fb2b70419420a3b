//! PostgreSQL, and what speaks its language: a server for many instances of the program.
//!
//! **Isolation.** Units of work and snapshots run at REPEATABLE READ, which is snapshot isolation: what was read
//! does not change under one's hands, and of two that change the same row one is told to try again. Writers never
//! wait for readers. References are kept by foreign keys, versions guard the rest, so nothing needs more; engines
//! that run it as SERIALIZABLE (CockroachDB) only try again more often.
//!
//! **Durability.** A commit that was acknowledged is on the server's disk, unless the operator chose otherwise there
//! (`synchronous_commit`).
//!
//! **On the hot path** there is no lock but those of rows, no sequence, and no statement that PostgreSQL has to
//! parse twice. An advisory lock is taken for migrations alone.

mod connect;
mod errors;
mod listener;
mod settings;
mod values;

use std::fmt;
use std::time::Duration;

pub use connect::{Place, PostgresOpenError};
pub use settings::PostgresSettings;

use orderdesk_application::ports::{Announcements, Store as _, StoreError, StoreResult};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgRow};
use sqlx::{Connection as _, Executor as _};

use crate::dialect::{Dialect, Role};
use crate::migration::{Migration, bring_up_to_date};
use crate::statement::Statement;
use crate::store::SqlStore;

/// A store in a PostgreSQL database.
pub type PostgresStore = SqlStore<Postgres>;

impl SqlStore<Postgres> {
    /// Connects to the database, and brings it up to date if [`PostgresSettings::migrate`] says so.
    ///
    /// # Errors
    /// `Unavailable` with the reason: a [`PostgresOpenError`] or a [`MigrationError`](crate::MigrationError).
    pub async fn connect(settings: &PostgresSettings) -> StoreResult<Self> {
        let store = Self::open(settings).await?;
        bring_up_to_date(&store, settings.migrate).await?;
        Ok(store)
    }

    /// Brings the database up to date, whatever [`PostgresSettings::migrate`] says, and names the migrations
    /// that were applied.
    ///
    /// # Errors
    /// As for [`Self::connect`].
    pub async fn migrate(settings: &PostgresSettings) -> StoreResult<Vec<&'static str>> {
        let store = Self::open(settings).await?;
        let applied = bring_up_to_date(&store, true).await?;
        store.close().await?;
        Ok(applied)
    }

    async fn open(settings: &PostgresSettings) -> StoreResult<Self> {
        let dialect = Postgres::new(settings)?;
        dialect.examine().await?;
        Self::shared(dialect, settings.connections, settings.patience)
    }
}

/// The dialect of PostgreSQL, and the server that it is spoken to.
pub struct Postgres {
    options: PgConnectOptions,
    patience: Duration,
    /// Connections that listen.
    listening: PgPool,
}

/// Does not show the password.
impl fmt::Debug for Postgres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Postgres").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl Dialect for Postgres {
    type Database = sqlx::Postgres;
    type Connection = PgConnection;
    type Row = PgRow;

    const BEGIN_WRITE: &'static str = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    const BEGIN_READ: &'static str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    const BEGIN_SNAPSHOT: &'static [&'static str] = &[
        "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        "SET LOCAL statement_timeout = 0",
        "SET LOCAL idle_in_transaction_session_timeout = 0",
    ];
    /// The snapshot must be younger than the lock, or the second of two would not see what the first has done: so
    /// each statement takes its own. (The lock's number means nothing but that it is ours.)
    const BEGIN_ALONE: &'static [&'static str] = &[
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        "SET LOCAL statement_timeout = 0",
        "SET LOCAL lock_timeout = 0",
        "SET LOCAL idle_in_transaction_session_timeout = 0",
        "SELECT pg_advisory_xact_lock(7166177325571634529)",
    ];
    const BEFORE_FILLING: Option<&'static str> = None;
    /// Until then it plans as if there were next to nothing.
    const AFTER_FILLING: Option<&'static str> = Some("ANALYZE");
    const TABLES: &'static str =
        "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = current_schema()";
    const MIGRATIONS: &'static [Migration] = &[
        Migration {
            version: 1,
            name: "initial",
            script: include_str!("../../migrations/postgres/0001_initial.sql"),
            folded: &[],
        },
        Migration {
            version: 2,
            name: "trigrams",
            script: include_str!("../../migrations/postgres/0002_trigrams.sql"),
            folded: &[],
        },
        Migration {
            version: 3,
            name: "access",
            script: include_str!("../../migrations/postgres/0003_access.sql"),
            folded: &["organizations", "users"],
        },
        Migration {
            version: 4,
            name: "messages",
            script: include_str!("../../migrations/postgres/0004_messages.sql"),
            folded: &[],
        },
    ];
    const SKIP_LOCKED: &'static str = " FOR UPDATE SKIP LOCKED";
    /// A claim passes by what is locked, and at READ COMMITTED, which connections are told, no other claim ever makes
    /// it fail. What stands between may have set another isolation, and then whoever is later is told to try again.
    const CLAIM_TRIES: u32 = 20;
    const SUM_OF_ORDERS: &'static str =
        "CAST(0 AS numeric), CAST(0 AS numeric), sum(o.quantity * o.price_per_unit)";
    const ANNOUNCE: Option<&'static str> = Some(listener::ANNOUNCE);
    /// The protocol counts them in 16 bits.
    const MAXIMUM_VALUES: usize = 65_535;
    /// Those of trigrams.
    const INDEXES_SUBSTRINGS: bool = true;
    const HIDE: Option<&'static str> = None;

    /// As a pattern, because trigrams can find those.
    fn contains(statement: &mut Statement, column: &str, needle: &str) {
        let mut pattern = String::with_capacity(needle.len() + 2);
        pattern.push('%');
        for character in needle.chars() {
            if matches!(character, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(character);
        }
        pattern.push('%');
        statement.push(column).push(" LIKE ").bind(pattern);
    }

    async fn connect(&self, _: Role) -> StoreResult<PgConnection> {
        self.open().await
    }

    async fn close(connection: PgConnection, _: Role) -> StoreResult<()> {
        connection.close().await.map_err(Self::classify)
    }

    async fn listen(&self) -> StoreResult<Option<Box<dyn Announcements>>> {
        Ok(Some(Box::new(listener::Listener::begin(&self.listening, self.patience).await?)))
    }

    fn stop_listening(&self) {
        // Whoever listens is told at once, and nobody is waited for.
        drop(self.listening.close());
    }

    async fn execute(connection: &mut PgConnection, statement: Statement) -> sqlx::Result<u64> {
        Ok(values::query(statement)?.execute(connection).await?.rows_affected())
    }

    async fn fetch(connection: &mut PgConnection, statement: Statement) -> sqlx::Result<Vec<PgRow>> {
        values::query(statement)?.fetch_all(connection).await
    }

    async fn run(connection: &mut PgConnection, script: &'static str) -> sqlx::Result<()> {
        connection.execute(script).await.map(drop)
    }

    fn classify(error: sqlx::Error) -> StoreError {
        errors::classify(error)
    }
}
