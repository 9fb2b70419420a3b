//! Answers that show one object, or none.

use std::marker::PhantomData;

use orderdesk_application::idempotency::{Answer, Outcome};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use crate::call::Call;
use crate::listing::Projection;
use crate::problem::Failure;
use crate::transports::{Addressed, Transport};

/// 200 with an object, or 304 where the client has it already.
pub(crate) struct One<T>(Response, PhantomData<T>);

impl<T: Addressed> One<T> {
    /// Shows `transport`, thinned as `projection` says.
    pub(crate) fn new(call: &Call, transport: &T, projection: &Projection) -> Result<Self, Failure> {
        let body = render(transport, projection)?;
        let etag = etag(transport, &body);
        let mut response = if call.has(&etag) {
            Response::builder().status(StatusCode::NOT_MODIFIED).finish()
        } else {
            json(StatusCode::OK, body)
        };
        insert(&mut response, header::ETAG, &etag);
        Ok(Self(response, PhantomData))
    }

    /// Shows what a change has made of an object.
    pub(crate) fn changed(transport: &T) -> Result<Self, Failure> {
        let body = render(transport, &Projection::default())?;
        let etag = etag(transport, &body);
        let mut response = json(StatusCode::OK, body);
        insert(&mut response, header::ETAG, &etag);
        Ok(Self(response, PhantomData))
    }
}

/// 201 with a new object and where it stands.
pub(crate) struct Created<T>(Response, PhantomData<T>);

impl<T: Addressed> Created<T> {
    /// What is answered to the creation of `transport`.
    pub(crate) fn answer(transport: &T) -> Answer {
        Answer { location: Some(transport.url().to_owned()), ..answer(StatusCode::CREATED, transport) }
    }

    /// Shows what was created, or what was answered to the same request before.
    pub(crate) fn of<D>(outcome: Outcome<D>, show: impl FnOnce(&D) -> T) -> Self {
        Self(tell(outcome, |details| Self::answer(&show(details))), PhantomData)
    }
}

/// 202 with an object with which something is yet to be done.
pub(crate) struct Accepted<T>(Response, PhantomData<T>);

impl<T: Addressed> Accepted<T> {
    /// What is answered about `transport`.
    pub(crate) fn answer(transport: &T) -> Answer {
        answer(StatusCode::ACCEPTED, transport)
    }

    /// Shows with what it is, or what was answered to the same request before.
    pub(crate) fn of<D>(outcome: Outcome<D>, show: impl FnOnce(&D) -> T) -> Self {
        Self(tell(outcome, |details| Self::answer(&show(details))), PhantomData)
    }
}

/// An answer that shows an object.
fn answer<T: Addressed>(status: StatusCode, transport: &T) -> Answer {
    // What is shown consists of names and plain values, which always make JSON.
    let body = serde_json::to_string(transport).unwrap_or_default();
    Answer { status: status.as_u16(), location: None, etag: Some(etag(transport, body.as_bytes())), body }
}

/// The answer to what was done, or the one that was given to the same request before.
fn tell<D>(outcome: Outcome<D>, answer: impl FnOnce(&D) -> Answer) -> Response {
    match outcome {
        Outcome::Done(details) => respond(answer(&details)),
        Outcome::Replayed(answer) => {
            let mut response = respond(answer);
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            response
        }
    }
}

impl<T: Addressed> Created<T> {
    /// Shows what was created with a secret that is shown this once and never kept: neither with the answer, nor by
    /// a browser. The tag is that of the object as it is shown ever after.
    pub(crate) fn revealing<D>(
        outcome: Outcome<D>,
        show: impl FnOnce(&D) -> T,
        reveal: impl FnOnce(T, &D) -> T,
    ) -> Self {
        let Outcome::Done(details) = outcome else { return Self::of(outcome, show) };
        let shown = show(&details);
        let lasting = Self::answer(&shown);
        let body = serde_json::to_string(&reveal(shown, &details)).unwrap_or_default();
        let mut response = respond(Answer { body, ..lasting });
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self(response, PhantomData)
    }
}

/// Says that the answer is the first one, again.
const REPLAYED: header::HeaderName = header::HeaderName::from_static("idempotent-replayed");

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::CREATED);
    let mut response = json(status, answer.body.into_bytes());
    for (name, value) in [(header::ETAG, answer.etag), (header::LOCATION, answer.location)] {
        if let Some(value) = value {
            insert(&mut response, name, &value);
        }
    }
    response
}

/// 204: the object is gone.
pub(crate) struct Deleted;

/// An object as JSON, with exactly the fields that were asked for.
pub(super) fn render<T: Transport>(transport: &T, projection: &Projection) -> Result<Vec<u8>, Failure> {
    match &projection.fields {
        None => serde_json::to_vec(transport).map_err(Failure::internal),
        Some(fields) => serde_json::to_vec(&thinned(transport, fields)?).map_err(Failure::internal),
    }
}

/// The chosen fields of an object.
pub(super) fn thinned<T: Transport>(transport: &T, fields: &[String]) -> Result<Value, Failure> {
    let mut value = serde_json::to_value(transport).map_err(Failure::internal)?;
    if let Value::Object(object) = &mut value {
        object.retain(|name, _| fields.contains(name));
    }
    Ok(value)
}

