//! `/message-templates/` and `/message-templates/{id}/`, and what they make of an order.

use orderdesk_application::services::{NewTemplate, PreviewRequest, TemplateChange, TemplateService};
use orderdesk_domain::MessageTemplateId;
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, find, list, refusal, row};
use crate::body::{New, Optional, Partial, Whole};
use crate::call::Call;
use crate::listing::{ListParameters, NoParameters, ObjectParameters};
use crate::reply::{Created, Deleted, Many, One, Plain};
use crate::transports::{MessageTemplateTransport, PreviewTransport, Transport as _};

/// The routes of templates.
pub(crate) struct MessageTemplatesApi {
    pub(crate) service: TemplateService,
}

type Shown = MessageTemplateTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::MessageTemplates")]
impl MessageTemplatesApi {
    /// List message templates
    #[oai(path = "/message-templates", method = "get", operation_id = "list_message_templates")]
    async fn list(&self, call: Call, parameters: ListParameters<Shown>) -> Result<Many<Shown>> {
        Ok(list(&self.service, call, parameters).await?)
    }

    /// Create a message template
    ///
    /// It takes the place of the built-in text. Messages that are queued already stay as they are.
    #[oai(path = "/message-templates", method = "post", operation_id = "create_message_template")]
    async fn create(&self, call: Call, body: New<NewTemplate>) -> Result<Created<Shown>> {
        let once = call.once::<Shown>(body.digest);
        let outcome = self.service.create(&call.caller, body.body?, once.as_ref()).await;
        Ok(Created::of(outcome.map_err(refusal::<Shown>)?, |details| Shown::new(details, &call.links)))
    }

    /// Show a message template
    #[oai(path = "/message-templates/:id", method = "get", operation_id = "show_message_template")]
    async fn show(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ObjectParameters<Shown>,
    ) -> Result<One<Shown>> {
        Ok(find(&self.service, &call, id.0, &parameters).await?)
    }

    /// Replace a message template
    #[oai(path = "/message-templates/:id", method = "put", operation_id = "replace_message_template")]
    async fn replace(&self, call: Call, id: Path<Uuid>, body: Whole<TemplateChange>) -> Result<One<Shown>> {
        let row = row(&call, id.0, body.0?);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Change a message template
    #[oai(path = "/message-templates/:id", method = "patch", operation_id = "change_message_template")]
    async fn change(&self, call: Call, id: Path<Uuid>, body: Partial<TemplateChange>) -> Result<One<Shown>> {
        let row = row(&call, id.0, body.0?);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Delete a message template
    ///
    /// The built-in text is in its place then. To say nothing at all, set `is_active` to false instead.
    #[oai(path = "/message-templates/:id", method = "delete", operation_id = "delete_message_template")]
    async fn delete(&self, call: Call, id: Path<Uuid>, _none: NoParameters) -> Result<Deleted> {
        let id = MessageTemplateId::new(id.0);
        self.service.delete(&call.caller, id, &call.precondition()).await.map_err(refusal::<Shown>)?;
        Ok(Deleted)
    }

    /// Preview a message
    ///
    /// What the template, or a text in its place, would say of an order, or of an example; in which alphabet it would
    /// travel, and in how many pieces. Nothing is sent, and nothing is kept.
    #[oai(path = "/message-templates/:id/previews", method = "post", operation_id = "preview_message")]
    async fn preview(
        &self,
        call: Call,
        id: Path<Uuid>,
        body: Optional<PreviewRequest>,
    ) -> Result<Plain<PreviewTransport>> {
        let id = MessageTemplateId::new(id.0);
        let preview = self.service.preview(&call.caller, id, body.body?).await.map_err(refusal::<Shown>)?;
        Ok(Plain((&preview).into()))
    }
}
