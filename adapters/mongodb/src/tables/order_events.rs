//! The history of orders. An entry names the organization and the customer of its order: they never change, and whoever
//! may see the order may see the entry.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{OrderEventDetails, OrderEventField};
use orderdesk_domain::{
    CustomerId, OrderEvent, OrderEventId, OrderEventKind, OrderId, OrganizationId, UserId,
};

use crate::author::Authored as _;
use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::KnownOrder;
use crate::schema::ORDER_EVENTS;
use crate::table::{Column, Table};
use crate::tables::parts;
use crate::value;

impl Table for OrderEvent {
    const COLLECTION: &'static str = ORDER_EVENTS;

    fn column(field: OrderEventField) -> Column {
        match field {
            OrderEventField::Id | OrderEventField::CreatedAt => Column::Own("_id"),
            OrderEventField::Organization => Column::Own("organization"),
            OrderEventField::Customer => Column::Own("customer"),
            OrderEventField::Order => Column::Own("order"),
            OrderEventField::Event => Column::Own("event"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        Ok(Self {
            id: OrderEventId::new(fields.id("_id")?),
            order: OrderId::new(fields.id("order")?),
            kind: fields.named("event", OrderEventKind::from_name)?,
            by: fields.optional_id("created_by")?.map(UserId::new),
            line: parts::line(fields)?,
            version: fields.version("order_version")?,
        })
    }

    fn mention(&self, mentions: &mut Mentions) {
        mentions.users.extend(self.by.map(UserId::uuid));
    }

    fn show(self, fields: &Fields<'_>, names: &Names) -> StoreResult<OrderEventDetails> {
        let organization = OrganizationId::new(fields.id("organization")?);
        let customer = CustomerId::new(fields.id("customer")?);
        let (event, by) = self.by_whom(names);
        Ok(OrderEventDetails { event, organization, customer, by })
    }
}

/// An entry of the history of this order.
pub(crate) fn document(event: &OrderEvent, order: &KnownOrder) -> Document {
    let mut document = doc! {
        "_id": value::id(event.id.uuid()),
        "order": value::id(event.order.uuid()),
        "organization": value::id(order.organization),
        "customer": value::id(order.customer),
        "event": event.kind.name(),
        "created_by": value::optional_id(event.by.map(UserId::uuid)),
    };
    document.extend(parts::line_document(&event.line));
    document.insert("order_version", event.version.number());
    document
}
