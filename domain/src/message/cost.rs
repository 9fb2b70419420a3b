//! What a gateway charges for a message: amounts far below the smallest coin.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::money::Currency;

/// How many decimal places a cost has at the most.
const PLACES: u32 = 6;

/// An amount of one currency in millionths of its unit, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cost {
    millionths: i64,
    currency: Currency,
}

impl Cost {
    /// So many millionths; `None` below zero.
    pub fn from_millionths(millionths: i64, currency: Currency) -> Option<Self> {
        (millionths >= 0).then_some(Self { millionths, currency })
    }

    /// An amount, rounded to six decimal places; `None` below zero or where it is beyond all measure.
    pub fn new(amount: Decimal, currency: Currency) -> Option<Self> {
        let rounded = amount.round_dp_with_strategy(PLACES, RoundingStrategy::MidpointAwayFromZero);
        let millionths = rounded.checked_mul(Decimal::from(1_000_000))?;
        i64::try_from(millionths).ok().and_then(|millionths| Self::from_millionths(millionths, currency))
    }

    /// The amount in millionths of the currency's unit.
    pub const fn millionths(self) -> i64 {
        self.millionths
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Both together; `None` where they are of different currencies, or too much.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let millionths = self.millionths.checked_add(other.millionths)?;
        (self.currency == other.currency).then_some(Self { millionths, currency: self.currency })
    }
}

/// The amount alone, with the currency's minor digits at least: `0.80`, `0.0075`.
impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut amount = Decimal::new(self.millionths, PLACES).normalize();
        amount.rescale(amount.scale().max(self.currency.minor_digits()));
        amount.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(amount: &str, currency: &str) -> Option<Cost> {
        Cost::new(amount.parse().unwrap(), Currency::parse(currency).unwrap())
    }

    #[test]
    fn a_cost_is_shown_as_finely_as_it_is_and_no_coarser_than_a_coin() {
        for (amount, currency, shown) in [
            ("0.8000", "KES", "0.80"),
            ("0.00750", "USD", "0.0075"),
            ("0", "KES", "0.00"),
            ("3", "JPY", "3"),
            ("0.0000005", "KES", "0.000001"),
        ] {
            assert_eq!(cost(amount, currency).unwrap().to_string(), shown);
        }
        assert_eq!(cost("0.8", "KES").unwrap().millionths(), 800_000);
    }

    #[test]
    fn nobody_is_paid_for_a_message() {
        assert_eq!(cost("-0.8", "KES"), None);
        assert_eq!(cost("79228162514264337593543950335", "KES"), None);
    }

    #[test]
    fn only_costs_of_one_currency_add_up() {
        let (one, other) = (cost("0.8", "KES").unwrap(), cost("0.0075", "USD").unwrap());
        assert_eq!(one.plus(one), cost("1.6", "KES"));
        assert_eq!(one.plus(other), None);
        let most = Cost::from_millionths(i64::MAX, one.currency()).unwrap();
        assert_eq!(most.plus(one), None);
    }
}
