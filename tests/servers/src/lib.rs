//! Real database servers for tests: a database of its own for each test, and servers of its own for a test that kills
//! them.
//!
//! `tests/servers/start` finds or installs the servers and says where they are in the environment. Without it a test
//! that needs one fails; none is ever skipped.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this crate is for tests: a panic is how one fails"
)]

mod database;
mod environment;
mod mongodb;
mod postgres;
mod private;
mod url;

pub use database::Database;
pub use mongodb::{mongodb, set_field};
pub use postgres::{execute, postgres};
pub use private::{PrivateMongodb, PrivatePostgres};
