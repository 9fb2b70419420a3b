//! Orders over HTTP.

use std::borrow::Cow;

use orderdesk_application::services::{
    CurrencyChoice, CustomerChoice, ItemChoice, LineDraft, NewOrder, OrderChange,
};
use orderdesk_application::views::{CustomerDetails, OrderDetails};
use orderdesk_domain::{ItemId, Order, OrderStatus};
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::common::{
    Amount, CustomerReference, Instant, OrganizationReference, UserReference, choice, free_text, time_cell,
};
use super::{Addressed, CustomerTransport, Transport};
use crate::body::{Body, BulkBody, Form};
use crate::links::Links;

choice! {
    /// Where an order stands.
    StatusTransport of OrderStatus as "OrderStatus"
}

/// The customer of an order: in a few words, or whole with `expand=customer`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum OrderCustomer {
    Compact(CustomerReference),
    Whole(Box<CustomerTransport>),
}

impl OrderCustomer {
    fn id(&self) -> Uuid {
        match self {
            Self::Compact(customer) => customer.id(),
            Self::Whole(customer) => customer.id,
        }
    }
}

impl Type for OrderCustomer {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "OrderCustomer".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let any_of = vec![CustomerReference::schema_ref(), CustomerTransport::schema_ref()];
        MetaSchemaRef::Inline(Box::new(MetaSchema { any_of, ..MetaSchema::ANY }))
    }

    fn register(registry: &mut Registry) {
        CustomerReference::register(registry);
        CustomerTransport::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl ToJSON for OrderCustomer {
    fn to_json(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }
}

/// Only shown, never read; the derive of the order wants it all the same.
impl ParseFromJSON for OrderCustomer {
    fn parse_from_json(_: Option<Value>) -> ParseResult<Self> {
        Err(ParseError::custom("this value is only shown"))
    }
}

/// What a customer asked for, and what became of it.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Order")]
pub(crate) struct OrderTransport {
    /// The order's identity.
    id: Uuid,
    /// Where this object stands.
    url: String,
    /// Whose order this is.
    organization: OrganizationReference,
    /// Who ordered.
    customer: OrderCustomer,
    /// The customer's present code.
    customer_code: String,
    /// What is ordered: a snapshot of the item's name, or free text.
    item: String,
    /// The item of the catalogue it was taken from; null for free text.
    item_id: Option<Uuid>,
    /// How many units.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
    quantity: i64,
    /// What one unit costs: a snapshot.
    price_per_unit: Amount,
    /// The currency of price and total (ISO 4217).
    currency: String,
    /// Quantity times price, exactly.
    total: Amount,
    /// Where the order stands.
    status: StatusTransport,
    /// When the order was placed.
    time_placed: Instant,
    /// When the order was closed or cancelled; null until then.
    time_closed: Option<Instant>,
    /// When the order last changed.
    updated_at: Instant,
    /// Who entered the order; null where that is not known any more.
    created_by: Option<UserReference>,
    /// Grows with every change; in a PUT or PATCH a precondition.
    version: i64,
}

impl OrderTransport {
    /// Shows the customer whole.
    pub(crate) fn expand(&mut self, customer: &CustomerDetails, links: &Links) {
        self.customer = OrderCustomer::Whole(Box::new(CustomerTransport::new(customer, links)));
    }
}

impl Transport for OrderTransport {
    type Entity = Order;

    const PLURAL: &'static str = "orders";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "url",
        "organization",
        "customer",
        "customer_code",
        "item",
        "item_id",
        "quantity",
        "price_per_unit",
        "currency",
        "total",
        "status",
        "time_placed",
        "time_closed",
        "updated_at",
        "created_by",
        "version",
    ];
    const EXPANDABLE: Option<&'static str> = Some("customer");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "organization_id",
        "customer_id",
        "customer_code",
        "item",
        "item_id",
        "quantity",
        "price_per_unit",
        "currency",
        "total",
        "status",
        "time_placed",
        "time_closed",
        "updated_at",
        "created_by_id",
        "version",
    ];

    fn new(details: &OrderDetails, links: &Links) -> Self {
        let order = &details.order;
        let line = order.line();
        Self {
            id: order.id().uuid(),
            url: links.object(Self::PATH, order.id().uuid()),
            organization: (&details.organization).into(),
            customer: OrderCustomer::Compact(CustomerReference::new(&details.customer, links)),
            customer_code: details.customer.code.to_string(),
            item: line.item.to_string(),
            item_id: line.item_id.map(ItemId::uuid),
            quantity: line.quantity.units(),
            price_per_unit: Amount(line.price.money()),
            currency: line.price.currency().to_string(),
            total: Amount(line.total()),
            status: StatusTransport(order.state().status()),
            time_placed: Instant(order.time_placed()),
            time_closed: order.state().time_closed().map(Instant),
            updated_at: Instant(order.updated_at()),
            created_by: details.created_by.as_ref().map(Into::into),
            version: order.version().number(),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.id.to_string().into(),
            self.organization.id().to_string().into(),
            self.customer.id().to_string().into(),
            self.customer_code.into(),
            free_text(self.item),
            self.item_id.map(|id| id.to_string()).unwrap_or_default().into(),
            self.quantity.to_string().into(),
            self.price_per_unit.0.to_string().into(),
            self.currency.into(),
            self.total.0.to_string().into(),
            self.status.0.name().into(),
            time_cell(self.time_placed),
            self.time_closed.map(time_cell).unwrap_or_default(),
            time_cell(self.updated_at),
            UserReference::id_cell(self.created_by),
            self.version.to_string().into(),
        ]
    }
}

