//! The caller over HTTP: who it is, and where it belongs.

use std::borrow::Cow;

use orderdesk_application::Caller;
use orderdesk_application::views::MembershipDetails;
use orderdesk_domain::{Membership, OrganizationId};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{
    CredentialReference, CustomerReference, Instant, OrganizationReference, RoleTransport, free_text,
    id_cell, time_cell,
};
use super::{MembershipTransport, Transport};
use crate::links::{API, Links};

/// The caller, and what its credential is good for.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Me")]
pub(crate) struct MeTransport {
    /// The user's identity.
    id: Uuid,
    /// Where this object stands.
    url: String,
    /// How the user is shown to others.
    name: String,
    /// Whether the user sees and manages everything.
    is_staff: bool,
    /// By what the caller was recognised.
    credential: CredentialReference,
    /// What the credential is good for, of all that the user may do.
    scopes: Vec<String>,
    /// The only organization that the credential is good for; null for one that is bound to none.
    organization: Option<BoundOrganization>,
    /// From when on the credential is worth nothing; null where that is not known beforehand.
    expires_at: Option<Instant>,
    /// Where the list of the user's organizations stands.
    organizations: String,
}

/// The organization to which a credential is bound.
#[derive(Debug, Object, Serialize)]
struct BoundOrganization {
    /// Its identity.
    id: Uuid,
    /// What it calls itself; null where the user does not belong to it any more.
    name: Option<String>,
}

impl MeTransport {
    /// Where it stands, below the API's path.
    pub(crate) const PATH: &'static str = "me";

    /// The caller as shown to itself.
    pub(crate) fn new(caller: &Caller, links: &Links) -> Self {
        let bound = |id: OrganizationId| {
            let grant = caller.grants.iter().find(|grant| grant.organization.id == id);
            BoundOrganization { id: id.uuid(), name: grant.map(|grant| grant.organization.name.to_string()) }
        };
        Self {
            id: caller.user.id.uuid(),
            url: links.collection(Self::PATH),
            name: caller.user.name.to_string(),
            is_staff: caller.is_staff,
            credential: (&caller.credential).into(),
            scopes: caller.scopes.iter().map(|scope| scope.to_string()).collect(),
            organization: caller.bound_to.map(bound),
            expires_at: caller.expires_at.map(Instant),
            organizations: links.path(&format!("{API}me/organizations/")),
        }
    }
}

/// That the caller belongs to an organization, and as what.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OwnMembership")]
pub(crate) struct OwnMembershipTransport {
    /// Where the caller belongs.
    organization: OrganizationReference,
    /// As what.
    role: RoleTransport,
    /// The customer to whom the role is bound; null where it is bound to none.
    customer: Option<CustomerReference>,
    /// Where the membership stands; to delete it is to leave.
    membership: String,
    /// Since when.
    created_at: Instant,
}

impl Transport for OwnMembershipTransport {
    type Entity = Membership;

    const PLURAL: &'static str = "organizations";
    const FIELDS: &'static [&'static str] = &["organization", "role", "customer", "membership", "created_at"];
    const COLUMNS: &'static [&'static str] =
        &["organization_id", "organization_name", "role", "customer_id", "membership", "created_at"];

    fn new(details: &MembershipDetails, links: &Links) -> Self {
        let membership = &details.membership;
        Self {
            organization: (&details.organization).into(),
            role: RoleTransport(membership.standing().role()),
            customer: details.customer.as_ref().map(|customer| CustomerReference::new(customer, links)),
            membership: links.object(MembershipTransport::PATH, membership.id().uuid()),
            created_at: Instant(membership.id().created_at()),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.organization.id().to_string().into(),
            free_text(self.organization.name().to_owned()),
            self.role.0.name().into(),
            id_cell(self.customer.as_ref().map(CustomerReference::id)),
            self.membership.into(),
            time_cell(self.created_at),
        ]
    }
}
