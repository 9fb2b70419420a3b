//! `/users/` and `/users/{id}/`: for staff.

use orderdesk_application::services::{UserChange, UserService};
use orderdesk_domain::UserId;
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, find, list, refusal, row};
use crate::body::Partial;
use crate::call::Call;
use crate::listing::{ListParameters, NoParameters, ObjectParameters};
use crate::reply::{Deleted, Many, One};
use crate::transports::{Transport as _, UserTransport};

/// The routes of users.
pub(crate) struct UsersApi {
    pub(crate) service: UserService,
}

type Shown = UserTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Users")]
impl UsersApi {
    /// List users
    #[oai(path = "/users", method = "get", operation_id = "list_users")]
    async fn list(&self, call: Call, parameters: ListParameters<Shown>) -> Result<Many<Shown>> {
        Ok(list(&self.service, call, parameters).await?)
    }

    /// Show a user
    #[oai(path = "/users/:id", method = "get", operation_id = "show_user")]
    async fn show(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ObjectParameters<Shown>,
    ) -> Result<One<Shown>> {
        Ok(find(&self.service, &call, id.0, &parameters).await?)
    }

    /// Change a user
    ///
    /// Activate, deactivate, promote, rename. Nobody deactivates themselves, or stops being staff by themselves: 409.
    #[oai(path = "/users/:id", method = "patch", operation_id = "change_user")]
    async fn change(&self, call: Call, id: Path<Uuid>, body: Partial<UserChange>) -> Result<One<Shown>> {
        let row = row(&call, id.0, body.0?);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Deactivate a user
    ///
    /// Who is deactivated is signed out everywhere and refused with any credential, and stays as the author of what
    /// they wrote: the user is still shown, with `is_active` false.
    #[oai(path = "/users/:id", method = "delete", operation_id = "deactivate_user")]
    async fn deactivate(&self, call: Call, id: Path<Uuid>, _none: NoParameters) -> Result<Deleted> {
        let id = UserId::new(id.0);
        self.service.deactivate(&call.caller, id, call.precondition()).await.map_err(refusal::<Shown>)?;
        Ok(Deleted)
    }
}
