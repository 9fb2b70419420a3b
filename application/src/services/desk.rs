//! What every service works with.

use std::sync::Arc;

use orderdesk_domain::{OrderEventId, Timestamp, order::Act};
use uuid::Uuid;

use crate::ports::{Clock, IdGenerator, Randomness, Store};
use crate::principal::Principal;

/// The ports, shared by all services.
#[derive(Clone)]
pub struct Desk {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Mints identities.
    pub ids: Arc<dyn IdGenerator>,
    /// Random numbers.
    pub randomness: Arc<dyn Randomness>,
}

impl Desk {
    /// This moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The identity of something that comes into being now.
    pub(super) fn mint(&self) -> Uuid {
        self.ids.mint(self.now())
    }

    /// What `caller` does to an order now; after everything that happened to it until `last`, should the clock have
    /// been set back.
    pub(super) fn act(&self, caller: &Principal, last: Timestamp) -> Act {
        let at = self.now().max(last);
        Act { event: OrderEventId::new(self.ids.mint(at)), by: caller.author() }
    }
}
