//! The item aggregate: one line of the catalogue that orders choose from.

use crate::getters::getters;
use crate::identity::{ItemId, OrganizationId};
use crate::money::Price;
use crate::text::ItemName;
use crate::time::Timestamp;
use crate::version::Version;

/// What may change about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Unique within the organization, ignoring case.
    pub name: ItemName,
    /// What one unit costs now; orders keep the price they were placed at.
    pub price: Price,
    /// Whether new orders may choose it.
    pub is_active: bool,
}

/// An item in the catalogue of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    id: ItemId,
    organization: OrganizationId,
    listing: Listing,
    updated_at: Timestamp,
    version: Version,
}

impl Item {
    getters! {
        /// The identity; it carries the time of creation.
        copy id: ItemId;
        /// Whose catalogue this is; it never changes.
        copy organization: OrganizationId;
        /// Name, price and whether it is on offer.
        get listing: Listing;
        /// When the record last changed.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new item, in its first version.
    pub fn list(id: ItemId, organization: OrganizationId, listing: Listing) -> Self {
        Self { id, organization, listing, updated_at: id.created_at(), version: Version::FIRST }
    }

    /// An item as a store kept it.
    pub fn restore(
        id: ItemId,
        organization: OrganizationId,
        listing: Listing,
        updated_at: Timestamp,
        version: Version,
    ) -> Self {
        Self { id, organization, listing, updated_at, version }
    }

    /// Takes on `listing`. What is already so is no change: the version stays, and the answer is `false`.
    pub fn revise(&mut self, listing: Listing, at: Timestamp) -> bool {
        if self.listing == listing {
            return false;
        }
        self.listing = listing;
        self.updated_at = at;
        self.version = self.version.next();
        true
    }
}
