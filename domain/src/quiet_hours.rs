//! The hours in which nobody is to be woken by a text.

use std::fmt;

use jiff::civil::Time;

use crate::invalid::{Invalid, Reason};
use crate::organization::TimeZone;
use crate::time::Timestamp;

/// A stretch of every day, by the clock on the wall, that may go past midnight: `21:00-07:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuietHours {
    from: Time,
    to: Time,
}

impl QuietHours {
    /// Takes two times of day with a hyphen between. They must differ: nobody is quiet all day.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        let refusal = || Invalid::from(Reason::QuietHours);
        let (from, to) = input.trim().split_once('-').ok_or_else(refusal)?;
        let hours = Self { from: time(from).ok_or_else(refusal)?, to: time(to).ok_or_else(refusal)? };
        if hours.from == hours.to { Err(refusal()) } else { Ok(hours) }
    }

    /// When the quiet hours end in which `at` falls in `zone`; `None` where it falls in none.
    pub fn end(self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let zone = zone.rules()?;
        let there = jiff::Timestamp::from_millisecond(at.milliseconds()).ok()?.to_zoned(zone.clone());
        let (now, today) = (there.time(), there.date());
        let is_quiet = if self.from < self.to {
            (self.from..self.to).contains(&now)
        } else {
            now >= self.from || now < self.to
        };
        if !is_quiet {
            return None;
        }
        let last_day = if now < self.to { today } else { today.tomorrow().ok()? };
        let end = last_day.to_datetime(self.to).to_zoned(zone).ok()?;
        // A clock that is set back shows an hour twice, and the end may lie in the first of the two.
        Timestamp::from_milliseconds(end.timestamp().as_millisecond()).filter(|end| *end > at)
    }
}

/// `HH:MM`, of 24 hours.
fn time(input: &str) -> Option<Time> {
    let (hour, minute) = input.trim().split_once(':')?;
    let number = |digits: &str| {
        let is_plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| digits.parse().ok()).flatten()
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

impl fmt::Display for QuietHours {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(formatter, "{:02}:{:02}-{:02}:{:02}", from.hour(), from.minute(), to.hour(), to.minute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let moment: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_milliseconds(moment.as_millisecond()).unwrap()
    }

    fn end(hours: &str, moment: &str, zone: &str) -> Option<Timestamp> {
        QuietHours::parse(hours).unwrap().end(at(moment), &TimeZone::parse(zone).unwrap())
    }

    #[test]
    fn hours_are_written_as_they_are_read() {
        assert_eq!(QuietHours::parse(" 21:00 - 07:05 ").unwrap().to_string(), "21:00-07:05");
        for input in
            ["", "21:00", "21-07", "9:00-17:00", "24:00-07:00", "21:60-07:00", "07:00-07:00", "+1:00-02:00"]
        {
            assert_eq!(QuietHours::parse(input).unwrap_err().reasons(), [Reason::QuietHours], "{input}");
        }
    }

    #[test]
    fn a_night_ends_on_the_next_morning_by_the_clock_of_the_place() {
        // Nairobi is three hours ahead of UTC.
        let zone = "Africa/Nairobi";
        let morning = Some(at("2026-03-02T04:00:00Z"));
        assert_eq!(end("21:00-07:00", "2026-03-01T17:59:59.999Z", zone), None);
        assert_eq!(end("21:00-07:00", "2026-03-01T18:00:00Z", zone), morning);
        assert_eq!(end("21:00-07:00", "2026-03-01T22:00:00Z", zone), morning);
        assert_eq!(end("21:00-07:00", "2026-03-02T03:59:59.999Z", zone), morning);
        assert_eq!(end("21:00-07:00", "2026-03-02T04:00:00Z", zone), None);
    }

    #[test]
    fn hours_within_a_day_end_on_that_day() {
        assert_eq!(end("12:00-13:30", "2026-03-01T12:00:00Z", "UTC"), Some(at("2026-03-01T13:30:00Z")));
        assert_eq!(end("12:00-13:30", "2026-03-01T13:30:00Z", "UTC"), None);
        assert_eq!(end("12:00-13:30", "2026-03-01T11:59:00Z", "UTC"), None);
    }

    #[test]
    fn quiet_hours_end_by_the_wall_clock_when_it_is_changed() {
        // Berlin sets its clocks ahead at 01:00 UTC on 29 March 2026, and back at 01:00 UTC on 25 October.
        let zone = "Europe/Berlin";
        assert_eq!(end("22:00-07:00", "2026-03-28T23:00:00Z", zone), Some(at("2026-03-29T05:00:00Z")));
        assert_eq!(end("22:00-02:30", "2026-03-28T23:00:00Z", zone), Some(at("2026-03-29T01:30:00Z")));
        assert_eq!(end("22:00-07:00", "2026-10-24T23:00:00Z", zone), Some(at("2026-10-25T06:00:00Z")));
        // The second 02:15 of that night is past the first 02:30.
        assert_eq!(end("22:00-02:30", "2026-10-25T01:15:00Z", zone), None);
    }

    #[test]
    fn the_end_of_time_is_not_quiet() {
        let last = Timestamp::LATEST;
        assert_eq!(QuietHours::parse("21:00-07:00").unwrap().end(last, &TimeZone::utc()), None);
    }
}
