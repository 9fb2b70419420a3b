//! One value of one field, and how two of them compare.

use std::cmp::Ordering;

use orderdesk_domain::{Timestamp, fold};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A typed value, as it is filtered by, ordered by and kept in a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value; sorts lowest.
    Null,
    /// An identity; compares bytewise.
    Id(Uuid),
    /// Text, a code, a phone number or a choice; compares by case fold, then by code point.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// An exact decimal; compares as a number, whatever its scale.
    Decimal(Decimal),
    /// A moment.
    Time(Timestamp),
    /// Yes or no; no sorts first.
    Boolean(bool),
}

impl Value {
    /// The total order of values. Values of different kinds never meet in one field; should they, the order
    /// is that of the kinds.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Id(left), Self::Id(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => {
                fold(left).cmp(&fold(right)).then_with(|| left.cmp(right))
            }
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            (Self::Decimal(left), Self::Decimal(right)) => left.cmp(right),
            (Self::Time(left), Self::Time(right)) => left.cmp(right),
            (Self::Boolean(left), Self::Boolean(right)) => left.cmp(right),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Id(_) => 1,
            Self::Text(_) => 2,
            Self::Integer(_) => 3,
            Self::Decimal(_) => 4,
            Self::Time(_) => 5,
            Self::Boolean(_) => 6,
        }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}
