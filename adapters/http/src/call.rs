//! What every handler needs of a request: who calls, how links begin, what the caller has already.

use std::sync::Arc;

use orderdesk_application::Principal;
use orderdesk_application::services::Precondition;
use orderdesk_domain::Version;
use poem::http::HeaderMap;
use poem::http::header::{IF_MATCH, IF_NONE_MATCH};
use poem::{FromRequest, Request, RequestBody, Result};

use crate::links::Links;
use crate::problem::Failure;

/// An authenticated request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Who calls.
    pub(crate) caller: Arc<Principal>,
    /// How links begin.
    pub(crate) links: Links,
    if_match: Option<String>,
    if_none_match: Option<String>,
}

impl Call {
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

/// All lines of a header. What is no text stays in as something that no tag of ours can be: dropped, it would turn a
/// condition into none.
fn joined(headers: &HeaderMap, name: poem::http::HeaderName) -> Option<String> {
    let values: Vec<_> =
        headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

impl<'a> FromRequest<'a> for Call {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let caller = request.data::<Arc<Principal>>().cloned();
        // Authentication stands before every route that has a handler with a caller.
        let caller = caller.ok_or_else(|| Failure::unauthenticated("Authentication is required."))?;
        Ok(Self {
            caller,
            links: Links::new(request),
            if_match: joined(request.headers(), IF_MATCH),
            if_none_match: joined(request.headers(), IF_NONE_MATCH),
        })
    }
}
