//! Counting calls, and refusing those that are too many.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use orderdesk_application::ports::{Hit, RateLimiter, StoreError, StoreResult, Window};
use orderdesk_application::services::{CallKind, Throttle, Verdict, Who};
use orderdesk_domain::{Timestamp, UserId};
use orderdesk_memory::MemoryRateLimiter;
use proptest::prelude::*;
use tracing::span;
use uuid::Uuid;

use crate::common::TestDesk;

/// On the clock of this desk.
fn throttle_on(desk: &TestDesk, limiter: Arc<dyn RateLimiter>, rates: &str) -> Throttle {
    Throttle::new(limiter, desk.clock.clone(), rates.parse().unwrap())
}

fn throttle(desk: &TestDesk, rates: &str) -> Throttle {
    throttle_on(desk, Arc::new(MemoryRateLimiter::default()), rates)
}

fn user(number: u128) -> Who {
    Who::User(UserId::new(Uuid::from_u128(number)))
}

fn address(text: &str) -> Who {
    Who::Address(text.parse::<IpAddr>().unwrap())
}

/// The kind that refuses a call, and for how many seconds.
fn refusal(verdict: &Verdict) -> Option<(CallKind, u64)> {
    verdict.refusal().map(|allowance| (allowance.kind, allowance.resets_in))
}

#[tokio::test]
async fn as_many_calls_pass_as_the_rate_allows_and_the_next_ones_when_it_begins_anew() {
    let desk = TestDesk::new();
    let throttle = throttle(&desk, "user=2/min");
    let call = [(CallKind::User, user(1))];
    for remaining in [1, 0] {
        let verdict = throttle.count(&call).await;
        assert_eq!(refusal(&verdict), None);
        assert_eq!(verdict.allowances[0].remaining, remaining);
    }
    desk.clock.advance(20_001);
    let verdict = throttle.count(&call).await;
    assert_eq!(refusal(&verdict), Some((CallKind::User, 40)), "39.999 seconds are told as 40");
    assert_eq!(verdict.allowances[0].remaining, 0);
    desk.clock.advance(39_998);
    assert_eq!(
        refusal(&throttle.count(&call).await),
        Some((CallKind::User, 1)),
        "a millisecond is told as one"
    );
    desk.clock.advance(1);
    assert_eq!(refusal(&throttle.count(&call).await), None);
}

#[tokio::test]
async fn nobody_waits_for_somebody_else() {
    let throttle = throttle(&TestDesk::new(), "user=1/min, anon=1/min");
    let callers = [
        (CallKind::User, user(1)),
        (CallKind::User, user(2)),
        (CallKind::Anonymous, address("192.0.2.1")),
        (CallKind::Anonymous, address("192.0.2.2")),
        (CallKind::Anonymous, address("2001:db8:0:1::1")),
        (CallKind::Anonymous, address("2001:db8:0:2::1")),
    ];
    for caller in callers {
        assert_eq!(refusal(&throttle.count(&[caller]).await), None, "{caller:?}");
    }
    for caller in callers {
        assert!(refusal(&throttle.count(&[caller]).await).is_some(), "{caller:?}");
    }
    let neighbour = (CallKind::Anonymous, address("2001:db8:0:1:ffff::2"));
    assert!(refusal(&throttle.count(&[neighbour]).await).is_some(), "the same subscriber's");
    let mapped = (CallKind::Anonymous, address("::ffff:192.0.2.1"));
    assert!(refusal(&throttle.count(&[mapped]).await).is_some(), "the same address");
}

#[tokio::test]
async fn a_call_counts_under_every_kind_and_the_longest_wait_wins() {
    let desk = TestDesk::new();
    let throttle = throttle(&desk, "user=3/min, orders-write=1/h, bulk=2/s");
    let call = [(CallKind::User, user(1)), (CallKind::OrdersWrite, user(1)), (CallKind::Bulk, user(1))];
    assert_eq!(refusal(&throttle.count(&call).await), None);
    desk.clock.advance(500);
    assert_eq!(refusal(&throttle.count(&call).await), Some((CallKind::OrdersWrite, 3_600)));
    let third = throttle.count(&call).await;
    assert_eq!(refusal(&third), Some((CallKind::OrdersWrite, 3_600)));
    let exceeded: Vec<_> = third.allowances.iter().map(|allowance| allowance.is_exceeded).collect();
    assert_eq!(exceeded, [false, true, true], "what is refused by one kind counts under the others");
    assert_eq!(third.allowances.iter().map(|allowance| allowance.remaining).collect::<Vec<_>>(), [0, 0, 0]);
    assert_eq!(refusal(&throttle.count(&call[..1]).await), Some((CallKind::User, 60)));
}

