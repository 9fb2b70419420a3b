//! The stores that the suite runs on.

use std::path::Path;

use orderdesk_servers::Database;

/// A store that the program can keep its data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Forgets everything when the program ends.
    Memory,
    /// A file.
    Sqlite,
    /// A database on the PostgreSQL server that the tests share.
    Postgres,
    /// A database on the MongoDB replica set that the tests share.
    Mongodb,
}

/// A new store, which is gone when this is dropped.
pub struct Place {
    setting: String,
    /// What to drop, where the store is on a server.
    _database: Option<Database>,
}

impl Store {
    /// A new store of this kind, whose files, if any, are in `directory`.
    pub async fn place(self, directory: &Path) -> Place {
        let on_server =
            |database: Database| Place { setting: database.url().to_owned(), _database: Some(database) };
        match self {
            Self::Memory => Place { setting: "memory".to_owned(), _database: None },
            Self::Sqlite => {
                let file = directory.join("orderdesk.db");
                Place { setting: format!("sqlite:{}", file.display()), _database: None }
            }
            Self::Postgres => on_server(orderdesk_servers::postgres().await),
            Self::Mongodb => on_server(orderdesk_servers::mongodb().await),
        }
    }
}

impl Place {
    /// The setting that names it.
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

/// Runs each of the named tests on every store: `on_every_store!(a, b)` makes `memory::a`, `sqlite::a` and so on.
#[macro_export]
macro_rules! on_every_store {
    ($($(#[$attribute:meta])* $test:ident),+ $(,)?) => {
        $crate::on_every_store!(@store memory, Memory, $($(#[$attribute])* $test),+);
        $crate::on_every_lasting_store!($($(#[$attribute])* $test),+);
    };
    (@store $module:ident, $store:ident, $($(#[$attribute:meta])* $test:ident),+) => {
        mod $module {
            $(
                #[tokio::test]
                $(#[$attribute])*
                async fn $test() {
                    super::$test($crate::Store::$store).await;
                }
            )+
        }
    };
}

/// Runs each of the named tests on every store that is there after the program has ended.
#[macro_export]
macro_rules! on_every_lasting_store {
    ($($(#[$attribute:meta])* $test:ident),+ $(,)?) => {
        $crate::on_every_store!(@store sqlite, Sqlite, $($(#[$attribute])* $test),+);
        $crate::on_every_store!(@store postgres, Postgres, $($(#[$attribute])* $test),+);
        $crate::on_every_store!(@store mongodb, Mongodb, $($(#[$attribute])* $test),+);
    };
}
