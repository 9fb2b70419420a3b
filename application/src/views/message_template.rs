//! Templates of messages as they are read and listed.

use orderdesk_domain::{MessageEvent, MessageTemplate, Resource};

use crate::ports::Aggregate;
use crate::query::{Entity, Field, Kind, Listed, Spec, Value};
use crate::views::OrganizationSummary;

/// A template, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTemplateDetails {
    /// The template.
    pub template: MessageTemplate,
    /// The organization that owns the record.
    pub organization: OrganizationSummary,
}

/// The fields of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the template's own fields")]
pub enum MessageTemplateField {
    Id,
    Organization,
    Event,
    Text,
    IsActive,
    CreatedAt,
}

impl Field for MessageTemplateField {
    const ALL: &'static [Self] =
        &[Self::Id, Self::Organization, Self::Event, Self::Text, Self::IsActive, Self::CreatedAt];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::CreatedAt;
    const ORGANIZATION: Option<Self> = Some(Self::Organization);
    const CUSTOMER: Option<Self> = None;
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Organization => Spec::new("organization", Kind::Id).filters(),
            Self::Event => Spec::new("event", Kind::Choice(&MessageEvent::NAMES)).filters().orders(),
            Self::Text => Spec::new("text", Kind::Text),
            Self::IsActive => Spec::new("is_active", Kind::Boolean).filters(),
            Self::CreatedAt => Spec::new("created_at", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for MessageTemplateDetails {
    type Field = MessageTemplateField;

    fn value(&self, field: MessageTemplateField) -> Value {
        let wording = self.template.wording();
        match field {
            MessageTemplateField::Id => self.template.id().uuid().into(),
            MessageTemplateField::Organization => self.template.organization().uuid().into(),
            MessageTemplateField::Event => self.template.event().name().into(),
            MessageTemplateField::Text => wording.text.as_str().into(),
            MessageTemplateField::IsActive => Value::Boolean(wording.is_active),
            MessageTemplateField::CreatedAt => self.template.id().created_at().into(),
        }
    }
}

impl Entity for MessageTemplate {
    const RESOURCE: Resource = Resource::MessageTemplates;
    type Field = MessageTemplateField;
    type Details = MessageTemplateDetails;
}

impl Aggregate for MessageTemplate {
    fn of(details: &MessageTemplateDetails) -> &Self {
        &details.template
    }

    fn id(&self) -> uuid::Uuid {
        Self::id(self).uuid()
    }

    fn version(&self) -> orderdesk_domain::Version {
        Self::version(self)
    }
}
