//! Where the data is kept.

use std::path::PathBuf;

use super::{Value, refusal};

/// A store and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// A SQLite database in this file.
    Sqlite(PathBuf),
    /// The memory of the process: everything is forgotten when it ends.
    Memory,
}

impl Value for StoreLocation {
    fn expected() -> String {
        "sqlite:PATH or memory".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        match (scheme, rest) {
            ("memory", "") => Ok(Self::Memory),
            ("sqlite", ":memory:") => Err("a store in memory is called memory".to_owned()),
            ("sqlite", rest) => match rest.strip_prefix("//").unwrap_or(rest) {
                "" => Err(refusal::<Self>()),
                path => Ok(Self::Sqlite(path.into())),
            },
            ("postgres" | "postgresql", _) => Err(unavailable("PostgreSQL")),
            ("mongodb" | "mongodb+srv", _) => Err(unavailable("MongoDB")),
            _ => Err(refusal::<Self>()),
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Memory => "memory".to_owned(),
        }
    }
}

fn unavailable(store: &str) -> String {
    format!("this build has no store for {store} yet, expected {}", StoreLocation::expected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_named_by_its_scheme() {
        let sqlite = |path: &str| Ok(StoreLocation::Sqlite(path.into()));
        assert_eq!(StoreLocation::parse("memory"), Ok(StoreLocation::Memory));
        assert_eq!(StoreLocation::parse("sqlite:orderdesk.db"), sqlite("orderdesk.db"));
        assert_eq!(StoreLocation::parse("sqlite:/var/lib/orders.db"), sqlite("/var/lib/orders.db"));
        assert_eq!(StoreLocation::parse("sqlite:///var/lib/orders.db"), sqlite("/var/lib/orders.db"));
        for text in ["", "sqlite", "sqlite:", "sqlite://", "memory:x", "orders.db", "mysql://db"] {
            assert_eq!(
                StoreLocation::parse(text),
                Err("expected sqlite:PATH or memory".to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn stores_to_come_are_recognised() {
        for (text, store) in [
            ("postgres://u:p@db/orders", "PostgreSQL"),
            ("postgresql://db", "PostgreSQL"),
            ("mongodb://db", "MongoDB"),
            ("mongodb+srv://db", "MongoDB"),
        ] {
            assert!(StoreLocation::parse(text).unwrap_err().contains(store), "{text}");
        }
    }
}
