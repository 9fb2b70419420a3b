//! Everything in which the engines differ.

use std::fmt::Debug;

use orderdesk_application::ports::{Announcements, StoreError, StoreResult};
use sqlx::Database;

use crate::migration::Migration;
use crate::row::Cells;
use crate::statement::Statement;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Reads only.
    Reader,
    /// Units of work.
    Writer,
}

/// An engine: what it is told in words of its own, and how it is reached. Whatever is not here is the same text
/// for all of them. An implementor holds what it needs for connecting.
pub trait Dialect: Debug + Send + Sync + Sized + 'static {
    /// The driver.
    type Database: Database<Connection = Self::Connection>;
    /// A connection of the driver.
    type Connection: sqlx::Connection<Database = Self::Database>;
    /// A row of the driver.
    type Row: Cells;

    /// Begins a unit of work, in the isolation that it has with this engine.
    const BEGIN_WRITE: &'static str;
    /// Begins a read of several statements that see one snapshot.
    const BEGIN_READ: &'static str;
    /// Begins a read that sees one snapshot for as long as it takes.
    const BEGIN_SNAPSHOT: &'static [&'static str];
    /// Begins a transaction that may take long and that no other like it runs beside, on any instance: a migration,
    /// or the filling of a store.
    const BEGIN_ALONE: &'static [&'static str];
    /// What the connection has to be told before a filling begins, if anything.
    const BEFORE_FILLING: Option<&'static str>;
    /// What the engine has to be told of its new size before a filling ends, if anything.
    const AFTER_FILLING: Option<&'static str>;
    /// Names the tables that are there already.
    const TABLES: &'static str;
    /// Every migration, in order.
    const MIGRATIONS: &'static [Migration];
    /// Ends a query for rows that are to be deleted: it leaves out those that somebody else is changing.
    const SKIP_LOCKED: &'static str;
    /// How often messages are claimed before somebody who always was quicker counts as somebody who does not let go:
    /// once where the engine waits for its turn by itself.
    const CLAIM_TRIES: u32;
    /// Lets other programs know that a message has been queued, where there is a way.
    const ANNOUNCE: Option<&'static str>;
    /// The most values that one statement takes.
    const MAXIMUM_VALUES: usize;
    /// What orders come to, in three sums to be weighed with 10^8, 10^4 and 1: none of them is more than the engine's
    /// numbers hold.
    const SUM_OF_ORDERS: &'static str;
    /// Whether indexes can find text by what it contains.
    const INDEXES_SUBSTRINGS: bool;
    /// What hides a column from the planner. `Some` where the planner does not weigh a limit, so that the
    /// store has to choose the index itself; see `plan`.
    const HIDE: Option<&'static str>;

    /// Appends the condition that `column` contains `needle`, bytewise.
    fn contains(statement: &mut Statement, column: &str, needle: &str);

    /// Opens a connection.
    fn connect(&self, role: Role) -> impl Future<Output = StoreResult<Self::Connection>> + Send;

    /// Closes a connection, and with the last one leaves everything in order behind: that is one for `Role::Writer`.
    fn close(connection: Self::Connection, role: Role) -> impl Future<Output = StoreResult<()>> + Send;

    /// Begins to listen for what [`Self::ANNOUNCE`] says; `None` where nothing is to be heard.
    fn listen(&self) -> impl Future<Output = StoreResult<Option<Box<dyn Announcements>>>> + Send;

    /// Lets everybody who listens know that this is the end.
    fn stop_listening(&self);

    /// Runs a statement and says how many rows it touched.
    fn execute(
        connection: &mut Self::Connection,
        statement: Statement,
    ) -> impl Future<Output = sqlx::Result<u64>> + Send;

    /// Runs a statement and collects its rows.
    fn fetch(
        connection: &mut Self::Connection,
        statement: Statement,
    ) -> impl Future<Output = sqlx::Result<Vec<Self::Row>>> + Send;

    /// Runs statements that take no values, one after the other.
    fn run(
        connection: &mut Self::Connection,
        script: &'static str,
    ) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// What an error means to a caller: the one place where this engine's codes are read.
    fn classify(error: sqlx::Error) -> StoreError;
}
