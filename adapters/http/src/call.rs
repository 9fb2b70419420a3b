//! What every handler needs of a request: who calls, how links begin, what the caller has already.

use orderdesk_application::Caller;
use orderdesk_application::idempotency::{IdempotencyKey, Once, RequestDigest};
use orderdesk_application::query::Entity;
use orderdesk_application::services::Precondition;
use orderdesk_domain::Version;
use poem::http::header::{IF_MATCH, IF_NONE_MATCH};
use poem::http::{HeaderMap, HeaderName, Method};
use poem::{FromRequest, Request, RequestBody, Result};

use crate::links::Links;
use crate::problem::Failure;
use crate::reply::Created;
use crate::transports::Addressed;

/// By which a client knows its own request again.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// An authenticated request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Who calls.
    pub(crate) caller: Caller,
    /// How links begin.
    pub(crate) links: Links,
    if_match: Option<String>,
    if_none_match: Option<String>,
    key: Option<IdempotencyKey>,
}

impl Call {
    /// The request, to be carried out once, where the client has named it. Its answer shows a `T`.
    pub(crate) fn once<T: Addressed>(
        &self,
        request: RequestDigest,
    ) -> Option<Once<<T::Entity as Entity>::Details>> {
        let links = self.links.clone();
        self.once_told(request, move |details| Created::answer(&T::new(details, &links)))
    }

    /// The same with an answer of another kind.
    pub(crate) fn once_told<D>(
        &self,
        request: RequestDigest,
        tell: impl Fn(&D) -> orderdesk_application::idempotency::Answer + Send + Sync + 'static,
    ) -> Option<Once<D>> {
        let key = self.key.clone()?;
        Some(Once { key, request, tell: Box::new(tell) })
    }

    /// The versions that `If-Match` allows (RFC 9110, section 13.1.1). A tag that is not of this API's making
    /// matches nothing, as does a weak one.
    pub(crate) fn precondition(&self) -> Precondition {
        match self.if_match.as_deref().map(str::trim) {
            None | Some("*") => Precondition::default(),
            Some(tags) => Precondition::one_of(tags.split(',').filter_map(version_of).collect()),
        }
    }

    /// Whether the client has the representation with this tag already (RFC 9110, section 13.1.2).
    pub(crate) fn has(&self, etag: &str) -> bool {
        self.if_none_match.as_deref().is_some_and(|tags| {
            tags.split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
        })
    }
}

/// The version in a tag such as `"3-9b2d…"`.
fn version_of(tag: &str) -> Option<Version> {
    let (version, _) = tag.trim().strip_prefix('"')?.strip_suffix('"')?.split_once('-')?;
    version.parse().ok().and_then(Version::new)
}

/// All lines of a header. What is no text stays in as something that no tag of ours, and no key, can be: dropped, it
/// would turn a condition into none.
fn joined(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let values: Vec<_> =
        headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

impl<'a> FromRequest<'a> for Call {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let caller = request.data::<Caller>().cloned();
        // Authentication stands before every route that has a handler with a caller.
        let caller = caller.ok_or_else(|| Failure::unauthenticated("Authentication is required."))?;
        // Other methods do the same again in any case.
        let key = Some(request).filter(|request| request.method() == Method::POST);
        let key = key.and_then(|request| joined(request.headers(), IDEMPOTENCY_KEY));
        let key = key.as_deref().map(IdempotencyKey::parse).transpose();
        let key = key.map_err(|error| Failure::invalid_field("Idempotency-Key", error.to_string()))?;
        Ok(Self {
            caller,
            links: Links::new(request),
            if_match: joined(request.headers(), IF_MATCH),
            if_none_match: joined(request.headers(), IF_NONE_MATCH),
            key,
        })
    }
}
