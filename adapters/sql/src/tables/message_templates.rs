//! Templates of messages.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{MessageTemplateDetails, MessageTemplateField};
use orderdesk_domain::{
    MessageEvent, MessageTemplate, MessageTemplateId, OrganizationId, TemplateText, Wording, fold,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

impl Table for MessageTemplate {
    const TABLE: &'static str = "message_templates";
    const SOURCE: &'static str = "message_templates AS t";
    const NAMES: &'static str = " LEFT JOIN organizations AS g ON g.id = t.organization_id";
    const COLUMNS: &'static [&'static str] = &[
        "t.organization_id",
        "t.id",
        "t.event",
        "t.text",
        "t.is_active",
        "t.updated_at",
        "t.version",
        "g.name",
        "g.default_currency",
    ];
    const HOME: Option<Self::Field> = Some(MessageTemplateField::Organization);

    fn column(field: MessageTemplateField) -> Column {
        match field {
            MessageTemplateField::Id | MessageTemplateField::CreatedAt => Column::Own("t.id"),
            MessageTemplateField::Organization => Column::Own("t.organization_id"),
            MessageTemplateField::Event => Column::Own("t.event"),
            // An organization has three templates at the most: there is nothing that an index could shorten.
            MessageTemplateField::IsActive => Column::Unindexed("t.is_active"),
            MessageTemplateField::Text => Column::Folded { exact: "t.text", folded: "t.text_folded" },
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<MessageTemplateDetails> {
        let organization = OrganizationId::new(row.uuid()?);
        let id = MessageTemplateId::new(row.uuid()?);
        let event = row.named(MessageEvent::from_name)?;
        let wording = Wording { text: row.parsed(TemplateText::parse)?, is_active: row.boolean()? };
        Ok(MessageTemplateDetails {
            template: Self::restore(id, organization, event, wording, row.time()?, row.version()?),
            organization: parts::organization(organization, row)?,
        })
    }
}

impl Written for MessageTemplate {
    const FIXED: &'static [&'static str] = &["organization_id", "id", "event"];
    const CHANGING: &'static [&'static str] = &["text", "text_folded", "is_active", "updated_at", "version"];

    fn fixed(&self) -> Vec<SqlValue> {
        vec![self.organization().uuid().into(), self.id().uuid().into(), self.event().name().into()]
    }

    fn changing(&self) -> Vec<SqlValue> {
        let wording = self.wording();
        vec![
            wording.text.as_str().into(),
            fold(wording.text.as_str()).into(),
            wording.is_active.into(),
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }
}
