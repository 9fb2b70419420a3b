//! What can be set about a PostgreSQL store.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Connections, unless it is said otherwise. As many as keep a few cores of a server busy; more of them only take
/// turns.
const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// Where the database is, and how it is used.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresSettings {
    /// `postgres://user:password@host:port/database?sslmode=…`, as libpq has it
    /// (<https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS>).
    pub url: String,
    /// The most connections that are open at once.
    pub connections: NonZeroUsize,
    /// Whether an old schema is brought up to date. Else it is refused.
    pub migrate: bool,
    /// How long a call waits for a connection, or for a row that another one is changing.
    pub patience: Duration,
}

impl PostgresSettings {
    /// The usual settings for this database.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: CONNECTIONS, migrate: true, patience: Duration::from_secs(5) }
    }
}

/// Does not show the URL, which may hold a password.
impl fmt::Debug for PostgresSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostgresSettings")
            .field("connections", &self.connections)
            .field("migrate", &self.migrate)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
