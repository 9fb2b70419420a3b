//! The history of orders as it is read and listed.

use orderdesk_domain::{CustomerId, OrderEvent, OrderEventKind, OrganizationId, Resource};

use crate::query::{Entity, Field, Kind, Listed, Spec, Value};
use crate::views::UserSummary;

/// An entry of an order's history, and who may see it: whoever may see the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEventDetails {
    /// The entry.
    pub event: OrderEvent,
    /// The organization of the order.
    pub organization: OrganizationId,
    /// The customer of the order.
    pub customer: CustomerId,
    /// Who did it, if that user still exists.
    pub by: Option<UserSummary>,
}

/// The fields of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the entry's own fields")]
pub enum OrderEventField {
    Id,
    Organization,
    Customer,
    Order,
    Event,
    CreatedAt,
}

impl Field for OrderEventField {
    const ALL: &'static [Self] =
        &[Self::Id, Self::Organization, Self::Customer, Self::Order, Self::Event, Self::CreatedAt];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = Some(Self::Organization);
    const CUSTOMER: Option<Self> = Some(Self::Customer);
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Organization => Spec::new("organization", Kind::Id),
            Self::Customer => Spec::new("customer", Kind::Id),
            Self::Order => Spec::new("order", Kind::Id),
            Self::Event => Spec::new("event", Kind::Choice(&OrderEventKind::NAMES)).filters(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for OrderEventDetails {
    type Field = OrderEventField;

    fn value(&self, field: OrderEventField) -> Value {
        match field {
            OrderEventField::Id => self.event.id.uuid().into(),
            OrderEventField::Organization => self.organization.uuid().into(),
            OrderEventField::Customer => self.customer.uuid().into(),
            OrderEventField::Order => self.event.order.uuid().into(),
            OrderEventField::Event => self.event.kind.name().into(),
            OrderEventField::CreatedAt => self.event.id.created_at().into(),
        }
    }
}

impl Entity for OrderEvent {
    const RESOURCE: Resource = Resource::Orders;
    type Field = OrderEventField;
    type Details = OrderEventDetails;
}
