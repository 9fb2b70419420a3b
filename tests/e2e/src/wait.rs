//! Waiting for what happens by itself.

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// Nothing that a service does by itself takes as long, however slow the machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let look = async {
        while !is_so().await {
            sleep(PAUSE).await;
        }
    };
    assert!(timeout(PATIENCE, look).await.is_ok(), "still waiting: {what}");
}
