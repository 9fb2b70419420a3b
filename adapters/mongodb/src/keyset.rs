//! Orders and places in them as documents: the same meaning as `Order::compare` and `Order::is_after`.

use mongodb::bson::{Bson, Document, doc};
use orderdesk_application::query::{Field as _, Key, Order, Position, Value};

use crate::condition::{everything, folded_copy, nothing};
use crate::table::{Column, Table};
use crate::value;

/// By which fields to sort, and in which direction.
pub(crate) fn sort<E: Table>(order: &Order<E::Field>) -> Document {
    let directed = |key: &Key<E::Field>| {
        let direction = if key.descending { -1 } else { 1 };
        columns::<E>(key).into_iter().flatten().map(move |column| (column.to_owned(), Bson::Int32(direction)))
    };
    order.keys().iter().flat_map(directed).collect()
}

/// One field of an order, and where in it the place is.
struct Step {
    column: &'static str,
    descending: bool,
    nullable: bool,
    value: Bson,
}

impl Step {
    /// That a document has the same as the place.
    fn same(&self) -> Document {
        if self.value == Bson::Null {
            doc! { self.column: { "$type": "null" } }
        } else {
            doc! { self.column: self.value.clone() }
        }
    }

    /// That a document lies beyond the place; `None` where nothing does.
    fn beyond(&self) -> Option<Document> {
        match (self.descending, &self.value) {
            // Nothing is lower than what is missing.
            (true, Bson::Null) => None,
            (false, Bson::Null) => Some(doc! { self.column: { "$not": { "$type": "null" } } }),
            (false, value) => Some(doc! { self.column: { "$gt": value } }),
            // A comparison is passed by what is of the same type only.
            (true, value) if self.nullable => Some(doc! { self.column: { "$not": { "$gte": value } } }),
            (true, value) => Some(doc! { self.column: { "$lt": value } }),
        }
    }

    /// That a document lies at the place or beyond it.
    fn here_or_beyond(&self) -> Document {
        match (self.descending, &self.value) {
            (true, Bson::Null) => self.same(),
            (false, Bson::Null) => everything(),
            (false, value) => doc! { self.column: { "$gte": value } },
            (true, value) if self.nullable => doc! { self.column: { "$not": { "$gt": value } } },
            (true, value) => doc! { self.column: { "$lte": value } },
        }
    }
}

/// The condition that a document comes after `position`: it lies beyond it in the first field of the order in which the
/// two differ.
pub(crate) fn after<E: Table>(order: &Order<E::Field>, position: &Position) -> Document {
    let steps = steps::<E>(order, position.values());
    let mut same = Vec::new();
    let mut ways = Vec::new();
    for step in &steps {
        if let Some(beyond) = step.beyond() {
            let parts: Vec<_> = same.iter().cloned().chain([beyond]).collect();
            ways.push(doc! { "$and": parts });
        }
        same.push(step.same());
    }
    match (steps.first(), ways.is_empty()) {
        (_, true) => nothing(),
        // Says nothing new, but leads to the place in the index.
        (Some(first), false) => doc! { "$and": [first.here_or_beyond(), { "$or": ways }] },
        (None, false) => everything(),
    }
}

fn steps<E: Table>(order: &Order<E::Field>, values: &[Value]) -> Vec<Step> {
    let step = |(key, value): (&Key<E::Field>, &Value)| {
        let (descending, nullable) = (key.descending, key.field.spec().nullable);
        let [first, second] = columns::<E>(key);
        let first_value = if second.is_some() { folded_copy(value) } else { value::of(value) };
        let step = move |column, value| Step { column, descending, nullable, value };
        let second = second.map(|column| step(column, value::of(value)));
        first.map(|column| step(column, first_value)).into_iter().chain(second)
    };
    order.keys().iter().zip(values).flat_map(step).collect()
}

/// The fields that an order by this key goes by.
fn columns<E: Table>(key: &Key<E::Field>) -> [Option<&'static str>; 2] {
    match E::column(key.field) {
        Column::Own(name) => [Some(name), None],
        Column::Folded { exact, folded } => [Some(folded), Some(exact)],
        // No list is in this order.
        Column::CustomerCode => [None, None],
    }
}
