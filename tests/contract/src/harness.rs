//! What the suite needs of a store's crate.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use orderdesk_application::ports::Store;
use tokio::time::timeout;

/// Longer than any test takes on any store, and short enough to tell a deadlock from patience.
const LONGEST_TEST: Duration = Duration::from_mins(3);

/// Makes stores to be tested.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A store that holds nothing and that nobody else uses.
    async fn fresh(&self) -> Arc<dyn Store>;
}

/// Runs one test, and fails it where it would wait forever.
pub async fn bounded(test: impl Future<Output = ()>) {
    timeout(LONGEST_TEST, test)
        .await
        .unwrap_or_else(|_| panic!("not done after {LONGEST_TEST:?}: a deadlock?"));
}
