//! What is fetched over and over again, and kept in between.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::Instant;
use tracing::warn;

use crate::endpoint::Endpoint;
use crate::http::{Failure, Reason};

/// How long a source is left alone after it has failed to give a newer value, and after it was asked for what
/// was missing.
const PAUSE: Duration = Duration::from_secs(30);

/// Where a value comes from.
pub(crate) trait Source: Send + Sync + 'static {
    /// What it gives.
    type Value: Send + Sync + 'static;

    /// How long a value is good for.
    const MAXIMUM_AGE: Duration;

    /// Who is asked, in words of the log.
    fn place(&self) -> &Endpoint;

    /// What it gives now.
    fn fetch(&self) -> impl Future<Output = Result<Self::Value, Failure>> + Send;
}

/// A value that is fetched when it is first needed and, once it is old, when it is next needed. For as long
/// as the source fails, the old one serves.
///
/// While somebody asks the source nobody else does: who has no value waits for the same answer. A question
/// that has been asked goes on in a task of its own, for seconds at most: else whoever hangs up on us would
/// take its answer away from all the others.
pub(crate) struct Cached<S: Source> {
    source: S,
    state: watch::Sender<State<S::Value>>,
    /// Held by whoever asks.
    turn: Arc<Mutex<()>>,
}

struct State<V> {
    value: Option<Arc<V>>,
    /// When the value came.
    came_at: Option<Instant>,
    /// When it was last asked for.
    asked_at: Option<Instant>,
    /// When it was last asked for because something was missing in it.
    missed_at: Option<Instant>,
    /// How often it has been asked for.
    asked: u64,
    /// Why it did not come, the last time.
    failure: Option<Failure>,
}

impl<S: Source> Cached<S> {
    pub(crate) fn new(source: S) -> Arc<Self> {
        Arc::new(Self { source, state: watch::Sender::default(), turn: Arc::default() })
    }

    /// Where it comes from.
    pub(crate) fn source(&self) -> &S {
        &self.source
    }

    /// The value, which is not old unless the source fails.
    pub(crate) async fn get(self: &Arc<Self>) -> Result<Arc<S::Value>, Failure> {
        let seen = self.state();
        let Some(value) = seen.value else {
            let turn = Arc::clone(&self.turn).lock_owned().await;
            let state = self.state();
            // Somebody has asked while we waited.
            let outcome = if state.asked == seen.asked { None } else { state.outcome() };
            return match outcome {
                Some(outcome) => outcome,
                None => self.ask(turn).await,
            };
        };
        if is_past(seen.came_at, S::MAXIMUM_AGE)
            && is_past(seen.asked_at, PAUSE)
            && let Ok(turn) = Arc::clone(&self.turn).try_lock_owned()
            && self.state.borrow().asked == seen.asked
        {
            return Ok(self.ask(turn).await.unwrap_or(value));
        }
        Ok(value)
    }

    /// A newer value than `known`, in which something is missing. The source is asked for it once in a while;
    /// until then it is as it was.
    pub(crate) async fn newer(self: &Arc<Self>, known: &Arc<S::Value>) -> Result<Arc<S::Value>, Failure> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let state = self.state();
        if let Some(value) = &state.value
            && !Arc::ptr_eq(value, known)
        {
            return Ok(Arc::clone(value));
        }
        if !is_past(state.missed_at, PAUSE)
            && let Some(outcome) = state.outcome()
        {
            return outcome;
        }
        self.state.send_modify(|state| state.missed_at = Some(Instant::now()));
        self.ask(turn).await
    }

    async fn ask(self: &Arc<Self>, turn: OwnedMutexGuard<()>) -> Result<Arc<S::Value>, Failure> {
        let cached = Arc::clone(self);
        let asking = tokio::spawn(async move {
            let answer = cached.source.fetch().await.map(Arc::new);
            cached.state.send_modify(|state| state.take(answer.clone()));
            if let Err(failure) = &answer
                && cached.state.borrow().value.is_some()
            {
                warn!(error = failure as &dyn Error, "an issuer is believed by what it said before");
            }
            drop(turn);
            answer
        });
        // It is dropped where the program ends.
        asking.await.unwrap_or_else(|_| Err(Failure::new(self.source.place(), Reason::Dropped)))
    }

    fn state(&self) -> State<S::Value> {
        self.state.borrow().clone()
    }
}

