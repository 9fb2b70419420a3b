//! Counting calls in memory, for one program.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use orderdesk_application::ports::{Hit, RateLimiter, StoreResult, Window};
use orderdesk_domain::Timestamp;

/// How many keys have windows at the most, so that no number of callers uses up the memory.
const CAPACITY: usize = 100_000;

/// Into how many parts the keys are divided. Two calls wait for each other only where their keys are in the same.
const PARTS: usize = 50;

/// Keeps the windows of up to 100,000 keys in memory.
///
/// When there are more, one goes that has ended, or else the one that ends soonest: among those that share a part with
/// the new key, to which keys are assigned in a way that nobody outside can foresee.
pub struct MemoryRateLimiter {
    parts: [Mutex<Windows>; PARTS],
    hasher: RandomState,
}

impl Default for MemoryRateLimiter {
    fn default() -> Self {
        let part = |_| Mutex::new(Windows::holding(CAPACITY / PARTS));
        Self { parts: std::array::from_fn(part), hasher: RandomState::new() }
    }
}

impl MemoryRateLimiter {
    /// Does something to the part that `key` belongs to: there always is one. Nothing in it can panic or wait.
    fn within<T>(&self, key: &str, act: impl FnOnce(&mut Windows) -> T) -> Option<T> {
        let number = self.hasher.hash_one(key) % PARTS as u64;
        let part = self.parts.get(usize::try_from(number).unwrap_or(0))?;
        Some(act(&mut part.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[async_trait]
impl RateLimiter for MemoryRateLimiter {
    /// One part is locked at a time, so nobody waits for somebody who waits.
    async fn count(&self, hits: &[Hit], now: Timestamp) -> StoreResult<Vec<Window>> {
        Ok(hits.iter().filter_map(|hit| self.within(&hit.key, |windows| windows.count(hit, now))).collect())
    }

    async fn sweep(&self, now: Timestamp) -> StoreResult<()> {
        for part in &self.parts {
            part.lock().unwrap_or_else(PoisonError::into_inner).sweep(now);
        }
        Ok(())
    }
}

/// The windows of some keys.
struct Windows {
    by_key: HashMap<Arc<str>, Window>,
    /// The same keys, those first whose windows end first.
    by_end: BTreeSet<(Timestamp, Arc<str>)>,
    capacity: usize,
}

impl Windows {
    fn holding(capacity: usize) -> Self {
        Self { by_key: HashMap::new(), by_end: BTreeSet::new(), capacity }
    }

    fn count(&mut self, hit: &Hit, now: Timestamp) -> Window {
        let open = self.by_key.get_mut(hit.key.as_str()).filter(|window| now < window.ends_at);
        if let Some(window) = open {
            window.calls = window.calls.saturating_add(1);
            return *window;
        }
        let key = if let Some((key, ended)) = self.by_key.remove_entry(hit.key.as_str()) {
            self.by_end.remove(&(ended.ends_at, Arc::clone(&key)));
            key
        } else {
            self.make_room();
            Arc::from(hit.key.as_str())
        };
        let window = opened(hit, now);
        self.by_end.insert((window.ends_at, Arc::clone(&key)));
        self.by_key.insert(key, window);
        window
    }

    /// Windows that have ended are those that end soonest.
    fn make_room(&mut self) {
        while self.by_key.len() >= self.capacity {
            let Some((_, key)) = self.by_end.pop_first() else { return };
            self.by_key.remove(&key);
        }
    }

    fn sweep(&mut self, now: Timestamp) {
        while self.by_end.first().is_some_and(|(ends_at, _)| *ends_at <= now) {
            if let Some((_, key)) = self.by_end.pop_first() {
                self.by_key.remove(&key);
            }
        }
    }
}

/// The window that a first call opens.
fn opened(hit: &Hit, now: Timestamp) -> Window {
    let end = Timestamp::from_milliseconds(now.milliseconds().saturating_add(hit.period));
    Window { calls: 1, ends_at: end.unwrap_or(Timestamp::LATEST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_milliseconds(milliseconds).unwrap()
    }

    fn hit(key: &str, period: i64) -> Hit {
        Hit { key: key.to_owned(), period }
    }

    fn keys(windows: &Windows) -> Vec<&str> {
        let mut keys: Vec<_> = windows.by_key.keys().map(|key| &**key).collect();
        keys.sort_unstable();
        assert_eq!(windows.by_end.len(), keys.len());
        keys
    }

    #[test]
    fn when_there_is_no_room_what_ends_first_goes_first() {
        let mut windows = Windows::holding(3);
        for (key, period) in [("a", 300), ("b", 100), ("c", 200), ("b", 100)] {
            windows.count(&hit(key, period), at(0));
        }
        assert_eq!(keys(&windows), ["a", "b", "c"]);
        // "b" ends soonest, although it was called last.
        windows.count(&hit("d", 50), at(10));
        assert_eq!(keys(&windows), ["a", "c", "d"]);
        // By now "d" has ended.
        windows.count(&hit("e", 1_000), at(60));
        assert_eq!(keys(&windows), ["a", "c", "e"]);
        // Whoever has lost a window begins another.
        assert_eq!(windows.count(&hit("b", 100), at(70)), Window { calls: 1, ends_at: at(170) });
        assert_eq!(windows.count(&hit("a", 300), at(70)).calls, 2);
    }

    #[test]
    fn a_window_that_is_opened_again_is_kept_by_its_new_end() {
        let mut windows = Windows::holding(2);
        windows.count(&hit("a", 10), at(0));
        windows.count(&hit("b", 100), at(0));
        windows.count(&hit("a", 1_000), at(20));
        windows.count(&hit("c", 10), at(20));
        assert_eq!(keys(&windows), ["a", "c"]);
        windows.sweep(at(30));
        assert_eq!(keys(&windows), ["a"]);
    }

    #[tokio::test]
    async fn no_number_of_callers_uses_up_the_memory() {
        let limiter = MemoryRateLimiter::default();
        for number in 0..2 * CAPACITY {
            limiter.count(&[hit(&number.to_string(), 1_000)], at(0)).await.unwrap();
        }
        let kept = || -> usize { limiter.parts.iter().map(|part| part.lock().unwrap().by_key.len()).sum() };
        assert!(kept() <= CAPACITY && kept() > CAPACITY * 9 / 10, "{}", kept());
        limiter.sweep(at(1_000)).await.unwrap();
        assert_eq!(kept(), 0);
    }

    #[tokio::test]
    async fn a_window_does_not_end_beyond_time() {
        let limiter = MemoryRateLimiter::default();
        let windows = limiter.count(&[hit("a", i64::MAX)], Timestamp::LATEST).await.unwrap();
        assert_eq!(windows, [Window { calls: 1, ends_at: Timestamp::LATEST }]);
    }
}
