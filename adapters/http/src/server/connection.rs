//! One connection, from its first byte to its close.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::http::uri::Scheme;
use poem::http::{self, StatusCode};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint as _, Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::refusal::Refusal;
use super::transport::Transport;
use super::{Hardened, ServerSettings};

/// The most bytes of a request's first line and headers together: room for the longest URL and as much again.
pub(super) const MAXIMUM_HEAD: usize = 128 * 1024;

/// For how long, and for how many bytes, a client may go on sending after it was answered, before the
/// connection is cut: a cut while it sends would take the answer away from it.
const LINGER_TIME: Duration = Duration::from_secs(30);
const LINGER_BYTES: u64 = 256 * 1024 * 1024;
/// A client that sends nothing for that long has had its answer.
const LINGER_SILENCE: Duration = Duration::from_secs(2);

/// What every connection of a server has in common.
pub(super) struct Host {
    endpoint: Hardened,
    local: LocalAddr,
    header_timeout: Duration,
    write_timeout: Duration,
}

impl Host {
    pub(super) fn new(endpoint: Hardened, local: Option<SocketAddr>, settings: &ServerSettings) -> Self {
        Self {
            endpoint,
            local: LocalAddr(local.map(Into::into).unwrap_or_default()),
            header_timeout: settings.header_timeout,
            write_timeout: settings.request_timeout,
        }
    }

    /// Serves one connection until it closes; once `stopping` changes, until its request in flight is answered.
    pub(super) async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        mut stopping: watch::Receiver<()>,
    ) {
        // A listener on `[::]` sees IPv4 peers as `::ffff:192.0.2.1`.
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let host = Arc::clone(&self);
        let service = service_fn(move |request| Arc::clone(&host).answer(request, peer));
        // hyper's header timeout also closes a connection that stays silent or idle.
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .max_header_size(MAXIMUM_HEAD)
            .serve_connection(TokioIo::new(Transport::new(stream, self.write_timeout)), service);

        let ended = tokio::select! {
            ended = &mut connection => Some(ended),
            _ = stopping.changed() => None,
        };
        let stopped = ended.is_none();
        let ended = if let Some(ended) = ended {
            ended
        } else {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        };
        let parts = connection.into_parts();
        let (mut stream, refused) = parts.io.into_inner().into_parts();
        let status = match &ended {
            Ok(()) => None,
            Err(error) if error.is_timeout() && parts.read_buf.is_empty() => return,
            Err(error) if error.is_timeout() => Some(StatusCode::REQUEST_TIMEOUT),
            Err(error) => {
                tracing::debug!(error = error as &dyn std::error::Error, "a connection failed");
                let Some(status) = refused else { return };
                Some(status)
            }
        };
        if let Some(status) = status {
            let sent = Refusal::new(status).send(&self.endpoint, &mut stream);
            if !matches!(timeout(self.write_timeout, sent).await, Ok(Ok(()))) {
                return;
            }
        }
        if stream.shutdown().await.is_ok() && !stopped {
            // Whatever ends the lingering, the socket is closed next.
            tokio::select! {
                _ = timeout(LINGER_TIME, linger(&mut stream)) => {}
                _ = stopping.changed() => {}
            }
        }
    }

    async fn answer(
        self: Arc<Self>,
        request: http::Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<http::Response<BoxBody<Bytes, io::Error>>, Infallible> {
        let request = Request::from((request, self.local.clone(), RemoteAddr(peer.into()), Scheme::HTTP));
        Ok(self.endpoint.get_response(request).await.into())
    }
}

/// Reads away what the client still sends.
async fn linger(stream: &mut TcpStream) {
    let mut rest = stream.take(LINGER_BYTES);
    let mut discarded = vec![0; 16 * 1024];
    while let Ok(Ok(1..)) = timeout(LINGER_SILENCE, rest.read(&mut discarded)).await {}
}
