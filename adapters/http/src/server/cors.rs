//! Cross-origin resource sharing (the Fetch standard, section 3.2): lets the pages of configured origins call.
//!
//! Credentials mean `Authorization` here, which a page sets by itself: cookies never cross origins. An origin that
//! is not configured is not refused, since the same request may come from this server's own pages: it is only
//! not told that it may read, and its browser does the rest.

use std::sync::Arc;

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response, Result};

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
/// What a page may send beyond the few headers that need no leave.
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id",
);
/// What a page may read beyond the few headers that need no leave.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static(
    "Allow, Content-Disposition, ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, \
     WWW-Authenticate, X-Request-Id",
);
/// Seconds for which a browser may remember a preflight; the longest that any honours is two hours.
const REMEMBERED: HeaderValue = HeaderValue::from_static("7200");

/// Answers the preflights of `origins` and lets them read every other answer. With no origins it does nothing.
pub(super) async fn allow<E: Endpoint>(
    next: Arc<E>,
    request: Request,
    origins: Arc<[String]>,
) -> Result<Response> {
    if origins.is_empty() {
        return Ok(next.get_response(request).await);
    }
    let known = |origin: &&HeaderValue| origins.iter().any(|known| known.as_bytes() == origin.as_bytes());
    let origin = request.headers().get(header::ORIGIN).filter(known).cloned();

    let mut response = match &origin {
        Some(_) if is_preflight(&request) => leave(),
        _ => next.get_response(request).await,
    };
    let headers = response.headers_mut();
    // Said to all, or a cache could hand one origin's answer to another.
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }
    Ok(response)
}

/// `OPTIONS` alone is a question to the API about its fields.
fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn leave() -> Response {
    let mut response = Response::from(StatusCode::NO_CONTENT);
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    response
}
