//! Kinds of values that the domain has a type for.

use orderdesk_domain::{Currency, EmailAddress, TimeZone};

use super::{Value, refusal};

impl Value for Currency {
    fn expected() -> String {
        "the code of a currency (ISO 4217), such as KES".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| refusal::<Self>())
    }

    fn show(&self) -> String {
        self.code().to_owned()
    }
}

impl Value for TimeZone {
    fn expected() -> String {
        "the name of a time zone (IANA), such as Africa/Nairobi".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| refusal::<Self>())
    }

    fn show(&self) -> String {
        self.name().to_owned()
    }
}

impl Value for EmailAddress {
    fn expected() -> String {
        "an e-mail address".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| refusal::<Self>())
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}
