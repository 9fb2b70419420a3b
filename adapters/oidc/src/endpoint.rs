//! Addresses that secrets may be sent to.

use std::ops::Deref;

use reqwest::Url;
use serde::Deserialize;
use thiserror::Error;

/// An `https` address, or an `http` one on this very machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Endpoint(Url);

/// What an address is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum EndpointError {
    #[error("it is no address")]
    Address,
    #[error("it does not begin with https://, which only addresses of this machine need not")]
    Insecure,
}

impl Endpoint {
    pub(crate) fn parse(input: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(input).map_err(|_| EndpointError::Address)?;
        let secure = match url.scheme() {
            "https" => url.has_host(),
            "http" => is_here(&url),
            _ => false,
        };
        if secure { Ok(Self(url)) } else { Err(EndpointError::Insecure) }
    }

    /// As it may be shown.
    pub(crate) fn shown(&self) -> String {
        format!("{}{}", self.origin().ascii_serialization(), self.path())
    }
}

/// Whether what is sent there stays on this machine.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

impl Deref for Endpoint {
    type Target = Url;

    fn deref(&self) -> &Url {
        &self.0
    }
}

impl TryFrom<String> for Endpoint {
    type Error = EndpointError;

    fn try_from(input: String) -> Result<Self, EndpointError> {
        Self::parse(&input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crosses_a_network_is_encrypted() {
        for address in
            ["https://id.example/token", "http://127.0.0.1:8080", "http://[::1]/", "http://localhost:4000/a"]
        {
            assert!(Endpoint::parse(address).is_ok(), "{address}");
        }
        for address in [
            "http://id.example/",
            "http://10.0.0.7/",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
            "http://[::2]/",
            "ftp://localhost/",
            "file:///etc/passwd",
        ] {
            assert_eq!(Endpoint::parse(address), Err(EndpointError::Insecure), "{address}");
        }
        assert_eq!(Endpoint::parse("id.example"), Err(EndpointError::Address));
    }

    #[test]
    fn what_it_is_asked_is_not_shown() {
        let endpoint = Endpoint::parse("https://user:password@id.example:8443/a?b=c#d").unwrap();
        assert_eq!(endpoint.shown(), "https://id.example:8443/a");
    }
}
