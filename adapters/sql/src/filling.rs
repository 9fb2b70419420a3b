//! The filling of an empty store: one transaction, however much it is.

use async_trait::async_trait;
use orderdesk_application::ports::{Filling, Record, RecordKind, Snapshot, StoreError, StoreResult};

use crate::dialect::Dialect;
use crate::records::{add_all, count, is_empty, page};
use crate::session::Session;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// One transaction that writes, and that no other filling runs beside.
pub(crate) struct SqlFilling<D: Dialect> {
    transaction: Transaction<D>,
    /// Whether every call so far came to an end, and of those that failed nothing is left.
    sound: bool,
}

impl<D: Dialect> SqlFilling<D> {
    /// # Errors
    /// `NotEmpty` where there is anything.
    pub(crate) async fn begin(mut transaction: Transaction<D>) -> StoreResult<Self> {
        for kind in RecordKind::ALL {
            if !is_empty(transaction.session()?, kind).await? {
                transaction.rollback().await?;
                return Err(StoreError::NotEmpty);
            }
        }
        Ok(Self { transaction, sound: true })
    }
}

#[async_trait]
impl<D: Dialect> Snapshot for SqlFilling<D> {
    async fn count(&mut self, kind: RecordKind) -> StoreResult<u64> {
        count(self.transaction.session()?, kind).await
    }

    async fn page(
        &mut self,
        kind: RecordKind,
        last: Option<&Record>,
        limit: u32,
    ) -> StoreResult<Vec<Record>> {
        page(self.transaction.session()?, kind, last, limit).await
    }
}

#[async_trait]
impl<D: Dialect> Filling for SqlFilling<D> {
    /// Of a call that fails nothing is left, and the filling can go on.
    async fn add(&mut self, records: Vec<Record>) -> StoreResult<()> {
        // A call that is dropped half-way may have done half of what it was to do.
        if !std::mem::replace(&mut self.sound, false) {
            return Err(unsound());
        }
        let session = self.transaction.session()?;
        run(session, "SAVEPOINT addition").await?;
        let outcome = add_all(session, records).await;
        if outcome.is_err() {
            run(session, "ROLLBACK TO SAVEPOINT addition").await?;
        }
        run(session, "RELEASE SAVEPOINT addition").await?;
        self.sound = true;
        outcome
    }

    async fn finish(mut self: Box<Self>) -> StoreResult<()> {
        if !self.sound {
            return Err(unsound());
        }
        if let Some(statement) = D::AFTER_FILLING {
            self.transaction.session()?.run(statement).await?;
        }
        self.transaction.commit().await
    }
}

async fn run<D: Dialect>(session: &mut Session<D>, statement: &str) -> StoreResult<()> {
    session.execute(Statement::new(statement)).await.map(drop)
}

fn unsound() -> StoreError {
    StoreError::Backend("the filling was finished by an error, or by a call that was given up".into())
}
