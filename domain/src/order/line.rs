//! What was ordered: a snapshot, which later changes of the catalogue do not touch.

use crate::identity::ItemId;
use crate::invalid::{Invalid, Reason};
use crate::item::Item;
use crate::money::{Money, Price};
use crate::text::ItemName;

/// How many units: 1 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// One unit.
    pub const ONE: Self = Self(1);
    /// The fewest units.
    pub const MINIMUM: i64 = 1;
    /// The most units.
    pub const MAXIMUM: i64 = 1_000_000;

    /// Refuses a number out of range.
    pub fn new(units: i64) -> Result<Self, Invalid> {
        if (Self::MINIMUM..=Self::MAXIMUM).contains(&units) {
            Ok(Self(units))
        } else {
            Err(Reason::QuantityRange.into())
        }
    }

    /// The bare number.
    pub const fn units(self) -> i64 {
        self.0
    }
}

/// Item, quantity and price of an order, as they were when it was placed or last amended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderLine {
    /// The name of what is ordered.
    pub item: ItemName,
    /// The item of the catalogue it was taken from; `None` for free text.
    pub item_id: Option<ItemId>,
    /// How many units.
    pub quantity: Quantity,
    /// What one unit costs.
    pub price: Price,
}

impl OrderLine {
    /// The snapshot of an item of the catalogue.
    pub fn of(item: &Item, quantity: Quantity) -> Self {
        let listing = item.listing();
        Self { item: listing.name.clone(), item_id: Some(item.id()), quantity, price: listing.price }
    }

    /// Quantity times price, exactly.
    pub fn total(&self) -> Money {
        self.price.times(self.quantity)
    }
}
