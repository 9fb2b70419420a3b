//! Customers as they are read and listed.

use orderdesk_domain::{Customer, Resource};

use crate::ports::Aggregate;
use crate::query::{Entity, Field, Kind, Listed, Spec, Value};
use crate::views::{OrganizationSummary, UserSummary};

/// A customer, whose it is and who created it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerDetails {
    /// The customer.
    pub customer: Customer,
    /// The organization that owns the record.
    pub organization: OrganizationSummary,
    /// Who created the record, if that user still exists.
    pub created_by: Option<UserSummary>,
}

/// The fields of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the customer's own fields")]
pub enum CustomerField {
    Id,
    Organization,
    Code,
    FirstName,
    SecondName,
    Phone,
    CreatedAt,
}

impl Field for CustomerField {
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Organization,
        Self::Code,
        Self::FirstName,
        Self::SecondName,
        Self::Phone,
        Self::CreatedAt,
    ];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = Some(Self::Organization);
    const CUSTOMER: Option<Self> = Some(Self::Id);
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Organization => Spec::new("organization", Kind::Id).filters(),
            Self::Code => Spec::new("code", Kind::Code).filters().orders().searches(),
            Self::FirstName => Spec::new("first_name", Kind::Text).filters().orders().searches(),
            Self::SecondName => Spec::new("second_name", Kind::Text).filters().orders().searches(),
            Self::Phone => Spec::new("phone", Kind::Phone).filters().searches(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for CustomerDetails {
    type Field = CustomerField;

    fn value(&self, field: CustomerField) -> Value {
        let customer = &self.customer;
        let profile = customer.profile();
        match field {
            CustomerField::Id => customer.id().uuid().into(),
            CustomerField::Organization => customer.organization().uuid().into(),
            CustomerField::Code => profile.code.as_str().into(),
            CustomerField::FirstName => profile.first_name.as_str().into(),
            CustomerField::SecondName => profile.second_name.as_str().into(),
            CustomerField::Phone => profile.phone.as_str().into(),
            CustomerField::CreatedAt => customer.id().created_at().into(),
        }
    }
}

impl Entity for Customer {
    const RESOURCE: Resource = Resource::Customers;
    type Field = CustomerField;
    type Details = CustomerDetails;
}

impl Aggregate for Customer {
    fn of(details: &CustomerDetails) -> &Self {
        &details.customer
    }

    fn id(&self) -> uuid::Uuid {
        Self::id(self).uuid()
    }

    fn version(&self) -> orderdesk_domain::Version {
        Self::version(self)
    }
}
