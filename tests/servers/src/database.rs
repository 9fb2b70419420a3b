//! A database that is a test's own.

use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime;

/// A database that nobody else uses. It is dropped with the value, also where the test fails.
pub struct Database {
    engine: Engine,
    /// The address of what is there without it.
    server: String,
    name: String,
    url: String,
}

/// What keeps it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MongoDB.
    Mongodb,
}

impl Database {
    pub(crate) fn new(engine: Engine, server: String, name: String, url: String) -> Self {
        Self { engine, server, name, url }
    }

    /// The address for the store's setting: with the database and, where the server asks for one, a password.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    /// Waits until the database is gone, on a thread of its own: the test's runtime may be busy, or be no more.
    fn drop(&mut self) {
        let (engine, server, name) = (self.engine, self.server.clone(), self.name.clone());
        let dropping = thread::spawn(move || {
            let Ok(runtime) = runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                match engine {
                    Engine::Postgres => crate::postgres::drop_database(&server, &name).await,
                    Engine::Mongodb => crate::mongodb::drop_database(&server, &name).await,
                }
            });
        });
        // A database that stays behind makes no test wrong: it goes with its server.
        let _ = dropping.join();
    }
}

/// A name that no other database on the server has, whichever process made it.
pub(crate) fn unique_name() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("test_{}_{number}_{:08x}", process::id(), fastrand::u32(..))
}
