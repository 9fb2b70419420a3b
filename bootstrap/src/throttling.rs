//! Where calls are counted, and against which rates.

use std::sync::Arc;

use orderdesk_application::services::{Desk, Throttle};
use orderdesk_memory::MemoryRateLimiter;

use crate::settings::{Settings, ThrottleStore};

/// What counts the calls of this installation.
pub(crate) fn throttle(settings: &Settings, desk: &Desk) -> Throttle {
    let clock = Arc::clone(&desk.clock);
    match settings.throttle_store {
        // While nothing may be written, a number may not either.
        ThrottleStore::Store if !desk.read_only => {
            Throttle::shared(Arc::clone(&desk.store), clock, settings.throttle)
        }
        _ => Throttle::new(Arc::new(MemoryRateLimiter::default()), clock, settings.throttle),
    }
}
