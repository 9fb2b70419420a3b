//! Why a value was refused, in words that a person who typed it can act on.

use std::fmt;

use thiserror::Error;

use crate::money::{MAXIMUM_PRICE, MINIMUM_PRICE};
use crate::order::Quantity;
use crate::permission::Resource;

/// One reason for which a value is not acceptable. Its text says what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Reason {
    /// Nothing is left after trimming.
    #[error("This field may not be blank.")]
    Blank,
    /// More Unicode scalar values than the field holds.
    #[error("Ensure this field has no more than {maximum} characters (it has {actual}).")]
    TooLong {
        /// The most that is allowed.
        maximum: usize,
        /// What was given, after trimming and normalisation.
        actual: usize,
    },
    /// A control character (Unicode category Cc), such as NUL, tab or a line break.
    #[error("Control characters are not allowed.")]
    ControlCharacter,
    /// Not five letters and digits.
    #[error("Enter a code of exactly 5 characters, letters A to Z and digits only.")]
    CustomerCode,
    /// Not a number that a subscriber could have.
    #[error("Enter a phone number in international format, such as +254712345678.")]
    PhoneNumber,
    /// Not a decimal number in plain notation.
    #[error(
        "Enter a decimal number as a string, such as \"149.90\": digits, at most one point, no exponent."
    )]
    Decimal,
    /// A price below zero or above the largest.
    #[error("Ensure this price is from {MINIMUM_PRICE} to {MAXIMUM_PRICE}.")]
    PriceRange,
    /// More decimal places than the currency has.
    #[error("Ensure there are no more than {allowed} decimal places: that is what {currency} has.")]
    MinorDigits {
        /// The minor digits of the currency (ISO 4217).
        allowed: u32,
        /// The code of the currency.
        currency: String,
    },
    /// Not an ISO 4217 code of a currency that has minor units.
    #[error("Enter the three-letter code of a currency (ISO 4217), such as KES or USD.")]
    Currency,
    /// An order of nothing, or of more than one line can hold.
    #[error("Ensure this quantity is a whole number from {} to {}.", Quantity::MINIMUM, Quantity::MAXIMUM)]
    QuantityRange,
    /// Not an address to which mail could go.
    #[error("Enter an e-mail address, such as amina@example.com.")]
    NotAnEmailAddress,
    /// Not a time zone that has a name.
    #[error("Enter the name of a time zone (IANA), such as Africa/Nairobi or UTC.")]
    TimeZone,
    /// Not two different times of day.
    #[error("Enter two different times of day, such as 21:00-07:00.")]
    QuietHours,
    /// Not something that a token can be good for.
    #[error("Enter read, write, or either for one resource, such as orders:write. The resources are {}.", Resource::NAMES.join(", "))]
    TokenScope,
}

/// Every reason for which one value was refused; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(Vec<Reason>);

impl Invalid {
    /// The reasons, in the order in which they were found.
    pub fn reasons(&self) -> &[Reason] {
        &self.0
    }

    /// `Ok` when there is no reason against the value.
    pub(crate) fn unless_none<T>(reasons: Vec<Reason>, value: T) -> Result<T, Self> {
        if reasons.is_empty() { Ok(value) } else { Err(Self(reasons)) }
    }
}

impl From<Reason> for Invalid {
    fn from(reason: Reason) -> Self {
        Self(vec![reason])
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, reason) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str(" ")?;
            }
            write!(formatter, "{reason}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_what_is_allowed() {
        let told = |reason: Reason| Invalid::from(reason).to_string();
        assert_eq!(
            told(Reason::TooLong { maximum: 100, actual: 101 }),
            "Ensure this field has no more than 100 characters (it has 101)."
        );
        assert_eq!(told(Reason::PriceRange), "Ensure this price is from 0 to 999999999.99.");
        assert_eq!(told(Reason::QuantityRange), "Ensure this quantity is a whole number from 1 to 1000000.");
    }

    #[test]
    fn several_reasons_are_told_one_after_the_other() {
        let invalid = Invalid(vec![Reason::Blank, Reason::ControlCharacter]);
        assert_eq!(invalid.reasons(), [Reason::Blank, Reason::ControlCharacter]);
        assert_eq!(invalid.to_string(), "This field may not be blank. Control characters are not allowed.");
    }
}
