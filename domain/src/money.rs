//! Exact money: decimal amounts beside an ISO 4217 currency. Nothing here passes through a float.

use std::fmt;

use rust_decimal::Decimal;

use crate::invalid::{Invalid, Reason};
use crate::order::Quantity;

/// The lowest price per unit.
pub const MINIMUM_PRICE: Decimal = Decimal::ZERO;
/// The highest price per unit: 999,999,999.99, in any currency.
pub const MAXIMUM_PRICE: Decimal = Decimal::from_parts(1_215_752_191, 23, 0, false, 2);
/// The most minor digits that any currency has (ISO 4217: CLF and UYW).
pub const MAXIMUM_MINOR_DIGITS: u32 = 4;

/// A currency of ISO 4217 that has minor units; precious metals and test codes are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Takes a code in either case, surrounding blanks aside.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        iso_currency::Currency::from_code(&input.trim().to_ascii_uppercase())
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| Reason::Currency.into())
    }

    /// The three capital letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal places an amount has: 2 for KES, 0 for JPY, 3 for KWD.
    pub fn minor_digits(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// Reads a decimal in plain notation: an optional minus, digits, at most one point with digits on both sides.
pub fn parse_decimal(input: &str) -> Result<Decimal, Invalid> {
    let digits = input.strip_prefix('-').unwrap_or(input);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return Err(Reason::Decimal.into());
    }
    // What is left to fail is a number of more than 28 digits.
    Decimal::from_str_exact(input).map(|value| value.normalize()).map_err(|_| Reason::PriceRange.into())
}

/// An amount of one currency, never negative; displays its amount padded to the currency's minor digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// An amount as sums of money have it; `None` below zero, or finer than the currency.
    pub fn new(amount: Decimal, currency: Currency) -> Option<Self> {
        let amount = amount.normalize();
        let fits = !amount.is_sign_negative() && amount.scale() <= MAXIMUM_MINOR_DIGITS;
        fits.then_some(Self { amount, currency })
    }

    /// The exact amount.
    pub fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency of the amount.
    pub fn currency(self) -> Currency {
        self.currency
    }
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut padded = self.amount;
        padded.rescale(self.currency.minor_digits());
        padded.fmt(formatter)
    }
}

/// What one unit costs: 0 to 999,999,999.99 with at most the currency's minor digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price(Money);