/// A strong tag (RFC 9110, section 8.8.3): the object's own version, which `If-Match` compares, and a hash of all
/// that is shown, so that it changes with whatever the object shows of others, and with the representation.
fn etag<T: Addressed>(transport: &T, body: &[u8]) -> String {
    format!("\"{}-{:032x}\"", transport.version(), xxh3_128(body))
}

pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Response {
    Response::builder().status(status).content_type("application/json").body(body)
}

fn insert(response: &mut Response, name: header::HeaderName, value: &str) {
    // Tags and URLs are made of visible ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn response_header(name: &str, description: &str) -> MetaHeader {
    MetaHeader {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        required: false,
        deprecated: false,
        schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
    }
}

fn etag_header() -> MetaHeader {
    response_header("ETag", "Names exactly this representation; begins with the object's version.")
}

pub(super) fn response(
    status: StatusCode,
    description: &'static str,
    schema: Option<MetaSchemaRef>,
    headers: Vec<MetaHeader>,
) -> MetaResponse {
    let content = schema.map(|schema| MetaMediaType { content_type: "application/json", schema });
    MetaResponse {
        description,
        status: Some(status.as_u16()),
        status_range: None,
        content: content.into_iter().collect(),
        headers,
    }
}

impl<T: Transport> ApiResponse for One<T> {
    fn meta() -> MetaResponses {
        let shown = response(StatusCode::OK, "The object.", Some(T::schema_ref()), vec![etag_header()]);
        MetaResponses { responses: vec![shown] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

fn replayed_header() -> MetaHeader {
    let text = "true where this is the answer to an earlier request with the same Idempotency-Key.";
    response_header("Idempotent-Replayed", text)
}

impl<T: Transport> ApiResponse for Accepted<T> {
    fn meta() -> MetaResponses {
        let headers = vec![etag_header(), replayed_header()];
        let text = "The object; what was asked for is done after this answer.";
        let accepted = response(StatusCode::ACCEPTED, text, Some(T::schema_ref()), headers);
        MetaResponses { responses: vec![accepted] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Transport> ApiResponse for Created<T> {
    fn meta() -> MetaResponses {
        let headers = vec![
            response_header("Location", "Where the new object stands."),
            etag_header(),
            replayed_header(),
        ];
        let created = response(StatusCode::CREATED, "The new object.", Some(T::schema_ref()), headers);
        MetaResponses { responses: vec![created] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl ApiResponse for Deleted {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![response(StatusCode::NO_CONTENT, "The object is gone.", None, Vec::new())],
        }
    }

    fn register(_: &mut Registry) {}
}

impl<T: Send> IntoResponse for One<T> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<T: Send> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<T: Send> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl IntoResponse for Deleted {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_application::services::CreatedApiToken;
    use orderdesk_application::views::ApiTokenDetails;
    use orderdesk_domain::{ApiToken, TokenId, TokenName, TokenScopes, TokenSecret, UserId};
    use uuid::Uuid;

    use super::*;
    use crate::links::Links;
    use crate::transports::ApiTokenTransport;

    type Shown = ApiTokenTransport;

    fn created() -> CreatedApiToken {
        let secret = TokenSecret::generate([7; 32]);
        let token = ApiToken {
            id: TokenId::new(Uuid::from_u128(1)),
            user: UserId::new(Uuid::from_u128(2)),
            name: TokenName::parse("Till").unwrap(),
            organization: None,
            scopes: TokenScopes::everything(),
            expires_at: None,
            last_used_at: None,
            digest: secret.digest(),
        };
        CreatedApiToken { details: ApiTokenDetails { token, organization: None }, secret }
    }

    fn show(created: &CreatedApiToken) -> Shown {
        Shown::new(&created.details, &Links::new(&poem::Request::default()))
    }

    async fn answer(outcome: Outcome<CreatedApiToken>) -> (Value, header::HeaderMap) {
        let response = Created::revealing(outcome, show, Shown::revealing).into_response();
        let headers = response.headers().clone();
        (response.into_body().into_json().await.unwrap(), headers)
    }

    #[tokio::test]
    async fn a_secret_is_shown_once_and_kept_by_nobody() {
        let created = created();
        let kept = Created::answer(&show(&created));
        assert!(!kept.body.contains(created.secret.reveal()));
        let (first, first_headers) = answer(Outcome::Done(created.clone())).await;
        assert_eq!(first["token"], created.secret.reveal());
        assert_eq!(first_headers["cache-control"], "no-store");

        let (again, again_headers) = answer(Outcome::Replayed(kept)).await;
        let mut expected = first;
        expected["token"] = Value::Null;
        assert_eq!(again, expected);
        assert_eq!(again_headers["idempotent-replayed"], "true");
        assert_eq!(again_headers["etag"], first_headers["etag"]);
        assert_eq!(again_headers["location"], first_headers["location"]);
    }

    #[test]
    fn a_secret_is_in_no_log() {
        let created = created();
        let shown = format!("{:?}", show(&created).revealing(&created));
        assert!(!shown.contains(created.secret.reveal()), "{shown}");
    }

    #[test]
    fn the_use_of_a_token_is_another_representation_of_the_same_version() {
        let tag = |created: &CreatedApiToken| Created::answer(&show(created)).etag.unwrap();
        let mut used = created();
        let unused = tag(&used);
        used.details.token.last_used_at = Some(used.details.token.id.created_at());
        assert_ne!(tag(&used), unused);
        assert!(unused.starts_with("\"1-") && tag(&used).starts_with("\"1-"));
    }
}
