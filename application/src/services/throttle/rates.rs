//! The rates: how often whom may call, as an operator writes them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What is counted by itself, and has a rate of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallKind {
    /// What somebody calls without credentials; by address.
    Anonymous,
    /// Everything that a user calls; by account.
    User,
    /// Signing in, and credentials that are worth nothing; by address.
    Authentication,
    /// Changes of orders; by account.
    OrdersWrite,
    /// What touches many objects at once; by account.
    Bulk,
}

impl CallKind {
    /// Each of them, in the order in which rates are shown.
    pub const ALL: [Self; 5] =
        [Self::Anonymous, Self::User, Self::Authentication, Self::OrdersWrite, Self::Bulk];

    /// Its name in settings and to clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anon",
            Self::User => "user",
            Self::Authentication => "auth",
            Self::OrdersWrite => "orders-write",
            Self::Bulk => "bulk",
        }
    }
}

/// For how long calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// 24 hours.
    Day,
}

impl Period {
    const ALL: [Self; 4] = [Self::Second, Self::Minute, Self::Hour, Self::Day];

    /// How long it lasts.
    pub const fn seconds(self) -> u32 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    /// What it is called in a sentence.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// Its name in settings.
    const fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
            Self::Hour => "h",
            Self::Day => "day",
        }
    }
}

/// So many calls in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many calls pass.
    pub calls: u64,
    /// For how long they are counted.
    pub period: Period,
}

impl Rate {
    /// More calls than anybody makes in a day.
    const MOST: u64 = 1_000_000_000;
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.calls, self.period.name())
    }
}

/// Why something is no list of rates. The text says what is allowed, and repeats nothing of what was given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RatesError {
    /// Neither a rate nor that there is none.
    #[error(
        "expected on, off, or a list of rates with commas between, each KIND=CALLS/PERIOD or KIND=off \
         (number {0} of the list is not)"
    )]
    Form(usize),
    /// There is no such kind.
    #[error("expected one of the kinds {kinds} (number {0} of the list has another)", kinds = names(&CallKind::ALL, CallKind::name))]
    Kind(usize),
    /// As many calls cannot be allowed.
    #[error("expected from 1 to {most} calls (number {0} of the list has another number)", most = Rate::MOST)]
    Calls(usize),
    /// There is no such period.
    #[error("expected one of the periods {periods} (number {0} of the list has another)", periods = names(&Period::ALL, Period::name))]
    Period(usize),
    /// A kind has two rates.
    #[error("expected each kind only once (number {0} of the list is about {kind} again)", kind = .1.name())]
    Repeated(usize, CallKind),
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> String {
    all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", ")
}

/// The rate of each kind that has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    anonymous: Option<Rate>,
    user: Option<Rate>,
    authentication: Option<Rate>,
    orders_write: Option<Rate>,
    bulk: Option<Rate>,
}

/// What is more than a person needs, and less than harms the others.
impl Default for Rates {
    fn default() -> Self {
        let a_minute = |calls| Some(Rate { calls, period: Period::Minute });
        Self {
            anonymous: a_minute(120),
            user: a_minute(6_000),
            authentication: a_minute(20),
            orders_write: a_minute(1_200),
            bulk: a_minute(60),
        }
    }
}

impl Rates {
    /// Nobody is throttled.
    pub const OFF: Self =
        Self { anonymous: None, user: None, authentication: None, orders_write: None, bulk: None };

    /// The rate of a kind; `None` where such calls are not counted.
    pub const fn of(&self, kind: CallKind) -> Option<Rate> {
        match kind {
            CallKind::Anonymous => self.anonymous,
            CallKind::User => self.user,
            CallKind::Authentication => self.authentication,
            CallKind::OrdersWrite => self.orders_write,
            CallKind::Bulk => self.bulk,
        }
    }

    /// The same with this rate of a kind, or without any.
    #[must_use]
    pub const fn with(mut self, kind: CallKind, rate: Option<Rate>) -> Self {
        match kind {
            CallKind::Anonymous => self.anonymous = rate,
            CallKind::User => self.user = rate,
            CallKind::Authentication => self.authentication = rate,
            CallKind::OrdersWrite => self.orders_write = rate,
            CallKind::Bulk => self.bulk = rate,
        }
        self
    }
}

/// `on` is the default, `off` throttles nobody, and a list such as `user=600/min, bulk=off` says how the default is to
/// be changed.
impl FromStr for Rates {
    type Err = RatesError;

