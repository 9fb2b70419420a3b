//! What everybody who works on one store has in common.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use mongodb::bson::{Document, Timestamp, doc};
use mongodb::error::Error;
use mongodb::options::{ReadConcern, WriteConcern};
use mongodb::{Client, Database};
use orderdesk_application::ports::StoreResult;
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use crate::errors::classify;
use crate::gate::{Gate, Place};
use crate::guards::Turn;
use crate::migration::{MigrationError, RECORD};
use crate::primary::Primary;
use crate::schema::SCHEMA;
use crate::session::Session;
use crate::settings::MongoSettings;
use crate::unit_of_work::MongoUnitOfWork;

/// How long a unit of work waits for others to be undone, into whose way it could get. Mostly there are none.
const LONGEST_ENDING: Duration = Duration::from_millis(100);

/// The connections, and what is known about the database.
pub(crate) struct Shared {
    pub(crate) client: Client,
    pub(crate) database: Database,
    pub(crate) gate: Gate,
    primary: Primary,
    pub(crate) turn: Turn,
    pub(crate) endings: Endings,
    pub(crate) patience: Duration,
    /// Whether the database is being filled, or a filling was not finished: then it is used for nothing else.
    pub(crate) filling: AtomicBool,
    /// Whose turn it is to fill, held until the filling is finished or undone.
    pub(crate) filler: Arc<Mutex<()>>,
    /// Whether the store is being closed: whoever listens stops.
    pub(crate) closing: watch::Sender<bool>,
    /// When this program wrote last, by the servers' clock.
    last_write: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        client: Client,
        database: Database,
        primary: Primary,
        settings: &MongoSettings,
    ) -> Self {
        // Some number that other programs on this database hardly have.
        let seed = RandomState::new().build_hasher().finish() & u64::from(u32::MAX);
        Self {
            client,
            database,
            gate: Gate::new(settings.connections.max(1), settings.patience),
            primary,
            turn: Turn::new(u32::try_from(seed).unwrap_or_default()),
            endings: Endings::default(),
            patience: settings.patience,
            filling: AtomicBool::new(false),
            filler: Arc::default(),
            closing: watch::Sender::new(false),
            last_write: AtomicU64::new(0),
        }
    }

    /// A place to work from.
    pub(crate) async fn enter(&self) -> StoreResult<Place> {
        let place = self.gate.enter().await?;
        if self.filling.load(Ordering::Acquire) {
            return Err(MigrationError::Unfinished.into());
        }
        Ok(place)
    }

    /// Begins a unit of work.
    pub(crate) async fn begin(self: &Arc<Self>) -> StoreResult<MongoUnitOfWork> {
        let place = self.enter().await?;
        if !self.primary.is_known() {
            // Sends the monitors to look at once, and waits for what they see, but not forever.
            self.database.run_command(doc! { "ping": 1 }).await.map_err(classify)?;
        }
        self.endings.settle().await;
        let mut session = self.client.start_session().await.map_err(classify)?;
        let beginning = session.start_transaction().read_concern(ReadConcern::snapshot());
        beginning.write_concern(self.majority()).await.map_err(classify)?;
        let session = Session::new(session, self.database.clone());
        Ok(MongoUnitOfWork::new(session, Arc::clone(self), place))
    }

    /// Opens the newest snapshot that a majority of the servers has.
    pub(crate) async fn view(self: &Arc<Self>) -> StoreResult<View> {
        let place = self.enter().await?;
        let session = self.snapshot_session().await?;
        let since = self.last_write.load(Ordering::Acquire);
        Ok(View { session, since, shared: Arc::clone(self), place })
    }

    async fn snapshot_session(&self) -> StoreResult<Session> {
        let session = self.client.start_session().snapshot(true).await.map_err(classify)?;
        Ok(Session::new(session, self.database.clone()))
    }

    /// Everything that is written is to be on a majority of the servers, but waits for them no longer than it must.
    pub(crate) fn majority(&self) -> WriteConcern {
        let mut majority = WriteConcern::majority();
        majority.w_timeout = Some(self.patience);
        majority
    }

    /// Takes note that something was written.
    pub(crate) fn note_write(&self, at: Option<Timestamp>) {
        self.last_write.fetch_max(at.map(number).unwrap_or_default(), Ordering::AcqRel);
    }

    /// Waits until a majority of the servers, as the present primary knows them, has what this program wrote.
    async fn catch_up(&self, since: u64) -> Result<(), Error> {
        let mut session = self.client.start_session().await?;
        session.advance_operation_time(moment(since));
        let record = self.database.collection::<Document>(SCHEMA);
        let found = record.find_one(doc! { "_id": RECORD }).read_concern(ReadConcern::majority());
        found.max_time(self.patience).session(&mut session).await.map(drop)
    }
}

/// Reads something of a snapshot, and reads it anew where the snapshot turns out to be older than what this program wrote.
macro_rules! viewed {
    ($shared:expr, |$session:ident| $reading:expr) => {
        loop {
            let mut view = $shared.view().await?;
            let $session = &mut view.session;
            let read = $reading.await?;
            if view.is_fresh() {
                break Ok(read);
            }
            view.catch_up().await?;
        }
    };
}

pub(crate) use viewed;

/// A snapshot to read.
pub(crate) struct View {
    pub(crate) session: Session,
    /// The last write of this program before the snapshot was asked for.
    since: u64,
    shared: Arc<Shared>,
    place: Place,
}

impl View {
    /// Whether what was read is no older than what this program wrote. It nearly always is: a write is acknowledged
    /// once a majority has it. But a primary that has just been elected has what they have and does not know it yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.session.moment().is_none_or(|moment| number(moment) >= self.since)
    }

    /// Waits until a snapshot opened anew is not too old.
    pub(crate) async fn catch_up(self) -> StoreResult<()> {
        self.shared.catch_up(self.since).await.map_err(classify)
    }

    /// The session alone, to be used later.
    pub(crate) fn into_session(self) -> Session {
        drop(self.place);
        self.session
    }
}

/// A moment of the servers' clock as a number that grows.
pub(crate) fn number(Timestamp { time, increment }: Timestamp) -> u64 {
    u64::from(time) << 32 | u64::from(increment)
}

/// The moment of that number.
pub(crate) fn moment(number: u64) -> Timestamp {
    let half = |half: u64| u32::try_from(half & u64::from(u32::MAX)).unwrap_or_default();
    Timestamp { time: half(number >> 32), increment: half(number) }
}

/// The transactions that are being undone because somebody dropped them.
pub(crate) struct Endings(watch::Sender<usize>);

impl Default for Endings {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Endings {
    /// One more, until it is dropped.
    pub(crate) fn begin(&self) -> Ending {
        self.0.send_modify(|endings| *endings += 1);
        Ending(self.0.clone())
    }

    /// Waits until there is none, or long enough: it is a courtesy, without which one of two may have to run again.
    async fn settle(&self) {
        let mut endings = self.0.subscribe();
        let _ = timeout(LONGEST_ENDING, endings.wait_for(|endings| *endings == 0)).await;
    }
}

/// One of them.
pub(crate) struct Ending(watch::Sender<usize>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.send_modify(|endings| *endings -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_its_number() {
        for (time, increment) in [(0, 0), (0, u32::MAX), (1, 0), (u32::MAX, 7)] {
            let at = Timestamp { time, increment };
            assert_eq!(moment(number(at)), at);
        }
        assert!(
            number(Timestamp { time: 1, increment: 0 }) > number(Timestamp { time: 0, increment: u32::MAX })
        );
    }
}
