//! How operations can be refused, in the OpenAPI document: the same for all.

use serde_json::{Map, Value, json};

/// A refusal as every operation that it can befall documents it.
struct Refusal {
    status: u16,
    name: &'static str,
    description: &'static str,
}

const fn refusal(status: u16, name: &'static str, description: &'static str) -> Refusal {
    Refusal { status, name, description }
}

const REFUSALS: [Refusal; 17] = [
    refusal(400, "BadRequest", "The request is malformed, or a parameter or field is not acceptable."),
    refusal(401, "Unauthorized", "There are no credentials, or nobody is known by them."),
    refusal(
        403,
        "Forbidden",
        "The caller is known and may not do this, or a session's CSRF token is missing.",
    ),
    refusal(404, "NotFound", "There is no such object, or the caller may not see it."),
    refusal(405, "MethodNotAllowed", "The path does not allow the method; Allow names those it does."),
    refusal(406, "NotAcceptable", "No acceptable media type can be had here."),
    refusal(408, "RequestTimeout", "The request did not arrive in time."),
    refusal(
        409,
        "Conflict",
        "The state of an object does not allow the change, something unique is taken, or a request with the same \
         Idempotency-Key is being carried out; of the last, Retry-After says when to come again.",
    ),
    refusal(412, "PreconditionFailed", "The object has changed since the version that the client knows."),
    refusal(413, "ContentTooLarge", "The body is larger than the limit."),
    refusal(414, "UriTooLong", "The URL is too long."),
    refusal(415, "UnsupportedMediaType", "The body is not of a media type that is read here."),
    refusal(
        422,
        "UnprocessableContent",
        "The Idempotency-Key was used for another request; a new request takes a new key.",
    ),
    refusal(429, "TooManyRequests", "Too many requests; Retry-After says when to come again."),
    refusal(431, "RequestHeaderFieldsTooLarge", "The head of the request is too large."),
    refusal(500, "InternalServerError", "Something went wrong on our side."),
    refusal(
        503,
        "ServiceUnavailable",
        "The store is away, or the request took too long; Retry-After says when to come again.",
    ),
];

/// What decides how an operation can be refused.
pub(super) struct Traits<'a> {
    pub(super) method: &'a str,
    pub(super) writes_body: bool,
    /// Whether it takes no credentials, and answers whatever is accepted.
    pub(super) is_open: bool,
    /// Whether it can be sent again under its key.
    pub(super) is_repeatable: bool,
}

impl Refusal {
    fn befalls(&self, operation: &Traits<'_>) -> bool {
        match self.status {
            401 | 406 => !operation.is_open,
            409 => operation.is_repeatable || !matches!(operation.method, "get" | "post"),
            412 => matches!(operation.method, "put" | "patch" | "delete"),
            413 | 415 => operation.writes_body,
            422 => operation.is_repeatable,
            _ => true,
        }
    }

    fn response(&self) -> Value {
        let text = || json!({ "schema": { "type": "string" } });
        let mut headers = json!({ "X-Request-Id": text() });
        match self.status {
            401 => headers["WWW-Authenticate"] = text(),
            405 => headers["Allow"] = text(),
            415 => {
                headers["Accept"] = text();
                headers["Accept-Patch"] = text();
            }
            409 | 429 | 503 => headers["Retry-After"] = json!({ "schema": { "type": "integer" } }),
            _ => {}
        }
        json!({
            "description": self.description,
            "headers": headers,
            "content": {
                "application/json": { "schema": { "$ref": "#/components/schemas/Error" } },
                "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
            },
        })
    }
}

/// Every refusal, for operations to refer to.
pub(super) fn responses() -> Value {
    let named = |refusal: &Refusal| (refusal.name.to_owned(), refusal.response());
    Value::Object(REFUSALS.iter().map(named).collect())
}

/// Those that an operation can meet with, by status.
pub(super) fn of_operation(operation: &Traits<'_>) -> Map<String, Value> {
    let befalling = REFUSALS.iter().filter(|refusal| refusal.befalls(operation));
    let reference = |refusal: &Refusal| json!({ "$ref": format!("#/components/responses/{}", refusal.name) });
    befalling.map(|refusal| (refusal.status.to_string(), reference(refusal))).collect()
}
