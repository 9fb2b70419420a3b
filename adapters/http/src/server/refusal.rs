//! A head that cannot be read, or does not arrive, is answered like any other bad request.
//!
//! hyper answers such a head by itself, with an empty body, and closes. The [`transport`](super::transport) keeps that
//! answer back, and the connection asks the endpoint for a proper one: with a message, a request id, a log line.

use std::sync::Arc;

use poem::http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use poem::http::{HeaderValue, Method, StatusCode};
use poem::{Endpoint, Error, Request, Response, Result};
use tokio::io::{AsyncWriteExt as _, Result as IoResult};
use tokio::net::TcpStream;

use super::connection::MAXIMUM_HEAD;
use super::{Hardened, request_id};

/// In a request's extensions: there is no such request, only something that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
}

/// The status of the answer that hyper gives by itself, if `written` is one: alone in having no request id.
pub(super) fn written_by_hyper(written: &[u8]) -> Option<StatusCode> {
    let status = written.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    let status = StatusCode::from_bytes(status).ok().filter(StatusCode::is_client_error)?;
    let head = written.strip_suffix(b"\r\n\r\n")?;
    let id = request_id::HEADER;
    let is_ours = head.windows(id.as_str().len()).any(|name| name == id.as_str().as_bytes());
    (!is_ours).then_some(status)
}

/// Raises the refusal that a request stands for.
pub(super) async fn raise<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
) -> Result<Response> {
    match request.data::<Refusal>() {
        Some(refusal) => Err(refusal.error()),
        None => next.call(request).await,
    }
}

impl Refusal {
    pub(super) fn new(status: StatusCode) -> Self {
        Self { status }
    }

    fn error(self) -> Error {
        let message = match self.status {
            StatusCode::REQUEST_TIMEOUT => "The head of the request did not arrive in time.".to_owned(),
            StatusCode::URI_TOO_LONG => "The URL may have at most 65534 bytes.".to_owned(),
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => format!(
                "The head of a request may have at most 100 headers and {MAXIMUM_HEAD} bytes."
            ),
            _ => "This is not a request of HTTP/1.1 (RFC 9112): its first line or one of its headers is malformed."
                .to_owned(),
        };
        Error::from_string(message, self.status)
    }

    /// Sends the endpoint's answer; the connection must close after it.
    pub(super) async fn send(self, endpoint: &Hardened, stream: &mut TcpStream) -> IoResult<()> {
        // What the caller meant is unknown; GET would be a lie in the log.
        let method = Method::from_bytes(b"UNREADABLE").unwrap_or_default();
        let request = Request::builder().method(method).extension(self).finish();
        let mut response = endpoint.get_response(request).await;
        let body = response.take_body().into_bytes().await.map_err(std::io::Error::other)?;
        let headers = response.headers_mut();
        headers.remove(TRANSFER_ENCODING);
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));

        let mut answer = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
        for (name, value) in response.headers() {
            answer.extend_from_slice(name.as_str().as_bytes());
            answer.extend_from_slice(b": ");
            answer.extend_from_slice(value.as_bytes());
            answer.extend_from_slice(b"\r\n");
        }
        answer.extend_from_slice(b"\r\n");
        answer.extend_from_slice(&body);
        stream.write_all(&answer).await
    }
}
