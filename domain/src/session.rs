//! Sessions: for how long a browser stays signed in.

use crate::external_identity::Issuer;
use crate::identity::{SessionId, UserId};
use crate::secret::SecretDigest;
use crate::time::Timestamp;

/// That a person has signed in with a browser.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Session {
    /// The identity; it carries the time of the sign-in.
    pub id: SessionId,
    /// Who signed in.
    pub user: UserId,
    /// By which a presented secret is found.
    pub digest: SecretDigest,
    /// The provider that vouched, if one did.
    pub issuer: Option<Issuer>,
    /// When the browser last called, give or take a minute.
    pub seen_at: Timestamp,
}

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without a call, in milliseconds.
    pub idle: i64,
    /// From the sign-in, in milliseconds, whatever happens.
    pub lifetime: i64,
}

impl SessionLimits {
    /// Whether `session` is still good for anything.
    pub fn allow(&self, session: &Session, now: Timestamp) -> bool {
        let since = |then: Timestamp| now.milliseconds().saturating_sub(then.milliseconds());
        since(session.seen_at) < self.idle && since(session.id.created_at()) < self.lifetime
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_session_ends_when_nobody_calls_and_some_time_in_any_case() {
        let limits = SessionLimits { idle: 100, lifetime: 1_000 };
        let at = |milliseconds| Timestamp::from_milliseconds(milliseconds).unwrap();
        let seen = |seen_at| Session {
            id: SessionId::new(Uuid::from_u128(5_000 << 80)),
            user: UserId::new(Uuid::nil()),
            digest: SecretDigest::of(b"secret"),
            issuer: None,
            seen_at: at(seen_at),
        };
        assert!(limits.allow(&seen(5_000), at(5_099)) && !limits.allow(&seen(5_000), at(5_100)));
        assert!(limits.allow(&seen(5_950), at(5_999)) && !limits.allow(&seen(5_950), at(6_000)));
    }
}
