//! Which rates a request counts under, and how its answer tells what is left of them.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use orderdesk_application::Principal;
use orderdesk_application::services::{Allowance, CallKind, Throttle, Verdict, Who};
use poem::Request;
use poem::http::header::{ACCEPT, RETRY_AFTER};
use poem::http::{HeaderName, HeaderValue, Method, StatusCode};

use crate::links::{API, client_address};
use crate::negotiation::{Format, negotiate};
use crate::problem::{Failure, Promised};

/// What is allowed at all, and what is left of it (draft-ietf-httpapi-ratelimit-headers-10).
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Under which the documentation and the whole API stand. What is beside it, health and metrics, is the operator's own.
const COUNTED: &str = "/api";

/// The most kinds that one request counts under.
const KINDS: usize = 3;

/// Counts requests. What is left is promised to the request, so that its answer tells it however it turns out.
#[derive(Clone)]
pub(crate) struct Throttling {
    throttle: Arc<Throttle>,
}

impl Throttling {
    /// As `throttle` has it.
    pub(crate) fn new(throttle: Arc<Throttle>) -> Self {
        Self { throttle }
    }

    /// Counts a request of whoever was recognised, or of somebody who presents no credentials.
    ///
    /// # Errors
    /// 429 where that is one too many.
    pub(crate) async fn admit(
        &self,
        request: &Request,
        principal: Option<&Principal>,
    ) -> Result<(), Failure> {
        self.count(request, &calls(request, principal)).await
    }

    /// Counts credentials that are worth nothing, instead of [`Self::admit`]: the 401 is for those who do not do it
    /// all the time.
    ///
    /// # Errors
    /// 429 where the address has presented too many.
    pub(crate) async fn failed_credential(&self, request: &Request) -> Result<(), Failure> {
        self.count(request, &[(CallKind::Authentication, address(request))]).await
    }

    async fn count(&self, request: &Request, calls: &[(CallKind, Who)]) -> Result<(), Failure> {
        let verdict = self.throttle.count(calls).await;
        if let Some(headers) = headers(&verdict) {
            Promised::to(request, headers);
        }
        verdict.refusal().map_or(Ok(()), |exceeded| Err(refusal(exceeded)))
    }
}

/// All who come from no address are counted together.
fn address(request: &Request) -> Who {
    Who::Address(client_address(request).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))
}

/// What a request counts under, and whose it is.
fn calls(request: &Request, principal: Option<&Principal>) -> Vec<(CallKind, Who)> {
    let mut calls = Vec::new();
    let path = request.uri().path();
    if !path.strip_prefix(COUNTED).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return calls;
    }
    calls.reserve_exact(KINDS);
    let mut segments = path.strip_prefix(API).unwrap_or_default().trim_end_matches('/').split('/');
    let (collection, rest) = (segments.next().unwrap_or_default(), segments.next());
    if let Some(principal) = principal {
        let user = Who::User(principal.user.id);
        calls.push((CallKind::User, user));
        let method = request.method();
        if collection == "orders" && is_change(method) {
            calls.push((CallKind::OrdersWrite, user));
        }
        let is_bulk_change = rest.is_none() && [Method::PUT, Method::DELETE].contains(method);
        if is_bulk_change || is_export(request) {
            calls.push((CallKind::Bulk, user));
        }
    } else {
        calls.push((CallKind::Anonymous, address(request)));
    }
    // Who signs out guesses nothing.
    if collection == "api-auth" && rest != Some("logout") {
        calls.push((CallKind::Authentication, address(request)));
    }
    calls
}

