//! `/organizations/` and `/organizations/{id}/`.

use orderdesk_application::services::{Defaults, NewOrganization, OrganizationChange, OrganizationService};
use orderdesk_domain::OrganizationId;
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, find, list, refusal, row};
use crate::body::{New, Partial, Whole};
use crate::call::Call;
use crate::listing::{ListParameters, NoParameters, ObjectParameters};
use crate::reply::{Created, Deleted, Many, One};
use crate::transports::{OrganizationTransport, Transport as _};

/// The routes of organizations.
pub(crate) struct OrganizationsApi {
    pub(crate) service: OrganizationService,
    /// What a whole organization gets that says nothing else.
    pub(crate) defaults: Defaults,
}

type Shown = OrganizationTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Organizations")]
impl OrganizationsApi {
    /// List organizations
    ///
    /// Those that the caller belongs to; to staff, all.
    #[oai(path = "/organizations", method = "get", operation_id = "list_organizations")]
    async fn list(&self, call: Call, parameters: ListParameters<Shown>) -> Result<Many<Shown>> {
        Ok(list(&self.service, call, parameters).await?)
    }

    /// Found an organization
    ///
    /// With the caller as its administrator.
    #[oai(path = "/organizations", method = "post", operation_id = "create_organization")]
    async fn create(&self, call: Call, body: New<NewOrganization>) -> Result<Created<Shown>> {
        let once = call.once::<Shown>(body.digest);
        let outcome = self.service.create(&call.caller, body.body?, once.as_ref()).await;
        Ok(Created::of(outcome.map_err(refusal::<Shown>)?, |details| Shown::new(details, &call.links)))
    }

    /// Show an organization
    #[oai(path = "/organizations/:id", method = "get", operation_id = "show_organization")]
    async fn show(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ObjectParameters<Shown>,
    ) -> Result<One<Shown>> {
        Ok(find(&self.service, &call, id.0, &parameters).await?)
    }

    /// Replace an organization
    #[oai(path = "/organizations/:id", method = "put", operation_id = "replace_organization")]
    async fn replace(
        &self,
        call: Call,
        id: Path<Uuid>,
        body: Whole<OrganizationChange>,
    ) -> Result<One<Shown>> {
        let mut row = row(&call, id.0, body.0?);
        row.change.time_zone.get_or_insert_with(|| self.defaults.time_zone.clone());
        row.change.default_currency.get_or_insert(self.defaults.currency);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Change an organization
    #[oai(path = "/organizations/:id", method = "patch", operation_id = "change_organization")]
    async fn change(
        &self,
        call: Call,
        id: Path<Uuid>,
        body: Partial<OrganizationChange>,
    ) -> Result<One<Shown>> {
        let row = row(&call, id.0, body.0?);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Delete an organization
    ///
    /// With its memberships. One that owns customers, items or orders cannot be deleted: 409 says how many.
    #[oai(path = "/organizations/:id", method = "delete", operation_id = "delete_organization")]
    async fn delete(&self, call: Call, id: Path<Uuid>, _none: NoParameters) -> Result<Deleted> {
        let id = OrganizationId::new(id.0);
        self.service.delete(&call.caller, id, &call.precondition()).await.map_err(refusal::<Shown>)?;
        Ok(Deleted)
    }
}
