//! Reading and writing within one unit of work.

use async_trait::async_trait;
use orderdesk_domain::Version;
use uuid::Uuid;

use crate::ports::StoreResult;

use crate::query::{Entity, Query, Rows, Selection};
use crate::scope::Scope;

/// A kind of object that is stored as a whole, under an id, with a version.
pub trait Aggregate: Entity {
    /// The object itself among its details.
    fn of(details: &Self::Details) -> &Self;
    /// Its identity.
    fn id(&self) -> Uuid;
    /// Its present version.
    fn version(&self) -> Version;
}

/// An object as it has become, and the version it had when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<A> {
    /// The version that was read.
    pub was: Version,
    /// The object as it is to be stored.
    pub now: A,
}

/// The objects of one kind, as this unit of work sees them: its own writes included.
#[async_trait]
pub trait Repository<A: Aggregate>: Send {
    /// The stretch of the list that `query` asks for, and the count if it asks for one.
    async fn list(&mut self, query: &Query<A::Field>) -> StoreResult<Rows<A::Details>>;

    /// How many objects there are.
    async fn count(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64>;

    /// Adds new objects, all of them or none.
    ///
    /// # Errors
    /// `AlreadyExists` names the uniqueness that was violated; `Referenced` where an object refers to one that
    /// is not there.
    async fn insert(&mut self, objects: &[A]) -> StoreResult<()>;

    /// Stores objects anew, all of them or none.
    ///
    /// # Errors
    /// `Conflict` where the stored version of any of them is not the one that was read, or the object is gone;
    /// `AlreadyExists` and `Referenced` as for an insertion.
    async fn update(&mut self, changes: &[Change<A>]) -> StoreResult<()>;

    /// Removes objects with all that belongs to them, and says how many there were.
    ///
    /// # Errors
    /// `Referenced` where others still refer to one of them.
    async fn delete(&mut self, selection: &Selection<A::Field>) -> StoreResult<u64>;

    /// The object of this id; `None` if there is none or `scope` does not show it.
    async fn find(&mut self, scope: &Scope, id: Uuid) -> StoreResult<Option<A::Details>> {
        Ok(self.list(&Query::first(Selection::id(scope, id), 1)).await?.rows.pop())
    }
}

/// Entries that are only ever added. They go when the object that they belong to goes.
#[async_trait]
pub trait Journal<E: Entity>: Send {
    /// Adds entries, all of them or none.
    async fn append(&mut self, entries: &[E]) -> StoreResult<()>;
}
