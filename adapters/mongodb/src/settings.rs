//! What can be set about a MongoDB store.

use std::fmt;
use std::time::Duration;

/// Connections, unless it is said otherwise. As many as keep a few cores of a server busy; more of them only take
/// turns.
const CONNECTIONS: u32 = 16;

/// Where the database is, and how it is used.
#[derive(Clone, PartialEq, Eq)]
pub struct MongoSettings {
    /// `mongodb://user:password@host:port,…/database?replicaSet=…` or `mongodb+srv://…`, as MongoDB has it
    /// (<https://www.mongodb.com/docs/manual/reference/connection-string/>). Without a database it is `orderdesk`.
    pub url: String,
    /// Whether an old schema is brought up to date. Else it is refused.
    pub migrate: bool,
    /// The most connections that are open at once to each server, beside one to listen for messages.
    pub connections: u32,
    /// How long a call waits for a connection, for a server to be there, and for a majority of them to agree.
    pub patience: Duration,
}

impl MongoSettings {
    /// The usual settings for this database.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), migrate: true, connections: CONNECTIONS, patience: Duration::from_secs(5) }
    }
}

/// Does not show the URL, which may hold a password.
impl fmt::Debug for MongoSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MongoSettings")
            .field("migrate", &self.migrate)
            .field("connections", &self.connections)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
