//! Time, identities and randomness, as a test decides them.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use orderdesk_application::ports::{Clock, IdGenerator, Randomness, Timer};
use orderdesk_contract::builders::{START, id_at, time};
use orderdesk_domain::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

/// Begins a day after everything that a `Maker` makes, and stands still until it is moved; or else runs with the time of
/// tokio, which a test can have under its control.
pub(crate) struct SettableClock {
    milliseconds: AtomicI64,
    runs_since: Option<Instant>,
}

impl SettableClock {
    const DAY: i64 = 86_400_000;

    /// One that runs.
    pub(crate) fn running() -> Self {
        Self { runs_since: Some(Instant::now()), ..Self::default() }
    }

    /// Lets so many milliseconds pass, and says what time it is then.
    pub(crate) fn advance(&self, milliseconds: i64) -> Timestamp {
        self.milliseconds.fetch_add(milliseconds, Ordering::Relaxed);
        self.now()
    }

    /// What time it will be in so many milliseconds.
    pub(crate) fn later(&self, milliseconds: i64) -> Timestamp {
        time(self.now().milliseconds() + milliseconds)
    }
}

impl Default for SettableClock {
    fn default() -> Self {
        let milliseconds = AtomicI64::new(i64::try_from(START).unwrap() + Self::DAY);
        Self { milliseconds, runs_since: None }
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        let ran = self.runs_since.map_or(0, |since| i64::try_from(since.elapsed().as_millis()).unwrap());
        time(self.milliseconds.load(Ordering::Relaxed) + ran)
    }
}

/// Has no time to lose where somebody would make room for others, and sleeps as tokio does.
pub(crate) struct Impatient;

#[async_trait]
impl Timer for Impatient {
    async fn pause(&self, _: Duration) {}

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// UUIDv7 of the given time, which ascend by a counter.
#[derive(Default)]
pub(crate) struct CountingIds(AtomicU64);

impl IdGenerator for CountingIds {
    fn mint(&self, at: Timestamp) -> Uuid {
        id_at(u64::try_from(at.milliseconds()).unwrap(), self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// Draws what it was told to draw, and after that numbers that were not drawn before.
#[derive(Default)]
pub(crate) struct ScriptedRandomness {
    script: Mutex<VecDeque<u64>>,
    drawn: AtomicU64,
}

impl ScriptedRandomness {
    /// Far from the numbers that tests tell it to draw, and from those of a `Maker`.
    const UNSCRIPTED: u64 = 1_000_000;

    /// Draws these next.
    pub(crate) fn draw_next(&self, numbers: impl IntoIterator<Item = u64>) {
        self.script.lock().unwrap().extend(numbers);
    }
}

impl Randomness for ScriptedRandomness {
    fn bytes(&self) -> [u8; 32] {
        let scripted = self.script.lock().unwrap().pop_front();
        let number =
            scripted.unwrap_or_else(|| Self::UNSCRIPTED + self.drawn.fetch_add(1, Ordering::Relaxed));
        let mut bytes = [0; 32];
        bytes.first_chunk_mut().map(|first| *first = number.to_le_bytes()).unwrap();
        bytes
    }
}
