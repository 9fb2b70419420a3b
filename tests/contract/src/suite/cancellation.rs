//! Cancellation: a caller may go away at any moment, which drops the future of what it asked for.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use orderdesk_application::ports::{Store, StoreResult};
use orderdesk_domain::{Customer, Order, OrderEvent};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::Harness;
use crate::builders::{Maker, free_line};
use crate::kinds::{Writable, find, keep, stored};
use crate::shop::Shop;

/// Far less than a writer may be kept waiting by another.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Polls `future` this often at the most, and then drops it.
async fn dropped_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Adds a customer with an order in one unit of work, with a pause after every step.
async fn register_and_place(
    store: &dyn Store,
    customer: &Customer,
    (order, event): &(Order, OrderEvent),
    committing: &Cell<bool>,
) -> StoreResult<()> {
    let mut work = store.begin().await?;
    yield_now().await;
    work.customers().insert(std::slice::from_ref(customer)).await?;
    yield_now().await;
    work.orders().insert(std::slice::from_ref(order)).await?;
    yield_now().await;
    work.order_events().append(std::slice::from_ref(event)).await?;
    yield_now().await;
    committing.set(true);
    work.commit().await
}

pub async fn a_unit_of_work_dropped_half_way_leaves_nothing_and_blocks_nobody(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let mut polls = 0;
    loop {
        let customer = Customer::another(&shop, &make);
        let placed = make.order(&customer, free_line("Soap"));
        let committing = Cell::new(false);
        let attempt = register_and_place(store, &customer, &placed, &committing);
        let outcome = dropped_after(polls, attempt).await;

        // The next one gets its turn.
        timeout(AT_ONCE, keep(store, &Customer::another(&shop, &make))).await.unwrap();
        let kept = stored(store, &customer).await.is_some();
        assert_eq!(stored(store, &placed.0).await.is_some(), kept, "after {polls} polls");
        assert_eq!(
            find::<OrderEvent>(store, placed.1.id.uuid()).await.is_some(),
            kept,
            "after {polls} polls"
        );
        match outcome {
            // Whoever goes away while the commit is on its way cannot know how it ends.
            None => assert!(!kept || committing.get(), "kept after {polls} polls"),
            Some(outcome) => {
                outcome.unwrap();
                assert!(kept);
                break;
            }
        }
        polls += 1;
    }
    assert!(polls >= 4, "there is a pause after each of four steps");
}
