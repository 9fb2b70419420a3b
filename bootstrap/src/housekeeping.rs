//! What has to be done now and then while the service runs.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_application::services::{AccessService, Throttle};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// How often it is written down when credentials were used: what is shown of it may be so old.
const NOTE_USES: Duration = Duration::from_secs(30);
/// How often that which nobody can use any more is removed: every tenth time.
const SWEEP_EVERY: u64 = 10;

/// Housekeeping in the background, until it is told to stop.
pub(crate) struct Housekeeping(JoinHandle<()>, AccessService);

impl Housekeeping {
    /// Begins.
    pub(crate) fn start(access: AccessService, throttle: Arc<Throttle>) -> Self {
        let keeper = access.clone();
        let task = tokio::spawn(async move {
            let mut ticks = interval(NOTE_USES);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            // The first tick is at once.
            ticks.tick().await;
            for tick in 1_u64.. {
                ticks.tick().await;
                note_uses(&keeper).await;
                if tick % SWEEP_EVERY == 0 {
                    sweep(&keeper, &throttle).await;
                }
            }
        });
        Self(task, access)
    }

    /// Stops, and writes down what is known by then.
    pub(crate) async fn stop(self) {
        self.0.abort();
        note_uses(&self.1).await;
    }
}

async fn sweep(access: &AccessService, throttle: &Throttle) {
    if let Err(error) = access.sweep().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "what is over could not be removed");
    }
    if let Err(error) = throttle.sweep().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the counts of calls could not be removed");
    }
}

async fn note_uses(access: &AccessService) {
    if let Err(error) = access.note_uses().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the use of credentials could not be noted");
    }
}
