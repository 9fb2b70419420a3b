//! The history of orders.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{OrderEventDetails, OrderEventField};
use orderdesk_domain::{
    CustomerId, ItemId, OrderEvent, OrderEventId, OrderEventKind, OrderId, OrganizationId, UserId,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

impl Table for OrderEvent {
    const TABLE: &'static str = "order_events";
    // Whose an entry is, the order says.
    const SOURCE: &'static str = "order_events AS e JOIN orders AS o ON o.id = e.order_id";
    const NAMES: &'static str = " LEFT JOIN users AS u ON u.id = e.created_by";
    const COLUMNS: &'static [&'static str] = &[
        "e.order_id",
        "e.id",
        "e.event",
        "e.created_by",
        "e.item",
        "e.item_id",
        "e.quantity",
        "e.price_per_unit",
        "e.currency",
        "e.order_version",
        "o.organization_id",
        "o.customer_id",
        "u.name",
    ];
    // An order has few entries, so an index that begins with the order has no need of anything else.
    const HOME: Option<Self::Field> = None;

    fn column(field: OrderEventField) -> Column {
        match field {
            OrderEventField::Id | OrderEventField::CreatedAt => Column::Own("e.id"),
            OrderEventField::Organization => Column::Unindexed("o.organization_id"),
            OrderEventField::Customer => Column::Unindexed("o.customer_id"),
            OrderEventField::Order => Column::Own("e.order_id"),
            OrderEventField::Event => Column::Unindexed("e.event"),
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<OrderEventDetails> {
        let order = OrderId::new(row.uuid()?);
        let id = OrderEventId::new(row.uuid()?);
        let kind = row.named(OrderEventKind::from_name)?;
        let by = row.optional_uuid()?.map(UserId::new);
        let line = parts::line(row)?;
        let version = row.version()?;
        Ok(OrderEventDetails {
            event: OrderEvent { id, order, kind, by, line, version },
            organization: OrganizationId::new(row.uuid()?),
            customer: CustomerId::new(row.uuid()?),
            by: parts::author(by, row)?,
        })
    }
}

impl Written for OrderEvent {
    const FIXED: &'static [&'static str] = &[
        "order_id",
        "id",
        "event",
        "created_by",
        "item",
        "item_id",
        "quantity",
        "price_per_unit",
        "currency",
        "order_version",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn fixed(&self) -> Vec<SqlValue> {
        let line = &self.line;
        vec![
            self.order.uuid().into(),
            self.id.uuid().into(),
            self.kind.name().into(),
            self.by.map(UserId::uuid).into(),
            line.item.as_str().into(),
            line.item_id.map(ItemId::uuid).into(),
            line.quantity.units().into(),
            line.price.amount().into(),
            line.price.currency().code().into(),
            self.version.number().into(),
        ]
    }

    fn changing(&self) -> Vec<SqlValue> {
        Vec::new()
    }
}
