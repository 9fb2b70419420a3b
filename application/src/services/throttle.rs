//! Nobody calls more often than is good for all: each call is counted before it costs anything.

mod rates;

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use orderdesk_domain::{Timestamp, UserId};

pub use rates::{CallKind, Period, Rate, Rates, RatesError};

use crate::ports::{Clock, Hit, RateLimiter, Store, StoreError, StoreResult, Window};

/// How long it is not said again that calls cannot be counted, in milliseconds.
const SILENCE: u64 = 60_000;

/// Whose calls are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// All who call from one address. One of IPv6 counts as its /64, which is what a single subscriber is given to
    /// choose from.
    Address(IpAddr),
    /// A user, by whatever credential.
    User(UserId),
}

/// How one kind of calls stands once a call has been counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// What is counted.
    pub kind: CallKind,
    /// How much is allowed.
    pub rate: Rate,
    /// How many calls would still pass.
    pub remaining: u64,
    /// Whether this call was one too many.
    pub is_exceeded: bool,
    /// In how many seconds counting begins anew; at least 1.
    pub resets_in: u64,
}

/// Whether a call passes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// How each kind stands that the call was counted under; nothing where it could not be counted.
    pub allowances: Vec<Allowance>,
}

impl Verdict {
    /// What the call has to wait for: of all that is exceeded, what takes longest. `None` if the call passes.
    pub fn refusal(&self) -> Option<&Allowance> {
        let exceeded = self.allowances.iter().filter(|allowance| allowance.is_exceeded);
        exceeded.max_by_key(|allowance| allowance.resets_in)
    }
}

/// Counts calls, and says which are too many.
pub struct Throttle {
    limiter: Arc<dyn RateLimiter>,
    clock: Arc<dyn Clock>,
    rates: Rates,
    /// When it was last said that calls cannot be counted, in milliseconds.
    warned_at: AtomicI64,
}

impl Throttle {
    /// Holds the calls that `limiter` counts to `rates`.
    pub fn new(limiter: Arc<dyn RateLimiter>, clock: Arc<dyn Clock>, rates: Rates) -> Self {
        Self { limiter, clock, rates, warned_at: AtomicI64::new(i64::MIN) }
    }

    /// The same, counting together with all other programs that use the store.
    pub fn shared(store: Arc<dyn Store>, clock: Arc<dyn Clock>, rates: Rates) -> Self {
        Self::new(Arc::new(OfStore(store)), clock, rates)
    }

    /// Counts a call under kinds that are all different, as far as they have rates. It passes if none of them is
    /// exceeded by it; whether it passes or not, it counts.
    pub async fn count(&self, calls: &[(CallKind, Who)]) -> Verdict {
        let (mut hits, mut allowances) = (Vec::with_capacity(calls.len()), Vec::with_capacity(calls.len()));
        for (kind, who) in calls {
            let Some(rate) = self.rates.of(*kind) else { continue };
            let seconds = rate.period.seconds();
            hits.push(Hit { key: key(*kind, *who), period: i64::from(seconds) * 1_000 });
            let (remaining, resets_in) = (rate.calls, seconds.into());
            allowances.push(Allowance { kind: *kind, rate, remaining, is_exceeded: false, resets_in });
        }
        if hits.is_empty() {
            return Verdict::default();
        }
        let now = self.clock.now();
        match self.limiter.count(&hits, now).await {
            Ok(windows) => {
                for (allowance, window) in allowances.iter_mut().zip(windows) {
                    allowance.judge(window, now);
                }
                Verdict { allowances }
            }
            // Where the store is away, its own 503 is what the caller has to hear: a 429 would blame the caller. What
            // needs no store, the documentation for one, is not to fail for want of a number. And there is nothing to
            // be guessed meanwhile, for credentials are in the store as well.
            Err(error) => {
                self.warn(&error, now);
                Verdict::default()
            }
        }
    }

    /// Forgets what nobody asks for any more.
    pub async fn sweep(&self) -> StoreResult<()> {
        self.limiter.sweep(self.clock.now()).await
    }

    /// Says that calls cannot be counted, once in a while: said for every call it would bury the log.
    fn warn(&self, error: &StoreError, now: Timestamp) {
        let (now, last) = (now.milliseconds(), self.warned_at.load(Ordering::Relaxed));
        let is_due = now.abs_diff(last) >= SILENCE;
        let claim = |warned_at: &AtomicI64| {
            warned_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        if is_due && claim(&self.warned_at) {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                "calls cannot be counted; nobody is throttled meanwhile"
            );
        }
    }
}

impl Allowance {
    fn judge(&mut self, window: Window, now: Timestamp) {
        self.remaining = self.rate.calls.saturating_sub(window.calls);
        self.is_exceeded = window.calls > self.rate.calls;
        let left = window.ends_at.milliseconds().saturating_sub(now.milliseconds());
        // A window that another program has opened a moment after `now` lasts no longer than its period either.
        let period = self.rate.period.seconds().into();
        self.resets_in = u64::try_from(left).unwrap_or(0).div_ceil(1_000).clamp(1, period);
    }
}

/// By what the calls of somebody are found again, such as `user:019b…`.
fn key(kind: CallKind, who: Who) -> String {
    let mut key = String::with_capacity(48);
    key.push_str(kind.name());
    key.push(':');
    // Writing into a string does not fail.
    let _ = match who {
        Who::User(id) => write!(key, "{}", id.uuid().simple()),
        Who::Address(address) => match address.to_canonical() {
            IpAddr::V4(address) => write!(key, "{address}"),
            IpAddr::V6(address) => write!(key, "{:016x}", address.to_bits() >> 64),
        },
    };
    key
}

/// Counts calls in a store.
struct OfStore(Arc<dyn Store>);

#[async_trait]
impl RateLimiter for OfStore {
    async fn count(&self, hits: &[Hit], now: Timestamp) -> StoreResult<Vec<Window>> {
        self.0.rate_limiter().count(hits, now).await
    }

    async fn sweep(&self, now: Timestamp) -> StoreResult<()> {
        self.0.rate_limiter().sweep(now).await
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn of(address: &str) -> String {
        key(CallKind::Anonymous, Who::Address(address.parse().unwrap()))
    }

    #[test]
    fn an_address_counts_as_what_one_subscriber_has() {
        assert_eq!(of("192.0.2.1"), "anon:192.0.2.1");
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
    }

    #[test]
    fn keys_are_short_and_never_meet() {
        let user = UserId::new(Uuid::from_u128(u128::MAX));
        let whos = [Who::User(user), Who::Address([1, 2, 3, 4].into()), Who::Address([u16::MAX; 8].into())];
        let keys = CallKind::ALL.into_iter().flat_map(|kind| whos.map(|who| key(kind, who)));
        let mut keys: Vec<_> = keys.collect();
        assert!(keys.iter().all(|key| key.len() <= 48));
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), CallKind::ALL.len() * whos.len());
    }
}
