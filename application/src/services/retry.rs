//! Running a use case again where the store says that it lost a race.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::services::desk::Desk;

/// How often a use case is run before its last failure is reported.
const ATTEMPTS: u32 = 8;

/// The longest pause before the second run; it doubles with every further one.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

impl Desk {
    /// Runs `use_case` until it does anything but lose a race: against another transaction, against a change of
    /// what it read, or against the coming or going of what it refers to. A use case that is run again reads again,
    /// and so finds out and says what stands against it.
    pub(super) async fn retry<T, F>(&self, use_case: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        retry(use_case, |lost| self.timer.pause(FIRST_PAUSE * 2_u32.pow(lost - 1))).await
    }
}

/// Runs `use_case` until it does not lose a race, and lets `pause` hear how many it has lost.
async fn retry<T, F, P>(use_case: impl Fn() -> F, pause: impl Fn(u32) -> P) -> Result<T>
where
    F: Future<Output = Result<T>>,
    P: Future<Output = ()>,
{
    for attempt in 1..ATTEMPTS {
        match use_case().await {
            Err(Error::Store(lost)) if lost.is_lost_race() => {
                tracing::debug!(%lost, "running the use case again");
            }
            outcome => return outcome,
        }
        pause(attempt).await;
    }
    use_case().await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::Problem;
    use crate::ports::{StoreError, Unique};

    fn lost_races() -> [StoreError; 4] {
        [
            StoreError::Retry("serialization failure".into()),
            StoreError::Conflict,
            StoreError::Referenced,
            StoreError::AlreadyExists(Unique::CustomerCode),
        ]
    }

    /// Runs a use case that fails so many times, with a failure like `error`, and says how often it was run.
    async fn run(failures: usize, error: impl Fn() -> Error) -> (Result<&'static str>, usize) {
        let runs = AtomicUsize::new(0);
        let use_case = || async {
            let run = runs.fetch_add(1, Ordering::Relaxed);
            if run < failures { Err(error()) } else { Ok("done") }
        };
        let outcome = retry(use_case, |_| std::future::ready(()));
        (outcome.await, runs.into_inner())
    }

    #[tokio::test]
    async fn a_use_case_that_works_is_run_once() {
        let (outcome, runs) = run(0, || Problem::NotFound.into()).await;
        assert_eq!((outcome.unwrap(), runs), ("done", 1));
    }

    #[tokio::test]
    async fn a_lost_race_is_run_again() {
        for which in 0..lost_races().len() {
            let lost = || lost_races().into_iter().nth(which).unwrap().into();
            let (outcome, runs) = run(7, lost).await;
            assert_eq!((outcome.unwrap(), runs), ("done", 8));
        }
    }

    #[tokio::test]
    async fn the_eighth_failure_is_reported() {
        let (outcome, runs) = run(usize::MAX, || StoreError::Conflict.into()).await;
        assert!(matches!(outcome, Err(Error::Store(StoreError::Conflict))));
        assert_eq!(runs, 8);
    }

    #[tokio::test]
    async fn every_other_failure_is_final() {
        let failures: [fn() -> Error; 5] = [
            || Problem::Stale.into(),
            || StoreError::ReadOnly.into(),
            || StoreError::Unavailable("no route".into()).into(),
            || StoreError::Corrupt("a price of -1".to_owned()).into(),
            || StoreError::Backend("disk full".into()).into(),
        ];
        for failure in failures {
            let (outcome, runs) = run(usize::MAX, failure).await;
            assert_eq!(outcome.unwrap_err().to_string(), failure().to_string());
            assert_eq!(runs, 1);
        }
    }
}
