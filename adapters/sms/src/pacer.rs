//! Not more messages a second than a gateway takes.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Mutex;

/// Lets messages pass one after the other, in the order in which they came, evenly over the second: where several
/// could pass at once after a pause, more than the rate would pass in the second around it.
pub(crate) struct Pacer {
    /// Held by whoever is next, so that nobody is overtaken.
    turn: Mutex<()>,
    limiter: DefaultDirectRateLimiter,
}

impl Pacer {
    pub(crate) fn per_second(rate: NonZeroU32) -> Self {
        let quota = Quota::per_second(rate).allow_burst(NonZeroU32::MIN);
        Self { turn: Mutex::default(), limiter: RateLimiter::direct(quota) }
    }

    /// Waits until the next message may pass.
    pub(crate) async fn pass(&self) {
        let _turn = self.turn.lock().await;
        self.limiter.until_ready().await;
    }
}
