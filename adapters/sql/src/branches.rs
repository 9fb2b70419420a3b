//! Conditions taken apart: into alternatives that have none themselves, and those into the smallest pieces.

use std::cmp::Ordering;

use orderdesk_application::query::{Comparison, Field, Filter, Term, Test, Value};
use uuid::Uuid;

use crate::dialect::Dialect;
use crate::table::{Column, Table};

/// The most branches that a condition is taken apart into. More alternatives than that stay together.
const MAXIMUM_BRANCHES: usize = 16;

/// `filter` as alternatives, each of which is a list of conditions that all hold. There is none if nothing can pass.
pub(crate) fn branches<D: Dialect, E: Table>(filter: &Filter<E::Field>) -> Vec<Vec<Filter<E::Field>>> {
    if is_by_id(filter) {
        return vec![tightened(gathered::<D, E>(conjuncts(filter)))];
    }
    let mut branches = vec![Vec::new()];
    for part in conjuncts(filter) {
        let fits = |alternatives: &Vec<_>| branches.len() * alternatives.len() <= MAXIMUM_BRANCHES;
        let fine = alternatives::<D, E>(&part, true).filter(fits);
        let alternatives = fine.or_else(|| alternatives::<D, E>(&part, false).filter(fits));
        let alternatives = alternatives.unwrap_or_else(|| vec![vec![part]]);
        let extended = branches.iter().flat_map(|branch| {
            alternatives.iter().map(|parts| branch.iter().chain(parts).cloned().collect())
        });
        branches = extended.collect();
    }
    branches.into_iter().map(gathered::<D, E>).map(tightened).collect()
}

/// Whether a condition names the objects that are meant: whatever else is asked of them, they are looked up.
pub(crate) fn is_by_id<F: Field>(filter: &Filter<F>) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().any(is_by_id),
        Filter::Any(_) => false,
        Filter::Is(term) => term.field() == F::ID && matches!(term.test(), Test::Equals(_) | Test::In(_)),
    }
}

/// The one value of the field by which rows lie together that all has that `filter` keeps, if it says so.
pub(crate) fn home_of<E: Table>(filter: &Filter<E::Field>) -> Option<Uuid> {
    conjuncts(filter).iter().find_map(home::<E>)
}

/// The one value of the field by which rows lie together ([`Table::HOME`]) that a condition asks for.
pub(crate) fn home<E: Table>(part: &Filter<E::Field>) -> Option<Uuid> {
    let Filter::Is(term) = part else { return None };
    match term.test() {
        Test::Equals(Value::Id(id)) if E::HOME == Some(term.field()) => Some(*id),
        _ => None,
    }
}

/// Whether what passes lies below the bound.
pub(crate) fn is_downward(comparison: Comparison) -> bool {
    matches!(comparison, Comparison::Below | Comparison::AtMost)
}

/// What must hold for `filter` to hold, in pieces as small as can be.
fn conjuncts<F: Field>(filter: &Filter<F>) -> Vec<Filter<F>> {
    match filter {
        Filter::All(parts) => parts.iter().flat_map(conjuncts).collect(),
        Filter::Any(parts) if parts.len() == 1 => parts.iter().flat_map(conjuncts).collect(),
        part => vec![part.clone()],
    }
}

/// The alternatives of which a condition consists, if each leads to rows of its own. `finely`, such as consist of
/// alternatives themselves are taken apart as well.
fn alternatives<D: Dialect, E: Table>(
    part: &Filter<E::Field>,
    finely: bool,
) -> Option<Vec<Vec<Filter<E::Field>>>> {
    match part {
        Filter::Any(parts) if parts.iter().all(all_lead::<D, E>) => {
            let further = |part| if finely { alternatives::<D, E>(part, true) } else { None };
            let each = |part| further(part).unwrap_or_else(|| vec![conjuncts(part)]);
            Some(parts.iter().flat_map(each).collect())
        }
        Filter::Is(term) if term.field() != E::Field::ID && leads::<D, E>(term) => match term.test() {
            Test::In(values) => {
                let equal = |value: &Value| Filter::new(term.field(), Test::Equals(value.clone()));
                values.iter().map(|value| equal(value).ok().map(|part| vec![part])).collect()
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a condition is made of such as lead to rows through an index.
fn all_lead<D: Dialect, E: Table>(part: &Filter<E::Field>) -> bool {
    match part {
        Filter::All(parts) | Filter::Any(parts) => !parts.is_empty() && parts.iter().all(all_lead::<D, E>),
        Filter::Is(term) => leads::<D, E>(term),
    }
}

/// Whether a test leads to rows through an index.
pub(crate) fn leads<D: Dialect, E: Table>(term: &Term<E::Field>) -> bool {
    match (E::column(term.field()), term.test()) {
        (Column::Unindexed(_), _) => false,
        // What is referred to has fewer rows to look at.
        (column, Test::Contains(_)) => D::INDEXES_SUBSTRINGS || matches!(column, Column::Through(_)),
        _ => true,
    }
}

/// `parts` with those that lead to no rows as one: a search may well have a thousand words.
fn gathered<D: Dialect, E: Table>(parts: Vec<Filter<E::Field>>) -> Vec<Filter<E::Field>> {
    let (mut leading, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(all_lead::<D, E>);
    if !rest.is_empty() {
        leading.push(Filter::All(rest));
    }
    leading
}

/// `parts` without bounds that follow from others: of two on the same side an engine sees one only, and may see
/// the one that hardly bounds anything.
fn tightened<F: Field>(parts: Vec<Filter<F>>) -> Vec<Filter<F>> {
    let mut tightened: Vec<Filter<F>> = Vec::with_capacity(parts.len());
    for part in parts {
        let implies = |one: &Filter<F>, other: &Filter<F>| match (one, other) {
            (Filter::Is(one), Filter::Is(other)) => is_tighter(one, other),
            _ => false,
        };
        if !tightened.iter().any(|other| implies(other, &part)) {
            tightened.retain(|other| !implies(&part, other));
            tightened.push(part);
        }
    }
    tightened
}

/// Whether both are bounds on the same side, and what passes `one` passes `other`.
fn is_tighter<F: Field>(one: &Term<F>, other: &Term<F>) -> bool {
    match (one.test(), other.test()) {
        (Test::Compare(first, bound), Test::Compare(second, limit))
            if one.field() == other.field() && is_downward(*first) == is_downward(*second) =>
        {
            let inward = if is_downward(*first) { Ordering::Less } else { Ordering::Greater };
            match bound.compare(limit) {
                Ordering::Equal => first == second || matches!(first, Comparison::Below | Comparison::Above),
                ordering => ordering == inward,
            }
        }
        _ => false,
    }
}
