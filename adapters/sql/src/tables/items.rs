//! Items of the catalogue.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{ItemDetails, ItemField};
use orderdesk_domain::{Item, ItemId, ItemName, Listing, OrganizationId, fold};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

impl Table for Item {
    const TABLE: &'static str = "items";
    const SOURCE: &'static str = "items AS i";
    const NAMES: &'static str = " LEFT JOIN organizations AS g ON g.id = i.organization_id";
    const COLUMNS: &'static [&'static str] = &[
        "i.organization_id",
        "i.id",
        "i.name",
        "i.price_per_unit",
        "i.currency",
        "i.is_active",
        "i.updated_at",
        "i.version",
        "g.name",
        "g.default_currency",
    ];
    const HOME: Option<Self::Field> = Some(ItemField::Organization);

    fn column(field: ItemField) -> Column {
        match field {
            ItemField::Id | ItemField::CreatedAt => Column::Own("i.id"),
            ItemField::Organization => Column::Own("i.organization_id"),
            ItemField::Name => Column::Folded { exact: "i.name", folded: "i.name_folded" },
            ItemField::PricePerUnit => Column::Own("i.price_per_unit"),
            ItemField::Currency => Column::Own("i.currency"),
            ItemField::IsActive => Column::Own("i.is_active"),
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<ItemDetails> {
        let organization = OrganizationId::new(row.uuid()?);
        let id = ItemId::new(row.uuid()?);
        let listing = Listing {
            name: row.parsed(ItemName::parse)?,
            price: parts::price(row)?,
            is_active: row.boolean()?,
        };
        Ok(ItemDetails {
            item: Item::restore(id, organization, listing, row.time()?, row.version()?),
            organization: parts::organization(organization, row)?,
        })
    }
}

impl Written for Item {
    const FIXED: &'static [&'static str] = &["organization_id", "id"];
    const CHANGING: &'static [&'static str] =
        &["name", "name_folded", "price_per_unit", "currency", "is_active", "updated_at", "version"];

    fn fixed(&self) -> Vec<SqlValue> {
        vec![self.organization().uuid().into(), self.id().uuid().into()]
    }

    fn changing(&self) -> Vec<SqlValue> {
        let listing = self.listing();
        vec![
            listing.name.as_str().into(),
            fold(listing.name.as_str()).into(),
            listing.price.amount().into(),
            listing.price.currency().code().into(),
            listing.is_active.into(),
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }
}
