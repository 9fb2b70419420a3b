//! Sessions, kept answers, and when credentials were used.

use async_trait::async_trait;
use orderdesk_application::idempotency::{KEPT_FOR, KeptAnswer};
use orderdesk_application::ports::{AccessRepository, StoreError, StoreResult, Unique, Uses};
use orderdesk_domain::{ApiToken, SecretDigest, Session, Timestamp, UserId};
use uuid::Uuid;

use crate::credentials::with_digest;
use crate::state::State;
use crate::table::{Key, Row};
use crate::work::MemoryUnitOfWork;

impl Row for Session {
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Digest(*self.digest.bytes())]
    }
}

#[async_trait]
impl AccessRepository for MemoryUnitOfWork {
    async fn install(&mut self, at: Timestamp) -> StoreResult<()> {
        self.step(|state| install(state, at))
    }

    async fn add_session(&mut self, session: &Session) -> StoreResult<()> {
        self.step(|state| {
            if !state.users.contains(session.user.uuid()) {
                return Err(StoreError::Referenced);
            }
            state.sessions.insert(session)
        })
    }

    async fn end_session(&mut self, digest: &SecretDigest) -> StoreResult<Option<Session>> {
        self.step(|state| {
            let session = with_digest(&state.sessions, digest).cloned();
            if let Some(session) = &session {
                state.sessions.remove(session.uuid());
            }
            Ok(session)
        })
    }

    async fn end_sessions_of(&mut self, user: UserId) -> StoreResult<()> {
        self.step(|state| {
            state.sessions.remove_all(|session| session.user == user);
            Ok(())
        })
    }

    async fn note_uses(&mut self, uses: &Uses) -> StoreResult<()> {
        self.step(|state| {
            for (id, at) in &uses.tokens {
                if let Some(token) = state.api_tokens.get(id.uuid()) {
                    let last_used_at = token.last_used_at.max(Some(*at));
                    let used = ApiToken { last_used_at, ..token.clone() };
                    state.api_tokens.replace(used);
                }
            }
            for (id, at) in &uses.sessions {
                if let Some(session) = state.sessions.get(id.uuid()) {
                    let seen = Session { seen_at: session.seen_at.max(*at), ..session.clone() };
                    state.sessions.replace(seen);
                }
            }
            Ok(())
        })
    }

    async fn keep_answer(&mut self, answer: &KeptAnswer) -> StoreResult<()> {
        self.step(|state| {
            let key = (answer.user, answer.key.clone());
            let age = |kept: Timestamp| answer.kept_at.milliseconds().saturating_sub(kept.milliseconds());
            if state.answers.get(&key).is_some_and(|kept| age(kept.kept_at) <= KEPT_FOR) {
                return Err(StoreError::AlreadyExists(Unique::IdempotencyKey));
            }
            state.answers.insert_mut(key, answer.clone());
            Ok(())
        })
    }

    async fn sweep(&mut self, answers: Timestamp, seen: Timestamp, begun: Timestamp) -> StoreResult<()> {
        self.step(|state| {
            let old = state.answers.iter().filter(|(_, answer)| answer.kept_at < answers);
            let old: Vec<_> = old.map(|(key, _)| key.clone()).collect();
            for key in &old {
                state.answers.remove_mut(key);
            }
            state.sessions.remove_all(|session| session.seen_at < seen || session.id.created_at() < begun);
            Ok(())
        })
    }
}

pub(crate) fn install(state: &mut State, at: Timestamp) -> StoreResult<()> {
    match state.installed.replace(at) {
        None => Ok(()),
        Some(_) => Err(StoreError::AlreadyExists(Unique::Installation)),
    }
}
