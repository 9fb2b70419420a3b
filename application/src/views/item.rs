//! Items of the catalogue as they are read and listed.

use orderdesk_domain::{Item, Resource};

use crate::ports::Aggregate;
use crate::query::{Entity, Field, Kind, Listed, Spec, Value};
use crate::views::OrganizationSummary;

/// An item, and whose catalogue it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemDetails {
    /// The item.
    pub item: Item,
    /// The organization that owns the record.
    pub organization: OrganizationSummary,
}

/// The fields of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the item's own fields")]
pub enum ItemField {
    Id,
    Organization,
    Name,
    PricePerUnit,
    Currency,
    IsActive,
    CreatedAt,
}

impl Field for ItemField {
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Organization,
        Self::Name,
        Self::PricePerUnit,
        Self::Currency,
        Self::IsActive,
        Self::CreatedAt,
    ];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = Some(Self::Organization);
    const CUSTOMER: Option<Self> = None;
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Organization => Spec::new("organization", Kind::Id).filters(),
            Self::Name => Spec::new("name", Kind::Text).filters().orders().searches(),
            Self::PricePerUnit => Spec::new("price_per_unit", Kind::Decimal).filters().orders(),
            Self::Currency => Spec::new("currency", Kind::Code).filters(),
            Self::IsActive => Spec::new("is_active", Kind::Boolean).filters(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).orders(),
        }
    }
}

impl Listed for ItemDetails {
    type Field = ItemField;

    fn value(&self, field: ItemField) -> Value {
        let item = &self.item;
        let listing = item.listing();
        match field {
            ItemField::Id => item.id().uuid().into(),
            ItemField::Organization => item.organization().uuid().into(),
            ItemField::Name => listing.name.as_str().into(),
            ItemField::PricePerUnit => Value::Decimal(listing.price.amount()),
            ItemField::Currency => listing.price.currency().code().into(),
            ItemField::IsActive => Value::Boolean(listing.is_active),
            ItemField::CreatedAt => item.id().created_at().into(),
        }
    }
}

impl Entity for Item {
    const RESOURCE: Resource = Resource::Items;
    type Field = ItemField;
    type Details = ItemDetails;
}

impl Aggregate for Item {
    fn of(details: &ItemDetails) -> &Self {
        &details.item
    }

    fn id(&self) -> uuid::Uuid {
        Self::id(self).uuid()
    }

    fn version(&self) -> orderdesk_domain::Version {
        Self::version(self)
    }
}
