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

use orderdesk_application::ports::StoreResult;
use orderdesk_application::query::{Field, Filter, Order, Query, Test, Value};
use uuid::Uuid;

use crate::condition::{Context, Purpose, condition};
use crate::dialect::Dialect;
use crate::row::RowReader;
use crate::session::Session;
use crate::statement::Statement;
use crate::table::{Column, Table};

/// The most branches that a list is taken apart into. More alternatives than that stay together, as a range.
const MAXIMUM_BRANCHES: usize = 16;

/// Up to so many rows are looked up and sorted. Where there are more, a walk through a million in another
/// order passes about two hundred and fifty for each that it keeps.
const FEW: u32 = 4_000;

/// Conditions that all hold, and how the rows for which they do are found.
pub(crate) struct Branch<F> {
    /// The conditions.
    pub(crate) parts: Vec<Filter<F>>,
    /// The one organization that one of them names.
    pub(crate) home: Option<Uuid>,
    /// How to begin.
    pub(crate) lead: Lead,
}

/// What leads to the rows of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    /// Whatever the engine takes.
    Engine,
    /// The order of the list: its index is walked.
    Order,
    /// The condition at this index.
    Part {
        /// Which one.
        index: usize,
        /// Whether the rows that it leads to come in the order of the list.
        ordered: bool,
    },
}

impl<F: Field> Branch<F> {
    /// Whether the rows come in the order of the list, so that the first of them are the page.
    pub(crate) fn is_walked(&self) -> bool {
        !matches!(self.lead, Lead::Part { ordered: false, .. })
    }

    /// What the condition at `index` is for.
    pub(crate) fn purpose<E: Table<Field = F>>(&self, index: usize, order: &Order<F>) -> Purpose {
        let leads = match self.lead {
            Lead::Engine => true,
            Lead::Order => false,
            Lead::Part { index: lead, .. } => lead == index,
        };
        let part = self.parts.get(index);
        let here = part.is_some_and(|part| home::<E>(part).is_some());
        // A range of what the list is ordered by is a stretch of the walk.
        let bounds = self.is_walked() && part.is_some_and(|part| bounds::<E>(part, order));
        if leads || here || bounds { Purpose::Seek } else { Purpose::Filter }
    }
}

/// How a condition leads to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Decides how the rows of `query` are found. It may ask the database.
pub(crate) async fn plan<D: Dialect, E: Table>(
    session: &mut Session<D>,
    query: &Query<E::Field>,
) -> StoreResult<Vec<Branch<E::Field>>> {
    let filter = query.selection.filter();
    if D::HIDE.is_none() {
        return Ok(vec![Branch { parts: vec![filter.clone()], home: None, lead: Lead::Engine }]);
    }
    let mut branches: Vec<_> = branches::<E>(filter)
        .into_iter()
        .map(|parts| Branch { home: parts.iter().find_map(home::<E>), parts, lead: Lead::Engine })
        .collect();
    let mut probes = Vec::new();
    for (number, branch) in branches.iter_mut().enumerate() {
        match settle::<E>(branch, &query.order) {
            Ok(lead) => branch.lead = lead,
            Err(candidates) => probes.extend(candidates.into_iter().map(|part| (number, part))),
        }
    }
    if !probes.is_empty() {
        let counts = probe::<D, E>(session, &branches, &probes).await?;
        for (number, branch) in branches.iter_mut().enumerate() {
            let counts = probes.iter().zip(&counts).filter(|((owner, _), _)| *owner == number);
            let counts: Vec<_> = counts.map(|((_, part), count)| (*part, *count)).collect();
            if !counts.is_empty() {
                branch.lead = choose::<E>(branch, &query.order, &counts);
            }
        }
    }
    Ok(branches)
}

/// The lead of a branch where it is clear, or else the conditions among which a probe decides.
fn settle<E: Table>(branch: &Branch<E::Field>, order: &Order<E::Field>) -> Result<Lead, Vec<usize>> {
    let accesses: Vec<_> = branch.parts.iter().map(|part| access::<E>(part, branch.home)).collect();
    if let Some(index) = accesses.iter().position(|access| *access == Access::Identity) {
        // So few rows that the engine may sort them where it has to.
        return Ok(Lead::Part { index, ordered: true });
    }
    if branch.home.is_none() && matches!(E::column(E::Field::ORGANIZATION), Column::Own(_)) {
        // No index begins with anything but the organization.
        return Ok(Lead::Engine);
    }
    let leading = |(index, access): (usize, &Access)| {
        let leads =
            *access != Access::None && !branch.parts.get(index).is_some_and(|part| bounds::<E>(part, order));
        leads.then_some(index)
    };
    let candidates: Vec<_> = accesses.iter().enumerate().filter_map(leading).collect();
    match candidates.as_slice() {
        [] => Ok(Lead::Order),
        [only] if is_ordered::<E>(branch, *only, order) => Ok(Lead::Part { index: *only, ordered: true }),
        _ => Err(candidates),
    }
}

/// The lead of a branch, now that it is known how many rows each condition leads to.
fn choose<E: Table>(branch: &Branch<E::Field>, order: &Order<E::Field>, counts: &[(usize, i64)]) -> Lead {
    let ordered = |index| is_ordered::<E>(branch, index, order);
    let fewest = counts.iter().min_by_key(|(_, count)| *count);
    if let Some((index, _)) = fewest.filter(|(_, count)| *count <= i64::from(FEW)) {
        return Lead::Part { index: *index, ordered: ordered(*index) };
    }
    match counts.iter().find(|(index, _)| ordered(*index)) {
        Some((index, _)) => Lead::Part { index: *index, ordered: true },
        None => Lead::Order,
    }
}

