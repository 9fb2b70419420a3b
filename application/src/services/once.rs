//! Carrying out a request once, however often it is sent.

use orderdesk_domain::Timestamp;

use crate::error::{Error, Problem, Result};
use crate::idempotency::{Answer, KEPT_FOR, KeptAnswer, Once, Outcome};
use crate::principal::Caller;
use crate::services::desk::Desk;

impl Desk {
    /// Runs `use_case`, again where it lost a race, unless it was carried out before under the same key. The use
    /// case keeps its answer, as [`kept`] tells it, in its own unit of work.
    ///
    /// # Errors
    /// `KeyReused`, `KeyInUse`, and those of the use case.
    pub(super) async fn once<T, F>(
        &self,
        caller: &Caller,
        once: Option<&Once<T>>,
        use_case: impl Fn() -> F,
    ) -> Result<Outcome<T>>
    where
        F: Future<Output = Result<T>>,
    {
        let Some(once) = once else { return self.retry(use_case).await.map(Outcome::Done) };
        let use_case = &use_case;
        let outcome = self.retry(|| async move {
            if let Some(answer) = self.answered(caller, once).await? {
                return Ok(Outcome::Replayed(answer));
            }
            match use_case().await {
                // What stands against it may be what a twin has done in the meantime.
                Err(refused @ (Error::Refused(_) | Error::Rows(_))) => {
                    self.answered(caller, once).await?.map(Outcome::Replayed).ok_or(refused)
                }
                outcome => outcome.map(Outcome::Done),
            }
        });
        match outcome.await {
            Err(Error::Store(error)) if error.is_lost_race() => {
                tracing::debug!(%error, "a twin is being carried out for too long");
                Err(Problem::KeyInUse.into())
            }
            outcome => outcome,
        }
    }

    /// What was answered to the same request before.
    async fn answered<T>(&self, caller: &Caller, once: &Once<T>) -> Result<Option<Answer>> {
        let since = earlier(self.now(), KEPT_FOR);
        let kept = self.store.credentials().kept_answer(caller.user.id, &once.key, since).await?;
        match kept {
            None => Ok(None),
            Some(kept) if kept.request == once.request => Ok(Some(kept.answer)),
            Some(_) => Err(Problem::KeyReused.into()),
        }
    }

    /// What is to be kept of an outcome.
    pub(super) fn kept<T>(&self, caller: &Caller, once: Option<&Once<T>>, outcome: &T) -> Option<KeptAnswer> {
        let once = once?;
        Some(KeptAnswer {
            user: caller.user.id,
            key: once.key.clone(),
            request: once.request,
            answer: (once.tell)(outcome),
            kept_at: self.now(),
        })
    }
}

/// So many milliseconds before `time`.
pub(super) fn earlier(time: Timestamp, milliseconds: i64) -> Timestamp {
    let earlier = time.milliseconds().saturating_sub(milliseconds);
    Timestamp::from_milliseconds(earlier).unwrap_or(Timestamp::EARLIEST)
}
