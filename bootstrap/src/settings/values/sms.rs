//! Settings of gateways.

use orderdesk_domain::Gateway;
use orderdesk_sms::{BaseUrl, Secret};

use super::{Value, refusal};

impl Value for Gateway {
    fn expected() -> String {
        format!("one of {}", Self::NAMES.join(", "))
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::from_name(text).ok_or_else(refusal::<Self>)
    }

    fn show(&self) -> String {
        self.name().to_owned()
    }
}

impl Value for Secret {
    const IS_SECRET: bool = true;

    fn expected() -> String {
        "a secret: characters of ASCII without blanks".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| refusal::<Self>())
    }

    fn show(&self) -> String {
        "(hidden)".to_owned()
    }
}

impl Value for BaseUrl {
    fn expected() -> String {
        "an https address, or an http one of this machine".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| refusal::<Self>())
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

/// A secret that can stand in a path, and that nobody guesses: 16 to 128 of A-Z, a-z, 0-9, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathSecret(Secret);

impl PathSecret {
    /// The secret.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

impl Value for PathSecret {
    const IS_SECRET: bool = true;

    fn expected() -> String {
        "16 to 128 of A-Z, a-z, 0-9, - and _".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let secret = Secret::parse(text).ok().filter(|_| is_plain && (16..=128).contains(&text.len()));
        secret.map(Self).ok_or_else(refusal::<Self>)
    }

    fn show(&self) -> String {
        Value::show(&self.0)
    }
}

/// What a gateway calls an account or a sender: 1 to 100 printable characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// The most characters.
    const MAXIMUM: usize = 100;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Label {
    fn expected() -> String {
        format!("1 to {} characters without line breaks", Self::MAXIMUM)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let fits = (1..=Self::MAXIMUM).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(refusal::<Self>())
        }
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        let secret = <Secret as Value>::parse("correct-horse").unwrap();
        assert_eq!(secret.show(), "(hidden)");
        assert!(!<Secret as Value>::parse("correct horse").unwrap_err().contains("horse"));
    }

    #[test]
    fn a_secret_in_a_path_is_long_and_plain() {
        assert!(PathSecret::parse("0123456789abcdef").is_ok());
        for text in ["", "0123456789abcde", "0123456789/abcdef", "0123456789 abcdef", &"a".repeat(129)] {
            assert!(PathSecret::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_gateway_is_one_of_those_that_there_are() {
        assert_eq!(<Gateway as Value>::parse("twilio"), Ok(Gateway::Twilio));
        let refusal = <Gateway as Value>::parse("pigeon").unwrap_err();
        assert_eq!(refusal, "expected one of africas-talking, twilio, console");
    }

    #[test]
    fn a_label_is_a_line() {
        assert_eq!(Label::parse(" My shop ").unwrap().as_str(), "My shop");
        for text in ["", " ", "a\nb"] {
            assert!(Label::parse(text).is_err(), "{text:?}");
        }
    }
}
