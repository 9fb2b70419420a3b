//! Pages of lists, and counts.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::query::{Field as _, Filter, Query, Rows, Selection, Test};

use crate::branches::{home_of, is_by_id};
use crate::condition::{Context, Purpose, condition};
use crate::dialect::Dialect;
use crate::keyset::{after, order_by};
use crate::plan::{Branch, FEW, plan};
use crate::row::RowReader;
use crate::session::Session;
use crate::statement::Statement;
use crate::table::{Column, End, Table};

/// The page that `query` asks for, and the count if it asks for one.
pub(crate) async fn list<D: Dialect, E: Table>(
    session: &mut Session<D>,
    query: &Query<E::Field>,
) -> StoreResult<Rows<E::Details>> {
    let count = if query.counted { Some(count::<D, E>(session, &query.selection).await?) } else { None };
    Ok(Rows { rows: rows::<D, E>(session, query, FEW).await?, count })
}

/// The rows of the page.
pub(crate) async fn rows<D: Dialect, E: Table>(
    session: &mut Session<D>,
    query: &Query<E::Field>,
    few: u32,
) -> StoreResult<Vec<E::Details>> {
    let branches = plan::<D, E>(session, query, few).await?;
    if branches.is_empty() {
        return Ok(Vec::new());
    }
    let found = session.fetch(page::<D, E>(query, &branches)).await?;
    found.iter().map(|row| E::read(&mut RowReader::new(row, E::COLUMNS))).collect()
}

/// How many objects there are.
pub(crate) async fn count<D: Dialect, E: Table>(
    session: &mut Session<D>,
    selection: &Selection<E::Field>,
) -> StoreResult<u64> {
    let mut statement = Statement::new("SELECT count(*) FROM ");
    statement.push(E::SOURCE);
    where_selected::<D, E>(&mut statement, selection.filter());
    let rows = session.fetch(statement).await?;
    let Some(row) = rows.first() else { return Ok(0) };
    Ok(RowReader::new(row, &["count"]).integer()?.unsigned_abs())
}

/// Appends ` WHERE …` for a statement that concerns all that `filter` keeps, in no order.
pub(crate) fn where_selected<D: Dialect, E: Table>(statement: &mut Statement, filter: &Filter<E::Field>) {
    let context = Context { purpose: Purpose::Seek, home: home_of::<E>(filter) };
    condition::<D, E>(statement.push(" WHERE "), filter, context);
    plan_by_values::<D, E>(statement, filter);
}

/// The statement for a page. Names are looked up for the rows of the page alone.
pub(crate) fn page<D: Dialect, E: Table>(
    query: &Query<E::Field>,
    branches: &[Branch<E::Field>],
) -> Statement {
    let mut statement = Statement::new("SELECT ");
    statement.push(&E::COLUMNS.join(", ")).push(" FROM ").push(E::SOURCE).push(E::NAMES).push(" WHERE ");
    match branches {
        [only] if only.is_walked() && query.offset == 0 => {
            stretch::<D, E>(&mut statement, only);
            window(&mut statement, query);
        }
        branches => {
            statement.push(id::<E>()).push(" IN (");
            statement.join(" UNION ALL ", branches.iter().enumerate(), |statement, (number, branch)| {
                statement.push("SELECT id FROM (SELECT ").push(id::<E>()).push(" FROM ").push(E::SOURCE);
                stretch::<D, E>(statement.push(" WHERE "), branch);
                match branches {
                    [_] => window(statement, query),
                    _ => up_to_the_end_of_the_page(statement, query),
                }
                statement.push(") AS branch").number(number as u64);
            });
            statement.push(")");
            order_by::<E>(&mut statement, &query.order, Purpose::Filter.prefix::<D>());
            if branches.len() > 1 {
                window(&mut statement, query);
            }
        }
    }
    plan_by_values::<D, E>(&mut statement, query.selection.filter());
    statement
}

/// Appends the limit and the offset of the page. Offsets are of all sizes: as text, each would need a statement
/// of its own.
fn window<F>(statement: &mut Statement, query: &Query<F>) {
    statement.push(" LIMIT ").number(query.limit);
    if query.offset > 0 {
        statement.push(" OFFSET ").bind(i64::try_from(query.offset).unwrap_or(i64::MAX));
    }
}

/// Appends a limit that leaves in all that can be on the page or before it.
fn up_to_the_end_of_the_page<F>(statement: &mut Statement, query: &Query<F>) {
    if query.offset == 0 {
        statement.push(" LIMIT ").number(query.limit);
    } else {
        let rows = query.offset.saturating_add(query.limit.into());
        statement.push(" LIMIT ").bind(i64::try_from(rows).unwrap_or(i64::MAX));
    }
}

/// Lets a planner that decides for itself decide anew for every value, where the value makes a difference. For what
/// stays prepared it would settle on one way, whatever the values are by then.
fn plan_by_values<D: Dialect, E: Table>(statement: &mut Statement, filter: &Filter<E::Field>) {
    if D::HIDE.is_none() && !is_found_alike::<E>(filter) {
        statement.one_off();
    }
}

/// Whether rows are best found in the same way, whatever the values of the conditions.
fn is_found_alike<E: Table>(filter: &Filter<E::Field>) -> bool {
    match filter {
        filter if is_by_id(filter) => true,
        Filter::All(parts) => parts.iter().all(is_found_alike::<E>),
        Filter::Any(_) => false,
        Filter::Is(term) => {
            let field = term.field();
            matches!(term.test(), Test::Equals(_) | Test::In(_))
                && (E::HOME == Some(field) || E::is_key(field))
        }
    }
}

/// The condition and the order of one branch.
fn stretch<D: Dialect, E: Table>(statement: &mut Statement, branch: &Branch<E::Field>) {
    if branch.parts.is_empty() {
        statement.push("TRUE");
    }
    statement.join(" AND ", &branch.parts, |statement, part| {
        let context = Context { purpose: branch.purpose::<D, E>(part), home: branch.home };
        condition::<D, E>(statement, part, context);
    });
    match &branch.after {
        Some(place) => {
            let prefix = branch.purpose_of_place().prefix::<D>();
            after::<E>(statement.push(" AND "), &branch.order, place, prefix);
        }
        None => ends::<E>(statement, branch),
    }
    let walk = if branch.is_walked() { Purpose::Seek } else { Purpose::Filter };
    order_by::<E>(statement, &branch.order, walk.prefix::<D>());
}

/// Lets a walk begin where rows can be. (One that goes on from a row is already there.)
fn ends<E: Table>(statement: &mut Statement, branch: &Branch<E::Field>) {
    let Some(home) = branch.home.filter(|_| branch.is_by_id() && branch.is_walked()) else { return };
    let terms = branch.parts.iter().filter_map(|part| match part {
        Filter::Is(term) => E::end(term),
        _ => None,
    });
    for End { last, exceptions } in terms {
        statement.push(" AND ").push(id::<E>()).push(" <= (SELECT id FROM (SELECT ").bind(last);
        statement.push(" AS id UNION ALL SELECT id FROM (SELECT x.id FROM ").push(E::TABLE);
        statement.push(" AS x WHERE x.").push(exceptions).push(" AND x.organization_id = ").bind(home);
        statement.push(" ORDER BY x.id DESC LIMIT 1) AS exception) AS ends ORDER BY id DESC LIMIT 1)");
    }
}

fn id<E: Table>() -> &'static str {
    match E::column(E::Field::ID) {
        Column::Own(name) => name,
        _ => "id",
    }
}
