//! The history of orders over HTTP.

use std::borrow::Cow;

use orderdesk_application::views::OrderEventDetails;
use orderdesk_domain::{ItemId, OrderEvent, OrderEventKind};
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::Transport;
use super::common::{Amount, Instant, UserReference, choice, free_text, time_cell};
use super::order::StatusTransport;
use crate::links::Links;

choice! {
    /// What happened to an order.
    KindTransport of OrderEventKind as "OrderEventKind"
}

/// One entry of an order's history: what happened, who did it, and what the order said afterwards.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OrderEvent")]
pub(crate) struct OrderEventTransport {
    /// The entry's identity.
    id: Uuid,
    /// The order it happened to.
    order: Uuid,
    /// What happened.
    event: KindTransport,
    /// When it happened.
    created_at: Instant,
    /// Who did it; null for the system itself, or where that is not known any more.
    created_by: Option<UserReference>,
    /// The status after the event.
    status: StatusTransport,
    /// The item after the event.
    item: String,
    /// The item of the catalogue after the event; null for free text.
    item_id: Option<Uuid>,
    /// The quantity after the event.
    quantity: i64,
    /// The price after the event.
    price_per_unit: Amount,
    /// The currency after the event.
    currency: String,
    /// The total after the event.
    total: Amount,
    /// The order's version after the event.
    version: i64,
}

impl Transport for OrderEventTransport {
    type Entity = OrderEvent;

    const PLURAL: &'static str = "events";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "order",
        "event",
        "created_at",
        "created_by",
        "status",
        "item",
        "item_id",
        "quantity",
        "price_per_unit",
        "currency",
        "total",
        "version",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "order_id",
        "event",
        "created_at",
        "created_by_id",
        "status",
        "item",
        "item_id",
        "quantity",
        "price_per_unit",
        "currency",
        "total",
        "version",
    ];

    fn new(details: &OrderEventDetails, _: &Links) -> Self {
        let event = &details.event;
        let line = &event.line;
        Self {
            id: event.id.uuid(),
            order: event.order.uuid(),
            event: KindTransport(event.kind),
            created_at: Instant(event.id.created_at()),
            created_by: details.by.as_ref().map(Into::into),
            status: StatusTransport(event.kind.status()),
            item: line.item.to_string(),
            item_id: line.item_id.map(ItemId::uuid),
            quantity: line.quantity.units(),
            price_per_unit: Amount(line.price.money()),
            currency: line.price.currency().to_string(),
            total: Amount(line.total()),
            version: event.version.number(),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.id.to_string().into(),
            self.order.to_string().into(),
            self.event.0.name().into(),
            time_cell(self.created_at),
            UserReference::id_cell(self.created_by),
            self.status.0.name().into(),
            free_text(self.item),
            self.item_id.map(|id| id.to_string()).unwrap_or_default().into(),
            self.quantity.to_string().into(),
            self.price_per_unit.0.to_string().into(),
            self.currency.into(),
            self.total.0.to_string().into(),
            self.version.to_string().into(),
        ]
    }
}
