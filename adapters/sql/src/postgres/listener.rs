//! Hearing of what other programs have queued: a connection of its own that listens.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use orderdesk_application::ports::{Announcements, StoreError, StoreResult};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// Where announcements are made. Other programs on the same database may do the same there: it costs one look more.
const CHANNEL: &str = "orderdesk_messages";

/// The statement that announces.
pub(super) const ANNOUNCE: &str = "NOTIFY orderdesk_messages";

/// How many can listen at once.
const LISTENERS: u32 = 64;

/// Where connections that listen come from: the driver listens on those of its own pools alone. They are opened when
/// somebody begins to listen, and closed when nobody does any more; to close the pool is to tell everybody.
pub(super) fn pool(options: PgConnectOptions, patience: Duration) -> PgPool {
    PgPoolOptions::new()
        .max_connections(LISTENERS)
        .acquire_timeout(patience)
        .max_lifetime(None)
        .idle_timeout(None)
        .after_release(|_, _| Box::pin(async { Ok(false) }))
        .connect_lazy_with(options)
}

/// A connection that listens; `None` once it has been lost.
pub(super) struct Listener(Option<PgListener>);

impl Listener {
    pub(super) async fn begin(pool: &PgPool, patience: Duration) -> StoreResult<Self> {
        let listening = async {
            let mut listener = PgListener::connect_with(pool).await?;
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            sqlx::Result::Ok(listener)
        };
        let unavailable = |error: sqlx::Error| StoreError::Unavailable(error.into());
        let listener = timeout(patience, listening).await;
        let listener = listener.map_err(|elapsed| StoreError::Unavailable(elapsed.into()))?;
        listener.map(|listener| Self(Some(listener))).map_err(unavailable)
    }

    fn lost(&mut self, error: StoreError) -> StoreError {
        self.0 = None;
        error
    }
}

#[async_trait]
impl Announcements for Listener {
    async fn next(&mut self) -> StoreResult<()> {
        let gone = || StoreError::Unavailable("the connection that listens is gone".into());
        let listener = self.0.as_mut().ok_or_else(gone)?;
        // A call that is dropped loses nothing: what has come in part is kept until the rest of it comes.
        match listener.try_recv().await {
            Ok(Some(_)) => {
                while listener.next_buffered().is_some() {}
                Ok(())
            }
            Ok(None) => Err(self.lost(gone())),
            Err(error) => Err(self.lost(StoreError::Unavailable(error.into()))),
        }
    }
}

/// The driver says goodbye in a task, and panics where none can run: then the connection ends with the program.
impl Drop for Listener {
    fn drop(&mut self) {
        if Handle::try_current().is_err() {
            std::mem::forget(self.0.take());
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Listener").field("is_connected", &self.0.is_some()).finish()
    }
}
