//! The order of a list: total, so that a position in it is a place between two objects.

use std::cmp::Ordering;

use thiserror::Error;

use crate::query::{Field, Filter, Listed, Test, Value};

/// One field to order by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<F> {
    /// The field.
    pub field: F,
    /// From the highest value to the lowest.
    pub descending: bool,
}

/// Why keys make no order, or values no position in one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrderMisfit {
    /// A field stands in the order twice.
    #[error("a field is named twice")]
    Repeated,
    /// The number of values is not the number of keys, or a value is not of its field's kind.
    #[error("the position does not belong to this order")]
    Position,
}

/// A total order: the keys that were asked for, then the id in the direction of the last of them.
///
/// The time of creation is part of the id. Ordering by it *is* ordering by id, which no two objects share,
/// so nothing after it could decide anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order<F> {
    keys: Vec<Key<F>>,
}

impl<F: Field> Order<F> {
    /// The total order that begins with `keys`. Without any it is the newest first.
    pub fn new(keys: &[Key<F>]) -> Result<Self, OrderMisfit> {
        for (index, key) in keys.iter().enumerate() {
            if keys.iter().skip(index + 1).any(|other| other.field == key.field) {
                return Err(OrderMisfit::Repeated);
            }
        }
        let by_id = |key: &Key<F>| key.field == F::ID || key.field == F::CREATED;
        let decided = keys.iter().position(by_id);
        let (before, last) = match decided {
            Some(index) => (keys.get(..index), keys.get(index)),
            None => (Some(keys), keys.last()),
        };
        let mut keys = before.unwrap_or_default().to_vec();
        keys.push(Key { field: F::ID, descending: last.is_none_or(|key| key.descending) });
        Ok(Self { keys })
    }

    /// The newest first.
    pub fn newest_first() -> Self {
        Self { keys: vec![Key { field: F::ID, descending: true }] }
    }

    /// The keys; the last is the id.
    pub fn keys(&self) -> &[Key<F>] {
        &self.keys
    }

    /// Which of two objects comes first: the meaning of the order.
    pub fn compare<L: Listed<Field = F>>(&self, left: &L, right: &L) -> Ordering {
        let steps =
            self.keys.iter().map(|key| directed(key, &left.value(key.field), &right.value(key.field)));
        steps.fold(Ordering::Equal, Ordering::then)
    }

    /// The place just behind `object`.
    pub fn position_of(&self, object: &impl Listed<Field = F>) -> Position {
        Position(self.keys.iter().map(|key| object.value(key.field)).collect())
    }

    /// Whether `object` comes after `position`.
    pub fn is_after(&self, object: &impl Listed<Field = F>, position: &Position) -> bool {
        let steps = self
            .keys
            .iter()
            .zip(&position.0)
            .map(|(key, value)| directed(key, &object.value(key.field), value));
        steps.fold(Ordering::Equal, Ordering::then).is_gt()
    }

    /// The position that `values` describe, if they are of this order's fields.
    pub fn position(&self, values: Vec<Value>) -> Result<Position, OrderMisfit> {
        let fits = |(key, value): (&Key<F>, &Value)| match value {
            Value::Null => key.field.spec().nullable,
            value => Filter::new(key.field, Test::Equals(value.clone())).is_ok(),
        };
        if values.len() == self.keys.len() && self.keys.iter().zip(&values).all(fits) {
            Ok(Position(values))
        } else {
            Err(OrderMisfit::Position)
        }
    }
}

fn directed<F>(key: &Key<F>, left: &Value, right: &Value) -> Ordering {
    let ordering = left.compare(right);
    if key.descending { ordering.reverse() } else { ordering }
}

/// A place in an order: the values of its keys at the object just before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(Vec<Value>);

impl Position {
    /// The values, one for each key of the order.
    pub fn values(&self) -> &[Value] {
        &self.0
    }
}
