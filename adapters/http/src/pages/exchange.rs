//! Asking the API what a page shows: pages go through the same door as everybody else.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use poem::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use poem::http::{Extensions, Method, StatusCode, Uri};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Body, Endpoint, PathPattern, Request, Response};
use serde_json::Value;

use crate::server::{PrincipalLabel, RequestId};

/// What a request says about how it wants to be answered, and about its body: a page's own requests say something else.
const OWN: [HeaderName; 10] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::EXPECT,
    header::RANGE,
    header::TRANSFER_ENCODING,
];

/// What a browser has asked for, and the API that answers.
pub(super) struct Exchange<E> {
    endpoint: Arc<E>,
    headers: HeaderMap,
    extensions: Extensions,
    addresses: (LocalAddr, RemoteAddr, poem::http::uri::Scheme),
}

/// What the API answers.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: Bytes,
    json: OnceLock<Value>,
    /// How long that took.
    pub(super) taken: Duration,
    pub(super) route: Option<PathPattern>,
    pub(super) principal: Option<PrincipalLabel>,
}

impl Answer {
    /// The body; null where it is no JSON.
    pub(super) fn json(&self) -> &Value {
        self.json.get_or_init(|| serde_json::from_slice(&self.body).unwrap_or_default())
    }

    /// The body as it came.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl<E: Endpoint<Output = Response>> Exchange<E> {
    /// Asks `endpoint` on behalf of whoever sent `request`.
    pub(super) fn new(endpoint: Arc<E>, request: &Request) -> Self {
        let mut headers = request.headers().clone();
        for name in &OWN {
            headers.remove(name);
        }
        let addresses =
            (request.local_addr().clone(), request.remote_addr().clone(), request.scheme().clone());
        Self { endpoint, headers, extensions: request.extensions().clone(), addresses }
    }

    /// What a `GET` of this path and query answers; what is not there is no answer to a page.
    pub(super) async fn get(&self, path_and_query: &str) -> Answer {
        self.ask(Method::GET, path_and_query, &[], None, false).await
    }

    /// What the request itself comes to: what log and metrics say of the page is said of it.
    pub(super) async fn main(
        &self,
        method: Method,
        path_and_query: &str,
        headers: &[(HeaderName, &str)],
        body: Option<String>,
    ) -> Answer {
        self.ask(method, path_and_query, headers, body, true).await
    }

    /// What can be done at a path.
    pub(super) async fn options(&self, path: &str) -> Answer {
        self.ask(Method::OPTIONS, path, &[], None, false).await
    }

    async fn ask(
        &self,
        method: Method,
        path_and_query: &str,
        headers: &[(HeaderName, &str)],
        body: Option<String>,
        is_main: bool,
    ) -> Answer {
        let began = Instant::now();
        let mut head = poem::http::Request::new(());
        *head.method_mut() = method;
        *head.uri_mut() = Uri::try_from(path_and_query).unwrap_or_default();
        *head.headers_mut() = self.headers.clone();
        head.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if body.is_some() {
            head.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in headers {
            // What makes no header could be nothing that was ever given out.
            head.headers_mut()
                .insert(name, HeaderValue::try_from(*value).unwrap_or(HeaderValue::from_static("-")));
        }
        let (mut parts, ()) = head.into_parts();
        if is_main {
            parts.extensions = self.extensions.clone();
        } else if let Some(id) = self.extensions.get::<RequestId>() {
            parts.extensions.insert(id.clone());
        }
        let (local, remote, scheme) = self.addresses.clone();
        let body = body.map_or_else(Body::empty, Body::from_string);
        let request = Request::from_parts((parts, local, remote, scheme).into(), body);
        let mut response = self.endpoint.get_response(request).await;
        let (route, principal) =
            (response.data::<PathPattern>().cloned(), response.data::<PrincipalLabel>().cloned());
        let body = response.take_body().into_bytes().await.unwrap_or_default();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body,
            json: OnceLock::new(),
            taken: began.elapsed(),
            route,
            principal,
        }
    }
}
