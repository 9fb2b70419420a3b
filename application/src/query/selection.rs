//! Which objects are meant: what the caller may see, and of that, what was asked for.

use uuid::Uuid;

use crate::query::{Field, Filter, Order, Position};
use crate::scope::Scope;

/// A filter within what the caller may see. There is no selection without a scope, so no store can forget it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection<F> {
    filter: Filter<F>,
}

impl<F: Field> Selection<F> {
    /// What `filter` keeps of what `scope` shows.
    pub fn new(scope: &Scope, filter: Filter<F>) -> Self {
        Self { filter: scope.filter().and(filter) }
    }

    /// The one object of this id, if `scope` shows it.
    pub fn id(scope: &Scope, id: Uuid) -> Self {
        Self::new(scope, Filter::equals(F::ID, id))
    }

    /// The objects of these ids that `scope` shows.
    pub fn ids(scope: &Scope, ids: impl IntoIterator<Item = Uuid>) -> Self {
        Self::new(scope, Filter::any_of(F::ID, ids))
    }

    /// The whole condition: the scope's and what was asked for.
    pub fn filter(&self) -> &Filter<F> {
        &self.filter
    }
}

/// A stretch of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<F> {
    /// Which objects.
    pub selection: Selection<F>,
    /// In which order.
    pub order: Order<F>,
    /// Only those that come after this place.
    pub after: Option<Position>,
    /// How many to leave out at the beginning.
    pub offset: u64,
    /// How many to return at the most.
    pub limit: u32,
    /// Whether to count the whole selection as well, wherever the stretch begins and ends.
    pub counted: bool,
}

impl<F: Field> Query<F> {
    /// The first `limit` of `selection`, the newest first, not counted.
    pub fn first(selection: Selection<F>, limit: u32) -> Self {
        Self { selection, order: Order::newest_first(), after: None, offset: 0, limit, counted: false }
    }
}

/// What a store answers to a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<D> {
    /// The stretch, in order.
    pub rows: Vec<D>,
    /// How many objects the whole selection has, if that was asked.
    pub count: Option<u64>,
}