impl<V> State<V> {
    fn take(&mut self, answer: Result<Arc<V>, Failure>) {
        let now = Instant::now();
        self.asked += 1;
        self.asked_at = Some(now);
        match answer {
            Ok(value) => {
                (self.value, self.came_at, self.failure) = (Some(value), Some(now), None);
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// What came of the last question.
    fn outcome(&self) -> Option<Result<Arc<V>, Failure>> {
        let failure = self.failure.clone().map(Err);
        failure.or_else(|| self.value.clone().map(Ok))
    }
}

/// Whether a moment lies this far back, or there was none.
fn is_past(moment: Option<Instant>, age: Duration) -> bool {
    moment.is_none_or(|moment| moment.elapsed() >= age)
}

impl<V> Default for State<V> {
    fn default() -> Self {
        Self { value: None, came_at: None, asked_at: None, missed_at: None, asked: 0, failure: None }
    }
}

impl<V> Clone for State<V> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), failure: self.failure.clone(), ..*self }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use futures_util::future::join_all;
    use tokio::time::{advance, sleep};

    use super::*;

    /// Counts how often it is asked, takes a second for each answer, and fails where it is told to.
    struct Counter {
        place: Endpoint,
        asked: AtomicU64,
        fails: AtomicBool,
    }

    impl Source for Counter {
        type Value = u64;
        const MAXIMUM_AGE: Duration = Duration::from_secs(100);

        fn place(&self) -> &Endpoint {
            &self.place
        }

        async fn fetch(&self) -> Result<u64, Failure> {
            let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
            sleep(Duration::from_secs(1)).await;
            if self.fails.load(Ordering::Relaxed) {
                return Err(Failure::new(&self.place, Reason::TooLarge));
            }
            Ok(number)
        }
    }

    fn counter(fails: bool) -> Arc<Cached<Counter>> {
        let place = Endpoint::parse("https://id.example/keys").unwrap();
        Cached::new(Counter { place, asked: AtomicU64::new(0), fails: AtomicBool::new(fails) })
    }

    fn asked(cached: &Cached<Counter>) -> u64 {
        cached.source.asked.load(Ordering::Relaxed)
    }

    #[tokio::test(start_paused = true)]
    async fn all_who_come_at_once_get_the_one_answer_even_where_it_is_a_failure() {
        for fails in [false, true] {
            let cached = counter(fails);
            let answers = join_all((0..100).map(|_| cached.get())).await;
            assert!(answers.iter().all(|answer| answer.is_err() == fails));
            assert_eq!(asked(&cached), 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_failed_is_asked_for_again_by_the_next() {
        let cached = counter(true);
        assert!(cached.get().await.is_err());
        cached.source.fails.store(false, Ordering::Relaxed);
        assert_eq!(*cached.get().await.unwrap(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_old_value_is_fetched_anew_and_serves_while_the_source_fails() {
        let cached = counter(false);
        let first = cached.get().await.unwrap();
        advance(Duration::from_secs(99)).await;
        assert_eq!(*cached.get().await.unwrap(), 1);
        advance(Duration::from_secs(1)).await;
        assert_eq!(*cached.get().await.unwrap(), 2);
        // What was missing in the old one may be in the new one.
        assert_eq!((*cached.newer(&first).await.unwrap(), asked(&cached)), (2, 2));
        cached.source.fails.store(true, Ordering::Relaxed);
        advance(Duration::from_secs(100)).await;
        // One of them asks; all have something.
        let answers = join_all((0..100).map(|_| cached.get())).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|value| **value == 2)));
        assert_eq!(asked(&cached), 3);
        cached.source.fails.store(false, Ordering::Relaxed);
        assert_eq!(*cached.get().await.unwrap(), 2);
        advance(PAUSE).await;
        assert_eq!(*cached.get().await.unwrap(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_missing_is_asked_for_once_in_a_while_however_many_miss_it() {
        let cached = counter(false);
        let first = cached.get().await.unwrap();
        let answers = join_all((0..100).map(|_| cached.newer(&first))).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|value| **value == 2)));
        let second = cached.get().await.unwrap();
        advance(PAUSE / 2).await;
        assert_eq!(*cached.newer(&second).await.unwrap(), 2);
        advance(PAUSE / 2).await;
        assert_eq!(*cached.newer(&second).await.unwrap(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn where_what_is_missing_could_not_be_asked_for_that_is_said_until_it_can() {
        let cached = counter(false);
        let first = cached.get().await.unwrap();
        cached.source.fails.store(true, Ordering::Relaxed);
        assert!(cached.newer(&first).await.is_err());
        assert!(cached.newer(&first).await.is_err());
        assert_eq!((asked(&cached), *cached.get().await.unwrap()), (2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn who_hangs_up_takes_nothing_from_the_others() {
        let cached = counter(false);
        let first = cached.get().await.unwrap();
        let hangs_up = tokio::time::timeout(Duration::from_millis(500), cached.newer(&first)).await;
        assert!(hangs_up.is_err());
        assert_eq!(*cached.newer(&first).await.unwrap(), 2);
        assert_eq!(asked(&cached), 2);
    }
}
