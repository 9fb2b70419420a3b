//! Items of the catalogue over HTTP.

use std::borrow::Cow;

use orderdesk_application::services::{CurrencyChoice, ItemChange, NewItem};
use orderdesk_application::views::ItemDetails;
use orderdesk_domain::Item;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{Amount, Instant, OrganizationReference, free_text, time_cell};
use super::{Addressed, Transport};
use crate::body::{Body, BulkBody, Form};
use crate::links::Links;

/// One line of the catalogue that orders choose from.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Item")]
pub(crate) struct ItemTransport {
    /// The item's identity.
    id: Uuid,
    /// Where this object stands.
    url: String,
    /// Whose catalogue this is in.
    organization: OrganizationReference,
    /// The name, unique within the organization ignoring case.
    name: String,
    /// What one unit costs now.
    price_per_unit: Amount,
    /// The currency of the price (ISO 4217).
    currency: String,
    /// Whether new orders may choose it.
    is_active: bool,
    /// When the record was created.
    created_at: Instant,
    /// When the record last changed.
    updated_at: Instant,
    /// Grows with every change; in a PUT or PATCH a precondition.
    version: i64,
}

impl Transport for ItemTransport {
    type Entity = Item;

    const PLURAL: &'static str = "items";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "url",
        "organization",
        "name",
        "price_per_unit",
        "currency",
        "is_active",
        "created_at",
        "updated_at",
        "version",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "organization_id",
        "name",
        "price_per_unit",
        "currency",
        "is_active",
        "created_at",
        "updated_at",
        "version",
    ];

    fn new(details: &ItemDetails, links: &Links) -> Self {
        let item = &details.item;
        let listing = item.listing();
        Self {
            id: item.id().uuid(),
            url: links.object(Self::PATH, item.id().uuid()),
            organization: (&details.organization).into(),
            name: listing.name.to_string(),
            price_per_unit: Amount(listing.price.money()),
            currency: listing.price.currency().to_string(),
            is_active: listing.is_active,
            created_at: Instant(item.id().created_at()),
            updated_at: Instant(item.updated_at()),
            version: item.version().number(),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.id.to_string().into(),
            self.organization.id().to_string().into(),
            free_text(self.name),
            self.price_per_unit.0.to_string().into(),
            self.currency.into(),
            self.is_active.to_string().into(),
            time_cell(self.created_at),
            time_cell(self.updated_at),
            self.version.to_string().into(),
        ]
    }
}

impl Addressed for ItemTransport {
    fn url(&self) -> &str {
        &self.url
    }

    fn version(&self) -> i64 {
        self.version
    }
}

const ORGANIZATION: &str =
    "Whose item this is. May be left out by a caller who can write to one organization only.";
const NAME: &str = "The name, 1 to 100 characters, unique within the organization ignoring case.";
const PRICE: &str = "What one unit costs, 0 to 999999999.99, with at most the currency's decimal places.";
const CURRENCY: &str = "The currency of the price (ISO 4217); the organization's where none is given.";
const IS_ACTIVE: &str = "Whether new orders may choose the item; true where nothing is said.";
const READ_ONLY: [&str; 4] = ["id", "url", "created_at", "updated_at"];

impl Body for NewItem {
    fn read(form: &mut Form) -> Option<Self> {
        let organization = form.optional("organization", ORGANIZATION);
        let name = form.required("name", NAME);
        let price_per_unit = form.required("price_per_unit", PRICE);
        let currency = form.optional("currency", CURRENCY);
        let is_active = form.optional("is_active", IS_ACTIVE).unwrap_or(true);
        form.read_only(&READ_ONLY);
        form.read_only(&["version"]);
        Some(Self { organization, name: name?, price_per_unit: price_per_unit?, currency, is_active })
    }
}

impl Body for ItemChange {
    fn read(form: &mut Form) -> Option<Self> {
        let whole = form.is_whole();
        let left_out = if whole { CurrencyChoice::Default } else { CurrencyChoice::Keep };
        let change = Self {
            organization: form
                .optional("organization", "The organization that the item is in; it cannot change."),
            name: form.required("name", NAME),
            price_per_unit: form.required("price_per_unit", PRICE),
            currency: form.optional("currency", CURRENCY).map_or(left_out, CurrencyChoice::Is),
            is_active: form.optional("is_active", IS_ACTIVE).or(whole.then_some(true)),
        };
        form.read_only(&READ_ONLY[1..]);
        Some(change)
    }
}

impl BulkBody for ItemChange {
    const PLURAL: &'static str = ItemTransport::PLURAL;
}
