//! Orders.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{OrderDetails, OrderField};
use orderdesk_domain::{
    CustomerId, ItemId, Order, OrderId, OrderState, OrderStatus, OrganizationId, UserId, fold,
};

use crate::author::Authored as _;
use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, KnownOrder, References};
use crate::schema::ORDERS;
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value;

impl Table for Order {
    const COLLECTION: &'static str = ORDERS;

    fn column(field: OrderField) -> Column {
        match field {
            OrderField::Id | OrderField::TimePlaced => Column::Own("_id"),
            OrderField::Organization => Column::Own("organization"),
            OrderField::Customer => Column::Own("customer"),
            OrderField::CustomerCode => Column::CustomerCode,
            OrderField::Item => Column::Folded { exact: "item", folded: "item_folded" },
            OrderField::ItemId => Column::Own("item_id"),
            OrderField::Quantity => Column::Own("quantity"),
            OrderField::PricePerUnit => Column::Own("price_per_unit"),
            OrderField::Currency => Column::Own("currency"),
            OrderField::Status => Column::Own("status"),
            OrderField::TimeClosed => Column::Own("time_closed"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        let status = fields.named("status", OrderStatus::from_name)?;
        let state = OrderState::new(status, fields.optional_time("time_closed")?)
            .ok_or_else(|| fields.corrupt("time_closed", "does not go with the status"))?;
        Ok(Self::restore(
            OrderId::new(fields.id("_id")?),
            OrganizationId::new(fields.id("organization")?),
            CustomerId::new(fields.id("customer")?),
            parts::line(fields)?,
            state,
            fields.optional_id("created_by")?.map(UserId::new),
            fields.time("updated_at")?,
            fields.version("version")?,
        ))
    }

    fn mention(&self, mentions: &mut Mentions) {
        mentions.organizations.insert(self.organization().uuid());
        mentions.customers.insert(self.customer().uuid());
        mentions.users.extend(self.created_by().map(UserId::uuid));
    }

    fn show(self, _fields: &Fields<'_>, names: &Names) -> StoreResult<OrderDetails> {
        let customer = names.customer(self.customer())?;
        let organization = names.organization(self.organization())?;
        let (order, created_by) = self.by_whom(names);
        Ok(OrderDetails { order, customer, organization, created_by })
    }
}

impl Written for Order {
    fn fixed(&self) -> Document {
        doc! {
            "_id": value::id(self.id().uuid()),
            "organization": value::id(self.organization().uuid()),
            "customer": value::id(self.customer().uuid()),
            "created_by": value::optional_id(self.created_by().map(UserId::uuid)),
        }
    }

    fn changing(&self) -> Document {
        let mut document = parts::line_document(self.line());
        document.extend(doc! {
            "item_folded": fold(self.line().item.as_str()),
            "status": self.state().status().name(),
            "time_closed": value::optional_time(self.state().time_closed()),
            "updated_at": value::time(self.updated_at()),
            "version": self.version().number(),
        });
        document
    }

    /// The customer is of an organization that is there.
    fn refer(&self, references: &mut References) {
        let here = self.organization().uuid();
        references.customers.insert((self.customer().uuid(), here));
        references.items.extend(self.line().item_id.map(|id| (id.uuid(), here)));
        references.authors.extend(self.created_by().map(UserId::uuid));
    }

    fn refer_anew(&self, known: &Known, references: &mut References) {
        let item = self.line().item_id.map(ItemId::uuid);
        let same = known.orders.get(&self.id().uuid()).is_some_and(|stored| stored.item == item);
        if !same {
            references.items.extend(item.map(|id| (id, self.organization().uuid())));
        }
    }

    fn note(details: &OrderDetails, known: &mut Known) {
        let OrderDetails { order, customer, organization, created_by } = details;
        known.organizations.insert(organization.id.uuid());
        known.customers.insert(customer.id.uuid(), organization.id.uuid());
        known.users.extend(created_by.as_ref().map(|author| author.id.uuid()));
        let written = known.orders.get(&order.id().uuid()).is_some_and(|known| known.written);
        known.orders.insert(order.id().uuid(), KnownOrder::of(order, written));
    }

    fn note_written(&self, known: &mut Known) {
        known.orders.insert(self.id().uuid(), KnownOrder::of(self, true));
    }
}
