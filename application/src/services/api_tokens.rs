//! What can be done with API tokens: everybody's own.

use orderdesk_domain::{
    Action, ApiToken, OrganizationId, Resource, Timestamp, TokenId, TokenName, TokenScopes, TokenSecret,
};

use crate::error::{Problem, Result};
use crate::idempotency::{Once, Outcome};
use crate::ports::Reader;
use crate::principal::Caller;
use crate::services::batch::{Precondition, delete_found, find_to_delete};
use crate::services::browse::Browse;
use crate::services::desk::Desk;
use crate::views::{ApiTokenDetails, OrganizationSummary};

/// A token to create.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// What the user calls it.
    pub name: TokenName,
    /// The only organization in which its bearer is to act, if it is to be bound to one.
    pub organization: Option<OrganizationId>,
    /// What it is to be good for.
    pub scopes: TokenScopes,
    /// From when on it is to be worth nothing.
    pub expires_at: Option<Timestamp>,
}

/// A token with its secret, which is to be had nowhere else.
#[derive(Debug, Clone)]
pub struct CreatedApiToken {
    /// The token.
    pub details: ApiTokenDetails,
    /// What its bearer presents.
    pub secret: TokenSecret,
}

/// The use cases of tokens.
#[derive(Clone)]
pub struct ApiTokenService {
    desk: Desk,
}

impl Browse for ApiTokenService {
    type Entity = ApiToken;

    fn reader(&self) -> &dyn Reader<ApiToken> {
        self.desk.store.api_tokens()
    }
}

impl ApiTokenService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Creates a token for the caller. It is good for no more, and for no longer, than what the caller presented.
    ///
    /// # Errors
    /// `Forbidden`, `OrganizationUnknown`, `MoreThanOwn`, `LongerThanOwn`, `ExpiryPast`; `KeyReused`, `KeyInUse`.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewApiToken,
        once: Option<&Once<CreatedApiToken>>,
    ) -> Result<Outcome<CreatedApiToken>> {
        if !caller.may(Action::Create, Resource::ApiTokens) {
            return Err(Problem::Forbidden(Action::Create, Resource::ApiTokens).into());
        }
        let (new, organization) = (&new, &bound_to(caller, new.organization)?);
        self.desk
            .once(caller, once, || async move {
                limits(caller, new, self.desk.now())?;
                let secret = TokenSecret::generate(self.desk.randomness.bytes());
                let token = ApiToken {
                    id: TokenId::new(self.desk.mint()),
                    user: caller.user.id,
                    name: new.name.clone(),
                    organization: organization.as_ref().map(|organization| organization.id),
                    scopes: new.scopes.clone(),
                    expires_at: new.expires_at,
                    last_used_at: None,
                    digest: secret.digest(),
                };
                let mut work = self.desk.begin().await?;
                work.api_tokens().insert(std::slice::from_ref(&token)).await?;
                let details = ApiTokenDetails { token, organization: organization.clone() };
                let entry = self.desk.entry::<ApiToken>(caller, None, Some(&details));
                let created = CreatedApiToken { details, secret };
                let answer = self.desk.kept(caller, once, &created);
                self.desk.commit(work, entry.as_slice(), answer).await?;
                Ok(created)
            })
            .await
    }

    /// Revokes a token: at once for this program, and within seconds for others on the same store.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`.
    pub async fn revoke(&self, caller: &Caller, id: TokenId, precondition: &Precondition) -> Result<()> {
        let revoked = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let found = find_to_delete(work.api_tokens(), caller, id.uuid(), precondition).await?;
            let (_, entries) = delete_found(&self.desk, work.api_tokens(), caller, &[found]).await?;
            Ok(self.desk.commit(work, &entries, None).await?)
        });
        revoked.await?;
        self.desk.bearers.forget();
        Ok(())
    }
}

/// The organization to which a new token is bound: the chosen one, and in any case the one to which the caller is.
fn bound_to(caller: &Caller, chosen: Option<OrganizationId>) -> Result<Option<OrganizationSummary>, Problem> {
    let Some(id) = chosen.or(caller.bound_to) else { return Ok(None) };
    let grant = caller.grants.iter().find(|grant| grant.organization.id == id);
    grant.map(|grant| Some(grant.organization.clone())).ok_or(Problem::OrganizationUnknown(id))
}

/// That the new token is good for no more, and for no longer, than what the caller presented.
fn limits(caller: &Caller, new: &NewApiToken, now: Timestamp) -> Result<(), Problem> {
    if !caller.scopes.include(&new.scopes) {
        return Err(Problem::MoreThanOwn(caller.scopes.clone()));
    }
    if new.expires_at.is_some_and(|expiry| expiry <= now) {
        return Err(Problem::ExpiryPast);
    }
    match caller.expires_at {
        Some(end) if new.expires_at.is_none_or(|expiry| expiry > end) => {
            Err(Problem::LongerThanOwn(end.to_string()))
        }
        _ => Ok(()),
    }
}
