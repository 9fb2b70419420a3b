//! The item aggregate: one line of the catalogue that orders choose from.

use crate::getters::getters;
use crate::identity::{ItemId, OrganizationId};
use crate::money::Price;
use crate::text::ItemName;
use crate::time::Timestamp;
use crate::version::Version;

/// What may change about an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Listing {
    /// Unique within the organization, ignoring case.
    pub name: ItemName,
    /// What one unit costs now; orders keep the price they were placed at.
    pub price: Price,
    /// Whether new orders may choose it.
    pub is_active: bool,
}

/// An item in the catalogue of one organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
        self.updated_at = self.updated_at.max(at);
        self.version = self.version.next();
        true
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;
    use crate::money::Currency;

    fn listing(cents: i64) -> Listing {
        let price = Price::new(Decimal::new(cents, 2), Currency::parse("KES").unwrap()).unwrap();
        Listing { name: ItemName::parse("Soap").unwrap(), price, is_active: true }
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_milliseconds(milliseconds).unwrap()
    }

    fn soap() -> Item {
        let id = ItemId::new(Uuid::from_u128(1_000 << 80));
        Item::list(id, OrganizationId::new(Uuid::nil()), listing(14_990))
    }

    #[test]
    fn a_new_item_is_as_old_as_its_id() {
        assert_eq!((soap().updated_at(), soap().version()), (at(1_000), Version::FIRST));
    }

    #[test]
    fn a_revision_is_another_version() {
        let mut item = soap();
        assert!(item.revise(Listing { is_active: false, ..listing(14_990) }, at(2_000)));
        assert!(!item.listing().is_active);
        assert_eq!((item.updated_at(), item.version().number()), (at(2_000), 2));
    }

    #[test]
    fn an_item_does_not_grow_younger_when_the_clock_is_set_back() {
        let mut item = soap();
        assert!(item.revise(listing(100), at(500)));
        assert_eq!((item.updated_at(), item.version().number()), (at(1_000), 2));
    }

    #[test]
    fn the_same_listing_is_no_change_however_its_price_is_written() {
        let mut item = soap();
        let price = Price::new(Decimal::new(149_900, 3), Currency::parse("KES").unwrap()).unwrap();
        assert!(!item.revise(Listing { price, ..listing(14_990) }, at(2_000)));
        assert_eq!(item, soap());
    }

    #[test]
    fn what_a_store_kept_is_the_same_item() {
        let mut item = soap();
        item.revise(listing(100), at(2_000));
        let listing = item.listing().clone();
        let restored =
            Item::restore(item.id(), item.organization(), listing, item.updated_at(), item.version());
        assert_eq!(restored, item);
    }
}
