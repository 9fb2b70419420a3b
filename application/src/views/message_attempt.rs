//! Attempts to send messages as they are read and listed.

use orderdesk_domain::{AttemptOutcome, CustomerId, MessageAttempt, OrganizationId, Resource};

use crate::query::{Entity, Field, Kind, Listed, Spec, Value};

/// An attempt, and who may see it: whoever may see the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageAttemptDetails {
    /// The attempt.
    pub attempt: MessageAttempt,
    /// The organization of the message.
    pub organization: OrganizationId,
    /// The customer of the message.
    pub customer: CustomerId,
}

/// The fields of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the attempt's own fields")]
pub enum MessageAttemptField {
    Id,
    Organization,
    Customer,
    Message,
    Outcome,
    CreatedAt,
}

impl Field for MessageAttemptField {
    const ALL: &'static [Self] =
        &[Self::Id, Self::Organization, Self::Customer, Self::Message, Self::Outcome, Self::CreatedAt];
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
            Self::Message => Spec::new("message", Kind::Id),
            Self::Outcome => Spec::new("outcome", Kind::Choice(&AttemptOutcome::NAMES)).filters(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for MessageAttemptDetails {
    type Field = MessageAttemptField;

    fn value(&self, field: MessageAttemptField) -> Value {
        match field {
            MessageAttemptField::Id => self.attempt.id.uuid().into(),
            MessageAttemptField::Organization => self.organization.uuid().into(),
            MessageAttemptField::Customer => self.customer.uuid().into(),
            MessageAttemptField::Message => self.attempt.message.uuid().into(),
            MessageAttemptField::Outcome => self.attempt.outcome.name().into(),
            MessageAttemptField::CreatedAt => self.attempt.id.created_at().into(),
        }
    }
}

impl Entity for MessageAttempt {
    const RESOURCE: Resource = Resource::Notifications;
    type Field = MessageAttemptField;
    type Details = MessageAttemptDetails;
}
