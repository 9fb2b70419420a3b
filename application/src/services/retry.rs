//! Running a use case again where the store says that it lost a race.

use crate::error::{Error, Result};
use crate::ports::StoreError;

/// How often a use case is run before its last failure is reported.
const ATTEMPTS: usize = 8;

/// Runs `use_case` until it does anything but lose a race: against another transaction, against a change of
/// what it read, or against the coming or going of what it refers to. A use case that is run again reads again,
/// and so finds out and says what stands against it.
pub(super) async fn retry<T, F>(use_case: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 1..ATTEMPTS {
        match use_case().await {
            Err(Error::Store(
                lost @ (StoreError::Retry(_)
                | StoreError::Conflict
                | StoreError::Referenced
                | StoreError::AlreadyExists(_)),
            )) => tracing::debug!(%lost, "running the use case again"),
            outcome => return outcome,
        }
    }
    use_case().await
}
