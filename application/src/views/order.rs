//! Orders as they are read and listed.

use orderdesk_domain::{Order, OrderStatus, Resource};

use crate::ports::Aggregate;
use crate::query::{Entity, Field, Kind, Listed, Spec, Value};
use crate::views::{CustomerSummary, OrganizationSummary, UserSummary};

/// An order, whose it is, who ordered and who entered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDetails {
    /// The order.
    pub order: Order,
    /// Who ordered, as the customer's record says now.
    pub customer: CustomerSummary,
    /// The organization that owns the record.
    pub organization: OrganizationSummary,
    /// Who entered the order, if that user still exists.
    pub created_by: Option<UserSummary>,
}

/// The fields of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the order's own fields")]
pub enum OrderField {
    Id,
    Organization,
    Customer,
    CustomerCode,
    Item,
    ItemId,
    Quantity,
    PricePerUnit,
    Currency,
    Status,
    TimePlaced,
    TimeClosed,
}

impl Field for OrderField {
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Organization,
        Self::Customer,
        Self::CustomerCode,
        Self::Item,
        Self::ItemId,
        Self::Quantity,
        Self::PricePerUnit,
        Self::Currency,
        Self::Status,
        Self::TimePlaced,
        Self::TimeClosed,
    ];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::TimePlaced;
    const ORGANIZATION: Option<Self> = Some(Self::Organization);
    const CUSTOMER: Option<Self> = Some(Self::Customer);
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Organization => Spec::new("organization", Kind::Id).filters(),
            Self::Customer => Spec::new("customer", Kind::Id).filters(),
            Self::CustomerCode => Spec::new("customer_code", Kind::Code).filters().searches(),
            Self::Item => Spec::new("item", Kind::Text).filters().orders().searches(),
            Self::ItemId => Spec::new("item_id", Kind::Id).nullable().filters(),
            Self::Quantity => Spec::new("quantity", Kind::Integer).filters().orders(),
            Self::PricePerUnit => Spec::new("price_per_unit", Kind::Decimal).filters().orders(),
            Self::Currency => Spec::new("currency", Kind::Code),
            Self::Status => Spec::new("status", Kind::Choice(&OrderStatus::NAMES)).filters().orders(),
            Self::TimePlaced => Spec::new("time_placed", Kind::Time).filters().orders(),
            Self::TimeClosed => Spec::new("time_closed", Kind::Time).nullable().filters().orders(),
        }
    }
}

impl Listed for OrderDetails {
    type Field = OrderField;

    fn value(&self, field: OrderField) -> Value {
        let order = &self.order;
        let line = order.line();
        match field {
            OrderField::Id => order.id().uuid().into(),
            OrderField::Organization => order.organization().uuid().into(),
            OrderField::Customer => order.customer().uuid().into(),
            OrderField::CustomerCode => self.customer.code.as_str().into(),
            OrderField::Item => line.item.as_str().into(),
            OrderField::ItemId => line.item_id.map(orderdesk_domain::ItemId::uuid).into(),
            OrderField::Quantity => Value::Integer(line.quantity.units()),
            OrderField::PricePerUnit => Value::Decimal(line.price.amount()),
            OrderField::Currency => line.price.currency().code().into(),
            OrderField::Status => order.state().status().name().into(),
            OrderField::TimePlaced => order.time_placed().into(),
            OrderField::TimeClosed => order.state().time_closed().into(),
        }
    }
}

impl Entity for Order {
    const RESOURCE: Resource = Resource::Orders;
    type Field = OrderField;
    type Details = OrderDetails;
}

impl Aggregate for Order {
    fn of(details: &OrderDetails) -> &Self {
        &details.order
    }

    fn id(&self) -> uuid::Uuid {
        Self::id(self).uuid()
    }

    fn version(&self) -> orderdesk_domain::Version {
        Self::version(self)
    }
}
