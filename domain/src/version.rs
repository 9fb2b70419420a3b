//! The version of an object: what optimistic concurrency compares.

use std::fmt;

/// Starts at 1 and grows by 1 with every change of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(i64);

impl Version {
    /// The version of an object that has never changed.
    pub const FIRST: Self = Self(1);

    /// `None` below 1.
    pub fn new(number: i64) -> Option<Self> {
        (number >= 1).then_some(Self(number))
    }

    /// The bare number.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The version after one more change.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_begin_at_one() {
        assert_eq!(Version::new(1), Some(Version::FIRST));
        assert_eq!(Version::new(0), None);
        assert_eq!(Version::new(-1), None);
    }

    #[test]
    fn versions_grow_by_one_and_never_begin_anew() {
        assert_eq!(Version::FIRST.next().to_string(), "2");
        let last = Version::new(i64::MAX).unwrap();
        assert_eq!(last.next(), last);
    }
}
