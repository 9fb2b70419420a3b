//! A connection together with what is known about its state.

use std::fmt;

use orderdesk_application::ports::{StoreError, StoreResult};

use sqlx::Connection as _;

use crate::dialect::Dialect;
use crate::statement::Statement;

/// A connection, and whether something may be left to undo on it: a transaction that has begun, or an error that
/// leaves the connection itself in doubt. Statements queue up on a connection, so whatever a dropped future had
/// under way is over before the next one runs, and a rollback undoes it.
pub(crate) struct Session<D: Dialect> {
    connection: D::Connection,
    in_doubt: bool,
}

impl<D: Dialect> Session<D> {
    pub(crate) fn new(connection: D::Connection) -> Self {
        Self { connection, in_doubt: false }
    }

    pub(crate) fn into_connection(self) -> D::Connection {
        self.connection
    }

    /// Whether a rollback is needed before anyone else uses the connection.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    pub(crate) async fn execute(&mut self, statement: Statement) -> StoreResult<u64> {
        let outcome = D::execute(&mut self.connection, statement).await;
        self.judge(outcome)
    }

    pub(crate) async fn fetch(&mut self, statement: Statement) -> StoreResult<Vec<D::Row>> {
        let outcome = D::fetch(&mut self.connection, statement).await;
        self.judge(outcome)
    }

    pub(crate) async fn run(&mut self, script: &'static str) -> StoreResult<()> {
        let outcome = D::run(&mut self.connection, script).await;
        self.judge(outcome)
    }

    /// Begins a transaction with `statements`, one of the dialect's ways.
    pub(crate) async fn begin(&mut self, statements: &[&'static str]) -> StoreResult<()> {
        // From here to the answer nobody knows whether it has begun, should this future be dropped.
        self.in_doubt = true;
        for statement in statements {
            match D::run(&mut self.connection, statement).await.map_err(D::classify) {
                // The engine has waited for its turn already, as long as it may: to wait again would only keep a
                // caller whose patience is over.
                Err(StoreError::Retry(cause)) => {
                    self.in_doubt = false;
                    return Err(StoreError::Unavailable(cause));
                }
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// Asks for a sign of life.
    pub(crate) async fn ping(&mut self) -> StoreResult<()> {
        self.connection.ping().await.map_err(D::classify)
    }

    pub(crate) async fn commit(&mut self) -> StoreResult<()> {
        self.end("COMMIT").await
    }

    pub(crate) async fn rollback(&mut self) -> StoreResult<()> {
        self.end("ROLLBACK").await
    }

    async fn end(&mut self, statement: &'static str) -> StoreResult<()> {
        D::execute(&mut self.connection, Statement::new(statement)).await.map_err(D::classify)?;
        self.in_doubt = false;
        Ok(())
    }

    fn judge<T>(&mut self, outcome: sqlx::Result<T>) -> StoreResult<T> {
        outcome.map_err(D::classify).inspect_err(|error| {
            self.in_doubt |= matches!(error, StoreError::Unavailable(_) | StoreError::Backend(_));
        })
    }
}

impl<D: Dialect> fmt::Debug for Session<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("in_doubt", &self.in_doubt).finish_non_exhaustive()
    }
}
