//! Where to go after signing in: a place of this service, never another site.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::links::API;

/// The most bytes of a place.
const MOST: usize = 1_000;

/// A path of this service, perhaps with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place(String);

impl Default for Place {
    fn default() -> Self {
        Self(API.to_owned())
    }
}

impl Place {
    /// Takes a path that begins with one slash. A browser takes two, or a backslash, for the name of another host, and
    /// passes over control characters.
    pub(super) fn parse(input: &str) -> Result<Self, String> {
        let mut characters = input.chars();
        let is_path = characters.next() == Some('/') && !matches!(characters.next(), Some('/' | '\\'));
        let is_clean = input.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if is_path && is_clean && input.len() <= MOST {
            Ok(Self(input.to_owned()))
        } else {
            Err(format!("Give a path of this service, such as {API}orders/."))
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The place in characters that a cookie can hold.
    pub(super) fn to_cookie(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }

    pub(super) fn from_cookie(cookie: &str) -> Option<Self> {
        Self::parse(std::str::from_utf8(&URL_SAFE_NO_PAD.decode(cookie).ok()?).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_within_this_service() {
        for input in ["/", "/api/v1/orders/?status=Pending#top"] {
            let place = Place::parse(input).unwrap();
            assert_eq!(Place::from_cookie(&place.to_cookie()), Some(place));
        }
    }

    #[test]
    fn another_site_is_no_place() {
        for input in [
            "",
            "orders/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/ /evil.example",
            "/\n",
        ] {
            assert!(Place::parse(input).is_err(), "{input:?}");
        }
        assert!(Place::parse(&format!("/{}", "a".repeat(1_000))).is_err());
    }
}
