//! Customers over HTTP.

use std::borrow::Cow;

use orderdesk_application::services::{CustomerChange, NewCustomer};
use orderdesk_application::views::CustomerDetails;
use orderdesk_domain::Customer;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{Instant, OrganizationReference, UserReference, free_text, time_cell};
use super::{Addressed, Transport};
use crate::body::{Body, BulkBody, Form};
use crate::links::Links;

/// Somebody who orders, and whom a text can reach.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Customer")]
pub(crate) struct CustomerTransport {
    /// The customer's identity.
    pub(super) id: Uuid,
    /// Where this object stands.
    url: String,
    /// Whose customer this is.
    organization: OrganizationReference,
    /// Five characters, A to Z and 0 to 9, unique within the organization.
    pub(super) code: String,
    /// The first name.
    first_name: String,
    /// The second name.
    second_name: String,
    /// The phone number in E.164 form.
    phone: String,
    /// When the record was created.
    created_at: Instant,
    /// When the record last changed.
    updated_at: Instant,
    /// Who created the record; null where that is not known any more.
    created_by: Option<UserReference>,
    /// Grows with every change; in a PUT or PATCH a precondition.
    version: i64,
}

impl Transport for CustomerTransport {
    type Entity = Customer;

    const PLURAL: &'static str = "customers";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "url",
        "organization",
        "code",
        "first_name",
        "second_name",
        "phone",
        "created_at",
        "updated_at",
        "created_by",
        "version",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "organization_id",
        "code",
        "first_name",
        "second_name",
        "phone",
        "created_at",
        "updated_at",
        "created_by_id",
        "version",
    ];

    fn new(details: &CustomerDetails, links: &Links) -> Self {
        let customer = &details.customer;
        let profile = customer.profile();
        Self {
            id: customer.id().uuid(),
            url: links.object(Self::PATH, customer.id().uuid()),
            organization: (&details.organization).into(),
            code: profile.code.to_string(),
            first_name: profile.first_name.to_string(),
            second_name: profile.second_name.to_string(),
            phone: profile.phone.to_string(),
            created_at: Instant(customer.id().created_at()),
            updated_at: Instant(customer.updated_at()),
            created_by: details.created_by.as_ref().map(Into::into),
            version: customer.version().number(),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.id.to_string().into(),
            self.organization.id().to_string().into(),
            self.code.into(),
            free_text(self.first_name),
            free_text(self.second_name),
            self.phone.into(),
            time_cell(self.created_at),
            time_cell(self.updated_at),
            UserReference::id_cell(self.created_by),
            self.version.to_string().into(),
        ]
    }
}

impl Addressed for CustomerTransport {
    fn url(&self) -> &str {
        &self.url
    }

    fn version(&self) -> i64 {
        self.version
    }
}

const ORGANIZATION: &str =
    "Whose customer this is. May be left out by a caller who can write to one organization only.";
const CODE: &str = "Five letters and digits, unique within the organization; generated where none is given.";
const FIRST_NAME: &str = "The first name, 1 to 100 characters.";
const SECOND_NAME: &str = "The second name, 1 to 100 characters.";
const PHONE: &str = "The phone number in international format.";
const READ_ONLY: [&str; 5] = ["id", "url", "created_at", "updated_at", "created_by"];

impl Body for NewCustomer {
    fn read(form: &mut Form) -> Option<Self> {
        let organization = form.optional("organization", ORGANIZATION);
        let code = form.optional("code", CODE);
        let first_name = form.required("first_name", FIRST_NAME);
        let second_name = form.required("second_name", SECOND_NAME);
        let phone = form.required("phone", PHONE);
        form.read_only(&READ_ONLY);
        form.read_only(&["version"]);
        Some(Self { organization, code, first_name: first_name?, second_name: second_name?, phone: phone? })
    }
}

impl Body for CustomerChange {
    fn read(form: &mut Form) -> Option<Self> {
        let change = Self {
            organization: form
                .optional("organization", "The organization that the customer is in; it cannot change."),
            code: form.optional("code", "Five letters and digits; left out, it stays."),
            first_name: form.required("first_name", FIRST_NAME),
            second_name: form.required("second_name", SECOND_NAME),
            phone: form.required("phone", PHONE),
        };
        form.read_only(&READ_ONLY[1..]);
        Some(change)
    }
}

impl BulkBody for CustomerChange {
    const PLURAL: &'static str = CustomerTransport::PLURAL;
}
