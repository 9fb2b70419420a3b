//! When credentials were used: noted in memory at once, and in the store now and then.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use orderdesk_domain::{Credential, SessionId, Timestamp, TokenId};

use crate::ports::Uses;

/// The latest use of each credential since it was last written down.
#[derive(Default)]
pub(super) struct Usage(Mutex<Latest>);

#[derive(Default)]
struct Latest {
    tokens: HashMap<TokenId, Timestamp>,
    sessions: HashMap<SessionId, Timestamp>,
}

impl Usage {
    /// Notes that a credential was used. Called when it is looked up, which happens every few seconds at the most.
    pub(super) fn note(&self, credential: &Credential, now: Timestamp) {
        // A panic elsewhere leaves no half-written map behind.
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match credential {
            Credential::Token(id) => drop(latest.tokens.insert(*id, now)),
            Credential::Session(id) => drop(latest.sessions.insert(*id, now)),
            Credential::Issuer(_) | Credential::Local => {}
        }
    }

    /// What has been noted since this was asked last.
    pub(super) fn take(&self) -> Uses {
        let latest = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Uses { tokens: latest.tokens.into_iter().collect(), sessions: latest.sessions.into_iter().collect() }
    }
}
