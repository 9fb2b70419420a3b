//! E-mail addresses: by them people are invited, never recognised.

use std::fmt;

use crate::invalid::{Invalid, Reason};

/// The most characters of an address (RFC 5321, section 4.5.3.1.3, without the angle brackets).
pub const MAXIMUM_ADDRESS: usize = 254;

/// An e-mail address in folded case: nobody tells two mailboxes apart by capital letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Takes `name@domain` (RFC 5322, section 3.4.1), without a display name.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        let text = input.trim().to_lowercase();
        let actual = text.chars().count();
        if actual > MAXIMUM_ADDRESS {
            return Err(Invalid::from(Reason::TooLong { maximum: MAXIMUM_ADDRESS, actual }));
        }
        let options = email_address::Options::default().without_display_text().with_required_tld();
        match email_address::EmailAddress::parse_with_options(&text, options) {
            Ok(address) => Ok(Self(address.into())),
            Err(_) => Err(Invalid::from(Reason::NotAnEmailAddress)),
        }
    }

    /// The address as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Personal data stays out of logs: only the domain shows.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EmailAddress(…@{})", self.domain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_folded_case_and_does_not_show_in_logs() {
        let address = EmailAddress::parse(" Amina@Duka.Example ").unwrap();
        assert_eq!((address.as_str(), address.domain()), ("amina@duka.example", "duka.example"));
        assert_eq!(format!("{address:?}"), "EmailAddress(…@duka.example)");
        assert_eq!(EmailAddress::parse(&address.to_string()), Ok(address));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for input in
            ["", "amina", "amina@", "@duka.example", "amina@duka", "a b@duka.example", "Amina <a@b.example>"]
        {
            let refused = EmailAddress::parse(input).unwrap_err();
            assert_eq!(refused.reasons(), [Reason::NotAnEmailAddress], "{input}");
        }
        let long = format!("{}@duka.example", "a".repeat(300));
        let reason = Reason::TooLong { maximum: 254, actual: 313 };
        assert_eq!(EmailAddress::parse(&long).unwrap_err().reasons(), [reason]);
    }
}
