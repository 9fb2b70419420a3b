//! Templates of messages over HTTP, and what they make.

use std::borrow::Cow;

use orderdesk_application::services::{NewTemplate, Preview, PreviewRequest, TemplateChange};
use orderdesk_application::views::MessageTemplateDetails;
use orderdesk_domain::MessageTemplate;
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{Instant, OrganizationReference, free_text, time_cell};
use super::notification::{EncodingTransport, EventTransport};
use super::{Addressed, Transport};
use crate::body::{Body, Form};
use crate::links::Links;

/// What an organization's customers are told of one kind of event.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "MessageTemplate")]
pub(crate) struct MessageTemplateTransport {
    /// The template's identity.
    id: Uuid,
    /// Where this object stands.
    url: String,
    /// Whose customers are told.
    organization: OrganizationReference,
    /// What they are told of; an organization has one template for each event at the most.
    event: EventTransport,
    /// What the messages are made of, with placeholders.
    text: String,
    /// Whether they are told at all.
    is_active: bool,
    /// When the record was created.
    created_at: Instant,
    /// When the record last changed.
    updated_at: Instant,
    /// Grows with every change; in a PUT or PATCH a precondition.
    version: i64,
}

impl Transport for MessageTemplateTransport {
    type Entity = MessageTemplate;

    const PLURAL: &'static str = "message_templates";
    const PATH: &'static str = "message-templates";
    const FIELDS: &'static [&'static str] =
        &["id", "url", "organization", "event", "text", "is_active", "created_at", "updated_at", "version"];
    const COLUMNS: &'static [&'static str] =
        &["id", "organization_id", "event", "text", "is_active", "created_at", "updated_at", "version"];

    fn new(details: &MessageTemplateDetails, links: &Links) -> Self {
        let template = &details.template;
        let wording = template.wording();
        Self {
            id: template.id().uuid(),
            url: links.object(Self::PATH, template.id().uuid()),
            organization: (&details.organization).into(),
            event: EventTransport(template.event()),
            text: wording.text.as_str().to_owned(),
            is_active: wording.is_active,
            created_at: Instant(template.id().created_at()),
            updated_at: Instant(template.updated_at()),
            version: template.version().number(),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.id.to_string().into(),
            self.organization.id().to_string().into(),
            self.event.0.name().into(),
            free_text(self.text),
            self.is_active.to_string().into(),
            time_cell(self.created_at),
            time_cell(self.updated_at),
            self.version.to_string().into(),
        ]
    }
}

impl Addressed for MessageTemplateTransport {
    fn url(&self) -> &str {
        &self.url
    }

    fn version(&self) -> i64 {
        self.version
    }
}

const ORGANIZATION: &str =
    "Whose customers are told. May be left out by a caller who can write to one organization only.";
const EVENT: &str = "What they are told of; an organization has one template for each event.";
const TEXT: &str = "What the messages are made of, 1 to 1000 characters: {{ name }} puts a value in, {% if name %}...{% else \
                    %}...{% endif %} chooses. The names are first_name, second_name, customer_code, organization, \
                    order_number, item, quantity, several (whether it is more than one unit), price, total, currency. A \
                    message that becomes longer than 1000 characters is cut off.";
const IS_ACTIVE: &str = "Whether they are told at all; true where nothing is said.";
const READ_ONLY: [&str; 4] = ["id", "url", "created_at", "updated_at"];

impl Body for NewTemplate {
    fn read(form: &mut Form) -> Option<Self> {
        let organization = form.optional("organization", ORGANIZATION);
        let event = form.required("event", EVENT);
        let text = form.required("text", TEXT);
        let is_active = form.optional("is_active", IS_ACTIVE).unwrap_or(true);
        form.read_only(&READ_ONLY);
        form.read_only(&["version"]);
        Some(Self { organization, event: event?, text: text?, is_active })
    }
}

impl Body for TemplateChange {
    fn read(form: &mut Form) -> Option<Self> {
        let whole = form.is_whole();
        let change = Self {
            organization: form
                .optional("organization", "The organization that the template is of; it cannot change."),
            event: form.optional("event", "What the template is for; it cannot change."),
            text: form.required("text", TEXT),
            is_active: form.optional("is_active", IS_ACTIVE).or(whole.then_some(true)),
        };
        form.read_only(&READ_ONLY[1..]);
        Some(change)
    }
}

/// What a message would say, and how it would travel.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "MessagePreview")]
pub(crate) struct PreviewTransport {
    /// What it would say.
    text: String,
    /// The alphabet that the text takes.
    encoding: EncodingTransport,
    /// The number of pieces in which it would travel, each of which is paid for.
    segments: usize,
}

impl From<&Preview> for PreviewTransport {
    fn from(preview: &Preview) -> Self {
        Self {
            text: preview.text.as_str().to_owned(),
            encoding: EncodingTransport(preview.segments.encoding),
            segments: preview.segments.count,
        }
    }
}

const TRIED_TEXT: &str = "A text to try in place of the template's.";
const ORDER: &str =
    "An order of the organization that the message is to be about; an example where none is named.";

impl Body for PreviewRequest {
    fn read(form: &mut Form) -> Option<Self> {
        Some(Self { text: form.optional("text", TRIED_TEXT), order: form.optional("order", ORDER) })
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_application::wording::{PLACEHOLDERS, check};
    use orderdesk_domain::TemplateText;

    use super::*;

    #[test]
    fn the_help_names_every_placeholder() {
        let (_, names) = TEXT.split_once("The names are ").unwrap();
        let named: Vec<_> =
            names.split('.').next().unwrap().split(", ").map(|it| it.split(' ').next().unwrap()).collect();
        assert_eq!(named, PLACEHOLDERS.map(|(name, _)| name));
        for name in named {
            assert!(check(&TemplateText::parse(&format!("x {{{{ {name} }}}}")).unwrap()).is_ok(), "{name}");
        }
    }
}
