//! Conditions as SQL: the same meaning as `Filter::keeps`, value by value.

use orderdesk_application::query::{Comparison, Filter, Term, Test, Value, after_all_with_prefix};
use orderdesk_domain::fold;
use orderdesk_domain::money::{MAXIMUM_MINOR_DIGITS, MAXIMUM_PRICE};
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use crate::branches::is_downward;
use crate::dialect::Dialect;
use crate::statement::Statement;
use crate::table::{Column, Reference, Table};
use crate::value::SqlValue;

/// Up to here a list of values is padded to a power of two, so that few texts stay prepared; a longer one will
/// hardly be seen again.
const LONGEST_RECURRING_LIST: usize = 256;

/// What a condition is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To find rows, through an index where there is one.
    Seek,
    /// To find no more than so many rows.
    Probe(u32),
    /// To find rows from a place on that another condition tells: only where they end is of use, which is the
    /// lower end in a descending order.
    Continue {
        /// Whether the order is.
        descending: bool,
    },
    /// To drop rows that something else has found. Where the planner needs it, the columns are hidden from it.
    Filter,
}

impl Purpose {
    /// What stands before a column.
    pub(crate) fn prefix<D: Dialect>(self) -> &'static str {
        if self == Self::Filter { D::HIDE.unwrap_or_default() } else { "" }
    }

    /// What stands before a column that is bounded from above, or from below.
    fn prefix_of_bound<D: Dialect>(self, from_above: bool) -> &'static str {
        match self {
            Self::Continue { descending } if descending == from_above => Self::Filter.prefix::<D>(),
            purpose => purpose.prefix::<D>(),
        }
    }
}

/// How the conditions of a statement are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    /// What they are for.
    pub(crate) purpose: Purpose,
    /// The one value that all rows have of the field by which they lie together, if the statement says so elsewhere.
    pub(crate) home: Option<Uuid>,
}

/// Appends `filter`.
pub(crate) fn condition<D: Dialect, E: Table>(
    statement: &mut Statement,
    filter: &Filter<E::Field>,
    context: Context,
) {
    match filter {
        Filter::All(parts) => joined::<D, E>(statement, parts, (" AND ", "TRUE"), context),
        Filter::Any(parts) => joined::<D, E>(statement, parts, (" OR ", "FALSE"), context),
        Filter::Is(term) => is::<D, E>(statement, term, context),
    }
}

fn joined<D: Dialect, E: Table>(
    statement: &mut Statement,
    parts: &[Filter<E::Field>],
    (operator, of_nothing): (&str, &str),
    context: Context,
) {
    match parts {
        [] => {
            statement.push(of_nothing);
        }
        [only] => condition::<D, E>(statement, only, context),
        parts => {
            // By halves, because engines limit how deep an expression may be, and a chain is as deep as it is long.
            let (first, second) = parts.split_at(parts.len() / 2);
            statement.push("(");
            joined::<D, E>(statement, first, (operator, of_nothing), context);
            statement.push(operator);
            joined::<D, E>(statement, second, (operator, of_nothing), context);
            statement.push(")");
        }
    }
}

fn is<D: Dialect, E: Table>(statement: &mut Statement, term: &Term<E::Field>, context: Context) {
    // Where rows are dropped one by one, what they refer to is looked at one by one, too: there may be few to drop.
    // But if it takes long to find one to keep, it pays to have looked at everything once.
    let at_once = context.purpose != Purpose::Filter || matches!(term.test(), Test::Contains(_));
    match E::column(term.field()) {
        Column::Through(reference) if at_once => {
            through::<D>(statement, &reference, term.test(), context);
        }
        column => test::<D>(statement, column, term.test(), context.purpose),
    }
}

/// A condition on what the rows refer to: first finds that, then the rows that refer to it. What is unique
/// within the organization is one or none, and the engine gets to know that.
fn through<D: Dialect>(statement: &mut Statement, reference: &Reference, asked: &Test, context: Context) {
    let one = context.home.is_some() && matches!(asked, Test::Equals(_));
    statement.push(context.purpose.prefix::<D>()).push(reference.key).push(if one {
        " = ("
    } else {
        " IN ("
    });
    statement.push("SELECT ").push(reference.id).push(" FROM ").push(reference.source).push(" WHERE ");
    if let Some(home) = context.home {
        statement.push(reference.organization).push(" = ").bind(home).push(" AND ");
    }
    test::<D>(statement, Column::Own(reference.column), asked, Purpose::Seek);
    if let Purpose::Probe(most) = context.purpose {
        statement.push(" LIMIT ").number(most);
    }
    statement.push(")");
}

/// A test of one column.
fn test<D: Dialect>(statement: &mut Statement, column: Column, asked: &Test, purpose: Purpose) {
    let prefix = purpose.prefix::<D>();
    let (name, searched) = match column {
        Column::Own(name) | Column::OrLowest(name) | Column::Unindexed(name) => (name, name),
        Column::Folded { exact, folded } => (exact, folded),
        Column::Through(reference) => (reference.value, reference.value),
    };
    match asked {
        Test::Equals(value) => equals(statement, column, name, std::slice::from_ref(value), prefix),
        Test::In(values) => equals(statement, column, name, values, prefix),
        Test::Compare(comparison, bound) => {
            let downward = is_downward(*comparison);
            let near = purpose.prefix_of_bound::<D>(downward);
            if downward && matches!(column, Column::OrLowest(_)) {
                // What is missing would pass for an early moment.
                let far = purpose.prefix_of_bound::<D>(false);
                statement.push("(").push(far).push(name).push(" > ").bind(SqlValue::TimeOrLowest(None));
                statement.push(" AND ");
                compare(statement, column, name, *comparison, bound, near);
                statement.push(")");
            } else {
                compare(statement, column, name, *comparison, bound, near);
            }
        }
        Test::Contains(needle) => {
            D::contains(statement, searched, needle);
        }
        Test::StartsWith(needle) => {
            let (below, above) = (purpose.prefix_of_bound::<D>(false), purpose.prefix_of_bound::<D>(true));
            statement.push("(").push(below).push(searched).push(" >= ").bind(needle.as_str());
            if let Some(end) = after_all_with_prefix(needle) {
                statement.push(" AND ").push(above).push(searched).push(" < ").bind(end);
            }
            statement.push(")");
        }
        Test::IsNull(missing) => {
            statement.push(prefix).push(searched);
            match (column, missing) {
                (Column::OrLowest(_), true) => statement.push(" = ").bind(SqlValue::TimeOrLowest(None)),
                (Column::OrLowest(_), false) => statement.push(" > ").bind(SqlValue::TimeOrLowest(None)),
                (_, true) => statement.push(" IS NULL"),
                (_, false) => statement.push(" IS NOT NULL"),
            };
        }
    }
}

