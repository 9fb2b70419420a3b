//! What the suite needs of a store's crate.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use orderdesk_application::ports::{Hit, RateLimiter, Store, StoreResult, Window};
use orderdesk_domain::Timestamp;
use tokio::time::timeout;

/// Longer than any test takes on any store, and short enough to tell a deadlock from patience.
const LONGEST_TEST: Duration = Duration::from_mins(3);

/// Makes stores to be tested.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A store that holds nothing and that nobody else uses.
    async fn fresh(&self) -> Arc<dyn Store>;
}

/// Makes rate limiters to be tested.
#[async_trait]
pub trait LimiterHarness: Send + Sync {
    /// A rate limiter that has counted nothing yet.
    async fn fresh_limiter(&self) -> Arc<dyn RateLimiter>;
}

/// Every store has one.
#[async_trait]
impl<H: Harness> LimiterHarness for H {
    async fn fresh_limiter(&self) -> Arc<dyn RateLimiter> {
        Arc::new(OfStore(self.fresh().await))
    }
}

struct OfStore(Arc<dyn Store>);

#[async_trait]
impl RateLimiter for OfStore {
    async fn count(&self, hits: &[Hit], now: Timestamp) -> StoreResult<Vec<Window>> {
        self.0.rate_limiter().count(hits, now).await
    }

    async fn sweep(&self, now: Timestamp) -> StoreResult<()> {
        self.0.rate_limiter().sweep(now).await
    }
}

/// Runs one test, and fails it where it would wait forever.
pub async fn bounded(test: impl Future<Output = ()>) {
    timeout(LONGEST_TEST, test)
        .await
        .unwrap_or_else(|_| panic!("not done after {LONGEST_TEST:?}: a deadlock?"));
}
