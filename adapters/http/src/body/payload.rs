//! The bodies of requests as poem-openapi extracts them: one kind for each way of writing.

use std::collections::BTreeMap;

use orderdesk_application::idempotency::RequestDigest;
use orderdesk_application::services::{Precondition, Row};
use orderdesk_domain::Version;
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Error, Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::form::{Body, Form, Presence, Rejected};
use super::{check, json};
use crate::listing::Parameters;
use crate::problem::{Failure, FieldErrors, Message};

const JSON: &str = "application/json";
/// RFC 7396; what a `PATCH` here means is just that.
const MERGE_PATCH: &str = "application/merge-patch+json";
/// The most objects in one bulk request.
pub(crate) const MAXIMUM_ROWS: usize = 1_000;

/// The body of a `POST`: something new.
pub(crate) struct New<T> {
    /// What the client wants, or what is wrong with it.
    pub(crate) body: Result<T, Refusal<T>>,
    /// By which the same request is known again.
    pub(crate) digest: RequestDigest,
}

/// The body of a `POST` that has something to say only if it is not what is usual.
pub(crate) struct Optional<T> {
    /// What the client wants, or what is wrong with it.
    pub(crate) body: Result<T, Refusal<T>>,
    /// By which the same request is known again.
    pub(crate) digest: RequestDigest,
}

/// The body of a `PUT`: an object as a whole.
pub(crate) struct Whole<T>(pub(crate) Result<Edit<T>, Refusal<Edit<T>>>);

/// The body of a `PATCH`: only what is to change.
pub(crate) struct Partial<T>(pub(crate) Result<Edit<T>, Refusal<Edit<T>>>);

/// A body that is not acceptable. The handler decides what else the client is told with it, or before it.
pub(crate) enum Refusal<T> {
    /// No JSON object, or none that was read.
    Unreadable(Error),
    /// Some fields are wrong.
    Rejected(Rejected<T>),
}

impl<T> From<Refusal<T>> for Error {
    fn from(refusal: Refusal<T>) -> Self {
        match refusal {
            Refusal::Unreadable(error) => error,
            Refusal::Rejected(Rejected { errors, .. }) => Failure::invalid(errors).into(),
        }
    }
}

/// The body of a bulk `PUT`: objects as wholes, under the plural name of their resource.
pub(crate) struct Rows<T>(pub(crate) Vec<Row<T>>);

/// A change, and the version that the client knows.
pub(crate) struct Edit<T> {
    pub(crate) version: Option<Version>,
    pub(crate) change: T,
}

/// Something that a bulk request can have rows of.
pub(crate) trait BulkBody: Body {
    /// The plural name of the resource.
    const PLURAL: &'static str;
}

const VERSION: &str = "The version that you read; the change is refused on any other.";

impl<T: Body> Body for Edit<T> {
    fn read(form: &mut Form) -> Option<Self> {
        form.read_only(&["id"]);
        let version = form.optional("version", VERSION);
        let change = T::read(form);
        Some(Self { version, change: change? })
    }
}

/// An object in a bulk request.
struct RowBody<T>(Row<T>);

impl<T: Body> Body for RowBody<T> {
    fn read(form: &mut Form) -> Option<Self> {
        let id: Option<Uuid> = form.required("id", "Which object.");
        let version = form.optional("version", VERSION);
        let change = T::read(form);
        Some(Self(Row { id: id?, precondition: Precondition::default().and(version), change: change? }))
    }
}

/// One way of writing: which media types it takes, and what it makes of the JSON object.
trait Write: Sized {
    const MEDIA_TYPES: &'static [&'static str];
    /// Whether there must be a body; where there is none, it is as if it were an empty object.
    const IS_REQUIRED: bool = true;
    fn schema() -> MetaSchema;
    /// `parameters` is what is wrong with the query string; it is told together with what is wrong with the body.
    fn parse(
        object: Result<Map<String, Value>>,
        parameters: FieldErrors,
        digest: RequestDigest,
    ) -> Result<Self>;
}

fn one<T: Body>(
    object: Result<Map<String, Value>>,
    parameters: FieldErrors,
    presence: Presence,
) -> Result<T, Refusal<T>> {
    let (mut errors, draft) = match Form::parse(object.map_err(Refusal::Unreadable)?, presence) {
        Ok(body) if parameters.is_empty() => return Ok(body),
        Ok(body) => (FieldErrors::new(), Some(body)),
        Err(Rejected { errors, draft }) => (errors, draft),
    };
    errors.extend(parameters);
    Err(Refusal::Rejected(Rejected { errors, draft }))
}

