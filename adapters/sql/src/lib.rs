//! The stores that speak SQL.
//!
//! Every statement is written once. What differs between the engines is a named item of [`Dialect`]: how to
//! connect, how values are kept, what an error means, which tables there are. [`SqlStore`] is the store itself,
//! [`SqliteStore`] and [`PostgresStore`] the two to use.
//!
//! - A new field of an object is a column in `migrations/` and a line or two in its file under `tables/`.
//! - A new kind of object is a table in `migrations/`, a file under `tables/`, and an accessor in `store` or
//!   `unit_of_work`. Lists, counts and changes come with it.
//! - A new engine is a folder beside `sqlite/` that implements [`Dialect`], and one under `migrations/`.
//!
//! Lists begin in `listing`; `plan` says how their rows are found, and `condition` and `keyset` write it down.
//! Everything that is asked of a connection goes through `session`.

mod access;
mod bearer;
mod branches;
mod condition;
mod dialect;
mod filling;
mod keyset;
mod listing;
mod messaging;
mod migration;
mod outbox;
mod plain;
mod plan;
mod pool;
mod postgres;
mod rate_limiter;
mod reader;
mod records;
mod repository;
mod row;
mod session;
mod snapshot;
mod sqlite;
mod statement;
mod store;
mod table;
mod tables;
#[cfg(test)]
mod tests;
mod totals;
mod transaction;
mod unit_of_work;
mod value;

pub use dialect::{Dialect, Role};
pub use migration::{Migration, MigrationError};
pub use postgres::{Place, Postgres, PostgresOpenError, PostgresSettings, PostgresStore};
pub use sqlite::{Sqlite, SqliteOpenError, SqliteSettings, SqliteStore, Synchronous};
pub use store::SqlStore;
