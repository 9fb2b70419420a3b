//! Lists and counts.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::query::{Filter, Query, Rows};
use uuid::Uuid;

use crate::condition::{CUSTOMER_NOW, condition};
use crate::fields::Fields;
use crate::keyset::{after, sort};
use crate::names::{Mentions, Names};
use crate::session::{Search, Session};
use crate::table::Table;
use crate::through::{Answers, Through, ask, lookup};

/// The stretch of the list that `query` asks for, and the count if it asks for one.
pub(crate) async fn list<E: Table>(
    session: &mut Session,
    query: &Query<E::Field>,
) -> StoreResult<Rows<E::Details>> {
    let selected = Selected::by::<E>(session, query.selection.filter()).await?;
    let count = if query.counted { Some(selected.count(session).await?) } else { None };
    let documents = selected.page::<E>(session, query).await?;
    let mut mentions = Mentions::default();
    let mut objects = Vec::with_capacity(documents.len());
    for document in &documents {
        let fields = Fields::new(E::COLLECTION, document);
        let object = E::read(&fields)?;
        object.mention(&mut mentions);
        objects.push((object, fields));
    }
    let names = Names::of(&mentions, session).await?;
    let rows = objects.into_iter().map(|(object, fields)| object.show(&fields, &names));
    Ok(Rows { rows: rows.collect::<StoreResult<_>>()?, count })
}

/// How many objects `filter` keeps.
pub(crate) async fn count<E: Table>(session: &mut Session, filter: &Filter<E::Field>) -> StoreResult<u64> {
    Selected::by::<E>(session, filter).await?.count(session).await
}

/// The ids of the objects that `filter` keeps.
pub(crate) async fn ids<E: Table>(
    session: &mut Session,
    filter: &Filter<E::Field>,
) -> StoreResult<Vec<Uuid>> {
    let selected = Selected::by::<E>(session, filter).await?;
    let documents = selected.all(session).await?;
    documents.iter().map(|document| Fields::new(E::COLLECTION, document).id("_id")).collect()
}

/// What comes out of these stages for the objects that `filter` keeps.
pub(crate) async fn aggregate<E: Table>(
    session: &mut Session,
    filter: &Filter<E::Field>,
    more: Vec<Document>,
) -> StoreResult<Vec<Document>> {
    let selected = Selected::by::<E>(session, filter).await?;
    let mut stages = selected.stages(selected.condition.clone(), None);
    stages.extend(more);
    session.aggregate(selected.collection, stages).await
}

/// Which documents are meant.
pub(crate) struct Selected {
    collection: &'static str,
    condition: Document,
    /// The whole condition, where part of it can only be told once the customer of each order has been looked up.
    looked_up: Option<Document>,
}

impl Selected {
    pub(crate) async fn by<E: Table>(session: &mut Session, filter: &Filter<E::Field>) -> StoreResult<Self> {
        let answers = ask::<E>(session, filter).await?;
        let many = answers.iter().any(|answer| matches!(answer, Through::Many));
        Ok(Self {
            collection: E::COLLECTION,
            condition: condition::<E>(filter, &mut Answers::new(&answers, false)),
            looked_up: many.then(|| condition::<E>(filter, &mut Answers::new(&answers, true))),
        })
    }

    /// The stages that find the documents that also pass `condition`, in this order if there is one.
    fn stages(&self, condition: Document, sort: Option<Document>) -> Vec<Document> {
        let mut stages = vec![doc! { "$match": condition }];
        stages.extend(sort.map(|sort| doc! { "$sort": sort }));
        if let Some(condition) = &self.looked_up {
            stages.extend([lookup(), doc! { "$match": condition.clone() }, doc! { "$unset": CUSTOMER_NOW }]);
        }
        stages
    }

    async fn count(&self, session: &mut Session) -> StoreResult<u64> {
        session.count(self.collection, self.stages(self.condition.clone(), None)).await
    }

    /// The search for a page, where no customer has to be looked up for it.
    pub(crate) fn search<E: Table>(&self, query: &Query<E::Field>) -> Search {
        let place = query.after.as_ref().map(|place| after::<E>(&query.order, place)).unwrap_or_default();
        Search {
            collection: self.collection,
            filter: both(self.condition.clone(), place),
            sort: Some(sort::<E>(&query.order)),
            skip: query.offset,
            limit: Some(query.limit),
            ..Search::default()
        }
    }

    async fn page<E: Table>(
        &self,
        session: &mut Session,
        query: &Query<E::Field>,
    ) -> StoreResult<Vec<Document>> {
        let search = self.search::<E>(query);
        if self.looked_up.is_none() || query.limit == 0 {
            return session.find(search).await;
        }
        let mut stages = self.stages(search.filter, search.sort);
        if query.offset > 0 {
            stages.push(doc! { "$skip": i64::try_from(query.offset).unwrap_or(i64::MAX) });
        }
        stages.push(doc! { "$limit": i64::from(query.limit) });
        session.aggregate(self.collection, stages).await
    }

    /// The ids of all of them.
    async fn all(&self, session: &mut Session) -> StoreResult<Vec<Document>> {
        let mut stages = self.stages(self.condition.clone(), None);
        stages.push(doc! { "$project": { "_id": 1 } });
        session.aggregate(self.collection, stages).await
    }
}

fn both(first: Document, second: Document) -> Document {
    match (first.is_empty(), second.is_empty()) {
        (_, true) => first,
        (true, false) => second,
        (false, false) => doc! { "$and": [first, second] },
    }
}
