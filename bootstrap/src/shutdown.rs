//! When to stop: on SIGTERM, as service managers send it, and on SIGINT, as Ctrl-C does.

use std::io;

use tokio::signal::unix::{SignalKind, signal as listen};

/// Completes on the first of the signals. They are listened for from this call on.
pub fn signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("stopping on SIGTERM"),
            _ = interrupt.recv() => tracing::info!("stopping on SIGINT"),
        }
    })
}