impl Price {
    /// Refuses an amount out of range or finer than the currency; trailing zeros do not count.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, Invalid> {
        let amount = amount.normalize();
        let mut reasons = Vec::new();
        if !(MINIMUM_PRICE..=MAXIMUM_PRICE).contains(&amount) {
            reasons.push(Reason::PriceRange);
        }
        if amount.scale() > currency.minor_digits() {
            let allowed = currency.minor_digits();
            reasons.push(Reason::MinorDigits { allowed, currency: currency.to_string() });
        }
        Invalid::unless_none(reasons, Self(Money { amount, currency }))
    }

    /// A price as a store kept it: what was acceptable once stays readable, whatever becomes of the currency.
    pub fn restore(amount: Decimal, currency: Currency) -> Self {
        Self(Money { amount: amount.normalize(), currency })
    }

    /// The price as money.
    pub fn money(self) -> Money {
        self.0
    }

    /// The exact amount.
    pub fn amount(self) -> Decimal {
        self.0.amount
    }

    /// The currency of the price.
    pub fn currency(self) -> Currency {
        self.0.currency
    }

    /// The exact price of `quantity` units. The largest, 1,000,000 x 999,999,999.99, has 17 digits of 28.
    pub fn times(self, quantity: Quantity) -> Money {
        let amount = (self.0.amount * Decimal::from(quantity.units())).normalize();
        Money { amount, currency: self.0.currency }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn price(amount: &str, currency: &str) -> Result<Price, Invalid> {
        Price::new(parse_decimal(amount)?, Currency::parse(currency)?)
    }

    #[test]
    fn the_bounds_are_what_they_say() {
        assert_eq!(MAXIMUM_PRICE.to_string(), "999999999.99");
        assert!(price("999999999.99", "KES").is_ok());
        assert_eq!(price("1000000000", "KES").unwrap_err().reasons(), [Reason::PriceRange]);
        assert_eq!(price("-0.01", "KES").unwrap_err().reasons(), [Reason::PriceRange]);
    }

    #[test]
    fn the_largest_total_is_exact() {
        let total = price("999999999.99", "USD").unwrap().times(Quantity::new(1_000_000).unwrap());
        assert_eq!(total.to_string(), "999999999990000.00");
    }

    #[test]
    fn amounts_are_shown_with_the_minor_digits_of_their_currency() {
        assert_eq!(price("149.9", "KES").unwrap().money().to_string(), "149.90");
        assert_eq!(price("150.00", "JPY").unwrap().money().to_string(), "150");
        assert_eq!(price("0.5", "KWD").unwrap().money().to_string(), "0.500");
        assert_eq!(price("-0", "KES").unwrap().money().to_string(), "0.00");
    }

    #[test]
    fn a_stored_price_outlives_the_minor_digits_of_its_currency() {
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(Price::restore(Decimal::new(150, 2), yen).amount(), Decimal::new(15, 1));
        assert_eq!(Price::restore(Decimal::new(1_500, 1), yen), price("150", "JPY").unwrap());
    }

    #[test]
    fn a_total_is_in_the_currency_of_its_price() {
        let total = price("0.25", "USD").unwrap().times(Quantity::new(3).unwrap());
        assert_eq!((total.amount(), total.currency().code()), (Decimal::new(75, 2), "USD"));
    }

    #[test]
    fn finer_than_the_currency_is_refused_with_what_it_allows() {
        let reasons = price("1.5", "JPY").unwrap_err();
        assert_eq!(
            reasons.to_string(),
            "Ensure there are no more than 0 decimal places: that is what JPY has."
        );
    }

    #[test]
    fn only_plain_notation_is_a_decimal() {
        for text in ["", ".5", "5.", "1e3", "+1", "1_000", "NaN", "Infinity", "0x1", "1,5", " 1", "--1", "١"]
        {
            assert_eq!(parse_decimal(text).unwrap_err().reasons(), [Reason::Decimal], "{text:?}");
        }
        assert!(parse_decimal(&"9".repeat(200)).is_err());
        assert!(parse_decimal(&format!("0.{}1", "0".repeat(200))).is_err());
    }

    #[test]
    fn metals_and_test_codes_are_not_currencies() {
        for code in ["XAU", "XXX", "XTS", "ABC", "", "K\u{45}\u{301}S"] {
            assert!(Currency::parse(code).is_err(), "{code}");
        }
        assert_eq!(Currency::parse(" kes ").unwrap().code(), "KES");
    }

    #[test]
    fn no_currency_is_finer_than_the_stores_keep() {
        use iso_currency::IntoEnumIterator as _;
        assert!(
            iso_currency::Currency::iter()
                .filter_map(iso_currency::Currency::exponent)
                .all(|digits| u32::from(digits) <= MAXIMUM_MINOR_DIGITS)
        );
    }

    proptest! {
        #[test]
        fn totals_agree_with_integer_arithmetic(cents in 0_i64..=99_999_999_999, units in 1_i64..=1_000_000) {
            let price = Price::new(Decimal::new(cents, 2), Currency::parse("USD").unwrap()).unwrap();
            let total = price.times(Quantity::new(units).unwrap());
            let expected = i128::from(cents) * i128::from(units);
            prop_assert_eq!(total.to_string(), format!("{}.{:02}", expected / 100, expected % 100));
        }

        #[test]
        fn what_is_shown_parses_to_the_same_price(units in 0_i64..=999_999_999_999, code in "KES|JPY|KWD|CLF") {
            let currency = Currency::parse(&code).unwrap();
            if let Ok(price) = Price::new(Decimal::new(units, currency.minor_digits()), currency) {
                let shown = parse_decimal(&price.money().to_string()).unwrap();
                prop_assert_eq!(Price::new(shown, currency), Ok(price));
            }
        }
    }
}
