//! One refusal, from its status to its words.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use poem::error::ResponseError;
use poem::http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

/// The key of errors that belong to no field.
pub(crate) const NON_FIELD: &str = "non_field_errors";

/// What is wrong with each field: every reason.
pub(crate) type FieldErrors = BTreeMap<String, Vec<String>>;

/// The words of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Message {
    /// A sentence about the request as a whole.
    Text(String),
    /// What is wrong with which field or parameter.
    Fields(FieldErrors),
    /// What is wrong with which field of which row of a bulk request, under the resource's plural name.
    Rows(BTreeMap<&'static str, BTreeMap<usize, FieldErrors>>),
}

/// A refusal on its way to the client. Its cause goes to the log only.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: Message,
    pub(super) header: Option<Box<(HeaderName, HeaderValue)>>,
    pub(super) cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A refusal with a sentence.
    pub(crate) fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        Self { status, code, message: Message::Text(text.into()), header: None, cause: None }
    }

    /// Bad input.
    pub(crate) fn bad_input(message: Message) -> Self {
        Self { message, ..Self::new(StatusCode::BAD_REQUEST, "invalid", "") }
    }

    /// Bad input, by field or parameter.
    pub(crate) fn invalid(fields: FieldErrors) -> Self {
        Self::bad_input(Message::Fields(fields))
    }

    /// Bad input in one field or parameter.
    pub(crate) fn invalid_field(name: &str, reason: impl Into<String>) -> Self {
        Self::invalid(BTreeMap::from([(name.to_owned(), vec![reason.into()])]))
    }

    /// Bad input that no field can be blamed for.
    pub(crate) fn malformed(reason: impl Into<String>) -> Self {
        Self::invalid_field(NON_FIELD, reason)
    }

    /// There is nothing here, or nothing that the caller may see.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found.")
    }

    /// Whether there is nothing here, as far as the caller may know.
    pub(crate) fn is_absence(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }

    /// Nobody is known by these credentials (RFC 6750, section 3).
    pub(crate) fn unauthenticated(text: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_authenticated", text)
            .with_header(poem::http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// Something broke on this side.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let text = "Something went wrong on our side. The log has the details under this request's id.";
        Self { cause: Some(cause.into()), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", text) }
    }

    /// The same with one more header.
    pub(crate) fn with_header(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { header: Some(Box::new((name, value))), ..self }
    }
}

impl Failure {
    /// The whole chain of causes, for the log.
    pub(crate) fn cause_text(&self) -> String {
        let causes =
            std::iter::successors(self.source(), |cause: &&(dyn Error + 'static)| Error::source(*cause));
        causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.status.as_u16(), self.code)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as &(dyn Error + 'static))
    }
}

impl ResponseError for Failure {
    fn status(&self) -> StatusCode {
        self.status
    }
}
