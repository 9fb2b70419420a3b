//! Memberships as they are read and listed.

use orderdesk_domain::{Membership, Resource, Role, UserId};

use crate::ports::Aggregate;
use crate::query::{Entity, Field, Kind, Listed, Spec, Value};
use crate::views::{CustomerSummary, OrganizationSummary, UserSummary};

/// A membership, where it is, whose, and to which customer it is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipDetails {
    /// The membership.
    pub membership: Membership,
    /// Where the member belongs.
    pub organization: OrganizationSummary,
    /// Who belongs, unless they were only invited.
    pub user: Option<UserSummary>,
    /// The customer to whom the role is bound, if that customer still exists.
    pub customer: Option<CustomerSummary>,
}

/// The fields of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the membership's own fields")]
pub enum MembershipField {
    Id,
    Organization,
    User,
    Email,
    Role,
    Customer,
    CreatedAt,
}

impl Field for MembershipField {
    const ALL: &'static [Self] =
        &[Self::Id, Self::Organization, Self::User, Self::Email, Self::Role, Self::Customer, Self::CreatedAt];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = Some(Self::Organization);
    const CUSTOMER: Option<Self> = None;
    const OWNER: Option<Self> = Some(Self::User);

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Organization => Spec::new("organization", Kind::Id).filters(),
            Self::User => Spec::new("user", Kind::Id).nullable().filters(),
            Self::Email => Spec::new("email", Kind::Text).nullable().filters(),
            Self::Role => Spec::new("role", Kind::Choice(&Role::NAMES)).filters(),
            Self::Customer => Spec::new("customer", Kind::Id).nullable(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for MembershipDetails {
    type Field = MembershipField;

    fn value(&self, field: MembershipField) -> Value {
        let membership = &self.membership;
        match field {
            MembershipField::Id => membership.id().uuid().into(),
            MembershipField::Organization => membership.organization().uuid().into(),
            MembershipField::User => membership.member().user().map(UserId::uuid).into(),
            MembershipField::Email => {
                membership.member().invited().map(orderdesk_domain::EmailAddress::as_str).into()
            }
            MembershipField::Role => membership.standing().role().name().into(),
            MembershipField::Customer => {
                membership.standing().customer().map(orderdesk_domain::CustomerId::uuid).into()
            }
            MembershipField::CreatedAt => membership.id().created_at().into(),
        }
    }
}

impl Entity for Membership {
    const RESOURCE: Resource = Resource::Members;

    type Field = MembershipField;
    type Details = MembershipDetails;
}

impl Aggregate for Membership {
    fn of(details: &MembershipDetails) -> &Self {
        &details.membership
    }

    fn id(&self) -> uuid::Uuid {
        Self::id(self).uuid()
    }

    fn version(&self) -> orderdesk_domain::Version {
        Self::version(self)
    }
}
