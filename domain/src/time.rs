//! A moment, to the millisecond: no finer, because not every store keeps more.

use std::fmt;

use uuid::Uuid;

/// From when milliseconds are counted.
const EPOCH: jiff::civil::DateTime = jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// Milliseconds since 1970-01-01T00:00:00Z, within the years 0001 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 0001-01-01T00:00:00.000Z.
    pub const EARLIEST: Self = Self(-62_135_596_800_000);
    /// 9999-12-31T23:59:59.999Z.
    pub const LATEST: Self = Self(253_402_300_799_999);

    /// `None` outside the years 0001 to 9999, which RFC 3339 cannot write.
    pub fn from_milliseconds(milliseconds: i64) -> Option<Self> {
        let moment = Self(milliseconds);
        (Self::EARLIEST..=Self::LATEST).contains(&moment).then_some(moment)
    }

    /// Milliseconds since the Unix epoch; negative before 1970.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// The time in the first 48 bits of a UUIDv7 (RFC 9562, section 5.7).
    pub(crate) fn of_uuid(id: Uuid) -> Self {
        // 48 bits always fit an i64.
        let milliseconds = (id.as_u128() >> 80) as i64;
        Self(milliseconds).min(Self::LATEST)
    }

    /// The lowest and the highest id that an object created in this millisecond could have: a condition on
    /// the time of creation is a condition on the id. Before 1970 there is none, and both are the nil UUID.
    pub fn uuid_range(self) -> (Uuid, Uuid) {
        match u128::try_from(self.0) {
            Ok(milliseconds) => {
                let lowest = milliseconds << 80;
                (Uuid::from_u128(lowest), Uuid::from_u128(lowest | (u128::MAX >> 48)))
            }
            Err(_) => (Uuid::nil(), Uuid::nil()),
        }
    }
}

/// RFC 3339 in UTC, to the millisecond: `2026-01-31T08:00:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By the calendar alone, which knows all of the year 9999; jiff's own timestamps end a day before it does.
        let since = jiff::SignedDuration::from_millis(self.0);
        let at = EPOCH.checked_add(since).map_err(|_| fmt::Error)?;
        let (year, month, day, hour) = (at.year(), at.month(), at.day(), at.hour());
        let (minute, second, millisecond) = (at.minute(), at.second(), at.millisecond());
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn years_beyond_four_digits_are_refused() {
        assert!(Timestamp::from_milliseconds(Timestamp::LATEST.milliseconds()).is_some());
        assert!(Timestamp::from_milliseconds(Timestamp::LATEST.milliseconds() + 1).is_none());
        assert!(Timestamp::from_milliseconds(Timestamp::EARLIEST.milliseconds() - 1).is_none());
    }

    #[test]
    fn a_moment_is_written_in_utc_to_the_millisecond() {
        let told = |milliseconds| Timestamp::from_milliseconds(milliseconds).unwrap().to_string();
        assert_eq!(told(1_769_846_400_007), "2026-01-31T08:00:00.007Z");
        assert_eq!(told(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::EARLIEST.to_string(), "0001-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::LATEST.to_string(), "9999-12-31T23:59:59.999Z");
    }

    proptest! {
        #[test]
        fn an_id_lies_in_the_range_of_its_time_only(bits in any::<u128>()) {
            let id = Uuid::from_u128(bits >> 1);
            let time = Timestamp::of_uuid(id);
            prop_assume!(time < Timestamp::LATEST);
            let (lowest, highest) = time.uuid_range();
            prop_assert!(lowest <= id && id <= highest);
            prop_assert_eq!(Timestamp::of_uuid(lowest), time);
            prop_assert_eq!(Timestamp::of_uuid(highest), time);
        }
    }
}