impl<T: Body> Write for New<T> {
    const MEDIA_TYPES: &'static [&'static str] = &[JSON];

    fn schema() -> MetaSchema {
        Form::schema::<T>(Presence::Whole)
    }

    fn parse(
        object: Result<Map<String, Value>>,
        parameters: FieldErrors,
        digest: RequestDigest,
    ) -> Result<Self> {
        Ok(Self { body: one(object, parameters, Presence::Whole), digest })
    }
}

impl<T: Body> Write for Optional<T> {
    const MEDIA_TYPES: &'static [&'static str] = &[JSON];
    const IS_REQUIRED: bool = false;

    fn schema() -> MetaSchema {
        Form::schema::<T>(Presence::Whole)
    }

    fn parse(
        object: Result<Map<String, Value>>,
        parameters: FieldErrors,
        digest: RequestDigest,
    ) -> Result<Self> {
        Ok(Self { body: one(object, parameters, Presence::Whole), digest })
    }
}

impl<T: Body> Write for Whole<T> {
    const MEDIA_TYPES: &'static [&'static str] = &[JSON];

    fn schema() -> MetaSchema {
        Form::schema::<Edit<T>>(Presence::Whole)
    }

    fn parse(object: Result<Map<String, Value>>, parameters: FieldErrors, _: RequestDigest) -> Result<Self> {
        Ok(Self(one(object, parameters, Presence::Whole)))
    }
}

impl<T: Body> Write for Partial<T> {
    const MEDIA_TYPES: &'static [&'static str] = &[JSON, MERGE_PATCH];

    fn schema() -> MetaSchema {
        Form::schema::<Edit<T>>(Presence::Partial)
    }

    fn parse(object: Result<Map<String, Value>>, parameters: FieldErrors, _: RequestDigest) -> Result<Self> {
        Ok(Self(one(object, parameters, Presence::Partial)))
    }
}

impl<T: BulkBody> Write for Rows<T> {
    const MEDIA_TYPES: &'static [&'static str] = &[JSON];

    fn schema() -> MetaSchema {
        let row = Form::schema::<RowBody<T>>(Presence::Whole);
        let items = Some(Box::new(MetaSchemaRef::Inline(Box::new(row))));
        let rows = MetaSchema { items, max_items: Some(MAXIMUM_ROWS), ..MetaSchema::new("array") };
        let properties = vec![(T::PLURAL, MetaSchemaRef::Inline(Box::new(rows)))];
        MetaSchema { properties, required: vec![T::PLURAL], ..MetaSchema::new("object") }
    }

    fn parse(object: Result<Map<String, Value>>, parameters: FieldErrors, _: RequestDigest) -> Result<Self> {
        match rows(object?) {
            Ok(rows) if parameters.is_empty() => Ok(Self(rows)),
            Ok(_) => Err(Failure::invalid(parameters).into()),
            Err(Message::Fields(mut errors)) => {
                errors.extend(parameters);
                Err(Failure::invalid(errors).into())
            }
            Err(message) => Err(Failure::bad_input(message).into()),
        }
    }
}

/// The rows of a bulk request, or everything that is wrong with them.
fn rows<T: BulkBody>(mut values: Map<String, Value>) -> Result<Vec<Row<T>>, Message> {
    let mut errors = FieldErrors::new();
    let rows = values.remove(T::PLURAL);
    for name in values.keys() {
        let reason = format!("There is no such field. The only field is {}.", T::PLURAL);
        errors.insert(name.clone(), vec![reason]);
    }
    let rows = match rows {
        Some(Value::Array(rows)) if rows.len() <= MAXIMUM_ROWS => rows,
        Some(Value::Array(rows)) => {
            let reason = format!("One call takes at most {MAXIMUM_ROWS} objects, not {}.", rows.len());
            errors.insert(T::PLURAL.to_owned(), vec![reason]);
            Vec::new()
        }
        Some(other) => {
            errors.insert(T::PLURAL.to_owned(), check::expected("a list of objects", &other));
            Vec::new()
        }
        None => {
            errors.insert(T::PLURAL.to_owned(), vec!["This field is required.".to_owned()]);
            Vec::new()
        }
    };
    if !errors.is_empty() {
        return Err(Message::Fields(errors));
    }
    let mut refused = BTreeMap::new();
    let mut parsed = Vec::with_capacity(rows.len());
    for (position, row) in rows.into_iter().enumerate() {
        let outcome = match row {
            Value::Object(values) => Form::parse(values, Presence::Whole).map_err(|rejected| rejected.errors),
            other => Err(FieldErrors::from([(
                crate::problem::NON_FIELD.to_owned(),
                check::expected("an object", &other),
            )])),
        };
        match outcome {
            Ok(RowBody(row)) => parsed.push(row),
            Err(errors) => {
                refused.insert(position, errors);
            }
        }
    }
    if refused.is_empty() { Ok(parsed) } else { Err(Message::Rows(BTreeMap::from([(T::PLURAL, refused)]))) }
}

