//! Records that have a table and are in no list: how they are added and read.

use orderdesk_application::ports::StoreResult;

use crate::dialect::Dialect;
use crate::repository::insert_rows;
use crate::row::RowReader;
use crate::session::Session;
use crate::statement::Statement;
use crate::table::Plain;

/// Adds records to their table.
pub(crate) async fn add<D: Dialect, P: Plain>(session: &mut Session<D>, records: &[P]) -> StoreResult<()> {
    insert_rows(session, P::TABLE, P::COLUMNS, records, P::values).await
}

/// `SELECT … FROM …`
pub(crate) fn select<P: Plain>() -> Statement {
    let mut statement = Statement::new("SELECT ");
    statement.push(&P::COLUMNS.join(", ")).push(" FROM ").push(P::TABLE);
    statement
}

/// The records that a statement answers, column by column.
pub(crate) async fn read<D: Dialect, P: Plain>(
    session: &mut Session<D>,
    statement: Statement,
) -> StoreResult<Vec<P>> {
    let rows = session.fetch(statement).await?;
    rows.iter().map(|row| P::read(&mut RowReader::new(row, P::COLUMNS))).collect()
}
