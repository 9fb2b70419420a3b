//! What the store has to know about a kind of object to keep it. Another kind of object joins by saying so.

use std::collections::BTreeSet;

use orderdesk_application::ports::{Aggregate, StoreResult};
use orderdesk_application::query::Entity;
use uuid::Uuid;

use crate::state::State;
use crate::table::{Row, Table};

/// A kind of object that is read by queries.
pub(crate) trait Stored: Entity + Row {
    fn table(state: &State) -> &Table<Self>;

    fn table_mut(state: &mut State) -> &mut Table<Self>;

    /// Whether everything that the object refers to is there.
    fn is_anchored(&self, state: &State) -> bool;

    /// The object with what is shown beside it.
    fn details(&self, state: &State) -> StoreResult<Self::Details>;
}

/// A kind of object that can be deleted.
pub(crate) trait Removable: Stored + Aggregate {
    /// Makes the objects of these ids ready to go: takes along what belongs to them.
    ///
    /// # Errors
    /// `Referenced` where others refer to one of them.
    fn let_go(ids: &BTreeSet<Uuid>, state: &mut State) -> StoreResult<()>;
}
