//! A name for every request, by which an answer, its log line and a complaint about it can be brought together.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use poem::http::{HeaderName, HeaderValue};
use poem::{Endpoint, Request, Response, Result};

/// The header that carries the name, in both directions.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name that is taken from a caller.
const LONGEST: usize = 64;

/// The name of one request: 1 to 64 of the characters `A-Z a-z 0-9 . _ -`. Every request has one in its extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's own name for its request, if it can stand in a log line and a header.
    fn of_caller(value: &HeaderValue) -> Option<Self> {
        let sane = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let length = value.as_bytes().len();
        let acceptable = (1..=LONGEST).contains(&length) && value.as_bytes().iter().all(sane);
        acceptable.then(|| Self(value.clone()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in.
        self.0.to_str().unwrap_or_default()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Names for requests that come without one: the process's own random number, then a counter.
pub(super) struct RequestIds {
    instance: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new(instance: u64) -> Self {
        Self { instance, next: AtomicU64::new(1) }
    }

    fn fresh(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let text = format!("{:016x}-{number}", self.instance);
        // Hexadecimal digits and a dash always make a header.
        RequestId(HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("unnamed")))
    }
}

/// Puts the request's name into its extensions and onto its answer.
pub(super) async fn assign<E: Endpoint>(
    next: Arc<E>,
    mut request: Request,
    ids: Arc<RequestIds>,
) -> Result<Response> {
    let given = request.headers().get(HEADER).and_then(RequestId::of_caller);
    let id = given.unwrap_or_else(|| ids.fresh());
    request.set_data(id.clone());
    let mut response = next.get_response(request).await;
    response.headers_mut().insert(HEADER, id.0);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_caller(text: &str) -> Option<RequestId> {
        RequestId::of_caller(&HeaderValue::from_str(text).unwrap())
    }

    #[test]
    fn a_sane_name_is_kept_and_any_other_is_not() {
        for name in ["a", "A-1_b.2", &"x".repeat(64)] {
            assert_eq!(of_caller(name).unwrap().as_str(), name);
        }
        for name in ["", "a b", "a\tb", "é", "{}", "a,b", &"x".repeat(65)] {
            assert_eq!(of_caller(name), None, "{name:?}");
        }
    }

    #[test]
    fn fresh_names_differ_and_are_sane() {
        let ids = RequestIds::new(u64::MAX);
        let (first, second) = (ids.fresh(), ids.fresh());
        assert_ne!(first, second);
        assert_eq!(first.as_str(), "ffffffffffffffff-1");
        assert_eq!(of_caller(second.as_str()), Some(second));
    }
}
