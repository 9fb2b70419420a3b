//! The stores that speak SQL.
//!
//! Every statement is written once. What differs between the engines is a named item of [`Dialect`]: how to
//! connect, how values are kept, what an error means, which tables there are. [`SqlStore`] is the store itself,
//! [`SqliteStore`] the one to use today.
//!
//! A new field of an object is a column in `migrations/` and a line or two in its file under `tables/`.

mod branches;
mod condition;
mod dialect;
mod keyset;
mod listing;
mod migration;
mod plan;
mod pool;
mod reader;
mod repository;
mod row;
mod session;
mod sqlite;
mod statement;
mod store;
mod table;
mod tables;
#[cfg(test)]
mod tests;
mod transaction;
mod unit_of_work;
mod value;

pub use dialect::{Dialect, Role};
pub use migration::{Migration, MigrationError};
pub use sqlite::{Sqlite, SqliteOpenError, SqliteSettings, SqliteStore, Synchronous};
pub use store::SqlStore;
