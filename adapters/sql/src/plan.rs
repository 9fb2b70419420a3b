//! How a list is found: through which index, and in which pieces.
//!
//! A page of a list should cost what a page costs, however long the list is. Two things stand in the way.
//!
//! Alternatives: rows of two organizations, or with one of three statuses, are nowhere stored in one order.
//! Each alternative by itself is, so the list is asked for as several *branches* that have no alternatives,
//! each for as many rows as the page takes, and the page is made of theirs.
//!
//! Ranges: what has a quantity above 10 lies together in one index, and what was placed last in another. If few
//! rows are in the range, they are best looked up there and sorted; if many are, the list is best walked in its
//! own order and the others dropped. Where the planner knows nothing of limits ([`Dialect::HIDE`]), a
//! *probe* counts up to a bound how many there are, and decides.

use std::cmp::Ordering;

use orderdesk_application::ports::StoreResult;
use orderdesk_application::query::{Field, Filter, Key, Order, Position, Query, Term, Test, Value};
use uuid::Uuid;

use crate::branches::{branches, home, is_downward, leads};
use crate::condition::{Context, Purpose, condition};
use crate::dialect::Dialect;
use crate::row::RowReader;
use crate::session::Session;
use crate::statement::Statement;
use crate::table::{Column, Table};

/// Up to so many rows are looked up and sorted, at 0.2 us each. Where there are more, a walk through a million
/// passes at most 250 rows for each that it keeps, at 0.1 to 0.2 us: for a page of 20, both cost about the same here.
pub(crate) const FEW: u32 = 4_000;

/// Conditions that all hold, and how the rows for which they do are found.
pub(crate) struct Branch<F> {
    /// The conditions.
    pub(crate) parts: Vec<Filter<F>>,
    /// The one value that one of them names of the field by which rows lie together.
    pub(crate) home: Option<Uuid>,
    /// The order of the list, as far as rows of this branch can differ in it.
    pub(crate) order: Order<F>,
    /// The place in that order from which the list goes on.
    pub(crate) after: Option<Position>,
    lead: Lead<F>,
}

/// What leads to the rows of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead<F> {
    /// Whatever the engine takes.
    Engine,
    /// The order of the list: its index is walked.
    Order,
    /// The conditions on this field.
    Field {
        /// Which one.
        field: F,
        /// Whether the rows that they lead to come in the order of the list.
        ordered: bool,
    },
}

impl<F: Field> Branch<F> {
    fn new<E: Table<Field = F>>(parts: Vec<Filter<F>>, query: &Query<F>) -> Self {
        let (order, after) =
            remaining_order(&parts, query).unwrap_or_else(|| (query.order.clone(), query.after.clone()));
        Self { home: parts.iter().find_map(home::<E>), parts, order, after, lead: Lead::Engine }
    }

    /// Whether the rows come in the order of the list, so that the first of them are the page.
    pub(crate) fn is_walked(&self) -> bool {
        !matches!(self.lead, Lead::Field { ordered: false, .. })
    }

    /// Whether the order is that of the ids alone.
    pub(crate) fn is_by_id(&self) -> bool {
        self.first_key().is_some_and(|first| first.field == F::ID)
    }

    fn first_key(&self) -> Option<&Key<F>> {
        self.order.keys().first()
    }

    /// What a condition is for.
    pub(crate) fn purpose<D: Dialect, E: Table<Field = F>>(&self, part: &Filter<F>) -> Purpose {
        let term = match part {
            Filter::Is(term) if access::<D, E>(term, self.home) != Access::None => term,
            _ if home::<E>(part).is_some() || self.lead == Lead::Engine => return Purpose::Seek,
            _ => return Purpose::Filter,
        };
        match (self.lead, self.first_key()) {
            (Lead::Engine, _) => Purpose::Seek,
            (Lead::Field { field, .. }, _) if field == term.field() => Purpose::Seek,
            // A range of what the list is ordered by is a stretch of the walk. Of two places where the stretch
            // could begin, an engine sees one only: it is to see the later one.
            (_, Some(first)) if self.is_walked() && first.field == term.field() => {
                if self.after.is_some() && !self.begins_later(term) {
                    Purpose::Continue { descending: first.descending }
                } else {
                    Purpose::Seek
                }
            }
            _ => Purpose::Filter,
        }
    }

