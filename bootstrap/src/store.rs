//! Which store: the one place that matches on where the data is kept.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use orderdesk_application::ports::{Store, StoreResult};
use orderdesk_memory::MemoryStore;
use orderdesk_mongodb::{MongoSettings, MongoStore};
use orderdesk_sql::{
    PostgresSettings, PostgresStore, SqliteSettings, SqliteStore, Synchronous as SqliteSynchronous,
};

use crate::settings::{DatabaseUrl, Settings, StoreLocation, Synchronous};

/// Opens the store at `location`, and brings its schema up to date if `migrate` says so. How, `settings` say.
pub async fn open(
    location: &StoreLocation,
    migrate: bool,
    settings: &Settings,
) -> StoreResult<Arc<dyn Store>> {
    Ok(match location {
        StoreLocation::Memory => Arc::new(MemoryStore::default()),
        StoreLocation::Sqlite(path) => {
            Arc::new(SqliteStore::connect(&SqliteSettings { migrate, ..sqlite(settings, path) }).await?)
        }
        StoreLocation::Postgres(url) => {
            Arc::new(PostgresStore::connect(&PostgresSettings { migrate, ..postgres(settings, url) }).await?)
        }
        StoreLocation::Mongodb(url) => {
            Arc::new(MongoStore::connect(&MongoSettings { migrate, ..mongodb(settings, url) }).await?)
        }
    })
}

/// Opens the store at `location` to fill it: also one whose last filling was not finished.
pub async fn open_to_fill(location: &StoreLocation, settings: &Settings) -> StoreResult<Arc<dyn Store>> {
    match location {
        StoreLocation::Mongodb(url) => {
            let settings = MongoSettings { migrate: settings.migrate, ..mongodb(settings, url) };
            Ok(Arc::new(MongoStore::connect_to_fill(&settings).await?))
        }
        // They undo by themselves what was not finished.
        StoreLocation::Memory | StoreLocation::Sqlite(_) | StoreLocation::Postgres(_) => {
            open(location, settings.migrate, settings).await
        }
    }
}

/// Brings the schema of the store up to date, and says which migrations that took.
pub async fn migrate(settings: &Settings) -> StoreResult<Vec<&'static str>> {
    match &settings.store {
        StoreLocation::Memory => Ok(Vec::new()),
        StoreLocation::Sqlite(path) => SqliteStore::migrate(&sqlite(settings, path)).await,
        StoreLocation::Postgres(url) => PostgresStore::migrate(&postgres(settings, url)).await,
        StoreLocation::Mongodb(url) => MongoStore::migrate(&mongodb(settings, url)).await,
    }
}

fn sqlite(settings: &Settings, path: &Path) -> SqliteSettings {
    let defaults = SqliteSettings::new(path);
    SqliteSettings {
        synchronous: match settings.sqlite_synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        },
        readers: at_least_one(settings.sqlite_readers.get()),
        ..defaults
    }
}

fn postgres(settings: &Settings, url: &DatabaseUrl) -> PostgresSettings {
    let connections = at_least_one(settings.store_connections.get());
    PostgresSettings { connections, ..PostgresSettings::new(url.reveal()) }
}

fn mongodb(settings: &Settings, url: &DatabaseUrl) -> MongoSettings {
    let defaults = MongoSettings::new(url.reveal());
    let connections = u32::try_from(settings.store_connections.get()).unwrap_or(defaults.connections);
    MongoSettings { connections, ..defaults }
}

fn at_least_one(number: u64) -> NonZeroUsize {
    usize::try_from(number).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
}
