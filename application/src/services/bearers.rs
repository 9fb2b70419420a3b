//! Who was recognised a moment ago: so that a caller's every request need not be looked up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use orderdesk_domain::{SecretDigest, Timestamp};
use quick_cache::sync::Cache;

use crate::principal::Principal;
use crate::services::usage::Usage;

/// The most bearers that are remembered; beyond that, those that called longest ago are forgotten.
const MOST: usize = 10_000;

/// For how long what was found out is believed, in milliseconds. A bearer who is to be shut out is so at once by the
/// program that did it, and after this time at the latest by every other.
const BELIEVED: i64 = 4_000;

/// Principals by the digest of what they presented, and since when each is known.
pub struct Bearers {
    known: Cache<SecretDigest, (Arc<Principal>, Timestamp)>,
    /// Grows with every change of what anybody may do.
    generation: AtomicU64,
    pub(super) usage: Usage,
}

/// What was so when somebody began to look a bearer up.
#[derive(Clone, Copy)]
pub(super) struct Generation(u64);

impl Default for Bearers {
    fn default() -> Self {
        Self { known: Cache::new(MOST), generation: AtomicU64::default(), usage: Usage::default() }
    }
}

impl Bearers {
    /// Whoever presents this, where that was found out a moment ago.
    pub(super) fn recall(&self, digest: &SecretDigest, now: Timestamp) -> Option<Arc<Principal>> {
        let (principal, since) = self.known.get(digest)?;
        let age = now.milliseconds() - since.milliseconds();
        // A clock that was set back says nothing about what is old.
        let is_fresh = (0..BELIEVED).contains(&age) && principal.expires_at.is_none_or(|expiry| now < expiry);
        is_fresh.then_some(principal)
    }

    /// To be asked before a bearer is looked up.
    pub(super) fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::Acquire))
    }

    /// Remembers what was found out at `now`, unless something has changed since the look.
    pub(super) fn remember(
        &self,
        digest: SecretDigest,
        principal: &Arc<Principal>,
        now: Timestamp,
        generation: Generation,
    ) {
        self.known.insert(digest, (Arc::clone(principal), now));
        if self.generation().0 != generation.0 {
            self.known.remove(&digest);
        }
    }

    /// Forgets everybody, for what somebody may do has changed. To be told after it has been committed.
    pub(super) fn forget(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.known.clear();
    }
}
