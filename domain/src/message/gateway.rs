//! What a gateway is called, what it calls a message, and what it says about one.

use std::fmt;

use thiserror::Error;

use crate::names::named;

named! {
    /// What takes messages to phones.
    Gateway {
        /// Africa's Talking.
        AfricasTalking = "africas-talking",
        /// Twilio.
        Twilio = "twilio",
        /// The standard output of the program, for a first look.
        Console = "console",
    }
}

/// That a text is no reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a gateway's reference has 1 to 100 characters of printable ASCII without blanks")]
pub struct NotAReference;

/// What a gateway calls a message that it has taken over: 1 to 100 characters of printable ASCII without blanks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GatewayReference(String);

impl GatewayReference {
    /// The most characters: Africa's Talking gives 37, Twilio 34.
    pub const MAXIMUM: usize = 100;

    /// Takes what a gateway said.
    pub fn parse(input: &str) -> Result<Self, NotAReference> {
        let fits = (1..=Self::MAXIMUM).contains(&input.len());
        if fits && input.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(input.to_owned()))
        } else {
            Err(NotAReference)
        }
    }

    /// The reference as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A short note in somebody else's words, such as a gateway's: one line of at most 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Remark(String);

impl Remark {
    /// The most characters (Unicode scalar values); what is beyond is cut off.
    pub const MAXIMUM: usize = 200;

    /// Takes anything, in one line and shortened; `None` where nothing is left.
    pub fn new(input: &str) -> Option<Self> {
        let words = input.split(|character: char| character.is_whitespace() || character.is_control());
        let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let line: String = line.chars().take(Self::MAXIMUM).collect();
        let line = line.trim_end();
        (!line.is_empty()).then(|| Self(line.to_owned()))
    }

    /// The note as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reference_is_what_can_stand_in_a_line() {
        assert_eq!(GatewayReference::parse("ATXid_1").unwrap().as_str(), "ATXid_1");
        for input in ["", "a b", "é", "a\n", &"a".repeat(101)] {
            assert_eq!(GatewayReference::parse(input), Err(NotAReference), "{input:?}");
        }
    }

    #[test]
    fn a_remark_is_one_line() {
        assert_eq!(Remark::new(" no\r\n\tcredit \0").unwrap().as_str(), "no credit");
        assert_eq!(Remark::new(" \n"), None);
        assert_eq!(Remark::new(&"ab ".repeat(100)).unwrap().as_str().len(), 200);
    }

    proptest! {
        #[test]
        fn a_remark_made_of_a_remark_is_the_same(input in any::<String>()) {
            if let Some(remark) = Remark::new(&input) {
                prop_assert_eq!(Remark::new(remark.as_str()), Some(remark.clone()));
            }
        }
    }
}
