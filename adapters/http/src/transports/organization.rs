//! Organizations over HTTP.

use std::borrow::Cow;

use orderdesk_application::services::{NewOrganization, OrganizationChange};
use orderdesk_application::views::OrganizationDetails;
use orderdesk_domain::Organization;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{Instant, free_text, time_cell};
use super::{Addressed, Transport};
use crate::body::{Body, Form};
use crate::links::Links;

/// A business: the owner of customers, items and orders.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Organization")]
pub(crate) struct OrganizationTransport {
    /// The organization's identity.
    id: Uuid,
    /// Where this object stands.
    url: String,
    /// What it calls itself.
    name: String,
    /// By which clock its days begin (IANA Time Zone Database).
    time_zone: String,
    /// The currency of a price that names none (ISO 4217).
    default_currency: String,
    /// Between which times of day, by its clock, its customers are sent no texts; null for never.
    quiet_hours: Option<String>,
    /// How many belong to it; those who are only invited do not count.
    members_count: u32,
    /// When the record was created.
    created_at: Instant,
    /// When the record last changed, or anybody joined, left or got another role.
    updated_at: Instant,
    /// Grows with every change, and with every change of members; in a PUT or PATCH a precondition.
    version: i64,
}

impl Transport for OrganizationTransport {
    type Entity = Organization;

    const PLURAL: &'static str = "organizations";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "url",
        "name",
        "time_zone",
        "default_currency",
        "quiet_hours",
        "members_count",
        "created_at",
        "updated_at",
        "version",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "time_zone",
        "default_currency",
        "quiet_hours",
        "members_count",
        "created_at",
        "updated_at",
        "version",
    ];

    fn new(details: &OrganizationDetails, links: &Links) -> Self {
        let organization = &details.organization;
        let charter = organization.charter();
        Self {
            id: organization.id().uuid(),
            url: links.object(Self::PATH, organization.id().uuid()),
            name: charter.name.to_string(),
            time_zone: charter.time_zone.to_string(),
            default_currency: charter.default_currency.to_string(),
            quiet_hours: charter.quiet_hours.map(|hours| hours.to_string()),
            members_count: organization.members().all,
            created_at: Instant(organization.id().created_at()),
            updated_at: Instant(organization.updated_at()),
            version: organization.version().number(),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.id.to_string().into(),
            free_text(self.name),
            self.time_zone.into(),
            self.default_currency.into(),
            self.quiet_hours.unwrap_or_default().into(),
            self.members_count.to_string().into(),
            time_cell(self.created_at),
            time_cell(self.updated_at),
            self.version.to_string().into(),
        ]
    }
}

impl Addressed for OrganizationTransport {
    fn url(&self) -> &str {
        &self.url
    }

    fn version(&self) -> i64 {
        self.version
    }
}

const NAME: &str = "What it calls itself, 1 to 100 characters.";
const TIME_ZONE: &str = "By which clock its days begin: a name of the IANA Time Zone Database; the installation's where none is given.";
const CURRENCY: &str =
    "The currency of a price that names none (ISO 4217); the installation's where none is given.";
const QUIET_HOURS: &str = "Between which times of day, by its clock, its customers are sent no texts: what falls due then waits \
                           for the end; null, or nothing, for never.";
const READ_ONLY: [&str; 5] = ["id", "url", "members_count", "created_at", "updated_at"];

impl Body for NewOrganization {
    fn read(form: &mut Form) -> Option<Self> {
        let name = form.required("name", NAME);
        let time_zone = form.optional("time_zone", TIME_ZONE);
        let default_currency = form.optional("default_currency", CURRENCY);
        let quiet_hours = form.nullable("quiet_hours", QUIET_HOURS).flatten();
        form.read_only(&READ_ONLY);
        form.read_only(&["version"]);
        Some(Self { name: name?, time_zone, default_currency, quiet_hours })
    }
}

impl Body for OrganizationChange {
    fn read(form: &mut Form) -> Option<Self> {
        let whole = form.is_whole();
        let change = Self {
            name: form.required("name", NAME),
            time_zone: form.optional("time_zone", TIME_ZONE),
            default_currency: form.optional("default_currency", CURRENCY),
            quiet_hours: form.nullable("quiet_hours", QUIET_HOURS).or(whole.then_some(None)),
        };
        form.read_only(&READ_ONLY[1..]);
        Some(change)
    }
}
