//! How a call on a store came out.

use orderdesk_application::ports::{StoreError, StoreResult};
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
