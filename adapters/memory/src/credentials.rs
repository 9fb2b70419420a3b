//! Who is recognised by what.

use async_trait::async_trait;
use orderdesk_application::idempotency::{IdempotencyKey, KeptAnswer};
use orderdesk_application::ports::{Bearer, CredentialReader, Presented, Proof, StoreResult};
use orderdesk_domain::{SecretDigest, Timestamp, User, UserId};

use crate::state::{State, lost};
use crate::store::MemoryStore;
use crate::table::{Key, Row, Table};

#[async_trait]
impl CredentialReader for MemoryStore {
    async fn bearer(&self, presented: Presented<'_>) -> StoreResult<Option<Bearer>> {
        bearer(&*self.state()?, presented)
    }

    async fn kept_answer(
        &self,
        user: UserId,
        key: &IdempotencyKey,
        since: Timestamp,
    ) -> StoreResult<Option<KeptAnswer>> {
        let state = self.state()?;
        let kept = state.answers.get(&(user, key.clone()));
        Ok(kept.filter(|answer| answer.kept_at >= since).cloned())
    }
}

fn bearer(state: &State, presented: Presented<'_>) -> StoreResult<Option<Bearer>> {
    let found = match presented {
        Presented::Token(digest) => {
            let token = with_digest(&state.api_tokens, digest).cloned();
            token.map(|token| Ok((user(state, token.user)?, Proof::Token(token))))
        }
        Presented::Session(digest) => {
            let session = with_digest(&state.sessions, digest).cloned();
            session.map(|session| Ok((user(state, session.user)?, Proof::Session(session))))
        }
        Presented::Identity(identity) => {
            let user = state.users.keyed(&Key::Identity(identity.clone()));
            user.map(|user| Ok((user.clone(), Proof::Identity)))
        }
    };
    let Some((user, proof)) = found.transpose()? else { return Ok(None) };
    let memberships = state
        .memberships
        .keyed_within(Key::memberships_of(user.id()))
        .map(|membership| Ok((state.organization(membership.organization())?, membership.standing())))
        .collect::<StoreResult<_>>()?;
    Ok(Some(Bearer { user, memberships, proof }))
}

fn user(state: &State, id: UserId) -> StoreResult<User> {
    state.users.get(id.uuid()).cloned().ok_or_else(|| lost(id))
}

/// The row whose secret has this digest.
pub(crate) fn with_digest<'t, R: Row>(table: &'t Table<R>, digest: &SecretDigest) -> Option<&'t R> {
    table.keyed(&Key::Digest(*digest.bytes()))
}
