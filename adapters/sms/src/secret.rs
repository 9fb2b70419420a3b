//! Secrets of gateways, which show nowhere.

use std::fmt;

use thiserror::Error;

/// What proves to a gateway that it is us who ask, or to us that it is the gateway who calls: printable ASCII without
/// blanks.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// That a text is no secret. It says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it is empty, or has blanks or characters beyond ASCII in it")]
pub struct NotASecret;

impl Secret {
    /// The secret as the gateway gave it, surrounding blanks aside: files end with a line break.
    pub fn parse(input: &str) -> Result<Self, NotASecret> {
        let secret = input.trim();
        if !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(secret.to_owned()))
        } else {
            Err(NotASecret)
        }
    }

    /// The secret itself, for the one who has to show it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nowhere() {
        assert_eq!(format!("{:?}", Secret::parse("correct-horse").unwrap()), "Secret(…)");
    }

    #[test]
    fn a_secret_can_stand_in_a_header() {
        assert_eq!(Secret::parse(" atsk_1\r\n").unwrap().reveal(), "atsk_1");
        for input in ["", " ", "two words", "one\ntwo", "schlüssel", "\u{7}"] {
            assert_eq!(Secret::parse(input), Err(NotASecret), "{input:?}");
        }
    }
}
