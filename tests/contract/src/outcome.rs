//! How calls on a store come out, one by one or many at once.

use std::sync::Arc;

use futures_util::future::join_all;
use orderdesk_application::ports::{StoreError, StoreResult};
use tokio::sync::Barrier;
use tokio::task::yield_now;

/// Asserts that a call failed in one way and no other.
macro_rules! assert_fails {
    ($outcome:expr, $pattern:pat $(, $($context:tt)+)?) => {
        match $outcome {
            Err($pattern) => {}
            outcome => panic!(
                "expected {}, got {outcome:?}{}",
                stringify!($pattern),
                String::new() $(+ ": " + &format!($($context)+))?
            ),
        }
    };
}

pub(crate) use assert_fails;

/// Runs `attempt` until the store does not answer `Retry`, as services do.
pub(crate) async fn persist<T, F: Future<Output = StoreResult<T>>>(
    mut attempt: impl FnMut() -> F,
) -> StoreResult<T> {
    loop {
        match attempt().await {
            Err(StoreError::Retry(_)) => yield_now().await,
            outcome => return outcome,
        }
    }
}

/// Runs `racers` so that they start together, each as a task of its own.
pub(crate) async fn race<T, F>(racers: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let racers: Vec<_> = racers.into_iter().collect();
    let start = Arc::new(Barrier::new(racers.len()));
    let run = |racer: F| {
        let start = Arc::clone(&start);
        tokio::spawn(async move {
            start.wait().await;
            racer.await
        })
    };
    join_all(racers.into_iter().map(run)).await.into_iter().map(Result::unwrap).collect()
}
