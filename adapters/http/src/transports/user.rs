//! Users over HTTP, as staff see them.

use std::borrow::Cow;

use orderdesk_application::services::UserChange;
use orderdesk_application::views::UserDetails;
use orderdesk_domain::User;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{Instant, free_text, time_cell};
use super::{Addressed, Transport};
use crate::body::{Body, Form};
use crate::links::Links;

/// Somebody who can call. By what an identity provider knows them is shown to nobody.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "User")]
pub(crate) struct UserTransport {
    /// The user's identity.
    id: Uuid,
    /// Where this object stands.
    url: String,
    /// How the user is shown to others.
    name: String,
    /// The address that the identity provider has verified; null where there is none.
    email: Option<String>,
    /// Whether the user sees and manages everything.
    is_staff: bool,
    /// Whether the user may do anything at all.
    is_active: bool,
    /// When the record was created.
    created_at: Instant,
    /// When the record last changed.
    updated_at: Instant,
    /// Grows with every change; in a PATCH a precondition.
    version: i64,
}

impl Transport for UserTransport {
    type Entity = User;

    const PLURAL: &'static str = "users";
    const FIELDS: &'static [&'static str] =
        &["id", "url", "name", "email", "is_staff", "is_active", "created_at", "updated_at", "version"];
    const COLUMNS: &'static [&'static str] =
        &["id", "name", "email", "is_staff", "is_active", "created_at", "updated_at", "version"];

    fn new(details: &UserDetails, links: &Links) -> Self {
        let user = &details.user;
        let account = user.account();
        Self {
            id: user.id().uuid(),
            url: links.object(Self::PATH, user.id().uuid()),
            name: account.name.to_string(),
            email: account.email.as_ref().map(ToString::to_string),
            is_staff: account.is_staff,
            is_active: account.is_active,
            created_at: Instant(user.id().created_at()),
            updated_at: Instant(user.updated_at()),
            version: user.version().number(),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.id.to_string().into(),
            free_text(self.name),
            free_text(self.email.unwrap_or_default()),
            self.is_staff.to_string().into(),
            self.is_active.to_string().into(),
            time_cell(self.created_at),
            time_cell(self.updated_at),
            self.version.to_string().into(),
        ]
    }
}

impl Addressed for UserTransport {
    fn url(&self) -> &str {
        &self.url
    }

    fn version(&self) -> i64 {
        self.version
    }
}

impl Body for UserChange {
    fn read(form: &mut Form) -> Option<Self> {
        let change = Self {
            name: form.required("name", "How the user is shown to others, 1 to 100 characters."),
            is_staff: form.optional("is_staff", "Whether the user sees and manages everything."),
            is_active: form.optional(
                "is_active",
                "Whether the user may do anything at all. One who may not is signed out everywhere.",
            ),
        };
        form.read_only(&["url", "email", "created_at", "updated_at"]);
        Some(change)
    }
}