    fn from_str(text: &str) -> Result<Self, RatesError> {
        match text.trim() {
            "on" | "true" => return Ok(Self::default()),
            "off" | "false" => return Ok(Self::OFF),
            _ => {}
        }
        let (mut rates, mut named) = (Self::default(), Vec::new());
        for (position, member) in (1..).zip(text.split(',')) {
            let (name, rate) = member.split_once('=').ok_or(RatesError::Form(position))?;
            let kind = CallKind::ALL.into_iter().find(|kind| kind.name() == name.trim());
            let kind = kind.ok_or(RatesError::Kind(position))?;
            if named.contains(&kind) {
                return Err(RatesError::Repeated(position, kind));
            }
            named.push(kind);
            rates = rates.with(kind, rate_of(rate.trim(), position)?);
        }
        Ok(rates)
    }
}

fn rate_of(text: &str, position: usize) -> Result<Option<Rate>, RatesError> {
    if text == "off" {
        return Ok(None);
    }
    let (calls, period) = text.split_once('/').ok_or(RatesError::Form(position))?;
    let calls = calls.trim().parse().ok().filter(|calls| (1..=Rate::MOST).contains(calls));
    let calls = calls.ok_or(RatesError::Calls(position))?;
    let period = Period::ALL.into_iter().find(|one| one.name() == period.trim());
    Ok(Some(Rate { calls, period: period.ok_or(RatesError::Period(position))? }))
}

/// As it is read.
impl fmt::Display for Rates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::OFF {
            return formatter.write_str("off");
        }
        for (number, kind) in CallKind::ALL.into_iter().enumerate() {
            let separator = if number == 0 { "" } else { ", " };
            match self.of(kind) {
                Some(rate) => write!(formatter, "{separator}{}={rate}", kind.name())?,
                None => write!(formatter, "{separator}{}=off", kind.name())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> String {
        text.parse::<Rates>().unwrap_err().to_string()
    }

    #[test]
    fn rates_that_are_named_take_the_place_of_the_default() {
        let rates: Rates = "user=100/h,bulk = off , auth=5 / s, anon=1/day".parse().unwrap();
        let rate = |calls, period| Some(Rate { calls, period });
        assert_eq!(rates.of(CallKind::User), rate(100, Period::Hour));
        assert_eq!(rates.of(CallKind::Bulk), None);
        assert_eq!(rates.of(CallKind::Authentication), rate(5, Period::Second));
        assert_eq!(rates.of(CallKind::Anonymous), rate(1, Period::Day));
        assert_eq!(rates.of(CallKind::OrdersWrite), Rates::default().of(CallKind::OrdersWrite));
    }

    #[test]
    fn all_are_turned_on_or_off_at_once() {
        for (text, rates) in [("on", Rates::default()), ("off", Rates::OFF), (" off ", Rates::OFF)] {
            assert_eq!(text.parse(), Ok(rates));
        }
        assert!(CallKind::ALL.into_iter().all(|kind| Rates::default().of(kind).is_some()));
        let each = "anon=off,user=off,auth=off,orders-write=off,bulk=off";
        assert_eq!(each.parse::<Rates>().map(|rates| rates.to_string()), Ok("off".to_owned()));
    }

    #[test]
    fn a_mistake_is_told_with_what_is_allowed_and_where_it_is() {
        let form = "each KIND=CALLS/PERIOD or KIND=off (number 1 of the list is not)";
        for text in ["", "user", "user=5", "yes", "On"] {
            assert!(told(text).ends_with(form), "{text}: {}", told(text));
        }
        assert!(told("user=5/min,").ends_with("(number 2 of the list is not)"));
        let kinds = "expected one of the kinds anon, user, auth, orders-write, bulk (number 2 of the list has another)";
        assert_eq!(told("user=5/min, Users=5/min"), kinds);
        for number in ["0", "-1", "1.5", "1000000001", "99999999999999999999", "", "٣"] {
            let calls = "expected from 1 to 1000000000 calls (number 1 of the list has another number)";
            assert_eq!(told(&format!("user={number}/min")), calls);
        }
        for period in ["m", "minute", "", "min/s", "MIN"] {
            let periods = "expected one of the periods s, min, h, day (number 1 of the list has another)";
            assert_eq!(told(&format!("user=5/{period}")), periods);
        }
        let again = "expected each kind only once (number 3 of the list is about user again)";
        assert_eq!(told("user=5/min,anon=off,user=off"), again);
    }

    fn some_rate() -> impl Strategy<Value = Option<Rate>> {
        let rate = (1..=Rate::MOST, prop::sample::select(Period::ALL.to_vec()));
        proptest::option::of(rate.prop_map(|(calls, period)| Rate { calls, period }))
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(of_each in proptest::collection::vec(some_rate(), CallKind::ALL.len())) {
            let given = CallKind::ALL.into_iter().zip(of_each);
            let rates = given.fold(Rates::OFF, |rates, (kind, rate)| rates.with(kind, rate));
            prop_assert_eq!(rates.to_string().parse(), Ok(rates));
        }

        #[test]
        fn nothing_that_is_typed_breaks_it(text in "[a-z=/, 0-9٣-]{0,40}|\\PC{0,20}") {
            let _ = text.parse::<Rates>();
        }
    }
}
