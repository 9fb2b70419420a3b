//! Which store: the one place that matches on the setting.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use orderdesk_application::ports::{Store, StoreResult};
use orderdesk_memory::MemoryStore;
use orderdesk_sql::{SqliteSettings, SqliteStore, Synchronous as SqliteSynchronous};

use crate::settings::{Settings, StoreLocation, Synchronous};

/// Opens the store that `settings` name, and brings its schema up to date if they say so.
pub async fn open(settings: &Settings) -> StoreResult<Arc<dyn Store>> {
    Ok(match &settings.store {
        StoreLocation::Memory => Arc::new(MemoryStore::default()),
        StoreLocation::Sqlite(path) => Arc::new(SqliteStore::connect(&sqlite(settings, path)).await?),
    })
}

/// Brings the schema of the store up to date, and says which migrations that took.
pub async fn migrate(settings: &Settings) -> StoreResult<Vec<&'static str>> {
    match &settings.store {
        StoreLocation::Memory => Ok(Vec::new()),
        StoreLocation::Sqlite(path) => SqliteStore::migrate(&sqlite(settings, path)).await,
    }
}

fn sqlite(settings: &Settings, path: &Path) -> SqliteSettings {
    let defaults = SqliteSettings::new(path);
    let readers = usize::try_from(settings.sqlite_readers.get()).ok().and_then(NonZeroUsize::new);
    SqliteSettings {
        synchronous: match settings.sqlite_synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        },
        readers: readers.unwrap_or(defaults.readers),
        migrate: settings.migrate,
        ..defaults
    }
}
