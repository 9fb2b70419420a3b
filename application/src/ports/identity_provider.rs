//! Those who vouch for people: identity providers, and the tokens that they sign.

use std::error::Error as Cause;

use async_trait::async_trait;
use orderdesk_domain::{EmailAddress, ExternalIdentity, Issuer, SignInSecret, Timestamp, UserName};
use thiserror::Error;

/// What a provider says of somebody, after everything that can be checked has been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// Who it is.
    pub identity: ExternalIdentity,
    /// How the provider calls them, if it says so and we can take it.
    pub name: Option<UserName>,
    /// Their address, if the provider says that it has verified it.
    pub email: Option<EmailAddress>,
    /// Until when this can be believed, if what was presented says so.
    pub expires_at: Option<Timestamp>,
}

/// Why nobody was vouched for. Causes are for the log.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// What was presented is forged, expired, meant for somebody else, or has been used before.
    #[error("what was presented is not acceptable")]
    Refused(#[source] Box<dyn Cause + Send + Sync>),
    /// The provider vouches, but the operator does not let such people in.
    #[error("people of this domain are not let in")]
    NotAdmitted,
    /// The provider cannot be asked at present.
    #[error("the identity provider is not available")]
    Unavailable(#[source] Box<dyn Cause + Send + Sync>),
}

/// Verifies tokens that configured issuers have signed (RFC 7519, RFC 9068).
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    /// Who the bearer of `token` is.
    async fn verify(&self, token: &str, now: Timestamp) -> Result<Voucher, IdentityError>;
}

/// A provider with which people sign in: OpenID Connect's authorization code flow with PKCE.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// By which it is named in URLs: letters, digits and hyphens.
    fn name(&self) -> &str;

    /// How it is shown to people.
    fn label(&self) -> &str;

    /// As what it signs.
    fn issuer(&self) -> &Issuer;

    /// Where to send the browser, which comes back to `redirect_uri` with a code and the state.
    async fn authorization_url(
        &self,
        sign_in: &SignInSecret,
        redirect_uri: &str,
    ) -> Result<String, IdentityError>;

    /// Who it is that came back with `code`. The state has been compared before.
    async fn redeem(
        &self,
        code: &str,
        sign_in: &SignInSecret,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Voucher, IdentityError>;

    /// Where to send the browser to end its session with the provider as well, which then sends it to `return_to`;
    /// `None` where the provider offers no such thing, or cannot be asked.
    async fn end_session_url(&self, return_to: &str) -> Option<String>;
}
