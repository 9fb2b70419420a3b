//! Who is believed.

use std::str::FromStr;

use orderdesk_domain::Issuer;
use thiserror::Error;

use crate::endpoint::{Endpoint, EndpointError};

/// An issuer's name, which is an address as well: what it says of itself is found below it (OpenID Connect
/// Discovery 1.0, section 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerUrl {
    issuer: Issuer,
    configuration: Endpoint,
}

/// Why somebody cannot be an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IssuerUrlError {
    /// It is no address, or has what an issuer's must not have.
    #[error("expected an address such as https://id.example, without a user's name, a query or a fragment")]
    Address,
    /// Whoever is on the way could be the issuer.
    #[error("expected an address that begins with https://, which only those of this machine need not")]
    Insecure,
}

impl IssuerUrl {
    /// Takes an `https` address, or an `http` one on this machine. It is compared to the letter.
    pub fn parse(input: &str) -> Result<Self, IssuerUrlError> {
        let issuer = Issuer::parse(input).map_err(|_| IssuerUrlError::Address)?;
        let address = Endpoint::parse(input).map_err(|error| match error {
            EndpointError::Address => IssuerUrlError::Address,
            EndpointError::Insecure => IssuerUrlError::Insecure,
        })?;
        let bare = address.query().is_none()
            && address.fragment().is_none()
            && address.username().is_empty()
            && address.password().is_none();
        let below = format!("{}/.well-known/openid-configuration", input.trim_end_matches('/'));
        let configuration = Endpoint::parse(&below).map_err(|_| IssuerUrlError::Address)?;
        if bare { Ok(Self { issuer, configuration }) } else { Err(IssuerUrlError::Address) }
    }

    /// The issuer's name.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Where it says what it offers.
    pub(crate) fn configuration(&self) -> &Endpoint {
        &self.configuration
    }
}

impl FromStr for IssuerUrl {
    type Err = IssuerUrlError;

    fn from_str(input: &str) -> Result<Self, IssuerUrlError> {
        Self::parse(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_kept_to_the_letter_and_found_below_itself() {
        for (input, configuration) in [
            ("https://id.example", "https://id.example/.well-known/openid-configuration"),
            ("https://id.example/", "https://id.example/.well-known/openid-configuration"),
            (
                "https://id.example/realms/shop",
                "https://id.example/realms/shop/.well-known/openid-configuration",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/.well-known/openid-configuration"),
        ] {
            let url = IssuerUrl::parse(input).unwrap();
            assert_eq!((url.issuer().as_str(), url.configuration().as_str()), (input, configuration));
        }
    }

    #[test]
    fn what_cannot_be_an_issuer_is_refused() {
        for input in
            ["", "id.example", "https://a:b@id.example", "https://id.example?a=b", "https://id.example#a"]
        {
            assert_eq!(IssuerUrl::parse(input), Err(IssuerUrlError::Address), "{input}");
        }
        assert_eq!(IssuerUrl::parse("http://id.example"), Err(IssuerUrlError::Insecure));
    }
}
