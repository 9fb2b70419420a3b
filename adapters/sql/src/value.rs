//! The few types that columns have. Each dialect says how it keeps them.

use std::fmt;

use orderdesk_domain::{SecretDigest, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A value on its way into a statement.
#[derive(Clone, PartialEq, Eq)]
pub enum SqlValue {
    /// An identity, or none.
    Uuid(Option<Uuid>),
    /// Text, or none.
    Text(Option<String>),
    /// A whole number, or none.
    Integer(Option<i64>),
    /// An amount of money, at most four decimal places.
    Decimal(Decimal),
    /// A moment, or none.
    Time(Option<Timestamp>),
    /// A moment, or what sorts before every moment.
    TimeOrLowest(Option<Timestamp>),
    /// Yes or no.
    Boolean(bool),
    /// Bytes of a known length.
    Bytes(Vec<u8>),
}

/// Tells the type alone: the value may be personal data.
impl fmt::Debug for SqlValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Uuid(_) => "Uuid(…)",
            Self::Text(_) => "Text(…)",
            Self::Integer(_) => "Integer(…)",
            Self::Decimal(_) => "Decimal(…)",
            Self::Time(_) | Self::TimeOrLowest(_) => "Time(…)",
            Self::Boolean(_) => "Boolean(…)",
            Self::Bytes(_) => "Bytes(…)",
        })
    }
}

impl From<Uuid> for SqlValue {
    fn from(id: Uuid) -> Self {
        Self::Uuid(Some(id))
    }
}

impl From<Option<Uuid>> for SqlValue {
    fn from(id: Option<Uuid>) -> Self {
        Self::Uuid(id)
    }
}

impl From<&str> for SqlValue {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for SqlValue {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<&str>> for SqlValue {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<String>> for SqlValue {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for SqlValue {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<Option<i64>> for SqlValue {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

impl From<Decimal> for SqlValue {
    fn from(amount: Decimal) -> Self {
        Self::Decimal(amount)
    }
}

impl From<Timestamp> for SqlValue {
    fn from(time: Timestamp) -> Self {
        Self::Time(Some(time))
    }
}

impl From<Option<Timestamp>> for SqlValue {
    fn from(time: Option<Timestamp>) -> Self {
        Self::Time(time)
    }
}

impl From<&SecretDigest> for SqlValue {
    fn from(digest: &SecretDigest) -> Self {
        Self::Bytes(digest.bytes().to_vec())
    }
}

impl From<bool> for SqlValue {
    fn from(answer: bool) -> Self {
        Self::Boolean(answer)
    }
}
