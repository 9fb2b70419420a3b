//! Where the data is kept.

use std::fmt;
use std::path::PathBuf;

use super::{Value, refusal};

/// A store and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// A SQLite database in this file.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(DatabaseUrl),
    /// A MongoDB database.
    Mongodb(DatabaseUrl),
    /// The memory of the process: everything is forgotten when it ends.
    Memory,
}

/// The address of a database. A password may be in it, so it shows itself without.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address, for the driver.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Without credentials and parameters.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        let place = rest.split(['?', '#']).next().unwrap_or_default();
        match place.rsplit_once('@') {
            Some((_, place)) => write!(formatter, "{scheme}://…@{place}"),
            None => write!(formatter, "{scheme}://{place}"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Value for StoreLocation {
    fn expected() -> String {
        "sqlite:PATH, postgres://USER:PASSWORD@HOST/DATABASE, mongodb://USER:PASSWORD@HOST/DATABASE or memory"
            .to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        let url = |kind: fn(DatabaseUrl) -> Self| match rest.strip_prefix("//") {
            Some(place) if !place.is_empty() => Ok(kind(DatabaseUrl(text.to_owned()))),
            _ => Err(refusal::<Self>()),
        };
        match (scheme, rest) {
            ("memory", "") => Ok(Self::Memory),
            ("sqlite", ":memory:") => Err("a store in memory is called memory".to_owned()),
            ("sqlite", rest) => match rest.strip_prefix("//").unwrap_or(rest) {
                "" => Err(refusal::<Self>()),
                path => Ok(Self::Sqlite(path.into())),
            },
            ("postgres" | "postgresql", _) => url(Self::Postgres),
            ("mongodb" | "mongodb+srv", _) => url(Self::Mongodb),
            _ => Err(refusal::<Self>()),
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(url) | Self::Mongodb(url) => url.to_string(),
            Self::Memory => "memory".to_owned(),
        }
    }
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
        let postgres = |url: &str| Ok(StoreLocation::Postgres(DatabaseUrl(url.to_owned())));
        let mongodb = |url: &str| Ok(StoreLocation::Mongodb(DatabaseUrl(url.to_owned())));
        for url in ["postgres://u:p@db/orders", "postgresql://db"] {
            assert_eq!(StoreLocation::parse(url), postgres(url));
        }
        for url in ["mongodb://a,b,c/orders?replicaSet=rs0", "mongodb+srv://db"] {
            assert_eq!(StoreLocation::parse(url), mongodb(url));
        }
        for text in [
            "",
            "sqlite",
            "sqlite:",
            "sqlite://",
            "memory:x",
            "orders.db",
            "mysql://db",
            "postgres:db",
            "mongodb://",
        ] {
            assert_eq!(StoreLocation::parse(text), Err(refusal::<StoreLocation>()), "{text}");
        }
    }

    #[test]
    fn credentials_are_not_shown() {
        for (url, shown) in [
            ("postgres://amina:hunter2@db:5432/orders?password=hunter2", "postgres://…@db:5432/orders"),
            ("mongodb://amina:hun@ter2@a,b/orders?tlsCertificateKeyFilePassword=x", "mongodb://…@a,b/orders"),
            ("postgresql:///orders?host=/run/postgresql", "postgresql:///orders"),
        ] {
            let location = StoreLocation::parse(url).unwrap();
            assert_eq!(location.show(), shown);
            assert!(!format!("{location:?}").contains("ter2"));
        }
    }
}