    /// What the condition is for that a row comes after the place from which the list goes on.
    pub(crate) fn purpose_of_place(&self) -> Purpose {
        let begins_later = |part: &Filter<F>| matches!(part, Filter::Is(term) if self.begins_later(term));
        if self.is_walked() && !self.parts.iter().any(begins_later) { Purpose::Seek } else { Purpose::Filter }
    }

    /// Whether what passes `term` begins only after the place from which the list goes on. In a list without
    /// alternatives it never does; a branch can have all of its rows further on.
    fn begins_later(&self, term: &Term<F>) -> bool {
        let place = self.after.as_ref().and_then(|place| place.values().first());
        let (Some(first), Some(place)) = (self.first_key(), place) else { return false };
        let Test::Compare(comparison, bound) = term.test() else { return false };
        let further = if first.descending { Ordering::Less } else { Ordering::Greater };
        self.is_walked()
            && first.field == term.field()
            && first.descending == is_downward(*comparison)
            && bound.compare(place) == further
    }
}

/// The order of a query without the fields that are the same in all rows, for an engine would otherwise have to
/// see for itself where among them the list goes on. `None` where the list goes on from no such row.
fn remaining_order<F: Field>(parts: &[Filter<F>], query: &Query<F>) -> Option<(Order<F>, Option<Position>)> {
    let fixed = |key: &Key<F>| {
        let terms = parts.iter().filter_map(|part| match part {
            Filter::Is(term) if term.field() == key.field => Some(term),
            _ => None,
        });
        terms.map(Term::test).find_map(|test| match test {
            Test::Equals(value) => Some(value),
            Test::IsNull(true) => Some(&Value::Null),
            _ => None,
        })
    };
    let keys: Vec<_> = query.order.keys().iter().map(|key| (*key, fixed(key))).collect();
    let remaining = |(key, fixed): &(Key<F>, Option<&Value>)| fixed.is_none().then_some(*key);
    let order = Order::new(&keys.iter().filter_map(remaining).collect::<Vec<_>>()).ok()?;
    let Some(place) = &query.after else { return Some((order, None)) };
    let mut values = Vec::new();
    for ((_, fixed), value) in keys.iter().zip(place.values()) {
        match fixed {
            None => values.push(value.clone()),
            Some(fixed) if fixed.compare(value) == Ordering::Equal => {}
            Some(_) => return None,
        }
    }
    let place = order.position(values).ok()?;
    Some((order, Some(place)))
}

/// A branch, and the fields that may lead to its rows.
type Undecided<'b, F> = (&'b mut Branch<F>, Vec<F>);

/// How a condition leads to rows, the better ways after the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Access {
    /// Not at all.
    None,
    /// As a stretch of an index, which is not in the order of ids.
    Range,
    /// As a stretch of an index that is in the order of ids.
    Equality,
    /// To the rows of certain ids.
    Identity,
}

/// Decides how the rows of `query` are found, where up to `few` are best looked up. It may ask the database.
pub(crate) async fn plan<D: Dialect, E: Table>(
    session: &mut Session<D>,
    query: &Query<E::Field>,
    few: u32,
) -> StoreResult<Vec<Branch<E::Field>>> {
    let filter = query.selection.filter();
    let branch = |parts| Branch::new::<E>(parts, query);
    let mut branches: Vec<_> = branches::<D, E>(filter).into_iter().map(branch).collect();
    if D::HIDE.is_none() {
        return Ok(branches);
    }
    let mut undecided = Vec::new();
    for branch in &mut branches {
        match settle::<D, E>(branch) {
            Ok(lead) => branch.lead = lead,
            Err(candidates) => undecided.push((branch, candidates)),
        }
    }
    if !undecided.is_empty() {
        let mut counts = probe::<D, E>(session, &undecided, few).await?.into_iter();
        for (branch, candidates) in undecided {
            let counted: Vec<_> = candidates.into_iter().zip(counts.by_ref()).collect();
            branch.lead = choose::<D, E>(branch, &counted, few);
        }
    }
    Ok(branches)
}

