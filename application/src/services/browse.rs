//! Reading one object or a page of a list: the same for every kind of object.

use orderdesk_domain::Action;
use uuid::Uuid;

use crate::error::{Problem, Result};
use crate::ports::Reader;
use crate::principal::Caller;
use crate::query::{Entity, Filter, Order, Position, Query, Selection};

/// Which page of which list.
#[derive(Debug, Clone)]
pub struct ListRequest<F> {
    /// Which objects.
    pub filter: Filter<F>,
    /// In which order.
    pub order: Order<F>,
    /// Only those that come after this place.
    pub after: Option<Position>,
    /// How many to leave out at the beginning.
    pub offset: u64,
    /// How many to return at the most.
    pub limit: u32,
    /// Whether to count all that match.
    pub counted: bool,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page<D> {
    /// The objects, in order.
    pub objects: Vec<D>,
    /// How many match in all, if that was asked.
    pub count: Option<u64>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Position>,
}

/// Reading as a service offers it: always within what the caller may see.
pub trait Browse: Sync {
    /// The kind of object.
    type Entity: Entity;

    /// Where such objects are read.
    fn reader(&self) -> &dyn Reader<Self::Entity>;

    /// One page of the list.
    fn list(
        &self,
        caller: &Caller,
        request: ListRequest<<Self::Entity as Entity>::Field>,
    ) -> impl Future<Output = Result<Page<<Self::Entity as Entity>::Details>>> + Send {
        let scope = caller.scope(Self::Entity::RESOURCE);
        let limit = request.limit;
        async move {
            let query = Query {
                selection: Selection::new(&scope?, request.filter),
                order: request.order,
                after: request.after,
                offset: request.offset,
                // One more than the page holds tells whether there is another page.
                limit: limit.saturating_add(1),
                counted: request.counted,
            };
            let rows = self.reader().list(&query).await?;
            let mut objects = rows.rows;
            let more = objects.len() > limit as usize;
            objects.truncate(limit as usize);
            let next = objects.last().filter(|_| more).map(|last| query.order.position_of(last));
            Ok(Page { objects, count: rows.count, next })
        }
    }

    /// One object.
    ///
    /// # Errors
    /// `NotFound` where there is none, or the caller may not see it; `Forbidden` where the caller may see nothing
    /// of the kind.
    fn find(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> impl Future<Output = Result<<Self::Entity as Entity>::Details>> + Send {
        let scope = caller.scope(Self::Entity::RESOURCE);
        async move { self.reader().find(&scope?, id).await?.ok_or_else(|| Problem::NotFound.into()) }
    }

    /// The objects of these ids, in no particular order; what the caller may not see is not among them.
    fn find_several(
        &self,
        caller: &Caller,
        ids: Vec<Uuid>,
    ) -> impl Future<Output = Result<Vec<<Self::Entity as Entity>::Details>>> + Send {
        let scope = caller.scope(Self::Entity::RESOURCE);
        async move {
            let limit = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            let query = Query::first(Selection::ids(&scope?, ids), limit);
            Ok(self.reader().list(&query).await?.rows)
        }
    }

    /// Whether the caller may do this: to the object of this id, or to any at all. It is asked before the request is
    /// looked into; the use cases ask again.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` where there is no such object, or the caller may not see it.
    fn permit(
        &self,
        caller: &Caller,
        action: Action,
        id: Option<Uuid>,
    ) -> impl Future<Output = Result<()>> + Send {
        let resource = Self::Entity::RESOURCE;
        let permitted =
            if id.is_some() { caller.may_everywhere(action, resource) } else { caller.may(action, resource) };
        async move {
            match id {
                _ if permitted => Ok(()),
                Some(id) => Ok(caller.require::<Self::Entity>(action, &self.find(caller, id).await?)?),
                None => Err(Problem::Forbidden(action, resource).into()),
            }
        }
    }
}