impl Addressed for OrderTransport {
    fn url(&self) -> &str {
        &self.url
    }

    fn version(&self) -> i64 {
        self.version
    }
}

const ORGANIZATION: &str =
    "Whose order this is. May be left out by a caller who can write to one organization only.";
const CUSTOMER: &str = "Who orders. This or customer_code is required; if both are given they must agree.";
const CUSTOMER_CODE: &str = "Who orders, by code.";
const ITEM: &str = "What is ordered, 1 to 100 characters. Taken from the catalogue where item_id is given.";
const ITEM_ID: &str = "The item of the catalogue: its name, price and currency are taken as they are now. \
                       Without it, item and price_per_unit are required.";
const QUANTITY: &str = "How many units, 1 to 1000000.";
const PRICE: &str = "What one unit costs, 0 to 999999999.99, with at most the currency's decimal places.";
const CURRENCY: &str =
    "The currency of the price (ISO 4217): the item's, or else the organization's, where none is given.";
const READ_ONLY: [&str; 7] = ["id", "url", "total", "time_placed", "time_closed", "updated_at", "created_by"];

/// Item, quantity and price, as `POST`, `PUT` and `PATCH` share them.
fn read_line(form: &mut Form, whole: bool) -> LineDraft {
    let item = form.optional("item", ITEM);
    let item_id = form.nullable("item_id", ITEM_ID);
    let quantity = form.required("quantity", QUANTITY);
    let price_per_unit = form.optional("price_per_unit", PRICE);
    let currency = form.optional("currency", CURRENCY);
    let chosen: Option<Option<ItemId>> = item_id;
    let of_catalogue = matches!(chosen, Some(Some(_)));
    if whole && !of_catalogue && !form.has_refused("item_id") {
        if item.is_none() {
            form.require("item", "Give item and price_per_unit, or choose from the catalogue with item_id.");
        }
        if price_per_unit.is_none() {
            form.require("price_per_unit", "This field is required unless item_id is given.");
        }
    }
    let left_out = if whole { CurrencyChoice::Default } else { CurrencyChoice::Keep };
    let item = match (chosen, item) {
        (Some(Some(id)), name) => ItemChoice::Catalogue(id, name),
        (_, Some(text)) => ItemChoice::Text(text),
        (Some(None), None) => ItemChoice::Detach,
        (None, None) => ItemChoice::Keep,
    };
    let currency = currency.map_or(left_out, CurrencyChoice::Is);
    LineDraft { item, quantity, price_per_unit, currency, whole }
}

impl Body for NewOrder {
    fn read(form: &mut Form) -> Option<Self> {
        let organization = form.optional("organization", ORGANIZATION);
        let customer = form.optional("customer", CUSTOMER);
        let code = form.optional("customer_code", CUSTOMER_CODE);
        let choice = CustomerChoice::new(customer, code);
        if choice.is_none() && !form.has_refused("customer_code") {
            form.require("customer", "This field is required unless customer_code is given.");
        }
        let line = read_line(form, true);
        let status = form.optional("status", "A new order is Pending; nothing else is accepted.");
        if status.is_some_and(|status: OrderStatus| status != OrderStatus::Pending) {
            form.refuse("status", "A new order is Pending. Place it first, then close or cancel it.");
        }
        form.read_only(&READ_ONLY);
        form.read_only(&["version"]);
        Some(Self { organization, customer: choice?, line })
    }
}

impl Body for OrderChange {
    fn read(form: &mut Form) -> Option<Self> {
        let whole = form.is_whole();
        let organization =
            form.optional("organization", "The organization that the order is in; it cannot change.");
        let customer = form.optional("customer", "The customer that the order is of; it cannot change.");
        let code = form
            .optional("customer_code", "The code of the customer that the order is of; it cannot change.");
        let line = read_line(form, whole);
        let status =
            form.optional("status", "Closed or Cancelled, from Pending; the present status changes nothing.");
        form.read_only(&READ_ONLY[1..]);
        Some(Self { organization, customer: CustomerChoice::new(customer, code), line, status })
    }
}

impl BulkBody for OrderChange {
    const PLURAL: &'static str = OrderTransport::PLURAL;
}