/// Counts the rows to which each condition leads, up to one more than few.
async fn probe<D: Dialect, E: Table>(
    session: &mut Session<D>,
    branches: &[Branch<E::Field>],
    probes: &[(usize, usize)],
) -> StoreResult<Vec<i64>> {
    let mut statement = Statement::new("SELECT ");
    let probed = probes.iter().filter_map(|(number, part)| {
        let branch = branches.get(*number)?;
        Some((branch, branch.parts.get(*part)?))
    });
    statement.join(", ", probed, |statement, (branch, part)| {
        let context = Context { purpose: Purpose::Probe(FEW + 1), home: branch.home };
        statement.push("(SELECT count(*) FROM (SELECT 1 FROM ").push(E::SOURCE).push(" WHERE ");
        condition::<D, E>(statement, part, context);
        for part in branch.parts.iter().filter(|part| home::<E>(part).is_some()) {
            condition::<D, E>(statement.push(" AND "), part, context);
        }
        statement.push(" LIMIT ").number(FEW + 1).push(") AS found)");
    });
    let rows = session.fetch(statement).await?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    let mut row = RowReader::new(row, &[]);
    probes.iter().map(|_| row.integer()).collect()
}

/// The one organization of all that `filter` keeps, if it says so.
pub(crate) fn home_of<E: Table>(filter: &Filter<E::Field>) -> Option<Uuid> {
    conjuncts(filter).iter().find_map(home::<E>)
}

/// The one organization that a condition asks for, where the table itself says which organization a row is of.
fn home<E: Table>(part: &Filter<E::Field>) -> Option<Uuid> {
    let Filter::Is(term) = part else { return None };
    match (E::column(term.field()), term.test()) {
        (Column::Own(_), Test::Equals(Value::Id(id))) if term.field() == E::Field::ORGANIZATION => Some(*id),
        _ => None,
    }
}

/// Whether a condition is one on what comes first in the order.
fn bounds<E: Table>(part: &Filter<E::Field>, order: &Order<E::Field>) -> bool {
    let Filter::Is(term) = part else { return false };
    order.keys().first().is_some_and(|first| first.field == term.field())
}

/// Whether the rows that the condition at `index` leads to come in the order of the list.
fn is_ordered<E: Table>(branch: &Branch<E::Field>, index: usize, order: &Order<E::Field>) -> bool {
    let by_id = order.keys().first().is_some_and(|first| first.field == E::Field::ID);
    let part = branch.parts.get(index);
    by_id && part.is_some_and(|part| access::<E>(part, branch.home) == Access::Equality)
}

fn access<E: Table>(part: &Filter<E::Field>, home: Option<Uuid>) -> Access {
    let Filter::Is(term) = part else { return Access::None };
    let column = E::column(term.field());
    if matches!(column, Column::Unindexed(_)) || term.field() == E::Field::ORGANIZATION {
        return Access::None;
    }
    match term.test() {
        Test::Contains(_) => Access::None,
        Test::Equals(_) | Test::In(_) if term.field() == E::Field::ID => Access::Identity,
        Test::Equals(_) if matches!(column, Column::Through(_)) && home.is_none() => Access::Range,
        Test::Equals(_) | Test::IsNull(true) => Access::Equality,
        Test::In(_) | Test::Compare(..) | Test::StartsWith(_) | Test::IsNull(false) => Access::Range,
    }
}

/// `filter` as alternatives, each without any. What would make too many of them stays as it is.
fn branches<E: Table>(filter: &Filter<E::Field>) -> Vec<Vec<Filter<E::Field>>> {
    let mut branches = vec![Vec::new()];
    for part in conjuncts(filter) {
        match alternatives::<E>(&part) {
            Some(alternatives) if branches.len() * alternatives.len() <= MAXIMUM_BRANCHES => {
                let extended = branches.iter().flat_map(|branch| {
                    alternatives.iter().map(|parts| branch.iter().chain(parts).cloned().collect())
                });
                branches = extended.collect();
            }
            _ => {
                for branch in &mut branches {
                    branch.push(part.clone());
                }
            }
        }
    }
    branches
}

/// What must hold for `filter` to hold, in pieces as small as can be.
fn conjuncts<F: Field>(filter: &Filter<F>) -> Vec<Filter<F>> {
    match filter {
        Filter::All(parts) => parts.iter().flat_map(conjuncts).collect(),
        Filter::Any(parts) if parts.len() == 1 => parts.iter().flat_map(conjuncts).collect(),
        part => vec![part.clone()],
    }
}

/// The alternatives of which a condition consists, if each leads to rows of its own.
fn alternatives<E: Table>(part: &Filter<E::Field>) -> Option<Vec<Vec<Filter<E::Field>>>> {
    match part {
        Filter::Any(parts) if parts.iter().all(leads::<E>) => Some(parts.iter().map(conjuncts).collect()),
        Filter::Is(term) if term.field() != E::Field::ID && leads::<E>(part) => match term.test() {
            Test::In(values) if !values.is_empty() => {
                let equal = |value: &Value| Filter::new(term.field(), Test::Equals(value.clone()));
                values.iter().map(|value| equal(value).ok().map(|part| vec![part])).collect()
            }
            _ => None,
        },
        _ => None,
    }
}

fn leads<E: Table>(part: &Filter<E::Field>) -> bool {
    match part {
        Filter::All(parts) | Filter::Any(parts) => !parts.is_empty() && parts.iter().all(leads::<E>),
        Filter::Is(term) => {
            !matches!(E::column(term.field()), Column::Unindexed(_))
                && !matches!(term.test(), Test::Contains(_))
        }
    }
}
