//! The five characters by which a shop knows a customer.

use std::fmt;

use crate::invalid::{Invalid, Reason};

/// How many characters a code has.
pub const CODE_LENGTH: usize = 5;

/// Without 0, 1, I, L and O, which are taken for one another when a code is read aloud or written by hand.
const UNMISTAKABLE: [u8; 31] = *b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// Exactly five of A to Z and 0 to 9.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerCode([u8; CODE_LENGTH]);

impl CustomerCode {
    /// Takes a code in either case, surrounding blanks aside.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        let refusal = || Invalid::from(Reason::CustomerCode);
        let mut code: [u8; CODE_LENGTH] = input.trim().as_bytes().try_into().map_err(|_| refusal())?;
        code.make_ascii_uppercase();
        let allowed = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if code.iter().all(allowed) { Ok(Self(code)) } else { Err(refusal()) }
    }

    /// The code that `random` stands for: one of 31^5 (28.6 million), drawn from unmistakable characters.
    pub fn generate(random: u64) -> Self {
        let mut rest = random;
        Self(std::array::from_fn(|_| {
            let digit = rest % 31;
            rest /= 31;
            UNMISTAKABLE.get(digit as usize).copied().unwrap_or(b'2')
        }))
    }

    /// The code as it is stored and shown.
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for CustomerCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for CustomerCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CustomerCode({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_given_code_is_folded_to_upper_case() {
        assert_eq!(CustomerCode::parse(" ab12z ").unwrap().as_str(), "AB12Z");
    }

    #[test]
    fn anything_but_five_letters_and_digits_is_refused() {
        for text in ["", "ABCD", "ABCDEF", "AB-12", "ÀBCD", "AB 12", "\u{661}2345"] {
            assert!(CustomerCode::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_code_is_shown_as_it_is() {
        let code = CustomerCode::parse("AB12Z").unwrap();
        assert_eq!(format!("{code} {code:?}"), "AB12Z CustomerCode(AB12Z)");
    }

    #[test]
    fn numbers_that_differ_below_31_to_the_fifth_make_codes_that_differ() {
        assert_eq!(CustomerCode::generate(0).as_str(), "22222");
        assert_eq!(CustomerCode::generate(31_u64.pow(5) - 1).as_str(), "ZZZZZ");
        assert_eq!(CustomerCode::generate(31_u64.pow(5)), CustomerCode::generate(0));
    }

    proptest! {
        #[test]
        fn generated_codes_are_valid_and_have_no_look_alikes(random in any::<u64>()) {
            let code = CustomerCode::generate(random);
            prop_assert_eq!(CustomerCode::parse(code.as_str()), Ok(code));
            prop_assert!(!code.as_str().contains(['0', '1', 'I', 'L', 'O']));
        }
    }
}
