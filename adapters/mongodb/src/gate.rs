//! How many may be at work at once, and that nobody new comes in once the store is being closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orderdesk_application::ports::{PoolUse, StoreError, StoreResult};
use thiserror::Error;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Why nobody gets in.
#[derive(Debug, Error)]
enum Turned {
    /// The store has been closed.
    #[error("the store is closed")]
    Away(#[source] AcquireError),
    /// Every place was taken for too long.
    #[error("no connection was free for {0:?}")]
    Back(Duration),
}

impl From<Turned> for StoreError {
    fn from(turned: Turned) -> Self {
        Self::Unavailable(turned.into())
    }
}

/// A place for as long as it is held.
pub(crate) type Place = OwnedSemaphorePermit;

/// As many places as there are connections. The driver keeps the connections, but does not tell how they are used, and
/// lends them for as long as it exists.
#[derive(Debug)]
pub(crate) struct Gate {
    places: Arc<Semaphore>,
    size: u32,
    waiting: AtomicUsize,
    patience: Duration,
}

impl Gate {
    pub(crate) fn new(size: u32, patience: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(size as usize)), size, waiting: AtomicUsize::new(0), patience }
    }

    /// A place, first come, first served.
    ///
    /// # Errors
    /// `Unavailable` where none becomes free in time, or the store is being closed.
    pub(crate) async fn enter(&self) -> StoreResult<Place> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let _queue = Queue::join(&self.waiting);
        let place = timeout(self.patience, Arc::clone(&self.places).acquire_owned());
        Ok(place.await.map_err(|_| Turned::Back(self.patience))?.map_err(Turned::Away)?)
    }

    /// Waits for everyone to leave, and lets nobody in any more, whatever comes of that.
    pub(crate) async fn close(&self) -> StoreResult<()> {
        let everyone = timeout(self.patience, self.places.acquire_many(self.size)).await;
        self.places.close();
        everyone.map_err(|_| Turned::Back(self.patience))?.map(drop).map_err(Turned::Away)?;
        Ok(())
    }

    pub(crate) fn pool_use(&self) -> PoolUse {
        let size = self.size as usize;
        let busy = size.saturating_sub(self.places.available_permits());
        PoolUse { size, busy, waiting: self.waiting.load(Ordering::Relaxed) }
    }
}

/// Counts one who waits, until that one goes in or away.
struct Queue<'g>(&'g AtomicUsize);

impl<'g> Queue<'g> {
    fn join(waiting: &'g AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_are_counted_and_waited_for_but_not_forever() {
        let gate = Gate::new(2, Duration::from_millis(20));
        let first = gate.enter().await.unwrap();
        let second = gate.enter().await.unwrap();
        assert_eq!(gate.pool_use(), PoolUse { size: 2, busy: 2, waiting: 0 });
        let Err(StoreError::Unavailable(cause)) = gate.enter().await else { panic!("there are but two") };
        assert_eq!(cause.to_string(), "no connection was free for 20ms");
        drop(first);
        drop(gate.enter().await.unwrap());
        drop(second);
        gate.close().await.unwrap();
        let Err(StoreError::Unavailable(cause)) = gate.enter().await else { panic!("it is closed") };
        assert_eq!(cause.to_string(), "the store is closed");
    }
}
