//! Who is recognised by what, and what is kept so that they can be.

use async_trait::async_trait;
use orderdesk_domain::{
    ApiToken, ExternalIdentity, SecretDigest, Session, SessionId, Standing, Timestamp, TokenId, User, UserId,
};

use crate::idempotency::{IdempotencyKey, KeptAnswer};
use crate::ports::StoreResult;
use crate::views::OrganizationSummary;

/// What a caller presents, as far as a store can look it up.
#[derive(Debug, Clone, Copy)]
pub enum Presented<'a> {
    /// The secret of an API token, by its digest.
    Token(&'a SecretDigest),
    /// The secret of a session, by its digest.
    Session(&'a SecretDigest),
    /// What an issuer vouches for.
    Identity(&'a ExternalIdentity),
}

/// By what a bearer was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// This token.
    Token(ApiToken),
    /// This session.
    Session(Session),
    /// The identity that was asked for.
    Identity,
}

/// Whoever presented something, whether or not they may still do anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// Who it is.
    pub user: User,
    /// Where the user belongs, and as what, by the organization's id.
    pub memberships: Vec<(OrganizationSummary, Standing)>,
    /// By what the user was found.
    pub proof: Proof,
}

/// Finds out who calls.
#[async_trait]
pub trait CredentialReader: Send + Sync {
    /// Whoever presents this, in one round trip where that can be; `None` for what nobody was given. Whether it has
    /// expired, and whether its user is active, is not asked here.
    async fn bearer(&self, presented: Presented<'_>) -> StoreResult<Option<Bearer>>;

    /// What was answered to this user's request of this key at or after `since`.
    async fn kept_answer(
        &self,
        user: UserId,
        key: &IdempotencyKey,
        since: Timestamp,
    ) -> StoreResult<Option<KeptAnswer>>;
}

/// When credentials were last used. Nothing is ever set back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Uses {
    /// Of API tokens.
    pub tokens: Vec<(TokenId, Timestamp)>,
    /// Of sessions.
    pub sessions: Vec<(SessionId, Timestamp)>,
}

/// What is kept about callers within one unit of work, beside users, memberships and tokens themselves.
#[async_trait]
pub trait AccessRepository: Send {
    /// Marks the store as set up.
    ///
    /// # Errors
    /// `AlreadyExists(Installation)` where it has been: of two that try at once, one succeeds.
    async fn install(&mut self, at: Timestamp) -> StoreResult<()>;

    /// Adds a session.
    ///
    /// # Errors
    /// `Referenced` where its user does not exist; `AlreadyExists(Id)`.
    async fn add_session(&mut self, session: &Session) -> StoreResult<()>;

    /// Ends the session whose secret has this digest, and answers what it was; `None` where there is none.
    async fn end_session(&mut self, digest: &SecretDigest) -> StoreResult<Option<Session>>;

    /// Ends every session of a user.
    async fn end_sessions_of(&mut self, user: UserId) -> StoreResult<()>;

    /// Writes down when credentials were used: the latest time of each. What is gone by now is left out.
    async fn note_uses(&mut self, uses: &Uses) -> StoreResult<()>;

    /// Keeps an answer.
    ///
    /// # Errors
    /// `AlreadyExists(IdempotencyKey)` where an answer is kept under the same key of the same user that is not older
    /// than 24 hours before this one; an older one is replaced.
    async fn keep_answer(&mut self, answer: &KeptAnswer) -> StoreResult<()>;

    /// Removes what nobody can use any more: answers kept before `answers`, sessions last seen before `seen`, and
    /// sessions that began before `begun`.
    async fn sweep(&mut self, answers: Timestamp, seen: Timestamp, begun: Timestamp) -> StoreResult<()>;
}
