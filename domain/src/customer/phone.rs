//! Telephone numbers, checked against the world's numbering plans.

use std::fmt;

use phonenumber::Mode;

use crate::invalid::{Invalid, Reason};

/// Longer input is not read: no number in international format with its punctuation is.
const LONGEST_INPUT: usize = 40;

/// The most digits of an international number (E.164).
const LONGEST_NUMBER: usize = 15;

/// A number that a subscriber could have, in E.164 form: `+254712345678`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Takes international format with or without the usual punctuation (`+254 712 345-678`) and checks it
    /// against the numbering plans that libphonenumber collects. An extension is refused: no text reaches one.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        let refusal = || Invalid::from(Reason::PhoneNumber);
        let input = input.trim();
        let punctuated = |character: char| character.is_ascii_digit() || " -.()".contains(character);
        let international = input.strip_prefix('+').is_some_and(|rest| rest.chars().all(punctuated));
        if !international || input.len() > LONGEST_INPUT {
            return Err(refusal());
        }
        let number = phonenumber::parse(None, input).map_err(|_| refusal())?;
        if !phonenumber::is_valid(&number) {
            return Err(refusal());
        }
        Ok(Self(number.format().mode(Mode::E164).to_string()))
    }

    /// A number as a store kept it. Its form is checked, the numbering plans are not: they change, and what was
    /// a number when it was entered must not become unreadable.
    pub fn restore(stored: &str) -> Result<Self, Invalid> {
        let digits = stored.strip_prefix('+').unwrap_or_default();
        if (1..=LONGEST_NUMBER).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(stored.to_owned()))
        } else {
            Err(Reason::PhoneNumber.into())
        }
    }

    /// The number in E.164 form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Personal data stays out of logs: only the last two digits show.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = self.0.get(self.0.len().saturating_sub(2)..).unwrap_or_default();
        write!(formatter, "PhoneNumber(…{tail})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_several_countries_are_kept_in_e164() {
        for (input, kept) in [
            ("+254712345678", "+254712345678"),
            (" +254 712 345 678 ", "+254712345678"),
            ("+1 (650) 253-0000", "+16502530000"),
            ("+44 20 7031 3000", "+442070313000"),
        ] {
            assert_eq!(PhoneNumber::parse(input).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_no_subscriber_can_have_is_refused() {
        for input in [
            "",
            "+",
            "0712345678",
            "254712345678",
            "+254",
            "+2547123456789",
            "+999123456789",
            "+1 650 253 0000 ext. 3",
            "+254712345678;ext=1",
            "tel:+254712345678",
            "+2547123\u{664}5678",
            "++254712345678",
        ] {
            assert!(PhoneNumber::parse(input).is_err(), "{input:?}");
        }
        assert!(PhoneNumber::parse(&format!("+{}", "9".repeat(10_000))).is_err());
    }

    #[test]
    fn a_number_is_shown_in_full_to_people() {
        assert_eq!(PhoneNumber::parse("+254 712 345 678").unwrap().to_string(), "+254712345678");
    }

    #[test]
    fn a_number_is_masked_where_it_might_be_logged() {
        assert_eq!(format!("{:?}", PhoneNumber::parse("+254712345678").unwrap()), "PhoneNumber(…78)");
    }

    #[test]
    fn a_stored_number_outlives_its_numbering_plan() {
        assert_eq!(PhoneNumber::restore("+999123456789").unwrap().as_str(), "+999123456789");
        for stored in ["", "+", "254712345678", "+1 650", "+1234567890123456", "+12\u{664}"] {
            assert!(PhoneNumber::restore(stored).is_err(), "{stored:?}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics_and_what_is_kept_parses_to_itself(input in "\\+?[0-9 ()\\-.a]{0,20}") {
            if let Ok(number) = PhoneNumber::parse(&input) {
                prop_assert_eq!(PhoneNumber::parse(number.as_str()), Ok(number));
            }
        }
    }
}
