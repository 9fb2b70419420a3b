//! By what an identity provider knows a person, and so by what we do: never by an e-mail address, which changes hands.

use std::fmt;

use crate::invalid::{Invalid, Reason};

/// The most characters of a subject (OpenID Connect Core 1.0, section 2).
pub const MAXIMUM_SUBJECT: usize = 255;
/// The most characters of an issuer that we take.
pub const MAXIMUM_ISSUER: usize = 500;

fn parse(input: &str, maximum: usize) -> Result<String, Invalid> {
    let actual = input.chars().count();
    if actual > maximum {
        return Err(Invalid::from(Reason::TooLong { maximum, actual }));
    }
    if input.is_empty() {
        return Err(Invalid::from(Reason::Blank));
    }
    if input.chars().any(char::is_control) {
        return Err(Invalid::from(Reason::ControlCharacter));
    }
    Ok(input.to_owned())
}

/// Who vouches for an identity: an `https` URL that is compared to the letter (OpenID Connect Core 1.0, section 2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer(String);

impl Issuer {
    /// Takes up to 500 characters as they stand; whether there is such an issuer is not asked here.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        parse(input, MAXIMUM_ISSUER).map(Self)
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Who somebody is to an issuer: never given to another person, compared to the letter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(String);

impl Subject {
    /// Takes up to 255 characters as they stand.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        parse(input, MAXIMUM_SUBJECT).map(Self)
    }

    /// The subject as the issuer wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Some providers put personal data into it.
impl fmt::Debug for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Subject(…)")
    }
}

/// A person as an issuer knows them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalIdentity {
    /// Who vouches.
    pub issuer: Issuer,
    /// For whom.
    pub subject: Subject,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_kept_to_the_letter_and_its_subject_does_not_show_in_logs() {
        let issuer = Issuer::parse("https://Accounts.example/").unwrap();
        let subject = Subject::parse(" 1234 ").unwrap();
        assert_eq!((issuer.as_str(), subject.as_str()), ("https://Accounts.example/", " 1234 "));
        assert_eq!(format!("{subject:?}"), "Subject(…)");
        assert_eq!(issuer.to_string(), issuer.as_str());
    }

    #[test]
    fn nothing_too_much_and_control_characters_are_refused() {
        assert_eq!(Subject::parse("").unwrap_err().reasons(), [Reason::Blank]);
        assert_eq!(Subject::parse("a\n").unwrap_err().reasons(), [Reason::ControlCharacter]);
        let reason = Reason::TooLong { maximum: 255, actual: 256 };
        assert_eq!(Subject::parse(&"a".repeat(256)).unwrap_err().reasons(), [reason]);
        assert!(Issuer::parse(&"a".repeat(500)).is_ok() && Issuer::parse(&"a".repeat(501)).is_err());
    }
}