/// The lead of a branch where it is clear, or else the fields among which a probe decides.
fn settle<D: Dialect, E: Table>(branch: &Branch<E::Field>) -> Result<Lead<E::Field>, Vec<E::Field>> {
    if access_by::<D, E>(branch, E::Field::ID) == Access::Identity {
        // So few rows that the engine may sort them where it has to.
        return Ok(Lead::Field { field: E::Field::ID, ordered: true });
    }
    if branch.home.is_none() && E::HOME.is_some() {
        // Without what all indexes begin with, one leads nowhere, unless it is made for that.
        return Ok(Lead::Engine);
    }
    let first = branch.first_key().map(|first| first.field);
    let leads = |field: &E::Field| Some(*field) != first && access_by::<D, E>(branch, *field) != Access::None;
    let candidates: Vec<_> = E::Field::ALL.iter().copied().filter(leads).collect();
    match candidates.as_slice() {
        [] => Ok(Lead::Order),
        [field] if is_ordered::<D, E>(branch, *field) => Ok(Lead::Field { field: *field, ordered: true }),
        _ => Err(candidates),
    }
}

/// The lead of a branch, now that it is known how many rows the conditions on each field lead to.
fn choose<D: Dialect, E: Table>(
    branch: &Branch<E::Field>,
    counts: &[(E::Field, i64)],
    few: u32,
) -> Lead<E::Field> {
    let lead = |field| Lead::Field { field, ordered: is_ordered::<D, E>(branch, field) };
    let fewest = counts.iter().min_by_key(|(_, count)| *count);
    if let Some((field, _)) = fewest.filter(|(_, count)| *count <= i64::from(few)) {
        return lead(*field);
    }
    let ordered = counts.iter().find(|(field, _)| is_ordered::<D, E>(branch, *field));
    ordered.map_or(Lead::Order, |(field, _)| lead(*field))
}

/// Counts the rows to which the conditions on each field lead, up to one more than few.
async fn probe<D: Dialect, E: Table>(
    session: &mut Session<D>,
    undecided: &[Undecided<'_, E::Field>],
    few: u32,
) -> StoreResult<Vec<i64>> {
    let enough = few.saturating_add(1);
    let mut statement = Statement::new("SELECT ");
    let questions =
        undecided.iter().flat_map(|(branch, fields)| fields.iter().map(move |field| (branch, field)));
    statement.join(", ", questions, |statement, (branch, field)| {
        let context = Context { purpose: Purpose::Probe(enough), home: branch.home };
        let parts = branch.parts.iter().filter(|part| {
            home::<E>(part).is_some() || matches!(part, Filter::Is(term) if term.field() == *field)
        });
        statement.push("(SELECT count(*) FROM (SELECT 1 FROM ").push(E::SOURCE).push(" WHERE ");
        statement.join(" AND ", parts, |statement, part| condition::<D, E>(statement, part, context));
        statement.push(" LIMIT ").number(enough).push(") AS found)");
    });
    let rows = session.fetch(statement).await?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    let mut row = RowReader::new(row, &[]);
    undecided.iter().flat_map(|(_, fields)| fields).map(|_| row.integer()).collect()
}

/// Whether the rows that the conditions on a field lead to come in the order of the list.
fn is_ordered<D: Dialect, E: Table>(branch: &Branch<E::Field>, field: E::Field) -> bool {
    branch.is_by_id() && access_by::<D, E>(branch, field) == Access::Equality
}

/// How the conditions on a field lead to rows.
fn access_by<D: Dialect, E: Table>(branch: &Branch<E::Field>, field: E::Field) -> Access {
    let accesses = branch.parts.iter().filter_map(|part| match part {
        Filter::Is(term) if term.field() == field => Some(access::<D, E>(term, branch.home)),
        _ => None,
    });
    accesses.max().unwrap_or(Access::None)
}

fn access<D: Dialect, E: Table>(term: &Term<E::Field>, home: Option<Uuid>) -> Access {
    let is_elsewhere = matches!(E::column(term.field()), Column::Through(_));
    match term.test() {
        _ if !leads::<D, E>(term) || E::HOME == Some(term.field()) => Access::None,
        Test::Equals(_) | Test::In(_) if term.field() == E::Field::ID => Access::Identity,
        Test::Equals(_) if is_elsewhere && home.is_none() => Access::Range,
        Test::Equals(_) | Test::IsNull(true) => Access::Equality,
        _ => Access::Range,
    }
}
