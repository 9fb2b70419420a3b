//! Rate limits: every call is counted once, however many come at once, and windows end.

use std::collections::BTreeSet;
use std::sync::Arc;

use orderdesk_application::ports::{Hit, RateLimiter, Window};

use crate::LimiterHarness;
use crate::builders::time;
use crate::outcome::race;

/// How many call at once.
const CALLERS: u64 = 200;

fn hit(key: &str, period: i64) -> Hit {
    Hit { key: key.to_owned(), period }
}

fn window(calls: u64, ends_at: i64) -> Window {
    Window { calls, ends_at: time(ends_at) }
}

/// Counts one call under one key.
async fn count(limiter: &dyn RateLimiter, key: &str, period: i64, now: i64) -> Window {
    let windows = limiter.count(&[hit(key, period)], time(now)).await.unwrap();
    assert_eq!(windows.len(), 1);
    windows[0]
}

/// Has as many callers as that call at once, and answers what each was told.
async fn all_at_once(
    limiter: &Arc<dyn RateLimiter>,
    callers: u64,
    hits: impl Fn(u64) -> Vec<Hit>,
    now: i64,
) -> Vec<Vec<Window>> {
    let call = |caller| {
        let (limiter, hits) = (Arc::clone(limiter), hits(caller));
        async move { limiter.count(&hits, time(now)).await.unwrap() }
    };
    race((0..callers).map(call)).await
}

/// Asserts that each of as many callers was told another number, from 1 on, in a window that ends then.
fn assert_counted(windows: impl IntoIterator<Item = Window>, callers: u64, ends_at: i64) {
    let windows: Vec<_> = windows.into_iter().collect();
    assert!(windows.iter().all(|window| window.ends_at == time(ends_at)), "{windows:?}");
    assert_eq!(windows.len() as u64, callers);
    let numbers: BTreeSet<_> = windows.iter().map(|window| window.calls).collect();
    assert!(numbers.into_iter().eq(1..=callers), "{windows:?}");
}

pub async fn calls_are_counted_until_the_window_ends(harness: &impl LimiterHarness) {
    let limiter = &*harness.fresh_limiter().await;
    assert_eq!(count(limiter, "user 1", 1_000, 5_000).await, window(1, 6_000));
    assert_eq!(count(limiter, "user 1", 1_000, 5_000).await, window(2, 6_000));
    assert_eq!(count(limiter, "user 1", 1_000, 5_999).await, window(3, 6_000));
    assert_eq!(count(limiter, "user 1", 1_000, 6_000).await, window(1, 7_000), "the end opens the next");
    assert_eq!(count(limiter, "user 1", 1_000, 6_001).await, window(2, 7_000));
    assert_eq!(count(limiter, "user 1", 1_000, 9_500).await, window(1, 10_500), "after a pause");
    // The clocks of two programs are never quite the same.
    assert_eq!(count(limiter, "user 1", 1_000, 9_400).await, window(2, 10_500));
    // What a window is does not change under way.
    assert_eq!(count(limiter, "user 1", 1, 9_600).await, window(3, 10_500));
    assert_eq!(count(limiter, "user 1", 1, 10_500).await, window(1, 10_501), "the shortest there is");
    assert_eq!(count(limiter, "user 1", 86_400_000, 10_501).await, window(1, 86_410_501), "a day");
}

pub async fn keys_are_counted_apart_to_the_letter(harness: &impl LimiterHarness) {
    let limiter = &*harness.fresh_limiter().await;
    let (long, longer) = ("k".repeat(300), "k".repeat(301));
    let keys = [
        "a",
        "A",
        "a ",
        "ab",
        "á",
        "a\u{301}",
        "%",
        "_",
        "a'b",
        "a\\",
        "$a",
        "a.b",
        "ß",
        "ss",
        "\u{1f9ba}",
        "anon 2001:db8::/64",
        "",
        &long,
        &longer,
    ];
    for round in 1..=2 {
        for key in keys {
            assert_eq!(count(limiter, key, 1_000, 0).await, window(round, 1_000), "{key:?}");
        }
    }
}

