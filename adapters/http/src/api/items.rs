//! `/items/` and `/items/{id}/`.

use orderdesk_application::services::{ItemChange, ItemService, NewItem};
use orderdesk_domain::ItemId;
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, find, list, refusal, row};
use crate::body::{New, Partial, Rows, Whole};
use crate::call::Call;
use crate::listing::{DeletionParameters, ListParameters, NoParameters, ObjectParameters};
use crate::reply::{All, Created, Deleted, DeletedCount, Many, One, Plain};
use crate::transports::{ItemTransport, Transport as _};

/// The routes of items.
pub(crate) struct ItemsApi {
    pub(crate) service: ItemService,
}

type Shown = ItemTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Items")]
impl ItemsApi {
    /// List items
    #[oai(path = "/items", method = "get", operation_id = "list_items")]
    async fn list(&self, call: Call, parameters: ListParameters<Shown>) -> Result<Many<Shown>> {
        Ok(list(&self.service, call, parameters).await?)
    }

    /// Create an item
    #[oai(path = "/items", method = "post", operation_id = "create_item")]
    async fn create(&self, call: Call, body: New<NewItem>) -> Result<Created<Shown>> {
        let once = call.once::<Shown>(body.digest);
        let outcome = self.service.create(&call.caller, body.body?, once.as_ref()).await;
        Ok(Created::of(outcome.map_err(refusal::<Shown>)?, |details| Shown::new(details, &call.links)))
    }

    /// Change items, all or none
    #[oai(path = "/items", method = "put", operation_id = "replace_items")]
    async fn replace_all(&self, call: Call, body: Rows<ItemChange>) -> Result<All<Shown>> {
        let details = self.service.change_all(&call.caller, &body.0).await.map_err(refusal::<Shown>)?;
        Ok(All::new(&call, &details)?)
    }

    /// Delete the items that match, all or none
    #[oai(path = "/items", method = "delete", operation_id = "delete_items")]
    async fn delete_matching(
        &self,
        call: Call,
        parameters: DeletionParameters<Shown>,
    ) -> Result<Plain<DeletedCount>> {
        let deleted =
            self.service.delete_matching(&call.caller, parameters.0).await.map_err(refusal::<Shown>)?;
        Ok(Plain(DeletedCount { deleted }))
    }

    /// Show an item
    #[oai(path = "/items/:id", method = "get", operation_id = "show_item")]
    async fn show(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ObjectParameters<Shown>,
    ) -> Result<One<Shown>> {
        Ok(find(&self.service, &call, id.0, &parameters).await?)
    }

    /// Replace an item
    #[oai(path = "/items/:id", method = "put", operation_id = "replace_item")]
    async fn replace(&self, call: Call, id: Path<Uuid>, body: Whole<ItemChange>) -> Result<One<Shown>> {
        let row = row(&call, id.0, body.0?);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Change an item
    #[oai(path = "/items/:id", method = "patch", operation_id = "change_item")]
    async fn change(&self, call: Call, id: Path<Uuid>, body: Partial<ItemChange>) -> Result<One<Shown>> {
        let row = row(&call, id.0, body.0?);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Delete an item
    ///
    /// An item that orders refer to cannot be deleted: 409 says how many. Set `is_active` to false instead.
    #[oai(path = "/items/:id", method = "delete", operation_id = "delete_item")]
    async fn delete(&self, call: Call, id: Path<Uuid>, _none: NoParameters) -> Result<Deleted> {
        let id = ItemId::new(id.0);
        self.service.delete(&call.caller, id, &call.precondition()).await.map_err(refusal::<Shown>)?;
        Ok(Deleted)
    }
}
