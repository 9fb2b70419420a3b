//! Names that people type: trimmed, in Unicode normalisation form C, free of control characters.

use std::fmt;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizer;

use crate::invalid::{Invalid, Reason};

/// The longest name of anything, in Unicode scalar values after trimming.
pub const MAXIMUM_NAME: usize = 100;

/// Unicode default case folding (full, not Turkic): what "ignoring case" means everywhere in Order Desk.
pub fn fold(text: &str) -> String {
    CaseMapper::new().fold_string(text).into_owned()
}

/// Unicode normalisation form C: the form in which all text is kept, and so the form to look for it in.
pub fn normalize(text: &str) -> String {
    ComposingNormalizer::new_nfc().normalize(text).into_owned()
}

/// The normalised, trimmed form of `input`, or every reason against it.
fn clean(input: &str, maximum: usize) -> Result<String, Invalid> {
    if is_plain(input, maximum) {
        return Ok(input.to_owned());
    }
    let normalized = normalize(input);
    let text = normalized.trim();
    let mut reasons = Vec::new();
    if text.is_empty() {
        reasons.push(Reason::Blank);
    }
    let actual = text.chars().count();
    if actual > maximum {
        reasons.push(Reason::TooLong { maximum, actual });
    }
    if text.chars().any(char::is_control) {
        reasons.push(Reason::ControlCharacter);
    }
    Invalid::unless_none(reasons, text.to_owned())
}

/// Whether all can be seen at a glance that is asked of `input`, as of most of what a store kept: printable ASCII without
/// a space at either end is normalised, trimmed and free of control characters.
fn is_plain(input: &str, maximum: usize) -> bool {
    let bytes = input.as_bytes();
    let has_ends = bytes.first().is_some_and(|first| *first != b' ') && bytes.last() != Some(&b' ');
    has_ends && bytes.len() <= maximum && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// How a name that is nobody's own shows in logs.
fn quoted(name: &str) -> String {
    format!("{name:?}")
}

/// Personal data stays out of logs: only the length shows.
fn masked(name: &str) -> String {
    format!("{} characters", name.chars().count())
}

macro_rules! name_type {
    ($(#[$doc:meta])+ $name:ident, $logged:ident) => {
        $(#[$doc])+
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Normalises and trims `input`; refuses blank text, more than 100 characters, control characters.
            pub fn parse(input: &str) -> Result<Self, Invalid> {
                clean(input, MAXIMUM_NAME).map(Self)
            }

            /// The name as it is stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), $logged(&self.0))
            }
        }
    };
}

name_type!(
    /// A first or second name of a customer, 1 to 100 characters.
    PersonName,
    masked
);
name_type!(
    /// What is sold, 1 to 100 characters; unique within an organization ignoring case.
    ItemName,
    quoted
);
name_type!(
    /// What an organization calls itself, 1 to 100 characters.
    OrganizationName,
    quoted
);
name_type!(
    /// How a user is shown to others, 1 to 100 characters.
    UserName,
    masked
);
name_type!(
    /// What a user calls an API token, 1 to 100 characters.
    TokenName,
    quoted
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_trimmed_and_normalised() {
        assert_eq!(PersonName::parse("  Zoe\u{308} \u{a0}").unwrap().as_str(), "Zo\u{eb}");
    }

    #[test]
    fn a_blank_name_is_refused() {
        assert_eq!(PersonName::parse(" \u{2003} ").unwrap_err().reasons(), [Reason::Blank]);
    }

    #[test]
    fn every_reason_is_told_at_once() {
        let reasons = PersonName::parse(&"a\0".repeat(80)).unwrap_err();
        assert_eq!(
            reasons.reasons(),
            [Reason::TooLong { maximum: 100, actual: 160 }, Reason::ControlCharacter]
        );
    }

    #[test]
    fn length_counts_scalar_values_not_bytes() {
        assert!(ItemName::parse(&"\u{1f9ba}".repeat(100)).is_ok());
        assert!(ItemName::parse(&"\u{1f9ba}".repeat(101)).is_err());
    }

    #[test]
    fn folding_is_full_and_not_turkic() {
        assert_eq!(fold("STRASSE"), fold("stra\u{df}e"));
        assert_eq!(fold("I"), "i");
    }

    #[test]
    fn text_is_looked_for_in_the_form_in_which_it_is_kept() {
        assert_eq!(normalize("Zoe\u{308}"), PersonName::parse("Zo\u{eb}").unwrap().as_str());
    }

    proptest! {
        #[test]
        fn what_is_plain_at_a_glance_is_what_a_longer_look_finds(input in "[ a~\u{7f}\u{e9}\t]{0,6}", maximum in 0_usize..6) {
            if is_plain(&input, maximum) {
                let normalized = normalize(&input);
                prop_assert_eq!(normalized.trim(), input.as_str());
                prop_assert!((1..=maximum).contains(&input.chars().count()));
                prop_assert!(!input.chars().any(char::is_control));
            } else if let Ok(text) = clean(&input, maximum) {
                prop_assert!(text != input || !input.is_ascii());
            }
        }
    }

    #[test]
    fn a_name_is_shown_as_it_is() {
        let name = ItemName::parse("\"Soft\" soap").unwrap();
        assert_eq!(name.to_string(), "\"Soft\" soap");
        assert_eq!(format!("{name:?}"), r#"ItemName("\"Soft\" soap")"#);
    }

    #[test]
    fn the_name_of_somebody_is_masked_where_it_might_be_logged() {
        assert_eq!(format!("{:?}", PersonName::parse("Zoë").unwrap()), "PersonName(3 characters)");
        assert_eq!(format!("{:?}", UserName::parse("Amina").unwrap()), "UserName(5 characters)");
        assert_eq!(PersonName::parse("Zoë").unwrap().to_string(), "Zoë");
    }

    proptest! {
        #[test]
        fn parsing_what_was_parsed_changes_nothing(input in any::<String>()) {
            if let Ok(name) = PersonName::parse(&input) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn folding_twice_is_folding_once(input in any::<String>()) {
            prop_assert_eq!(fold(&fold(&input)), fold(&input));
        }
    }
}
