//! Not more messages a second than a gateway takes.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Mutex;

/// A twentieth of a second: what has not passed in so long, because a timer was late, may pass at once. Without it a rate
/// would never be reached; with more, too many would pass in the second after a pause.
const CATCHING_UP: u32 = 20;

/// Lets messages pass one after the other, in the order in which they came, evenly over the second.
pub(crate) struct Pacer {
    /// Held by whoever is next, so that nobody is overtaken.
    turn: Mutex<()>,
    limiter: DefaultDirectRateLimiter,
}

impl Pacer {
    pub(crate) fn per_second(rate: NonZeroU32) -> Self {
        let burst = NonZeroU32::new(rate.get() / CATCHING_UP).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(rate).allow_burst(burst);
        Self { turn: Mutex::default(), limiter: RateLimiter::direct(quota) }
    }

    /// Waits until the next message may pass.
    pub(crate) async fn pass(&self) {
        let _turn = self.turn.lock().await;
        self.limiter.until_ready().await;
    }
}
