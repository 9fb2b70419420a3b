//! The stores that the suite runs on.

use std::path::Path;

/// A store that the program can keep its data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Forgets everything when the program ends.
    Memory,
    /// A file.
    Sqlite,
}

impl Store {
    /// The setting that names a store of this kind which is new, and whose files, if any, are in `directory`.
    pub fn setting(self, directory: &Path) -> String {
        match self {
            Self::Memory => "memory".to_owned(),
            Self::Sqlite => format!("sqlite:{}", directory.join("orderdesk.db").display()),
        }
    }
}

/// Runs each of the named tests on every store: `on_every_store!(a, b)` makes `memory::a`, `sqlite::a` and so on.
#[macro_export]
macro_rules! on_every_store {
    ($($(#[$attribute:meta])* $test:ident),+ $(,)?) => {
        $crate::on_every_store!(@store memory, Memory, $($(#[$attribute])* $test),+);
        $crate::on_every_store!(@store sqlite, Sqlite, $($(#[$attribute])* $test),+);
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
