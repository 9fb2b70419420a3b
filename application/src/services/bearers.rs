//! Who was let in a moment ago: so that a caller's every request need not be looked up.

use std::sync::Arc;

use orderdesk_domain::{Timestamp, TokenDigest};
use quick_cache::sync::Cache;

use crate::principal::Principal;

/// The most bearers that are remembered; beyond that, those that called longest ago are forgotten.
const MOST: usize = 10_000;

/// For how long what was found out is believed, in milliseconds. A bearer who is to be shut out is so after this
/// time at the latest, on every instance.
const BELIEVED: i64 = 4_000;

/// Principals by the digest of the token that they presented, and since when each is known.
pub(super) struct Bearers(Cache<TokenDigest, (Arc<Principal>, Timestamp)>);

impl Default for Bearers {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl Bearers {
    /// Whoever the token acts for, where that was found out a moment ago.
    pub(super) fn recall(&self, digest: &TokenDigest, now: Timestamp) -> Option<Arc<Principal>> {
        let (principal, since) = self.0.get(digest)?;
        let age = now.milliseconds() - since.milliseconds();
        // A clock that was set back says nothing about what is old.
        (0..BELIEVED).contains(&age).then_some(principal)
    }

    /// Remembers what was found out at `now`.
    pub(super) fn remember(&self, digest: TokenDigest, principal: &Arc<Principal>, now: Timestamp) {
        self.0.insert(digest, (Arc::clone(principal), now));
    }
}
