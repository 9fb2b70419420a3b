//! The real clock, ids and randomness: the one place that asks the operating system for them.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use orderdesk_application::ports::{Clock, IdGenerator, Randomness, Timer};
use orderdesk_domain::Timestamp;
use thiserror::Error;
use uuid::Uuid;
use uuid::timestamp::Timestamp as UuidTimestamp;
use uuid::timestamp::context::ContextV7;

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port's one real implementation")]
    fn now(&self) -> Timestamp {
        // A clock that stands before 1970 or after 9999 is broken; the nearest time that can be kept must do.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let milliseconds = i64::try_from(since.as_millis()).ok();
        milliseconds.and_then(Timestamp::from_milliseconds).unwrap_or(Timestamp::LATEST)
    }
}

/// The runtime's timer.
pub struct SystemTimer;

#[async_trait]
impl Timer for SystemTimer {
    async fn pause(&self, longest: Duration) {
        tokio::time::sleep(longest.mul_f64(fastrand::f64())).await;
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// UUIDv7 that ascend within a millisecond by a counter, the rest of them random (RFC 9562, section 6.2, method 1).
pub struct SystemIds {
    context: Mutex<ContextV7>,
}

impl SystemIds {
    /// A generator whose counter begins at a random number.
    pub fn new() -> Self {
        Self { context: Mutex::new(ContextV7::new()) }
    }
}

impl Default for SystemIds {
    fn default() -> Self {
        Self::new()
    }
}

impl IdGenerator for SystemIds {
    fn mint(&self, at: Timestamp) -> Uuid {
        let milliseconds = u64::try_from(at.milliseconds()).unwrap_or(0);
        let nanoseconds = u32::try_from(milliseconds % 1_000).unwrap_or(0) * 1_000_000;
        // Nothing that holds the lock can panic.
        let context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        Uuid::new_v7(UuidTimestamp::from_unix(&*context, milliseconds / 1_000, nanoseconds))
    }
}

/// The system has no random numbers to give, which no program can do without.
#[derive(Debug, Error)]
#[error("the operating system's random numbers cannot be had")]
pub struct NoRandomness(#[source] getrandom::Error);

/// The system's random numbers.
pub struct SystemRandomness(());

impl SystemRandomness {
    /// Makes sure that there are any: a source that has once given does not fail later.
    #[expect(clippy::disallowed_methods, reason = "this is the port's one real implementation")]
    pub fn new() -> Result<Self, NoRandomness> {
        getrandom::fill(&mut [0; 32]).map_err(NoRandomness)?;
        Ok(Self(()))
    }
}

impl Randomness for SystemRandomness {
    #[expect(clippy::disallowed_methods, reason = "this is the port's one real implementation")]
    #[expect(clippy::panic, reason = "a token that is not random must never be given out")]
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        if let Err(error) = getrandom::fill(&mut bytes) {
            panic!("the operating system's random numbers failed: {error}");
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_their_time_and_ascend_within_it() {
        let ids = SystemIds::new();
        let at = SystemClock.now();
        let minted: Vec<_> = std::iter::repeat_with(|| ids.mint(at)).take(1_000).collect();
        assert!(minted.is_sorted() && minted.windows(2).all(|pair| pair[0] != pair[1]));
        let created = |id: &Uuid| orderdesk_domain::OrderId::new(*id).created_at();
        assert!(minted.iter().all(|id| created(id) == at && id.get_version_num() == 7));
    }
}
