//! `/api-tokens/` and `/api-tokens/{id}/`: everybody's own.

use orderdesk_application::services::{ApiTokenService, CreatedApiToken, NewApiToken};
use orderdesk_domain::TokenId;
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, find, list, refusal};
use crate::body::New;
use crate::call::Call;
use crate::listing::{ListParameters, NoParameters, ObjectParameters};
use crate::reply::{Created, Deleted, Many, One};
use crate::transports::{ApiTokenTransport, Transport as _};

/// The routes of API tokens.
pub(crate) struct ApiTokensApi {
    pub(crate) service: ApiTokenService,
}

type Shown = ApiTokenTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::ApiTokens")]
impl ApiTokensApi {
    /// List the caller's API tokens
    #[oai(path = "/api-tokens", method = "get", operation_id = "list_api_tokens")]
    async fn list(&self, call: Call, parameters: ListParameters<Shown>) -> Result<Many<Shown>> {
        Ok(list(&self.service, call, parameters).await?)
    }

    /// Create an API token
    ///
    /// The answer shows the secret in `token`, this once: it is kept nowhere, and the answer to the same request again,
    /// by its `Idempotency-Key`, has null in its place. A token is good for no more, and for no longer, than the
    /// credential that creates it.
    #[oai(path = "/api-tokens", method = "post", operation_id = "create_api_token")]
    async fn create(&self, call: Call, body: New<NewApiToken>) -> Result<Created<Shown>> {
        let links = call.links.clone();
        let tell = move |created: &CreatedApiToken| Created::answer(&Shown::new(&created.details, &links));
        let once = call.once_told(body.digest, tell);
        let outcome = self.service.create(&call.caller, body.body?, once.as_ref()).await;
        let show = |created: &CreatedApiToken| Shown::new(&created.details, &call.links);
        Ok(Created::revealing(outcome.map_err(refusal::<Shown>)?, show, Shown::revealing))
    }

    /// Show an API token
    #[oai(path = "/api-tokens/:id", method = "get", operation_id = "show_api_token")]
    async fn show(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ObjectParameters<Shown>,
    ) -> Result<One<Shown>> {
        Ok(find(&self.service, &call, id.0, &parameters).await?)
    }

    /// Revoke an API token
    ///
    /// Its bearer is refused at once.
    #[oai(path = "/api-tokens/:id", method = "delete", operation_id = "revoke_api_token")]
    async fn revoke(&self, call: Call, id: Path<Uuid>, _none: NoParameters) -> Result<Deleted> {
        let id = TokenId::new(id.0);
        self.service.revoke(&call.caller, id, &call.precondition()).await.map_err(refusal::<Shown>)?;
        Ok(Deleted)
    }
}
