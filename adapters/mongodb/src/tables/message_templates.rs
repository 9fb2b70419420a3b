//! Templates of messages.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{MessageTemplateDetails, MessageTemplateField};
use orderdesk_domain::{
    MessageEvent, MessageTemplate, MessageTemplateId, OrganizationId, TemplateText, Wording, fold,
};

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, References};
use crate::schema::MESSAGE_TEMPLATES;
use crate::table::{Column, Table, Written};
use crate::value;

impl Table for MessageTemplate {
    const COLLECTION: &'static str = MESSAGE_TEMPLATES;

    fn column(field: MessageTemplateField) -> Column {
        match field {
            MessageTemplateField::Id | MessageTemplateField::CreatedAt => Column::Own("_id"),
            MessageTemplateField::Organization => Column::Own("organization"),
            MessageTemplateField::Event => Column::Own("event"),
            MessageTemplateField::Text => Column::Folded { exact: "text", folded: "text_folded" },
            MessageTemplateField::IsActive => Column::Own("is_active"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        let wording = Wording {
            text: fields.parsed("text", TemplateText::parse)?,
            is_active: fields.boolean("is_active")?,
        };
        Ok(Self::restore(
            MessageTemplateId::new(fields.id("_id")?),
            OrganizationId::new(fields.id("organization")?),
            fields.named("event", MessageEvent::from_name)?,
            wording,
            fields.time("updated_at")?,
            fields.version("version")?,
        ))
    }

    fn mention(&self, mentions: &mut Mentions) {
        mentions.organizations.insert(self.organization().uuid());
    }

    fn show(self, _fields: &Fields<'_>, names: &Names) -> StoreResult<MessageTemplateDetails> {
        Ok(MessageTemplateDetails { organization: names.organization(self.organization())?, template: self })
    }
}

impl Written for MessageTemplate {
    fn fixed(&self) -> Document {
        doc! {
            "_id": value::id(self.id().uuid()),
            "organization": value::id(self.organization().uuid()),
            "event": self.event().name(),
        }
    }

    fn changing(&self) -> Document {
        let wording = self.wording();
        doc! {
            "text": wording.text.as_str(),
            "text_folded": fold(wording.text.as_str()),
            "is_active": wording.is_active,
            "updated_at": value::time(self.updated_at()),
            "version": self.version().number(),
        }
    }

    fn refer(&self, references: &mut References) {
        references.organizations.insert(self.organization().uuid());
    }

    fn note(details: &MessageTemplateDetails, known: &mut Known) {
        known.organizations.insert(details.organization.id.uuid());
    }

    fn note_written(&self, _known: &mut Known) {}
}
