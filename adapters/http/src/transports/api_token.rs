//! API tokens over HTTP.

use std::borrow::Cow;

use orderdesk_application::services::{CreatedApiToken, NewApiToken};
use orderdesk_application::views::ApiTokenDetails;
use orderdesk_domain::{ApiToken, TokenScope, TokenScopes};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{Instant, OrganizationReference, Revealed, free_text, id_cell, time_cell};
use super::{Addressed, Transport};
use crate::body::{Body, Form};
use crate::links::Links;

/// A credential by which a script or an integration acts for its user.
///
/// A token never changes, and so its version does not. Its `ETag` names all that is shown, the last use with it, so
/// that `If-None-Match` never hides a use; `If-Match` compares the version alone, so that a use between the reading of
/// a token and its revocation stands in nobody's way.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ApiToken")]
pub(crate) struct ApiTokenTransport {
    /// The token's identity.
    id: Uuid,
    /// Where this object stands.
    url: String,
    /// What the user calls it.
    name: String,
    /// The only organization in which its bearer acts; null for a token that is bound to none.
    organization: Option<OrganizationReference>,
    /// What it is good for, of all that the user may do.
    scopes: Vec<String>,
    /// From when on it is worth nothing; null for never.
    expires_at: Option<Instant>,
    /// When it was last presented, give or take a minute; null until then.
    last_used_at: Option<Instant>,
    /// When it was created.
    created_at: Instant,
    /// The secret that its bearer presents: only in the first answer to its creation, null ever after.
    token: Option<Revealed>,
    /// Always 1: a token never changes, it is created and revoked.
    version: i64,
}

impl ApiTokenTransport {
    /// The same with the secret.
    pub(crate) fn revealing(self, created: &CreatedApiToken) -> Self {
        Self { token: Some(Revealed(created.secret.clone())), ..self }
    }
}

impl Transport for ApiTokenTransport {
    type Entity = ApiToken;

    const PLURAL: &'static str = "api_tokens";
    const PATH: &'static str = "api-tokens";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "url",
        "name",
        "organization",
        "scopes",
        "expires_at",
        "last_used_at",
        "created_at",
        "token",
        "version",
    ];
    const COLUMNS: &'static [&'static str] =
        &["id", "name", "organization_id", "scopes", "expires_at", "last_used_at", "created_at", "version"];

    fn new(details: &ApiTokenDetails, links: &Links) -> Self {
        let token = &details.token;
        Self {
            id: token.id.uuid(),
            url: links.object(Self::PATH, token.id.uuid()),
            name: token.name.to_string(),
            organization: details.organization.as_ref().map(Into::into),
            scopes: token.scopes.iter().map(|scope| scope.to_string()).collect(),
            expires_at: token.expires_at.map(Instant),
            last_used_at: token.last_used_at.map(Instant),
            created_at: Instant(token.id.created_at()),
            token: None,
            version: ApiToken::VERSION.number(),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.id.to_string().into(),
            free_text(self.name),
            id_cell(self.organization.as_ref().map(OrganizationReference::id)),
            self.scopes.join(" ").into(),
            self.expires_at.map(time_cell).unwrap_or_default(),
            self.last_used_at.map(time_cell).unwrap_or_default(),
            time_cell(self.created_at),
            self.version.to_string().into(),
        ]
    }
}

impl Addressed for ApiTokenTransport {
    fn url(&self) -> &str {
        &self.url
    }

    fn version(&self) -> i64 {
        self.version
    }
}

const NAME: &str = "What you call it, 1 to 100 characters.";
const ORGANIZATION: &str =
    "The only organization in which its bearer is to act; null, or nothing, for all that you belong to.";
const SCOPES: &str = "What it is to be good for: read, write, or either of one resource, as in orders:write. Who may \
                      write may read. Only read where nothing is said.";
const EXPIRES_AT: &str = "From when on it is to be worth nothing; null, or nothing, for never.";

impl Body for NewApiToken {
    fn read(form: &mut Form) -> Option<Self> {
        let name = form.required("name", NAME);
        let organization = form.nullable("organization", ORGANIZATION);
        let scopes = form.optional("scopes", SCOPES).or_else(|| TokenScopes::new([TokenScope::READ]).ok());
        let expires_at = form.nullable("expires_at", EXPIRES_AT);
        form.read_only(&["id", "url", "last_used_at", "created_at", "token", "version"]);
        Some(Self {
            name: name?,
            organization: organization.flatten(),
            scopes: scopes?,
            expires_at: expires_at.flatten(),
        })
    }
}
