//! Members of organizations over HTTP.

use std::borrow::Cow;

use orderdesk_application::services::{MemberChange, NewMember};
use orderdesk_application::views::MembershipDetails;
use orderdesk_domain::{CustomerId, Membership};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{
    CustomerReference, Instant, OrganizationReference, RoleTransport, UserReference, free_text, id_cell,
    time_cell,
};
use super::{Addressed, Transport};
use crate::body::{Body, Form};
use crate::links::Links;

/// That somebody belongs to an organization, or is invited to, and as what.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Membership")]
pub(crate) struct MembershipTransport {
    /// The membership's identity.
    id: Uuid,
    /// Where this object stands.
    url: String,
    /// Where.
    organization: OrganizationReference,
    /// Who belongs; null as long as an invitation has not been followed.
    user: Option<UserReference>,
    /// The address that was invited; null once its owner has come.
    email: Option<String>,
    /// As what.
    role: RoleTransport,
    /// The customer to whom the role is bound, and beside whom its bearer sees nothing; null where it is bound to none.
    customer: Option<CustomerReference>,
    /// When the record was created.
    created_at: Instant,
    /// When the record last changed.
    updated_at: Instant,
    /// Grows with every change; in a PATCH a precondition.
    version: i64,
}

impl Transport for MembershipTransport {
    type Entity = Membership;

    const PLURAL: &'static str = "members";
    const PATH: &'static str = "memberships";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "url",
        "organization",
        "user",
        "email",
        "role",
        "customer",
        "created_at",
        "updated_at",
        "version",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "organization_id",
        "user_id",
        "user_name",
        "email",
        "role",
        "customer_id",
        "created_at",
        "updated_at",
        "version",
    ];

    fn new(details: &MembershipDetails, links: &Links) -> Self {
        let membership = &details.membership;
        Self {
            id: membership.id().uuid(),
            url: links.object(Self::PATH, membership.id().uuid()),
            organization: (&details.organization).into(),
            user: details.user.as_ref().map(Into::into),
            email: membership.member().invited().map(ToString::to_string),
            role: RoleTransport(membership.standing().role()),
            customer: details.customer.as_ref().map(|customer| CustomerReference::new(customer, links)),
            created_at: Instant(membership.id().created_at()),
            updated_at: Instant(membership.updated_at()),
            version: membership.version().number(),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        let name = self.user.as_ref().map(|user| user.name().to_owned());
        vec![
            self.id.to_string().into(),
            self.organization.id().to_string().into(),
            UserReference::id_cell(self.user),
            free_text(name.unwrap_or_default()),
            free_text(self.email.unwrap_or_default()),
            self.role.0.name().into(),
            id_cell(self.customer.as_ref().map(CustomerReference::id)),
            time_cell(self.created_at),
            time_cell(self.updated_at),
            self.version.to_string().into(),
        ]
    }
}

impl Addressed for MembershipTransport {
    fn url(&self) -> &str {
        &self.url
    }

    fn version(&self) -> i64 {
        self.version
    }
}

const EMAIL: &str = "Whom to invite: whoever signs in with this address, verified by the identity provider.";
const ROLE: &str =
    "As what: a viewer reads, a member reads and writes, an admin also manages the organization.";
const CUSTOMER: &str = "Binds a viewer to this customer with its orders, and nothing else; null for a role that is bound to none.";
const READ_ONLY: [&str; 6] = ["id", "url", "organization", "user", "created_at", "updated_at"];

impl Body for NewMember {
    fn read(form: &mut Form) -> Option<Self> {
        let email = form.required("email", EMAIL);
        let role = form.required("role", ROLE);
        let customer: Option<Option<CustomerId>> = form.nullable("customer", CUSTOMER);
        form.read_only(&READ_ONLY);
        form.read_only(&["version"]);
        Some(Self { email: email?, role: role?, customer: customer.flatten() })
    }
}

impl Body for MemberChange {
    fn read(form: &mut Form) -> Option<Self> {
        let change =
            Self { role: form.required("role", ROLE), customer: form.nullable("customer", CUSTOMER) };
        form.read_only(&READ_ONLY[1..]);
        form.read_only(&["email"]);
        Some(change)
    }
}
