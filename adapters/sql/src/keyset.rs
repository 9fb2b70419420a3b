//! Orders and places in them as SQL: the same meaning as `Order::compare` and `Order::is_after`.

use orderdesk_application::query::{Key, Order, Position, Value};

use crate::condition::Bound;
use crate::statement::Statement;
use crate::table::{Column, Table};
use crate::value::SqlValue;

/// Appends ` ORDER BY …`.
pub(crate) fn order_by<E: Table>(statement: &mut Statement, order: &Order<E::Field>, prefix: &str) {
    let columns = order.keys().iter().flat_map(|key| {
        let (first, second) = columns::<E>(key);
        [Some(first), second].into_iter().flatten().map(|column| (column, key.descending))
    });
    statement.push(" ORDER BY ").join(", ", columns, |statement, (column, descending)| {
        statement.push(prefix).push(column).push(if descending { " DESC" } else { "" });
    });
}

/// Appends the condition that a row comes after `position`.
pub(crate) fn after<E: Table>(
    statement: &mut Statement,
    order: &Order<E::Field>,
    position: &Position,
    prefix: &str,
) {
    let steps = steps::<E>(order, position.values());
    let one_way = steps.iter().all(|step| step.descending) || steps.iter().all(|step| !step.descending);
    if one_way {
        all_at_once(statement, &steps, prefix);
    } else {
        one_by_one(statement, &steps, prefix);
    }
}

/// One column of an order, and where in it the place is.
struct Step {
    column: &'static str,
    descending: bool,
    value: SqlValue,
    exact: bool,
}

impl Step {
    /// What a later row's column is to this one's value, if all columns before are equal.
    fn beyond(&self) -> &'static str {
        match (self.descending, self.exact) {
            (false, _) => " > ",
            (true, true) => " < ",
            // The place is above the value, so the value itself is beyond it.
            (true, false) => " <= ",
        }
    }
}

/// A value that no row can have decides by itself: nothing is equal to it, so what follows it does not count.
fn steps<E: Table>(order: &Order<E::Field>, values: &[Value]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (key, value) in order.keys().iter().zip(values) {
        let bound = Bound::of(value);
        let (first, second) = columns::<E>(key);
        let descending = key.descending;
        if let Some(second) = second {
            steps.push(Step { column: first, descending, value: bound.folded(), exact: true });
            steps.push(Step {
                column: second,
                descending,
                value: bound.sql(E::column(key.field)),
                exact: true,
            });
            continue;
        }
        let exact = bound.exact;
        steps.push(Step { column: first, descending, value: bound.sql(E::column(key.field)), exact });
        if !exact {
            break;
        }
    }
    steps
}

/// As a comparison of rows, in which an engine sees the stretch of an index that it is.
fn all_at_once(statement: &mut Statement, steps: &[Step], prefix: &str) {
    let Some(last) = steps.last() else { return };
    statement.push("(").join(", ", steps, |statement, step| {
        statement.push(prefix).push(step.column);
    });
    statement.push(")").push(last.beyond()).bind_row(steps.iter().map(|step| step.value.clone()));
}

/// Written out, for columns that go different ways: beyond the place in the first column, or level with it there
/// and beyond it in the second, and so on. That the first is not short of the place follows, but has to be said
/// for an engine to begin there.
fn one_by_one(statement: &mut Statement, steps: &[Step], prefix: &str) {
    let Some(first) = steps.first() else { return };
    statement.push("(").push(prefix).push(first.column).push(if first.descending { " <= " } else { " >= " });
    statement.bind(first.value.clone()).push(" AND (");
    statement.join(" OR ", 0..steps.len(), |statement, last| {
        let (level, rest) = steps.split_at(last);
        statement.push("(");
        for step in level {
            statement.push(prefix).push(step.column).push(" = ").bind(step.value.clone()).push(" AND ");
        }
        if let Some(step) = rest.first() {
            statement.push(prefix).push(step.column).push(step.beyond()).bind(step.value.clone());
        }
        statement.push(")");
    });
    statement.push("))");
}

/// The columns that a key stands for.
fn columns<E: Table>(key: &Key<E::Field>) -> (&'static str, Option<&'static str>) {
    match E::column(key.field) {
        Column::Own(name) | Column::OrLowest(name) | Column::Unindexed(name) => (name, None),
        Column::Folded { exact, folded } => (folded, Some(exact)),
        Column::Through(reference) => (reference.value, None),
    }
}
