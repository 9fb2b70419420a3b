//! `/organizations/{id}/members/` and `/memberships/{id}/`.

use orderdesk_application::query::{Filter, Test};
use orderdesk_application::services::{
    Browse as _, MemberChange, MemberService, NewMember, OrganizationService,
};
use orderdesk_application::views::MembershipField;
use orderdesk_domain::{MembershipId, OrganizationId};
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, find, list, refusal, row};
use crate::body::{New, Partial};
use crate::call::Call;
use crate::listing::{ListParameters, NoParameters, ObjectParameters};
use crate::problem::Failure;
use crate::reply::{Created, Deleted, Many, One};
use crate::transports::{MembershipTransport, Transport as _};

/// The routes of members.
pub(crate) struct MembersApi {
    pub(crate) service: MemberService,
    pub(crate) organizations: OrganizationService,
}

type Shown = MembershipTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Members")]
impl MembersApi {
    /// List the members of an organization
    ///
    /// And those who are invited. Who is bound to one customer sees nobody but themselves.
    #[oai(path = "/organizations/:id/members", method = "get", operation_id = "list_members_of_organization")]
    async fn list(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ListParameters<Shown>,
    ) -> Result<Many<Shown>> {
        self.organizations.find(&call.caller, id.0).await.map_err(refusal::<Shown>)?;
        let its = Filter::new(MembershipField::Organization, Test::Equals(id.0.into()));
        let its = its.map_err(Failure::internal)?;
        Ok(list(&self.service, call, parameters.within(its)).await?)
    }

    /// Invite somebody into an organization
    ///
    /// Whoever signs in with this address, verified by the identity provider, belongs from then on. No mail is sent.
    #[oai(path = "/organizations/:id/members", method = "post", operation_id = "invite_member")]
    async fn invite(&self, call: Call, id: Path<Uuid>, body: New<NewMember>) -> Result<Created<Shown>> {
        let once = call.once::<Shown>(body.digest);
        let organization = OrganizationId::new(id.0);
        let outcome = self.service.invite(&call.caller, organization, body.body?, once.as_ref()).await;
        Ok(Created::of(outcome.map_err(refusal::<Shown>)?, |details| Shown::new(details, &call.links)))
    }

    /// Show a membership
    #[oai(path = "/memberships/:id", method = "get", operation_id = "show_membership")]
    async fn show(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ObjectParameters<Shown>,
    ) -> Result<One<Shown>> {
        Ok(find(&self.service, &call, id.0, &parameters).await?)
    }

    /// Give a member another role
    ///
    /// The last administrator of an organization stays one: 409.
    #[oai(path = "/memberships/:id", method = "patch", operation_id = "change_membership")]
    async fn change(&self, call: Call, id: Path<Uuid>, body: Partial<MemberChange>) -> Result<One<Shown>> {
        let row = row(&call, id.0, body.0?);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// End a membership
    ///
    /// Or take back an invitation. With their own, everybody may leave, except the last administrator: 409.
    #[oai(path = "/memberships/:id", method = "delete", operation_id = "delete_membership")]
    async fn delete(&self, call: Call, id: Path<Uuid>, _none: NoParameters) -> Result<Deleted> {
        let id = MembershipId::new(id.0);
        self.service.remove(&call.caller, id, &call.precondition()).await.map_err(refusal::<Shown>)?;
        Ok(Deleted)
    }
}