/// Equality with one of `values`.
fn equals(statement: &mut Statement, column: Column, name: &str, values: &[Value], prefix: &str) {
    let values: Vec<_> = values.iter().map(Bound::of).filter(|bound| bound.exact).collect();
    if values.is_empty() {
        statement.push("FALSE");
        return;
    }
    if let Column::Folded { folded, .. } = column {
        // Says nothing new, but leads to the index.
        let folds = values.iter().map(Bound::folded);
        one_of(statement.push("(").push(prefix), folded, folds.collect());
        statement.push(" AND ");
        one_of(statement.push(prefix), name, values.into_iter().map(|bound| bound.sql(column)).collect());
        statement.push(")");
    } else {
        one_of(statement.push(prefix), name, values.into_iter().map(|bound| bound.sql(column)).collect());
    }
}

/// Appends that `name` is one of `values`, of which there is at least one.
pub(crate) fn one_of(statement: &mut Statement, name: &str, mut values: Vec<SqlValue>) {
    if values.len() == 1 {
        statement.push(name).push(" = ").join("", values, |statement, value| {
            statement.bind(value);
        });
        return;
    }
    if values.len() > LONGEST_RECURRING_LIST {
        statement.one_off();
    } else if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    statement.push(name).push(" IN ").bind_row(values);
}

fn compare(
    statement: &mut Statement,
    column: Column,
    name: &str,
    comparison: Comparison,
    bound: &Value,
    prefix: &str,
) {
    let bound = Bound::of(bound);
    let operator = match (comparison, bound.exact) {
        (Comparison::Below, true) => " < ",
        (Comparison::Below, false) | (Comparison::AtMost, _) => " <= ",
        (Comparison::Above, _) | (Comparison::AtLeast, false) => " > ",
        (Comparison::AtLeast, true) => " >= ",
    };
    if let Column::Folded { folded, .. } = column {
        statement.push("(").push(prefix).push(folded).push(", ").push(prefix).push(name).push(")");
        statement.push(operator).bind_row([bound.folded(), bound.sql(column)]);
    } else {
        statement.push(prefix).push(name).push(operator).bind(bound.sql(column));
    }
}

/// A value that stored values are compared with. One that no column can hold stands for the place between two
/// that it can: just above `value`.
pub(crate) struct Bound {
    value: Value,
    /// Whether a stored value can be equal to it.
    pub(crate) exact: bool,
}

impl Bound {
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Decimal(amount) => {
                let floor = stored_amount_at_most(*amount);
                Self { value: Value::Decimal(floor), exact: floor == *amount }
            }
            value => Self { value: value.clone(), exact: true },
        }
    }

    /// The value as the column has it.
    pub(crate) fn sql(self, column: Column) -> SqlValue {
        match (self.value, column) {
            (Value::Time(time), Column::OrLowest(_)) => SqlValue::TimeOrLowest(Some(time)),
            (Value::Null, Column::OrLowest(_)) => SqlValue::TimeOrLowest(None),
            (Value::Null, _) => SqlValue::Uuid(None),
            (Value::Id(id), _) => id.into(),
            (Value::Text(text), _) => text.into(),
            (Value::Integer(number), _) => number.into(),
            (Value::Decimal(amount), _) => amount.into(),
            (Value::Time(time), _) => time.into(),
            (Value::Boolean(answer), _) => answer.into(),
        }
    }

    /// The folded copy of text.
    pub(crate) fn folded(&self) -> SqlValue {
        match &self.value {
            Value::Text(text) => fold(text).into(),
            _ => String::new().into(),
        }
    }
}

/// The highest amount that a column can hold and that is not above `amount`; for an amount below all or above all
/// of them, one that is so as well.
fn stored_amount_at_most(amount: Decimal) -> Decimal {
    let clamped = amount.clamp(Decimal::NEGATIVE_ONE, MAXIMUM_PRICE + Decimal::ONE);
    clamped.round_dp_with_strategy(MAXIMUM_MINOR_DIGITS, RoundingStrategy::ToNegativeInfinity)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_bound_that_no_column_can_hold_still_compares(stored in 0_i64..=2_000_000, bound in any::<i64>(), scale in 0_u32..=18) {
            let (stored, bound) = (Decimal::new(stored, 4), Decimal::new(bound, scale));
            let kept = Bound::of(&Value::Decimal(bound));
            let Value::Decimal(floor) = kept.value else { panic!("a decimal stays one") };
            prop_assert!(floor.scale() <= 4);
            prop_assert_eq!(stored == bound, kept.exact && stored == floor);
            prop_assert_eq!(stored > bound, stored > floor);
            prop_assert_eq!(stored >= bound, if kept.exact { stored >= floor } else { stored > floor });
        }
    }
}
