//! Organizations as they are read and listed.

use orderdesk_domain::{Organization, Resource};

use crate::ports::Aggregate;
use crate::query::{Entity, Field, Kind, Listed, Spec, Value};

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationDetails {
    /// The organization.
    pub organization: Organization,
}

/// The fields of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the organization's own fields")]
pub enum OrganizationField {
    Id,
    Name,
    TimeZone,
    DefaultCurrency,
    CreatedAt,
}

impl Field for OrganizationField {
    const ALL: &'static [Self] =
        &[Self::Id, Self::Name, Self::TimeZone, Self::DefaultCurrency, Self::CreatedAt];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = Some(Self::Id);
    const CUSTOMER: Option<Self> = None;
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Name => Spec::new("name", Kind::Text).filters().orders().searches(),
            Self::TimeZone => Spec::new("time_zone", Kind::Text),
            Self::DefaultCurrency => Spec::new("default_currency", Kind::Code),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for OrganizationDetails {
    type Field = OrganizationField;

    fn value(&self, field: OrganizationField) -> Value {
        let charter = self.organization.charter();
        match field {
            OrganizationField::Id => self.organization.id().uuid().into(),
            OrganizationField::Name => charter.name.as_str().into(),
            OrganizationField::TimeZone => charter.time_zone.name().into(),
            OrganizationField::DefaultCurrency => charter.default_currency.code().into(),
            OrganizationField::CreatedAt => self.organization.id().created_at().into(),
        }
    }
}

impl Entity for Organization {
    const RESOURCE: Resource = Resource::Organizations;

    type Field = OrganizationField;
    type Details = OrganizationDetails;
}

impl Aggregate for Organization {
    fn of(details: &OrganizationDetails) -> &Self {
        &details.organization
    }

    fn id(&self) -> uuid::Uuid {
        Self::id(self).uuid()
    }

    fn version(&self) -> orderdesk_domain::Version {
        Self::version(self)
    }
}
