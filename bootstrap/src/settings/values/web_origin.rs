//! Origins of the web (RFC 6454): scheme, host and port.

use std::fmt;

use http::Uri;

use super::{Value, refusal};

/// An absolute `http` or `https` URL without path and query, as a browser writes it: in lower case, without the
/// port that its scheme implies, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebOrigin(String);

impl WebOrigin {
    /// The origin as it is compared and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Value for WebOrigin {
    fn expected() -> String {
        "an http or https address without path, such as https://orders.example".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|_| refusal::<Self>())?;
        let bare = ["", "/"].contains(&uri.path()) && uri.query().is_none() && !text.contains('#');
        let authority = uri.authority().filter(|authority| bare && !authority.as_str().contains('@'));
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), authority) else {
            return Err(refusal::<Self>());
        };
        let host = authority.host().to_ascii_lowercase();
        // What is longer than its host, and has no port all the same, has one that is no number.
        let malformed_port = authority.port().is_none() && authority.as_str().len() > host.len();
        if host.is_empty() || malformed_port {
            return Err(refusal::<Self>());
        }
        match (scheme, authority.port_u16()) {
            ("http", None | Some(80)) => Ok(Self(format!("http://{host}"))),
            ("https", None | Some(443)) => Ok(Self(format!("https://{host}"))),
            ("http" | "https", Some(port)) => Ok(Self(format!("{scheme}://{host}:{port}"))),
            _ => Err(refusal::<Self>()),
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
    fn an_origin_is_kept_as_a_browser_writes_it() {
        for (text, kept) in [
            ("https://orders.example", "https://orders.example"),
            ("HTTPS://Orders.Example/", "https://orders.example"),
            ("https://orders.example:443", "https://orders.example"),
            ("http://localhost:8000", "http://localhost:8000"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ] {
            assert_eq!(WebOrigin::parse(text).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn anything_more_or_less_than_an_origin_is_refused() {
        for text in [
            "",
            "*",
            "null",
            "orders.example",
            "//orders.example",
            "ftp://orders.example",
            "https://",
            "https://:80",
            "https://a/b",
            "https://a?b",
            "https://a#b",
            "https://user@a",
            "https://u:p@a",
            "https://a:99999",
            "https://a:",
            "https://a b",
            "https://a,https://b",
        ] {
            assert!(WebOrigin::parse(text).is_err(), "{text}");
        }
    }
}
