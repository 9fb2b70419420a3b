//! Organizations own the data; users belong to them with a role.

use crate::getters::getters;
use crate::identity::{OrganizationId, UserId};
use crate::money::Currency;
use crate::text::OrganizationName;
use crate::time::Timestamp;
use crate::version::Version;

/// What a member of an organization may do in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and writes.
    Member,
    /// Also manages members, templates and the organization itself.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Member, Self::Admin];

    /// The name as it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// The role of exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// That a user belongs to an organization, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Membership {
    /// Who belongs.
    pub user: UserId,
    /// Where.
    pub organization: OrganizationId,
    /// As what.
    pub role: Role,
}

/// A business: the owner of customers, items and orders.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Organization {
    id: OrganizationId,
    name: OrganizationName,
    default_currency: Currency,
    updated_at: Timestamp,
    version: Version,
}

impl Organization {
    getters! {
        /// The identity; it carries the time of creation.
        copy id: OrganizationId;
        /// What it calls itself.
        get name: OrganizationName;
        /// The currency of a price that names none.
        copy default_currency: Currency;
        /// When the record last changed.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new organization, in its first version.
    pub fn found(id: OrganizationId, name: OrganizationName, default_currency: Currency) -> Self {
        Self { id, name, default_currency, updated_at: id.created_at(), version: Version::FIRST }
    }

    /// An organization as a store kept it.
    pub fn restore(
        id: OrganizationId,
        name: OrganizationName,
        default_currency: Currency,
        updated_at: Timestamp,
        version: Version,
    ) -> Self {
        Self { id, name, default_currency, updated_at, version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_found_by_its_name() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
        assert_eq!(Role::from_name("Admin"), None);
    }

    #[test]
    fn a_new_organization_is_as_old_as_its_id_and_what_a_store_kept_is_the_same() {
        let id = OrganizationId::new(uuid::Uuid::from_u128(1_000 << 80));
        let name = OrganizationName::parse("Duka").unwrap();
        let organization = Organization::found(id, name.clone(), Currency::parse("KES").unwrap());
        assert_eq!((organization.updated_at(), organization.version()), (id.created_at(), Version::FIRST));
        let (currency, updated_at) = (organization.default_currency(), organization.updated_at());
        assert_eq!(Organization::restore(id, name, currency, updated_at, Version::FIRST), organization);
    }
}