/// Reads a body, in the order of the checks: 415, 413, 400; into `digest` goes all that makes the request what it is,
/// where it can be one that is to be carried out once.
async fn read(
    request: &Request,
    body: &mut RequestBody,
    media_types: &[&str],
    is_required: bool,
    digest: &mut Sha256,
) -> Result<Map<String, Value>> {
    // Who sends nothing need not say what it is.
    let may_be_nothing = !is_required && !request.headers().contains_key(header::CONTENT_TYPE);
    if !may_be_nothing {
        check_media_type(request, media_types)?;
    }
    let bytes = body.take()?.into_bytes().await?;
    if request.method() == Method::POST {
        digest.update(request.method().as_str());
        digest.update(b" ");
        digest.update(request.uri().to_string());
        digest.update(b"\n");
        digest.update(&bytes);
    }
    if bytes.is_empty() && !is_required {
        return Ok(Map::new());
    }
    if may_be_nothing {
        check_media_type(request, media_types)?;
    }
    if bytes.is_empty() {
        return Err(Failure::malformed("The body is empty; a JSON object is expected.").into());
    }
    match json::parse(&bytes).map_err(Failure::malformed)? {
        Value::Object(values) => Ok(values),
        other => Err(Failure::malformed(check::expected("a JSON object", &other).join(" ")).into()),
    }
}

fn check_media_type(request: &Request, allowed: &[&str]) -> Result<(), Failure> {
    let coding = request.header(header::CONTENT_ENCODING).unwrap_or("identity");
    if !coding.eq_ignore_ascii_case("identity") {
        let text = "Send the body as it is, without a Content-Encoding.";
        let failure = Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", text);
        return Err(failure.with_header(header::ACCEPT_ENCODING, HeaderValue::from_static("identity")));
    }
    let given = request.content_type().unwrap_or_default();
    let parsed: Option<mime::Mime> = given.parse().ok();
    let fits = parsed.is_some_and(|given| {
        let utf8 = given.get_param(mime::CHARSET).is_none_or(|charset| charset == mime::UTF_8);
        utf8 && allowed.contains(&given.essence_str())
    });
    if fits {
        return Ok(());
    }
    let allowed = allowed.join(" or ");
    let text = format!("Send the body as {allowed} in UTF-8, and say so in Content-Type.");
    let accept = HeaderValue::try_from(allowed.replace(" or ", ", "));
    let failure = Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", text);
    let name = if request.method() == Method::PATCH {
        HeaderName::from_static("accept-patch")
    } else {
        header::ACCEPT
    };
    Err(accept.into_iter().fold(failure, |failure, value| failure.with_header(name.clone(), value)))
}

macro_rules! request_body {
    ($($body:ident: $bound:ident),+) => {$(
        impl<'a, T: $bound> ApiExtractor<'a> for $body<T> {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

            type ParamType = ();
            type ParamRawType = ();

            fn request_meta() -> Option<MetaRequest> {
                let schema = MetaSchemaRef::Inline(Box::new(Self::schema()));
                let media_type = |content_type: &&'static str| MetaMediaType { content_type, schema: schema.clone() };
                let content = Self::MEDIA_TYPES.iter().map(media_type).collect();
                Some(MetaRequest { description: None, content, required: Self::IS_REQUIRED })
            }

            async fn from_request(
                request: &'a Request,
                body: &mut RequestBody,
                _: ExtractParamOptions<()>,
            ) -> Result<Self> {
                let parameters = Parameters::parse(request.uri().query().unwrap_or_default()).into_errors();
                let mut digest = Sha256::new();
                let object = read(request, body, Self::MEDIA_TYPES, Self::IS_REQUIRED, &mut digest).await;
                Self::parse(object, parameters, digest.finalize().into())
            }
        }
    )+};
}

request_body!(New: Body, Optional: Body, Whole: Body, Partial: Body, Rows: BulkBody);
