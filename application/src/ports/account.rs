//! Who there is, and by what they are recognised.

use async_trait::async_trait;
use orderdesk_domain::{ApiToken, Membership, Organization, Timestamp, TokenDigest, User, UserName};

use crate::ports::StoreResult;
use crate::principal::Principal;

/// Finds out who calls.
#[async_trait]
pub trait CredentialReader: Send + Sync {
    /// Whoever the token with this digest acts for, with all memberships; `None` for an unknown token.
    async fn principal(&self, digest: &TokenDigest) -> StoreResult<Option<Principal>>;
}

/// Organizations, users, memberships and tokens within one unit of work.
#[async_trait]
pub trait AccountRepository: Send {
    /// Marks the store as set up.
    ///
    /// # Errors
    /// `AlreadyExists(Installation)` where it has been: of two that try at once, one succeeds.
    async fn install(&mut self, at: Timestamp) -> StoreResult<()>;

    /// Adds an organization.
    async fn add_organization(&mut self, organization: &Organization) -> StoreResult<()>;

    /// Adds a user.
    async fn add_user(&mut self, user: &User) -> StoreResult<()>;

    /// Makes a user belong to an organization.
    ///
    /// # Errors
    /// `Referenced` where one of the two does not exist.
    async fn add_membership(&mut self, membership: &Membership) -> StoreResult<()>;

    /// Adds a token.
    ///
    /// # Errors
    /// `Referenced` where its user does not exist.
    async fn add_token(&mut self, token: &ApiToken) -> StoreResult<()>;

    /// The users of exactly this name, the oldest first.
    async fn users_named(&mut self, name: &UserName) -> StoreResult<Vec<User>>;
}
