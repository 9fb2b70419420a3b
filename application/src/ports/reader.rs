//! Reading, where nothing is going to be written.

use async_trait::async_trait;
use uuid::Uuid;

use crate::ports::StoreResult;

use crate::query::{Entity, Query, Rows, Selection};
use crate::scope::Scope;

/// Answers requests for objects of one kind. Not to be called while a unit of work is held.
#[async_trait]
pub trait Reader<E: Entity>: Send + Sync {
    /// The stretch of the list that `query` asks for, and the count if it asks for one: both from one snapshot.
    async fn list(&self, query: &Query<E::Field>) -> StoreResult<Rows<E::Details>>;

    /// The object of this id; `None` if there is none or `scope` does not show it.
    async fn find(&self, scope: &Scope, id: Uuid) -> StoreResult<Option<E::Details>> {
        Ok(self.list(&Query::first(Selection::id(scope, id), 1)).await?.rows.pop())
    }
}
