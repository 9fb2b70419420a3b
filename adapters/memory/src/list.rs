//! Which objects a query means, and in which order: the meaning of the query, run as it stands.

use std::collections::BTreeSet;

use orderdesk_application::ports::StoreResult;
use orderdesk_application::query::{Field, Filter, Query, Rows, Selection, Test, Value};
use uuid::Uuid;

use crate::state::State;
use crate::stored::Stored;

/// Everything that `selection` means, in no particular order.
pub(crate) fn select<E: Stored>(
    state: &State,
    selection: &Selection<E::Field>,
) -> StoreResult<Vec<E::Details>> {
    let table = E::table(state);
    let filter = selection.filter();
    let kept = |object: &E| match object.details(state) {
        Ok(details) => filter.keeps(&details).then_some(Ok(details)),
        Err(error) => Some(Err(error)),
    };
    match named(filter) {
        Some(ids) => ids.into_iter().filter_map(|id| table.get(id)).filter_map(kept).collect(),
        None => table.values().filter_map(kept).collect(),
    }
}

/// The stretch that `query` asks for, and the count.
pub(crate) fn list<E: Stored>(state: &State, query: &Query<E::Field>) -> StoreResult<Rows<E::Details>> {
    let Query { selection, order, after, offset, limit, counted } = query;
    let mut kept = select::<E>(state, selection)?;
    let count = counted.then_some(kept.len() as u64);
    if let Some(position) = after {
        kept.retain(|details| order.is_after(details, position));
    }
    kept.sort_unstable_by(|left, right| order.compare(left, right));
    let offset = usize::try_from(*offset).unwrap_or(usize::MAX);
    let rows = kept.into_iter().skip(offset).take(*limit as usize).collect();
    Ok(Rows { rows, count })
}

/// The only ids that can pass, if the filter names them: looking at those saves looking at all.
fn named<F: Field>(filter: &Filter<F>) -> Option<BTreeSet<Uuid>> {
    let id = |value: &Value| match value {
        Value::Id(id) => Some(*id),
        _ => None,
    };
    match filter {
        Filter::All(parts) => parts.iter().find_map(named),
        Filter::Is(term) if term.field() == F::ID => match term.test() {
            Test::Equals(value) => Some(id(value).into_iter().collect()),
            Test::In(values) => Some(values.iter().filter_map(id).collect()),
            _ => None,
        },
        Filter::Any(_) | Filter::Is(_) => None,
    }
}
