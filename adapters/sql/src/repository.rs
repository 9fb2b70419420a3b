//! Reading and writing within a unit of work.

use async_trait::async_trait;
use orderdesk_application::ports::{Aggregate, Change, Journal, Repository, StoreError, StoreResult};
use orderdesk_application::query::{Query, Rows, Selection};

use crate::dialect::Dialect;
use crate::listing::{count, list, where_selected};
use crate::session::Session;
use crate::statement::Statement;
use crate::table::Written;
use crate::unit_of_work::SqlUnitOfWork;
use crate::value::SqlValue;

#[async_trait]
impl<D: Dialect, A: Aggregate + Written> Repository<A> for SqlUnitOfWork<D> {
    async fn list(&mut self, query: &Query<A::Field>) -> StoreResult<Rows<A::Details>> {
        let outcome = list::<D, A>(self.enter()?, query).await;
        self.leave(outcome)
    }

    async fn count(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        let outcome = count::<D, A>(self.enter()?, selection).await;
        self.leave(outcome)
    }

    async fn insert(&mut self, objects: &[A]) -> StoreResult<()> {
        let outcome = insert(self.enter()?, objects).await;
        self.leave(outcome)
    }

    async fn update(&mut self, changes: &[Change<A>]) -> StoreResult<()> {
        let outcome = update(self.enter()?, changes).await;
        self.leave(outcome)
    }

    async fn delete(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64> {
        let outcome = delete::<D, A>(self.enter()?, selection).await;
        self.leave(outcome)
    }
}

#[async_trait]
impl<D: Dialect, E: Written> Journal<E> for SqlUnitOfWork<D> {
    async fn append(&mut self, entries: &[E]) -> StoreResult<()> {
        let outcome = insert(self.enter()?, entries).await;
        self.leave(outcome)
    }
}

/// Adds objects to their table.
pub(crate) async fn insert<D: Dialect, E: Written>(
    session: &mut Session<D>,
    objects: &[E],
) -> StoreResult<()> {
    let columns: Vec<_> = E::FIXED.iter().chain(E::CHANGING).copied().collect();
    let values = |object: &E| object.fixed().into_iter().chain(object.changing()).collect();
    insert_rows(session, E::TABLE, &columns, objects, values).await
}

/// Adds a row for each of `objects`, as `values` describe it, in as few statements as there can be.
pub(crate) async fn insert_rows<D: Dialect, T: Sync>(
    session: &mut Session<D>,
    table: &str,
    columns: &[&str],
    objects: &[T],
    values: impl Fn(&T) -> Vec<SqlValue> + Send,
) -> StoreResult<()> {
    for objects in objects.chunks(D::MAXIMUM_VALUES / columns.len()) {
        let mut statement = Statement::new("INSERT INTO ");
        statement.push(table).push(" (").push(&columns.join(", ")).push(") VALUES ");
        statement.join(", ", objects, |statement, object| {
            statement.bind_row(values(object));
        });
        if objects.len() > 1 {
            statement.one_off();
        }
        session.execute(statement).await?;
    }
    Ok(())
}

/// Each row of `changed` says which object at which version is to become what. Fewer rows touched than there
/// are changes means that some object was not there at that version.
async fn update<D: Dialect, A: Aggregate + Written>(
    session: &mut Session<D>,
    changes: &[Change<A>],
) -> StoreResult<()> {
    if A::CHANGING.is_empty() && !changes.is_empty() {
        return Err(StoreError::Backend(format!("what is in {} never changes", A::TABLE).into()));
    }
    for changes in changes.chunks(D::MAXIMUM_VALUES / (A::CHANGING.len() + 2)) {
        let mut statement = Statement::new("WITH changed (id, was, ");
        statement.push(&A::CHANGING.join(", ")).push(") AS (VALUES ");
        statement.join(", ", changes, |statement, change| {
            let which = [change.now.id().into(), change.was.number().into()];
            statement.bind_row(which.into_iter().chain(change.now.changing()));
        });
        statement.push(") UPDATE ").push(A::TABLE).push(" SET ");
        statement.join(", ", A::CHANGING, |statement, column| {
            statement.push(column).push(" = changed.").push(column);
        });
        statement.push(" FROM changed WHERE ").push(A::TABLE).push(".id = changed.id AND ");
        statement.push(A::TABLE).push(".version = changed.was");
        if changes.len() > 1 {
            statement.one_off();
        }
        if session.execute(statement).await? != changes.len() as u64 {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}

async fn delete<D: Dialect, A: Written>(
    session: &mut Session<D>,
    selection: &Selection<A::Field>,
) -> StoreResult<u64> {
    let mut statement = Statement::new("DELETE FROM ");
    statement.push(A::SOURCE);
    where_selected::<D, A>(&mut statement, selection.filter());
    session.execute(statement).await
}
