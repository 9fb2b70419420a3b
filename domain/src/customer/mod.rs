//! The customer aggregate: somebody who orders, and whom a text can reach.

mod code;
mod phone;

pub use code::{CODE_LENGTH, CustomerCode};
pub use phone::PhoneNumber;

use crate::getters::getters;
use crate::identity::{CustomerId, OrganizationId, UserId};
use crate::text::PersonName;
use crate::time::Timestamp;
use crate::version::Version;

/// What may change about a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Unique within the organization.
    pub code: CustomerCode,
    /// The given name.
    pub first_name: PersonName,
    /// The family name, or whatever second name the customer uses.
    pub second_name: PersonName,
    /// Where texts go.
    pub phone: PhoneNumber,
}

/// A customer of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    id: CustomerId,
    organization: OrganizationId,
    profile: Profile,
    created_by: Option<UserId>,
    updated_at: Timestamp,
    version: Version,
}

impl Customer {
    getters! {
        /// The identity; it carries the time of creation.
        copy id: CustomerId;
        /// Whose customer this is; it never changes.
        copy organization: OrganizationId;
        /// Code, names and phone number.
        get profile: Profile;
        /// Who created the record, if that user still exists.
        copy created_by: Option<UserId>;
        /// When the record last changed.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new customer, in its first version.
    pub fn register(
        id: CustomerId,
        organization: OrganizationId,
        profile: Profile,
        created_by: Option<UserId>,
    ) -> Self {
        Self { id, organization, profile, created_by, updated_at: id.created_at(), version: Version::FIRST }
    }

    /// A customer as a store kept it.
    pub fn restore(
        id: CustomerId,
        organization: OrganizationId,
        profile: Profile,
        created_by: Option<UserId>,
        updated_at: Timestamp,
        version: Version,
    ) -> Self {
        Self { id, organization, profile, created_by, updated_at, version }
    }

    /// Takes on `profile`. What is already so is no change: the version stays, and the answer is `false`.
    pub fn revise(&mut self, profile: Profile, at: Timestamp) -> bool {
        if self.profile == profile {
            return false;
        }
        self.profile = profile;
        self.updated_at = at;
        self.version = self.version.next();
        true
    }
}
