//! The one door through which every error leaves: a refusal of ours, of the framework or of a middleware.

use poem::http::header::{CONTENT_TYPE, VARY};
use poem::http::{HeaderValue, StatusCode};
use poem::{Body, Endpoint, Error, IntoResponse as _, Middleware, Request, Response, Result};
use poem_openapi::error::ParsePathError;
use serde::Serialize;

use super::failure::{Failure, Message};
use super::promised::Promised;
use crate::negotiation::{PROBLEM_JSON, prefers_problem};
use crate::server::RequestId;

/// What answers of the API depend on.
pub(crate) const VARIES: HeaderValue = HeaderValue::from_static("Accept, Authorization, Cookie");

/// Turns errors into answers.
pub(crate) struct Door;

impl<E: Endpoint> Middleware<E> for Door {
    type Output = DoorEndpoint<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        DoorEndpoint(endpoint)
    }
}

pub(crate) struct DoorEndpoint<E>(E);

impl<E: Endpoint> Endpoint for DoorEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let promised = Promised::default();
        request.set_data(promised.clone());
        let id = request.data::<RequestId>().map(ToString::to_string).unwrap_or_default();
        let problem = prefers_problem(request.headers());
        let outcome = self.0.call(request).await;
        let mut response = match outcome {
            Ok(response) => response.into_response(),
            Err(error) => answer(failure_of(error), &id, problem),
        };
        promised.keep(response.headers_mut());
        Ok(response)
    }
}

/// What an error is to the client, whoever raised it.
fn failure_of(error: Error) -> Failure {
    if error.is::<ParsePathError>() {
        return Failure::not_found();
    }
    let error = match error.downcast::<Failure>() {
        Ok(failure) => return failure,
        Err(error) => error,
    };
    let status = error.status();
    let code = match status {
        StatusCode::BAD_REQUEST => "invalid",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::REQUEST_TIMEOUT => "timeout",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::URI_TOO_LONG => "uri_too_long",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "headers_too_large",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        _ => "failed",
    };
    match status {
        StatusCode::NOT_FOUND => Failure::new(status, code, "There is nothing at this path."),
        StatusCode::SERVICE_UNAVAILABLE => Failure::new(status, code, error.to_string())
            .with_header(poem::http::header::RETRY_AFTER, HeaderValue::from_static("1")),
        status if status.is_client_error() => Failure::new(status, code, error.to_string()),
        _ => Failure::internal(error.to_string()),
    }
}

fn answer(failure: Failure, request_id: &str, problem: bool) -> Response {
    if failure.cause.is_some() {
        tracing::error!(request_id, %failure, cause = failure.cause_text(), "request failed");
    }
    let body = if problem {
        serde_json::to_vec(&ProblemBody::new(&failure, request_id))
    } else {
        serde_json::to_vec(&ErrorBody { message: &failure.message, code: failure.code, request_id })
    };
    let content_type = if problem { PROBLEM_JSON } else { "application/json" };
    let mut response = Response::builder().status(failure.status).body(Body::from(body.unwrap_or_default()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(VARY, VARIES);
    if let Some((name, value)) = failure.header.map(|header| *header) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// The shape of every error.
#[derive(Serialize)]
struct ErrorBody<'a> {
    message: &'a Message,
    code: &'a str,
    request_id: &'a str,
}

/// The same content in the shape of RFC 9457.
#[derive(Serialize)]
struct ProblemBody<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    message: &'a Message,
    code: &'a str,
    request_id: &'a str,
}

impl<'a> ProblemBody<'a> {
    fn new(failure: &'a Failure, request_id: &'a str) -> Self {
        let detail = match &failure.message {
            Message::Text(text) => text,
            Message::Fields(_) | Message::Rows(_) => "Some fields are not acceptable; see message.",
        };
        Self {
            kind: "about:blank",
            title: failure.status.canonical_reason().unwrap_or_default(),
            status: failure.status.as_u16(),
            detail,
            message: &failure.message,
            code: failure.code,
            request_id,
        }
    }
}
