//! For how long a message waits that was put off.

/// The longest first pause, in milliseconds; it doubles with every further one.
const FIRST: i64 = 5_000;
/// The longest pause of all: a quarter of an hour.
const LONGEST: i64 = 15 * 60 * 1_000;

/// For how many milliseconds a message waits that was put off so many times before: somewhere between half of a time that
/// doubles and all of it, as `random` has it, so that those that were put off together do not come back together.
pub(super) fn pause(deferrals: u32, random: u64) -> i64 {
    let longest = FIRST.saturating_mul(2_i64.saturating_pow(deferrals)).min(LONGEST);
    let half = longest / 2;
    half + i64::try_from(random % half.unsigned_abs().max(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour() {
        for (deferrals, least, most) in [
            (0, 2_500, 5_000),
            (1, 5_000, 10_000),
            (3, 20_000, 40_000),
            (8, 450_000, 900_000),
            (u32::MAX, 450_000, 900_000),
        ] {
            for random in [0, 1, 77_777, u64::MAX] {
                let pause = pause(deferrals, random);
                assert!((least..most).contains(&pause), "{pause} after {deferrals}");
            }
        }
    }

    #[test]
    fn those_that_were_put_off_together_do_not_come_back_together() {
        assert_ne!(pause(2, 1), pause(2, 4_000));
    }
}
