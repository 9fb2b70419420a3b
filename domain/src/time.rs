//! A moment, to the millisecond: no finer, because not every store keeps more.

use uuid::Uuid;

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
