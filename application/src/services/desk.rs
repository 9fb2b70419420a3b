//! What every service works with.

use std::sync::Arc;

use orderdesk_domain::{OrderEventId, Timestamp, order::Act};
use uuid::Uuid;

use crate::ports::{Clock, IdGenerator, Randomness, Store, StoreError, StoreResult, Timer, UnitOfWork};
use crate::principal::Principal;

/// The ports, shared by all services.
#[derive(Clone)]
pub struct Desk {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Lets time pass.
    pub timer: Arc<dyn Timer>,
    /// Mints identities.
    pub ids: Arc<dyn IdGenerator>,
    /// Random numbers.
    pub randomness: Arc<dyn Randomness>,
    /// Whether nothing may be written for the time being.
    pub read_only: bool,
}

impl Desk {
    /// Begins a unit of work.
    ///
    /// # Errors
    /// `ReadOnly` where nothing may be written.
    pub(super) async fn begin(&self) -> StoreResult<Box<dyn UnitOfWork>> {
        if self.read_only { Err(StoreError::ReadOnly) } else { self.store.begin().await }
    }

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
