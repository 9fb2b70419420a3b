//! Headers that keep browsers and caches careful; an answer that brings its own value keeps it.

use std::sync::Arc;

use poem::http::{HeaderName, HeaderValue, header};
use poem::{Endpoint, Request, Response, Result};

/// What suits an API: nothing is sniffed, framed, embedded by another site or told where the reader came from,
/// and nothing runs. A page that needs scripts or styles says so in its own `Content-Security-Policy`.
const CAREFUL: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Nobody but the caller may keep it, and the caller must ask again: `If-None-Match` then saves the body.
const REVALIDATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Nobody may keep what cannot be revalidated.
const NEVER_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Completes the headers of every answer.
pub(super) async fn complete<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    let mut response = next.get_response(request).await;
    let headers = response.headers_mut();
    for (name, value) in CAREFUL {
        headers.entry(name).or_insert(value);
    }
    let caching = if headers.contains_key(header::ETAG) { REVALIDATE } else { NEVER_STORE };
    headers.entry(header::CACHE_CONTROL).or_insert(caching);
    Ok(response)
}
