//! `/me/` and `/me/organizations/`: the caller.

use orderdesk_application::query::{Filter, Test};
use orderdesk_application::services::MemberService;
use orderdesk_application::views::MembershipField;
use poem::Result;
use poem_openapi::OpenApi;

use super::{Tag, list};
use crate::call::Call;
use crate::listing::{ListParameters, NoParameters};
use crate::problem::Failure;
use crate::reply::{Many, Plain};
use crate::transports::{MeTransport, OwnMembershipTransport};

/// The routes of the caller.
pub(crate) struct MeApi {
    pub(crate) members: MemberService,
}

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Me")]
impl MeApi {
    /// Show the caller
    ///
    /// Who calls, and what the presented credential is good for. Every credential is good for this.
    #[expect(clippy::unused_async, reason = "poem-openapi's handlers are async")]
    #[oai(path = "/me", method = "get", operation_id = "show_me")]
    async fn show(&self, call: Call, _none: NoParameters) -> Result<Plain<MeTransport>> {
        Ok(Plain(MeTransport::new(&call.caller, &call.links)))
    }

    /// List where the caller belongs
    #[oai(path = "/me/organizations", method = "get", operation_id = "list_my_organizations")]
    async fn list(
        &self,
        call: Call,
        parameters: ListParameters<OwnMembershipTransport>,
    ) -> Result<Many<OwnMembershipTransport>> {
        let me = Test::Equals(call.caller.user.id.uuid().into());
        let mine = Filter::new(MembershipField::User, me).map_err(Failure::internal)?;
        Ok(list(&self.members, call, parameters.within(mine)).await?)
    }
}
