//! Orders.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::query::{Comparison, Term, Test, Value};
use orderdesk_application::views::{CustomerSummary, OrderDetails, OrderField};
use orderdesk_domain::{
    CustomerCode, CustomerId, ItemId, Order, OrderId, OrderState, OrderStatus, OrganizationId, PersonName,
    Timestamp, UserId, fold,
};
use uuid::Uuid;

use crate::row::{Cells, RowReader};
use crate::table::{Column, End, Reference, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

/// The present code of an order's customer.
const CUSTOMER_CODE: Reference = Reference {
    key: "o.customer_id",
    source: "customers AS k",
    id: "k.id",
    organization: "k.organization_id",
    column: "k.code",
    value: "(SELECT k.code FROM customers AS k \
            WHERE k.organization_id = o.organization_id AND k.id = o.customer_id)",
};

impl Table for Order {
    const TABLE: &'static str = "orders";
    const SOURCE: &'static str = "orders AS o";
    const NAMES: &'static str = " LEFT JOIN customers AS c ON c.organization_id = o.organization_id AND c.id = o.customer_id \
         LEFT JOIN organizations AS g ON g.id = o.organization_id \
         LEFT JOIN users AS u ON u.id = o.created_by";
    const COLUMNS: &'static [&'static str] = &[
        "o.organization_id",
        "o.id",
        "o.customer_id",
        "o.created_by",
        "o.item",
        "o.item_id",
        "o.quantity",
        "o.price_per_unit",
        "o.currency",
        "o.status",
        "o.time_closed",
        "o.updated_at",
        "o.version",
        "c.code",
        "c.first_name",
        "c.second_name",
        "g.name",
        "g.default_currency",
        "u.name",
    ];
    const HOME: Option<Self::Field> = Some(OrderField::Organization);

    fn column(field: OrderField) -> Column {
        match field {
            OrderField::Id | OrderField::TimePlaced => Column::Own("o.id"),
            OrderField::Organization => Column::Own("o.organization_id"),
            OrderField::Customer => Column::Own("o.customer_id"),
            OrderField::CustomerCode => Column::Through(CUSTOMER_CODE),
            OrderField::Item => Column::Folded { exact: "o.item", folded: "o.item_folded" },
            OrderField::ItemId => Column::Own("o.item_id"),
            OrderField::Quantity => Column::Own("o.quantity"),
            OrderField::PricePerUnit => Column::Own("o.price_per_unit"),
            OrderField::Currency => Column::Unindexed("o.currency"),
            OrderField::Status => Column::Own("o.status"),
            OrderField::TimeClosed => Column::OrLowest("o.time_closed_or_lowest"),
        }
    }

    /// What was closed by a certain time was placed by then.
    fn end(term: &Term<OrderField>) -> Option<End> {
        match (term.field(), term.test()) {
            (
                OrderField::TimeClosed,
                Test::Compare(Comparison::Below | Comparison::AtMost, Value::Time(time)),
            ) => Some(End { last: last_id_at(*time), exceptions: "closed_before_placed" }),
            _ => None,
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<OrderDetails> {
        let organization = OrganizationId::new(row.uuid()?);
        let id = OrderId::new(row.uuid()?);
        let customer = CustomerId::new(row.uuid()?);
        let author = row.optional_uuid()?.map(UserId::new);
        let line = parts::line(row)?;
        let status = row.named(OrderStatus::from_name)?;
        let time_closed = row.optional_time()?;
        let state =
            OrderState::new(status, time_closed).ok_or_else(|| row.corrupt("does not go with the status"))?;
        Ok(OrderDetails {
            order: Order::restore(
                id,
                organization,
                customer,
                line,
                state,
                author,
                row.time()?,
                row.version()?,
            ),
            customer: CustomerSummary {
                id: customer,
                code: row.parsed(CustomerCode::parse)?,
                first_name: row.parsed(PersonName::parse)?,
                second_name: row.parsed(PersonName::parse)?,
            },
            organization: parts::organization(organization, row)?,
            created_by: parts::author(author, row)?,
        })
    }
}

/// The highest id of an order placed at this time.
fn last_id_at(time: Timestamp) -> Uuid {
    let (_, highest) = time.uuid_range();
    highest
}

impl Written for Order {
    const FIXED: &'static [&'static str] = &["organization_id", "id", "customer_id", "created_by"];
    const CHANGING: &'static [&'static str] = &[
        "item",
        "item_folded",
        "item_id",
        "quantity",
        "price_per_unit",
        "currency",
        "status",
        "time_closed",
        "time_closed_or_lowest",
        "closed_before_placed",
        "updated_at",
        "version",
    ];

    fn fixed(&self) -> Vec<SqlValue> {
        vec![
            self.organization().uuid().into(),
            self.id().uuid().into(),
            self.customer().uuid().into(),
            self.created_by().map(UserId::uuid).into(),
        ]
    }

    fn changing(&self) -> Vec<SqlValue> {
        let line = self.line();
        let time_closed = self.state().time_closed();
        vec![
            line.item.as_str().into(),
            fold(line.item.as_str()).into(),
            line.item_id.map(ItemId::uuid).into(),
            line.quantity.units().into(),
            line.price.amount().into(),
            line.price.currency().code().into(),
            self.state().status().name().into(),
            time_closed.into(),
            SqlValue::TimeOrLowest(time_closed),
            time_closed.is_some_and(|closed| self.id().uuid() > last_id_at(closed)).into(),
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }
}
