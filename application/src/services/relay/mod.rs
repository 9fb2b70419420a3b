//! The relay: takes messages that are due from the outbox, gives them to gateways, and writes down what came of it.
//!
//! A message is marked as being sent before a gateway hears of it, and what the gateway answered is written down
//! afterwards; no transaction is open in between. A worker that is lost in between leaves a lease that ends: nobody knows
//! then whether the message was sent, so nobody sends it again unasked.

mod delivery;
mod dispatch;
mod holds;
mod keeper;
mod news;
mod pauses;

use std::sync::Arc;

use futures_util::future::{FutureExt, join3};
use futures_util::stream::{FuturesUnordered, StreamExt};
use orderdesk_domain::{Message, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::ports::SmsGateway;
use crate::services::desk::Desk;
use crate::services::relay::holds::Holds;

/// What is to be done with a message that has been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    /// It is sent.
    Send,
    /// It waits until then: nobody is to be disturbed now, or it cannot be told whether somebody is.
    Wait(Timestamp),
    /// Whoever would get it wants no texts.
    OptedOut,
}

/// A message that has been taken, and the place among the messages in flight that it has until it is done with.
struct Turn {
    message: Message,
    decision: Decision,
    _place: OwnedSemaphorePermit,
}

/// Sends messages. Any number of relays, in any number of programs, share one store.
pub struct Relay {
    desk: Desk,
    /// In the order in which they are asked.
    gateways: Vec<Arc<dyn SmsGateway>>,
    holds: Holds,
    /// How many messages may be in flight at once.
    places: Arc<Semaphore>,
    lease: i64,
}

impl Relay {
    /// Sends through the first of `gateways` that takes a message, with up to `concurrency` messages in flight. A worker
    /// that has written nothing down for `lease` milliseconds counts as lost: longer than it can take to ask every
    /// gateway and to write down what they said.
    pub fn new(desk: Desk, gateways: Vec<Arc<dyn SmsGateway>>, concurrency: usize, lease: i64) -> Self {
        let places = Arc::new(Semaphore::new(concurrency.max(1)));
        Self { desk, gateways, holds: Holds::default(), places, lease }
    }

    /// Sends until `stop` completes, and then what has been taken by then.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let stop = stop.shared();
        // Before the first message is taken: it would cost attempts to find out anew.
        self.learn_of_holds().await;
        // Places are given out before a message is taken, so that no more wait here than there are places.
        let (give, mut taken) = mpsc::unbounded_channel();
        // A loop, for a closure over `self` would not be known to be good for every lifetime, and so not to be `Send`.
        let deliver = async {
            let mut deliveries = FuturesUnordered::new();
            loop {
                tokio::select! {
                    Some(turn) = taken.recv() => deliveries.push(self.deliver(turn)),
                    Some(()) = deliveries.next() => {}
                    else => return,
                }
            }
        };
        join3(self.dispatch(give, stop.clone()), deliver, self.keep(stop)).await;
    }
}
