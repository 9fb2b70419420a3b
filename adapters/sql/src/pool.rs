//! Connections that are kept open and lent out, one caller at a time.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult, Timeouts};
use orderdesk_application::ports::{PoolUse, StoreError, StoreResult};

use crate::dialect::{Dialect, Role};
use crate::session::Session;

/// A connection that nobody used for longer may have been lost without a word.
const LONG_IDLE: Duration = Duration::from_secs(1);

/// A connection on loan; it goes back when this is dropped.
pub(crate) type Lease<D> = Object<Manager<D>>;

/// Opens connections of one role, and sees to those that come back.
#[derive(Debug)]
pub(crate) struct Manager<D> {
    dialect: Arc<D>,
    role: Role,
}

impl<D: Dialect> managed::Manager for Manager<D> {
    type Type = Session<D>;
    type Error = StoreError;

    async fn create(&self) -> StoreResult<Session<D>> {
        self.dialect.connect(self.role).await.map(Session::new)
    }

    /// Nothing is asked of a connection that came back in order a moment ago. One that did not is rolled back, and
    /// one that was long idle has to give a sign of life; it is closed where that fails.
    async fn recycle(&self, session: &mut Session<D>, metrics: &Metrics) -> RecycleResult<StoreError> {
        let outcome = if session.is_in_doubt() {
            session.rollback().await
        } else if metrics.last_used() > LONG_IDLE {
            session.ping().await
        } else {
            Ok(())
        };
        outcome.map_err(RecycleError::Backend)
    }
}

/// The connections of one role.
#[derive(Debug)]
pub(crate) struct Pool<D: Dialect> {
    connections: managed::Pool<Manager<D>>,
    role: Role,
}

impl<D: Dialect> Pool<D> {
    /// At most `size` connections. A caller waits for one no longer than `patience`.
    pub(crate) fn new(
        dialect: Arc<D>,
        role: Role,
        size: NonZeroUsize,
        patience: Duration,
    ) -> StoreResult<Self> {
        let timeouts = Timeouts { wait: Some(patience), create: Some(patience), recycle: Some(patience) };
        let pool = managed::Pool::builder(Manager { dialect, role })
            .max_size(size.get())
            .runtime(Runtime::Tokio1)
            .timeouts(timeouts)
            // The last one used has the most in its caches.
            .queue_mode(QueueMode::Lifo)
            .build();
        Ok(Self { connections: pool.map_err(|error| StoreError::Backend(error.into()))?, role })
    }

    /// Borrows a connection.
    ///
    /// # Errors
    /// `Unavailable` where none is free in time, none can be opened, or the store is being closed.
    pub(crate) async fn lease(&self) -> StoreResult<Lease<D>> {
        self.connections.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            error => StoreError::Unavailable(error.into()),
        })
    }

    /// What the connections are opened with.
    pub(crate) fn dialect(&self) -> &D {
        &self.connections.manager().dialect
    }

    pub(crate) fn pool_use(&self) -> PoolUse {
        let status = self.connections.status();
        let busy = status.size.saturating_sub(status.available);
        PoolUse { size: status.max_size, busy, waiting: status.waiting }
    }

    /// Waits for what is on loan and closes every connection in order. No more is lent, whatever comes of that.
    pub(crate) async fn close(&self) -> StoreResult<()> {
        let all = self.lease_all().await;
        self.connections.close();
        for lease in all? {
            D::close(Lease::take(lease).into_connection(), self.role).await?;
        }
        Ok(())
    }

    async fn lease_all(&self) -> StoreResult<Vec<Lease<D>>> {
        let mut all = Vec::new();
        for _ in 0..self.connections.status().size {
            all.push(self.lease().await?);
        }
        Ok(all)
    }
}