fn is_change(method: &Method) -> bool {
    [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(method)
}

/// Whether all that matches is asked for as CSV.
fn is_export(request: &Request) -> bool {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let accept = request.headers().get(ACCEPT).map(HeaderValue::as_bytes);
    // What most clients say need not be looked at closely.
    let is_usual = request.uri().query().is_none()
        && matches!(accept, None | Some(b"*/*" | b"application/json"))
        && request.headers().get_all(ACCEPT).iter().count() < 2;
    is_read && !is_usual && matches!(negotiate(request, &[Format::Json, Format::Csv]), Ok(Format::Csv))
}

fn refusal(exceeded: &Allowance) -> Failure {
    let Allowance { kind, rate, resets_in, .. } = exceeded;
    let (calls, period, unit) =
        (rate.calls, rate.period.word(), if *resets_in == 1 { "second" } else { "seconds" });
    let text = format!(
        "Too many calls: the rate {} allows {calls} in a {period}. Try again in {resets_in} {unit}.",
        kind.name()
    );
    Failure::new(StatusCode::TOO_MANY_REQUESTS, "throttled", text)
        .with_header(RETRY_AFTER, HeaderValue::from(*resets_in))
}

/// What is allowed and what is left, such as `"user";q=6000;w=60` and `"user";r=5999;t=42`.
fn headers(verdict: &Verdict) -> Option<[(HeaderName, HeaderValue); 2]> {
    let size = verdict.allowances.len() * 40;
    let (mut policy, mut left) = (String::with_capacity(size), String::with_capacity(size));
    for Allowance { kind, rate, remaining, resets_in, .. } in &verdict.allowances {
        let (name, separator) = (kind.name(), if policy.is_empty() { "" } else { ", " });
        // Writing into a string does not fail.
        let _ = write!(policy, "{separator}\"{name}\";q={};w={}", rate.calls, rate.period.seconds());
        let _ = write!(left, "{separator}\"{name}\";r={remaining};t={resets_in}");
    }
    if policy.is_empty() {
        return None;
    }
    Some([(POLICY, HeaderValue::try_from(policy).ok()?), (LEFT, HeaderValue::try_from(left).ok()?)])
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::net::SocketAddr;
    use std::sync::Mutex;

    use async_trait::async_trait;
    use orderdesk_application::ports::{Clock, Hit, RateLimiter, StoreResult, Window};
    use orderdesk_application::views::UserSummary;
    use orderdesk_domain::{Credential, Timestamp, TokenScopes, UserId, UserName};
    use poem::endpoint::make;
    use poem::web::{LocalAddr, RemoteAddr};
    use poem::{Endpoint, Middleware as _, Response};
    use uuid::Uuid;

    use super::*;
    use crate::links::Address;
    use crate::problem::Door;

    const NOW: Timestamp = Timestamp::EARLIEST;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            NOW
        }
    }

    /// Counts in windows that never end.
    #[derive(Default)]
    struct Tally(Mutex<HashMap<String, u64>>);

    #[async_trait]
    impl RateLimiter for Tally {
        async fn count(&self, hits: &[Hit], _: Timestamp) -> StoreResult<Vec<Window>> {
            let mut tally = self.0.lock().unwrap();
            let mut count = |hit: &Hit| {
                let calls = tally.entry(hit.key.clone()).or_default();
                *calls += 1;
                let ends_at = Timestamp::from_milliseconds(NOW.milliseconds() + 41_500).unwrap();
                Window { calls: *calls, ends_at }
            };
            Ok(hits.iter().map(&mut count).collect())
        }

        async fn sweep(&self, _: Timestamp) -> StoreResult<()> {
            Ok(())
        }
    }

    fn throttling(rates: &str) -> Throttling {
        let limiter = Arc::<Tally>::default();
        Throttling::new(Arc::new(Throttle::new(limiter, Arc::new(Still), rates.parse().unwrap())))
    }

    fn principal() -> Principal {
        Principal {
            user: UserSummary {
                id: UserId::new(Uuid::from_u128(7)),
                name: UserName::parse("Amina").unwrap(),
            },
            is_staff: false,
            grants: Vec::new(),
            credential: Credential::Local,
            scopes: TokenScopes::everything(),
            bound_to: None,
            expires_at: None,
        }
    }

    fn request_from(peer: &str, method: Method, uri: &str, headers: &[(&'static str, &str)]) -> Request {
        let mut head = poem::http::Request::new(());
        *head.method_mut() = method;
        *head.uri_mut() = uri.parse().unwrap();
        for (name, value) in headers {
            head.headers_mut().append(*name, value.parse().unwrap());
        }
        let peer: SocketAddr = format!("{peer}:4000").parse().unwrap();
        let (local, remote) = (LocalAddr(peer.into()), RemoteAddr(peer.into()));
        let parts = (head.into_parts().0, local, remote, poem::http::uri::Scheme::HTTP);
        let mut request = Request::from_parts(parts.into(), poem::Body::empty());
        request.set_data(Address::default());
        request
    }

    fn request(method: Method, uri: &str) -> Request {
        request_from("192.0.2.1", method, uri, &[])
    }

    fn kinds(request: &Request, principal: Option<&Principal>) -> String {
        let calls = calls(request, principal);
        assert!(calls.len() <= KINDS);
        calls.into_iter().map(|(kind, _)| kind.name()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_request_counts_under_every_rate_that_applies() {
        let id = "01a1fc39-8c53-769c-8ffd-c27b8a9b5d05";
        for (method, path, of_user) in [
            (Method::GET, "/api/v1/orders", "user"),
            (Method::OPTIONS, "/api/v1/orders", "user"),
            (Method::GET, "/api/v1/", "user"),
            (Method::GET, "/api/v1/nothing", "user"),
            (Method::POST, "/api/v1/customers", "user"),
            (Method::PUT, "/api/v1/customers", "user bulk"),
            (Method::DELETE, "/api/v1/items/?all=true", "user bulk"),
            (Method::PUT, "/api/v1/customers/ID", "user"),
            (Method::DELETE, "/api/v1/customers/ID/", "user"),
            (Method::POST, "/api/v1/orders/", "user orders-write"),
            (Method::PUT, "/api/v1/orders/", "user orders-write bulk"),
            (Method::DELETE, "/api/v1/orders", "user orders-write bulk"),
            (Method::PATCH, "/api/v1/orders/ID/", "user orders-write"),
            (Method::PUT, "/api/v1/orders/ID", "user orders-write"),
            (Method::DELETE, "/api/v1/orders/ID", "user orders-write"),
            (Method::GET, "/api/v1/orders/?format=csv", "user bulk"),
            (Method::GET, "/api/v1/orders/?limit=5&form%61t=%63sv", "user bulk"),
            (Method::HEAD, "/api/v1/customers/ID/orders/?format=csv", "user bulk"),
            (Method::GET, "/api/v1/orders/?format=json&search=csv", "user"),
            (Method::POST, "/api/v1/customers/?format=csv", "user"),
            (Method::POST, "/api/v1/api-auth/logout/", "user"),
        ] {
            let request = request(method, &path.replace("ID", id));
            assert_eq!(kinds(&request, Some(&principal())), of_user, "{request:?}");
            assert_eq!(kinds(&request, None), "anon", "{request:?}");
        }
        for (path, of_nobody) in [
            ("/api/v1/docs", "anon"),
            ("/api/schema?format=yaml", "anon"),
            ("/api", "anon"),
            ("/api/v1/api-auth/authenticate", "anon auth"),
            ("/api/v1/api-auth/callback/?code=x", "anon auth"),
            ("/health/live", ""),
            ("/metrics", ""),
            ("/apis", ""),
            ("/", ""),
        ] {
            assert_eq!(kinds(&request(Method::GET, path), None), of_nobody, "{path}");
        }
    }

    #[test]
    fn an_export_is_one_however_it_is_asked_for() {
        for (accept, of_user) in [
            (&["text/csv"][..], "user bulk"),
            (&["TEXT/CSV"], "user bulk"),
            (&["text/*"], "user bulk"),
            (&["application/json;q=0.5, text/csv"], "user bulk"),
            (&["application/json;q=0.1", "text/csv"], "user bulk"),
            (&["*/*", "application/json;q=0.5"], "user bulk"),
            (&["*/*"], "user"),
            (&["application/json"], "user"),
            (&["text/html,application/xhtml+xml,*/*;q=0.8"], "user"),
            (&["application/json, text/csv;q=0.9"], "user"),
        ] {
            let headers: Vec<_> = accept.iter().map(|accept| ("accept", *accept)).collect();
            let request = request_from("192.0.2.1", Method::GET, "/api/v1/orders", &headers);
            assert_eq!(kinds(&request, Some(&principal())), of_user, "{accept:?}");
        }
    }

    /// What comes out of the door when `throttling` stands in front of an endpoint that answers 201 to `POST` and
    /// refuses the rest with 404; `token` is presented by the user, unless it is worth nothing.
    async fn answer(throttling: &Throttling, request: Request, token: Option<bool>) -> Response {
        let throttling = throttling.clone();
        let endpoint = make(move |request| {
            let throttling = throttling.clone();
            async move {
                match token {
                    Some(false) => {
                        throttling.failed_credential(&request).await?;
                        return Err(Failure::unauthenticated("This token is not valid.").into());
                    }
                    Some(true) => throttling.admit(&request, Some(&principal())).await?,
                    None => throttling.admit(&request, None).await?,
                }
                match *request.method() {
                    Method::POST => Ok::<_, poem::Error>(Response::from(StatusCode::CREATED)),
                    _ => Err(Failure::not_found().into()),
                }
            }
        });
        Door.transform(endpoint).call(request).await.unwrap()
    }

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    #[tokio::test]
    async fn every_answer_tells_what_is_allowed_and_what_is_left() {
        let throttling = throttling("user=3/min, orders-write=2/h");
        let post = || request(Method::POST, "/api/v1/orders");
        let created = answer(&throttling, post(), Some(true)).await;
        assert_eq!(created.status(), StatusCode::CREATED);
        let policy = "\"user\";q=3;w=60, \"orders-write\";q=2;w=3600";
        assert_eq!(header(&created, "ratelimit-policy"), policy);
        assert_eq!(header(&created, "ratelimit"), "\"user\";r=2;t=42, \"orders-write\";r=1;t=42");

        let absent = answer(&throttling, request(Method::GET, "/api/v1/orders"), Some(true)).await;
        assert_eq!(absent.status(), StatusCode::NOT_FOUND);
        assert_eq!(header(&absent, "ratelimit-policy"), "\"user\";q=3;w=60");
        assert_eq!(header(&absent, "ratelimit"), "\"user\";r=1;t=42");

        answer(&throttling, post(), Some(true)).await;
        let refused = answer(&throttling, post(), Some(true)).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(header(&refused, "retry-after"), "42");
        assert_eq!(header(&refused, "ratelimit-policy"), policy);
        assert_eq!(header(&refused, "ratelimit"), "\"user\";r=0;t=42, \"orders-write\";r=0;t=42");
        let body = refused.into_body().into_string().await.unwrap();
        assert!(body.contains("\"code\":\"throttled\""), "{body}");
        assert!(body.contains("in a ") && body.contains("Try again in 42 seconds."), "{body}");
    }

    #[tokio::test]
    async fn what_is_not_counted_tells_nothing() {
        let off = throttling("off");
        for (throttling, path) in [(&off, "/api/v1/orders"), (&throttling("on"), "/health/live")] {
            let told = answer(throttling, request(Method::POST, path), None).await;
            assert_eq!(told.status(), StatusCode::CREATED);
            assert!(!told.headers().contains_key(POLICY) && !told.headers().contains_key(LEFT));
        }
    }

    #[tokio::test]
    async fn credentials_that_are_worth_nothing_are_401_until_there_are_too_many() {
        let throttling = throttling("auth=2/min");
        let guess = |peer| request_from(peer, Method::GET, "/api/v1/orders", &[]);
        for left in [1, 0] {
            let refused = answer(&throttling, guess("192.0.2.1"), Some(false)).await;
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
            assert_eq!(header(&refused, "www-authenticate"), "Bearer");
            assert_eq!(header(&refused, "ratelimit-policy"), "\"auth\";q=2;w=60");
            assert_eq!(header(&refused, "ratelimit"), format!("\"auth\";r={left};t=42"));
        }
        let refused = answer(&throttling, guess("192.0.2.1"), Some(false)).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(header(&refused, "retry-after"), "42");

        let forged = [("x-forwarded-for", "192.0.2.99"), ("forwarded", "for=192.0.2.99")];
        let forger = request_from("192.0.2.1", Method::GET, "/api/v1/orders", &forged);
        let refused = answer(&throttling, forger, Some(false)).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "who forges headers is nobody else");
        let other = answer(&throttling, guess("192.0.2.2"), Some(false)).await;
        assert_eq!(other.status(), StatusCode::UNAUTHORIZED);
        let known = answer(&throttling, guess("192.0.2.1"), Some(true)).await;
        assert_eq!(known.status(), StatusCode::NOT_FOUND, "who has credentials from there is let in");
        let sign_in = request(Method::POST, "/api/v1/api-auth/authenticate");
        let refused = answer(&throttling, sign_in, None).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "nor can it try the door beside");
    }
}
