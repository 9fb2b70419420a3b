//! Servers that are a test's own: it may stop them, kill them and start them again.

mod mongodb;
mod place;
mod postgres;
mod process;

pub use mongodb::PrivateMongodb;
pub use postgres::PrivatePostgres;

use std::time::Duration;

/// Longer than any server takes to start or to end, however slow the machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long to wait before looking again whether a server is there.
const PAUSE: Duration = Duration::from_millis(20);
