//! Messages as they are read and listed.

use orderdesk_domain::{Message, MessageEvent, MessageStatus, Resource};

use crate::ports::Aggregate;
use crate::query::{Entity, Field, Kind, Listed, Spec, Value};
use crate::views::{CustomerSummary, OrganizationSummary};

/// A message, who sends it and who gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageDetails {
    /// The message.
    pub message: Message,
    /// Who is told, as the customer's record says now.
    pub customer: CustomerSummary,
    /// The organization that tells it.
    pub organization: OrganizationSummary,
}

/// The fields of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the message's own fields")]
pub enum MessageField {
    Id,
    Organization,
    Order,
    Customer,
    Event,
    Status,
    CreatedAt,
}

impl Field for MessageField {
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Organization,
        Self::Order,
        Self::Customer,
        Self::Event,
        Self::Status,
        Self::CreatedAt,
    ];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = Some(Self::Organization);
    const CUSTOMER: Option<Self> = Some(Self::Customer);
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Organization => Spec::new("organization", Kind::Id).filters(),
            Self::Order => Spec::new("order", Kind::Id).filters(),
            Self::Customer => Spec::new("customer", Kind::Id).filters(),
            Self::Event => Spec::new("event", Kind::Choice(&MessageEvent::NAMES)).filters(),
            Self::Status => Spec::new("status", Kind::Choice(&MessageStatus::NAMES)).filters().orders(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for MessageDetails {
    type Field = MessageField;

    fn value(&self, field: MessageField) -> Value {
        let letter = self.message.letter();
        match field {
            MessageField::Id => self.message.id().uuid().into(),
            MessageField::Organization => letter.organization.uuid().into(),
            MessageField::Order => letter.order.uuid().into(),
            MessageField::Customer => letter.customer.uuid().into(),
            MessageField::Event => letter.event.name().into(),
            MessageField::Status => self.message.status().name().into(),
            MessageField::CreatedAt => self.message.id().created_at().into(),
        }
    }
}

impl Entity for Message {
    const RESOURCE: Resource = Resource::Notifications;
    type Field = MessageField;
    type Details = MessageDetails;
}

impl Aggregate for Message {
    fn of(details: &MessageDetails) -> &Self {
        &details.message
    }

    fn id(&self) -> uuid::Uuid {
        Self::id(self).uuid()
    }

    fn version(&self) -> orderdesk_domain::Version {
        Self::version(self)
    }
}
