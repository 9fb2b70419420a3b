//! Counting calls, so that nobody calls more often than is good for all.

use async_trait::async_trait;
use orderdesk_domain::Timestamp;

use crate::ports::StoreResult;

/// One call of somebody, to be counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hit {
    /// Who calls, and under which rate.
    pub key: String,
    /// How long a window lasts, in milliseconds; at least 1.
    pub period: i64,
}

/// The calls in the present window of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many there have been, this one included.
    pub calls: u64,
    /// When the window ends.
    pub ends_at: Timestamp,
}

/// Counts calls. The first call under a key opens a window that lasts for the period; the first one at or after its
/// end opens the next.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts a call under each of these keys, no two of which are the same, and answers their windows in the same
    /// order. Of any number of callers at once no two are told the same number in the same window.
    async fn count(&self, hits: &[Hit], now: Timestamp) -> StoreResult<Vec<Window>>;

    /// Forgets windows that have ended.
    async fn sweep(&self, now: Timestamp) -> StoreResult<()>;
}