#[tokio::test]
async fn what_has_no_rate_is_not_counted() {
    let desk = TestDesk::new();
    let throttle = throttle(&desk, "user=off, bulk=1/min");
    let call = [(CallKind::User, user(1)), (CallKind::Bulk, user(1))];
    let verdict = throttle.count(&call).await;
    let kinds: Vec<_> = verdict.allowances.iter().map(|allowance| allowance.kind).collect();
    assert_eq!(kinds, [CallKind::Bulk]);
    let off = throttle_on(&desk, Arc::new(Faulty::new(true)), "off");
    for _ in 0..10 {
        assert_eq!(off.count(&call).await, Verdict::default());
    }
}

#[tokio::test]
async fn several_programs_on_one_store_count_together() {
    let desk = TestDesk::new();
    let rates = "user=3/min".parse().unwrap();
    let programs = [0, 1].map(|_| Throttle::shared(Arc::clone(&desk.store), desk.clock.clone(), rates));
    let call = [(CallKind::User, user(1))];
    let mut passed = 0;
    for program in programs.iter().cycle().take(8) {
        passed += usize::from(program.count(&call).await.refusal().is_none());
    }
    assert_eq!(passed, 3);
    desk.clock.advance(60_000);
    programs[0].sweep().await.unwrap();
    assert_eq!(refusal(&programs[1].count(&call).await), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn of_any_number_of_calls_at_once_exactly_as_many_pass_as_are_allowed(
        limit in 1..120_usize,
        calls in 1..240_usize,
        tasks in 2..9_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
        let passed = runtime.block_on(async {
            // Two counts are not taken at one moment: another that could run out as well would refuse one that passes here.
            let throttle = throttle(&TestDesk::new(), &format!("user={limit}/min, bulk=1000/min"));
            let (throttle, passed) = (Arc::new(throttle), Arc::new(AtomicUsize::new(0)));
            let tasks: Vec<_> = (0..tasks)
                .map(|task| {
                    let (throttle, passed) = (Arc::clone(&throttle), Arc::clone(&passed));
                    tokio::spawn(async move {
                        for _ in (task..calls).step_by(tasks) {
                            let call = [(CallKind::User, user(1)), (CallKind::Bulk, user(1))];
                            let verdict = throttle.count(&call).await;
                            passed.fetch_add(usize::from(verdict.refusal().is_none()), Ordering::Relaxed);
                            tokio::task::yield_now().await;
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            passed.load(Ordering::Relaxed)
        });
        prop_assert_eq!(passed, limit.min(calls));
    }
}

/// Counts nothing while it is away.
struct Faulty {
    is_away: AtomicBool,
    limiter: MemoryRateLimiter,
}

impl Faulty {
    fn new(is_away: bool) -> Self {
        Self { is_away: is_away.into(), limiter: MemoryRateLimiter::default() }
    }
}

#[async_trait]
impl RateLimiter for Faulty {
    async fn count(&self, hits: &[Hit], now: Timestamp) -> StoreResult<Vec<Window>> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("gone".into()));
        }
        self.limiter.count(hits, now).await
    }

    async fn sweep(&self, _: Timestamp) -> StoreResult<()> {
        Ok(())
    }
}

/// Counts the lines that are logged.
struct Lines(Arc<AtomicUsize>);

impl tracing::Subscriber for Lines {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        assert_eq!(*event.metadata().level(), tracing::Level::WARN);
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn while_calls_cannot_be_counted_they_pass_and_the_log_says_so_once_a_minute() {
    let limiter = Arc::new(Faulty::new(true));
    let desk = TestDesk::new();
    let throttle = throttle_on(&desk, limiter.clone(), "user=1/min");
    let lines = Arc::new(AtomicUsize::new(0));
    let _guard = tracing::subscriber::set_default(Lines(Arc::clone(&lines)));
    let call = [(CallKind::User, user(1))];
    for minute in 1..=3 {
        for _ in 0..50 {
            assert_eq!(throttle.count(&call).await, Verdict::default());
        }
        assert_eq!(lines.load(Ordering::Relaxed), minute);
        desk.clock.advance(59_999);
        throttle.count(&call).await;
        assert_eq!(lines.load(Ordering::Relaxed), minute, "too early");
        desk.clock.advance(1);
    }
    limiter.is_away.store(false, Ordering::Relaxed);
    assert_eq!(refusal(&throttle.count(&call).await), None);
    assert!(refusal(&throttle.count(&call).await).is_some(), "it counts again");
}
