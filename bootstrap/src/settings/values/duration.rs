//! Spans of time: `30s`, `500ms`, `2m`, `1h`, or bare seconds.

use std::time::Duration;

use super::{Value, refusal};

/// Nothing here should ever take longer.
const LONGEST: Duration = Duration::from_hours(24);

impl Value for Duration {
    fn expected() -> String {
        "a time of at most 24h, such as 500ms, 30s, 2m or bare seconds".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let unit = text.trim_start_matches(|character: char| character.is_ascii_digit());
        let number = text.strip_suffix(unit).and_then(|number| number.parse::<u64>().ok());
        let milliseconds = match unit {
            "ms" => Some(1),
            "" | "s" => Some(1_000),
            "m" => Some(60_000),
            "h" => Some(3_600_000),
            _ => None,
        };
        let span = number.zip(milliseconds).and_then(|(number, unit)| number.checked_mul(unit));
        let span = span.map(Self::from_millis).filter(|span| *span <= LONGEST);
        span.ok_or_else(refusal::<Self>)
    }

    fn show(&self) -> String {
        format!("{}s", self.as_secs_f64())
    }
}

/// A span of time that is not zero: after none at all, everything would be late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout(Duration);

impl Timeout {
    /// The span.
    pub const fn get(self) -> Duration {
        self.0
    }
}

impl Value for Timeout {
    fn expected() -> String {
        "a time from 1ms to 24h, such as 500ms, 30s, 2m or bare seconds".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let span = Duration::parse(text).ok().filter(|span| !span.is_zero());
        span.map(Self).ok_or_else(refusal::<Self>)
    }

    fn show(&self) -> String {
        self.0.show()
    }
}

/// A span of time that may be of days: how long something is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime(Duration);

impl Lifetime {
    const DAY: u64 = 24 * 60 * 60;
    const LONGEST_DAYS: u64 = 365;

    /// The span in whole seconds.
    pub fn seconds(self) -> i64 {
        // A year in seconds fits.
        i64::try_from(self.0.as_secs()).unwrap_or(i64::MAX)
    }
}

impl Value for Lifetime {
    fn expected() -> String {
        format!("a time from 1m to {}d, such as 30m, 8h or 7d", Self::LONGEST_DAYS)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let days = text
            .strip_suffix('d')
            .map(|days| days.parse::<u64>().ok().and_then(|it| it.checked_mul(Self::DAY)));
        let span = match days {
            Some(seconds) => seconds.map(Duration::from_secs),
            None => Duration::parse(text).ok(),
        };
        let allowed = Duration::from_mins(1)..=Duration::from_secs(Self::LONGEST_DAYS * Self::DAY);
        span.filter(|span| allowed.contains(span)).map(Self).ok_or_else(refusal::<Self>)
    }

    fn show(&self) -> String {
        self.0.show()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_whole_number_with_a_unit_or_of_seconds() {
        for (text, milliseconds) in
            [("30", 30_000), ("30s", 30_000), ("500ms", 500), ("2m", 120_000), ("1h", 3_600_000), ("0", 0)]
        {
            assert_eq!(Duration::parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "s", "-1", "1.5s", "1 s", "1d", "1sm", "25h", "99999999999999999999h", "٣"] {
            assert!(Duration::parse(text).is_err(), "{text}");
        }
        assert!(Timeout::parse("0s").is_err());
    }

    #[test]
    fn a_lifetime_may_be_of_days() {
        for (text, seconds) in [("1m", 60), ("8h", 28_800), ("7d", 604_800), ("365d", 31_536_000)] {
            assert_eq!(Lifetime::parse(text).map(Lifetime::seconds), Ok(seconds), "{text}");
        }
        for text in ["", "0", "59s", "366d", "-1d", "d", "99999999999999999999d", "48h"] {
            assert!(Lifetime::parse(text).is_err(), "{text}");
        }
    }
}
