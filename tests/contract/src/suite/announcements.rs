//! Announcements: where a store can tell that something has been queued, it does, however often one has listened.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use orderdesk_application::ports::{Announcements, Store};
use orderdesk_domain::{Message, Timestamp};
use tokio::time::timeout;

use crate::Harness;
use crate::builders::Maker;
use crate::kinds::keep;
use crate::shop::Shop;

/// Far longer than any word takes, and short enough to tell silence from patience.
const LONGEST: Duration = Duration::from_secs(20);

/// Queues a message and says so.
async fn queue(store: &dyn Store, shop: &Shop, make: &Maker) -> Message {
    let message = make.message(&shop.customer);
    keep(store, &message).await;
    store.outbox().announce().await.unwrap();
    message
}

async fn hear(listener: &mut Box<dyn Announcements>) {
    timeout(LONGEST, listener.next()).await.unwrap().unwrap();
}

pub async fn who_listens_hears_that_something_was_queued(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let Some(mut listener) = store.outbox().listen().await.unwrap() else {
        // Nobody is told here, so that everybody asks; what is queued is there.
        let message = queue(store, &shop, &make).await;
        let given = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 9).await.unwrap();
        assert_eq!(given.iter().map(Message::id).collect::<Vec<_>>(), [message.id()]);
        return;
    };
    let mut other = store.outbox().listen().await.unwrap().unwrap();
    for _ in 0..3 {
        let message = queue(store, &shop, &make).await;
        hear(&mut listener).await;
        hear(&mut other).await;
        let given = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 9).await.unwrap();
        assert_eq!(given.iter().map(Message::id).collect::<Vec<_>>(), [message.id()], "it is there by then");
    }
    // What was said while nobody asked is heard all the same.
    for _ in 0..5 {
        queue(store, &shop, &make).await;
    }
    hear(&mut listener).await;
    drop(other);
    queue(store, &shop, &make).await;
    hear(&mut listener).await;
    drop(listener);
    queue(store, &shop, &make).await;
    let mut late = store.outbox().listen().await.unwrap().unwrap();
    queue(store, &shop, &make).await;
    hear(&mut late).await;
}

/// A worker waits for this beside other things, and stops waiting when one of those happens.
pub async fn who_stops_waiting_misses_nothing(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let Some(mut listener) = store.outbox().listen().await.unwrap() else { return };
    for polls in 0..5 {
        {
            let mut waiting = pin!(listener.next());
            let mut left = polls;
            poll_fn(|context| match waiting.as_mut().poll(context) {
                Poll::Pending if left > 0 => {
                    left -= 1;
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                _ => Poll::Ready(()),
            })
            .await;
        }
        queue(store, &shop, &make).await;
        hear(&mut listener).await;
    }
}

pub async fn who_listens_does_not_keep_a_store_from_closing(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let listener = store.outbox().listen().await.unwrap();
    store.close().await.unwrap();
    if let Some(mut listener) = listener {
        // It may have heard something before; then it hears that this is the end.
        let end = async { while listener.next().await.is_ok() {} };
        timeout(LONGEST, end).await.unwrap();
    }
    assert!(store.outbox().listen().await.is_err());
    assert!(store.outbox().announce().await.is_err());
}
