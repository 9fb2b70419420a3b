//! Items of the catalogue.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{ItemDetails, ItemField};
use orderdesk_domain::{Item, ItemId, ItemName, Listing, OrganizationId, fold};

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, References};
use crate::schema::ITEMS;
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value;

impl Table for Item {
    const COLLECTION: &'static str = ITEMS;

    fn column(field: ItemField) -> Column {
        match field {
            ItemField::Id | ItemField::CreatedAt => Column::Own("_id"),
            ItemField::Organization => Column::Own("organization"),
            ItemField::Name => Column::Folded { exact: "name", folded: "name_folded" },
            ItemField::PricePerUnit => Column::Own("price_per_unit"),
            ItemField::Currency => Column::Own("currency"),
            ItemField::IsActive => Column::Own("is_active"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        let listing = Listing {
            name: fields.parsed("name", ItemName::parse)?,
            price: parts::price(fields)?,
            is_active: fields.boolean("is_active")?,
        };
        Ok(Self::restore(
            ItemId::new(fields.id("_id")?),
            OrganizationId::new(fields.id("organization")?),
            listing,
            fields.time("updated_at")?,
            fields.version("version")?,
        ))
    }

    fn mention(&self, mentions: &mut Mentions) {
        mentions.organizations.insert(self.organization().uuid());
    }

    fn show(self, _fields: &Fields<'_>, names: &Names) -> StoreResult<ItemDetails> {
        Ok(ItemDetails { organization: names.organization(self.organization())?, item: self })
    }
}

impl Written for Item {
    fn fixed(&self) -> Document {
        doc! {
            "_id": value::id(self.id().uuid()),
            "organization": value::id(self.organization().uuid()),
        }
    }

    fn changing(&self) -> Document {
        let listing = self.listing();
        doc! {
            "name": listing.name.as_str(),
            "name_folded": fold(listing.name.as_str()),
            "price_per_unit": value::decimal(listing.price.amount()),
            "currency": listing.price.currency().code(),
            "is_active": listing.is_active,
            "updated_at": value::time(self.updated_at()),
            "version": self.version().number(),
        }
    }

    fn refer(&self, references: &mut References) {
        references.organizations.insert(self.organization().uuid());
    }

    fn note(details: &ItemDetails, known: &mut Known) {
        known.organizations.insert(details.organization.id.uuid());
        details.item.note_written(known);
    }

    fn note_written(&self, known: &mut Known) {
        known.items.insert(self.id().uuid(), self.organization().uuid());
    }
}
