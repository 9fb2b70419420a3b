//! Reading the same way within a unit of work and beside any.

use crate::ports::{Aggregate, Reader, Repository, StoreResult};
use crate::query::Query;

/// Where objects of one kind are read.
pub(super) enum Lookup<'a, A: Aggregate> {
    /// In a unit of work, by a use case that is going to write.
    Within(&'a mut dyn Repository<A>),
    /// Beside any, by a use case that only explains and must not take anybody's turn to write.
    Beside(&'a dyn Reader<A>),
}

impl<A: Aggregate> Lookup<'_, A> {
    /// The objects that `query` asks for.
    pub(super) async fn read(self, query: &Query<A::Field>) -> StoreResult<Vec<A::Details>> {
        let rows = match self {
            Self::Within(repository) => repository.list(query).await?,
            Self::Beside(reader) => reader.list(query).await?,
        };
        Ok(rows.rows)
    }
}
