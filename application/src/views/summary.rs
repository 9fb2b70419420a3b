//! The few words by which an object is shown inside another.

use orderdesk_domain::{
    Currency, Customer, CustomerCode, CustomerId, Organization, OrganizationId, OrganizationName, PersonName,
    User, UserId, UserName,
};

/// An organization beside what it owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationSummary {
    /// Its identity.
    pub id: OrganizationId,
    /// What it calls itself.
    pub name: OrganizationName,
    /// The currency of a price that names none.
    pub default_currency: Currency,
}

impl From<&Organization> for OrganizationSummary {
    fn from(organization: &Organization) -> Self {
        Self {
            id: organization.id(),
            name: organization.charter().name.clone(),
            default_currency: organization.charter().default_currency,
        }
    }
}

/// A user beside what the user wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSummary {
    /// The user's identity.
    pub id: UserId,
    /// How the user is shown to others.
    pub name: UserName,
}

impl From<&User> for UserSummary {
    fn from(user: &User) -> Self {
        Self { id: user.id(), name: user.account().name.clone() }
    }
}

/// A customer beside an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerSummary {
    /// The customer's identity.
    pub id: CustomerId,
    /// The customer's present code.
    pub code: CustomerCode,
    /// The customer's present first name.
    pub first_name: PersonName,
    /// The customer's present second name.
    pub second_name: PersonName,
}

impl From<&Customer> for CustomerSummary {
    fn from(customer: &Customer) -> Self {
        let profile = customer.profile();
        Self {
            id: customer.id(),
            code: profile.code,
            first_name: profile.first_name.clone(),
            second_name: profile.second_name.clone(),
        }
    }
}
