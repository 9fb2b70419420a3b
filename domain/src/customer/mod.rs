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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
        self.updated_at = self.updated_at.max(at);
        self.version = self.version.next();
        true
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn profile(first_name: &str) -> Profile {
        Profile {
            code: CustomerCode::parse("AB12Z").unwrap(),
            first_name: PersonName::parse(first_name).unwrap(),
            second_name: PersonName::parse("Otieno").unwrap(),
            phone: PhoneNumber::parse("+254712345678").unwrap(),
        }
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_milliseconds(milliseconds).unwrap()
    }

    fn amina() -> Customer {
        let id = CustomerId::new(Uuid::from_u128(1_000 << 80));
        let author = UserId::new(Uuid::max());
        Customer::register(id, OrganizationId::new(Uuid::nil()), profile("Amina"), Some(author))
    }

    #[test]
    fn a_new_customer_is_as_old_as_its_id() {
        let customer = amina();
        assert_eq!((customer.updated_at(), customer.version()), (at(1_000), Version::FIRST));
    }

    #[test]
    fn a_revision_is_another_version() {
        let mut customer = amina();
        assert!(customer.revise(profile("Zawadi"), at(2_000)));
        assert_eq!(customer.profile(), &profile("Zawadi"));
        assert_eq!((customer.updated_at(), customer.version().number()), (at(2_000), 2));
    }

    #[test]
    fn a_customer_does_not_grow_younger_when_the_clock_is_set_back() {
        let mut customer = amina();
        assert!(customer.revise(profile("Zawadi"), at(500)));
        assert_eq!((customer.updated_at(), customer.version().number()), (at(1_000), 2));
    }

    #[test]
    fn the_same_profile_is_no_change() {
        let mut customer = amina();
        assert!(!customer.revise(profile("Amina"), at(2_000)));
        assert_eq!(customer, amina());
    }

    #[test]
    fn what_a_store_kept_is_the_same_customer() {
        let mut customer = amina();
        customer.revise(profile("Zawadi"), at(2_000));
        let restored = Customer::restore(
            customer.id(),
            customer.organization(),
            customer.profile().clone(),
            customer.created_by(),
            customer.updated_at(),
            customer.version(),
        );
        assert_eq!(restored, customer);
    }
}
