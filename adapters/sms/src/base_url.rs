//! Where a gateway is.

use std::borrow::Cow;

use form_urlencoded::byte_serialize;
use reqwest::Url;
use thiserror::Error;

/// The address of a gateway's API: `https`, or `http` on this very machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Cow<'static, str>);

/// What an address is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BaseUrlError {
    /// It cannot be read.
    #[error("it is no address")]
    Address,
    /// Keys and numbers would cross a network for everybody to read.
    #[error("it does not begin with https://, which only addresses of this machine need not")]
    Insecure,
}

impl BaseUrl {
    /// Takes an address, with or without a slash at its end.
    pub fn parse(input: &str) -> Result<Self, BaseUrlError> {
        let mut url = Url::parse(input.trim()).map_err(|_| BaseUrlError::Address)?;
        let secure = match url.scheme() {
            "https" => url.has_host(),
            "http" => is_here(&url),
            _ => false,
        };
        if !secure {
            return Err(BaseUrlError::Insecure);
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url.as_str().trim_end_matches('/').to_owned().into()))
    }

    /// Takes an address that is written down here, without a slash at its end.
    pub(crate) const fn known(url: &'static str) -> Self {
        Self(Cow::Borrowed(url))
    }

    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of a resource below it.
    pub(crate) fn join(&self, path: &[&str]) -> String {
        let segments =
            path.iter().flat_map(|segment| ["/"].into_iter().chain(byte_serialize(segment.as_bytes())));
        [self.0.as_ref()].into_iter().chain(segments).collect()
    }
}

/// Whether what is sent there stays on this machine.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crosses_a_network_is_encrypted() {
        for address in
            ["https://api.example", "http://127.0.0.1:8080/", "http://[::1]", "http://localhost:4000/a"]
        {
            assert!(BaseUrl::parse(address).is_ok(), "{address}");
        }
        for address in
            ["http://api.example/", "http://10.0.0.7/", "http://localhost.example/", "ftp://localhost/"]
        {
            assert_eq!(BaseUrl::parse(address), Err(BaseUrlError::Insecure), "{address}");
        }
        assert_eq!(BaseUrl::parse("api.example"), Err(BaseUrlError::Address));
    }

    #[test]
    fn a_slash_more_or_less_leads_to_the_same_place() {
        for address in
            ["https://api.example/sms", "https://api.example/sms/", " https://api.example/sms/?a=b#c"]
        {
            let url = BaseUrl::parse(address).unwrap().join(&["version1", "messaging"]);
            assert_eq!(url, "https://api.example/sms/version1/messaging");
        }
        assert_eq!(BaseUrl::parse("https://a.example").unwrap().join(&["b/c"]), "https://a.example/b%2Fc");
    }
}