pub async fn several_keys_are_counted_in_one_call(harness: &impl LimiterHarness) {
    let limiter = &*harness.fresh_limiter().await;
    assert_eq!(limiter.count(&[], time(0)).await.unwrap(), []);
    let hits = [hit("z", 1_000), hit("b", 60_000), hit("a", 10), hit("y", 86_400_000)];
    let first = limiter.count(&hits, time(0)).await.unwrap();
    assert_eq!(first, [window(1, 1_000), window(1, 60_000), window(1, 10), window(1, 86_400_000)]);
    assert_eq!(count(limiter, "b", 60_000, 5).await, window(2, 60_000));

    // Some have ended, one is new, and the answers stand in the order of the questions.
    let hits = [hit("y", 86_400_000), hit("new", 50), hit("a", 10), hit("b", 60_000), hit("z", 1_000)];
    let next = limiter.count(&hits, time(999)).await.unwrap();
    let expected =
        [window(2, 86_400_000), window(1, 1_049), window(1, 1_009), window(3, 60_000), window(2, 1_000)];
    assert_eq!(next, expected);
}

pub async fn of_200_calls_at_once_no_two_are_told_the_same_number(harness: &impl LimiterHarness) {
    let limiter = harness.fresh_limiter().await;
    let told = all_at_once(&limiter, CALLERS, |_| vec![hit("user 1", 60_000)], 0).await;
    assert_counted(told.into_iter().flatten(), CALLERS, 60_000);
    assert_eq!(count(&*limiter, "user 1", 60_000, 1).await.calls, CALLERS + 1);

    // Nor when all of them find that the window has ended.
    let told = all_at_once(&limiter, CALLERS, |_| vec![hit("user 1", 60_000)], 60_000).await;
    assert_counted(told.into_iter().flatten(), CALLERS, 120_000);
}

pub async fn calls_under_several_keys_at_once_are_all_counted(harness: &impl LimiterHarness) {
    let limiter = harness.fresh_limiter().await;
    // Half of the callers name the keys the other way round: nobody waits for somebody who waits.
    let hits = |caller| {
        let mut hits = vec![hit("address 1", 1_000), hit("user 1", 60_000), hit("orders of user 1", 500)];
        if caller % 2 == 1 {
            hits.reverse();
        }
        hits
    };
    for now in [0, 60_000] {
        let told = all_at_once(&limiter, CALLERS, hits, now).await;
        let told: Vec<_> = (0..)
            .zip(told)
            .map(|(caller, mut windows)| {
                assert_eq!(windows.len(), 3);
                if caller % 2 == 1 {
                    windows.reverse();
                }
                windows
            })
            .collect();
        for (index, period) in [1_000, 60_000, 500].into_iter().enumerate() {
            assert_counted(told.iter().map(|windows| windows[index]), CALLERS, now + period);
        }
    }
}

pub async fn callers_under_different_keys_are_counted_apart_at_once(harness: &impl LimiterHarness) {
    let limiter = harness.fresh_limiter().await;
    let hits = |caller| vec![hit("everybody", 1_000), hit(&format!("user {}", caller % 20), 1_000)];
    let told = all_at_once(&limiter, CALLERS, hits, 0).await;
    assert_counted(told.iter().map(|windows| windows[0]), CALLERS, 1_000);
    for user in 0..20 {
        let own = told.iter().skip(user).step_by(20).map(|windows| windows[1]);
        assert_counted(own, CALLERS / 20, 1_000);
    }
}

pub async fn only_windows_that_have_ended_are_forgotten(harness: &impl LimiterHarness) {
    let limiter = &*harness.fresh_limiter().await;
    limiter.sweep(time(0)).await.unwrap();
    for (key, period) in [("a", 100), ("b", 200), ("c", 300)] {
        count(limiter, key, period, 0).await;
    }
    limiter.sweep(time(200)).await.unwrap();
    assert_eq!(count(limiter, "c", 300, 200).await, window(2, 300));
    // Asked as of earlier, a window that was still there would go on.
    assert_eq!(count(limiter, "b", 50, 150).await, window(1, 200));
    assert_eq!(count(limiter, "a", 10, 50).await, window(1, 60));
}
