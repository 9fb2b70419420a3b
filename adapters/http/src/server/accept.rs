//! Accepts connections, as many at a time as are allowed, until told to stop.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::connection::Host;
use super::{Hardened, ServerSettings};

/// How long to wait when the system has no file descriptors left; meanwhile some connection may close.
const BREATHER: Duration = Duration::from_millis(100);

/// How a server came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Stopped {
    /// Every request in flight was answered.
    Cleanly,
    /// The grace ran out on this many connections.
    CutOff(usize),
}

/// Serves `endpoint` on `listener` until `shutdown` completes. Then it accepts no more, closes what is idle,
/// lets requests in flight finish within the grace period and cuts off the rest.
pub async fn serve(
    listener: TcpListener,
    endpoint: Hardened,
    settings: &ServerSettings,
    shutdown: impl Future<Output = ()>,
) -> Stopped {
    let host = Arc::new(Host::new(endpoint, listener.local_addr().ok(), settings));
    let slots = Arc::new(Semaphore::new(settings.maximum_connections.min(Semaphore::MAX_PERMITS)));
    let stopping = watch::Sender::new(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            (stream, peer, slot) = accept(&listener, &slots) => {
                let (host, stopping) = (Arc::clone(&host), stopping.subscribe());
                connections.spawn(async move {
                    host.serve(stream, peer, stopping).await;
                    drop(slot);
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    stopping.send_replace(());
    let finish = async { while connections.join_next().await.is_some() {} };
    match timeout(settings.shutdown_grace, finish).await {
        Ok(()) => Stopped::Cleanly,
        Err(_elapsed) => Stopped::CutOff(connections.len()),
    }
}

/// The next connection, once there is a slot for it.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there always is a permit in the end.
    let slot = Arc::clone(slots).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Without it an answer in two writes may wait 40 ms for an acknowledgement of the first.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(error = &error as &dyn std::error::Error, "a connection keeps its delay");
                }
                return (stream, peer, slot);
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a connection cannot be accepted");
                sleep(BREATHER).await;
            }
        }
    }
}

/// Whether only this connection failed, by its client's doing.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
