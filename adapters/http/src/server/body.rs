//! A bound on what is read of a request's body, and an end for what is left of it.
//!
//! The bound bites where the body is read, so that a missing credential or an unknown path is told first. What
//! nobody read is read away before the answer, if it is little: the connection can then serve another request. If
//! it is much, the answer goes out at once and the connection lingers (see [`super::connection`]), so that a client
//! that sends everything before it listens still gets to read it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, SizeHint};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Endpoint, Error, Request, Response, Result};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::deadline::DeadlinePassed;

/// As much of an unread body is read away for the sake of the connection.
const WORTH_DRAINING: u64 = 256 * 1024;
/// As long is waited for it.
const DRAINING_TIME: Duration = Duration::from_millis(500);

/// The outer of the two layers: bounds the body, and sees to what is left of it when the answer is ready.
pub(super) async fn receive<E: Endpoint>(next: Arc<E>, mut request: Request, limit: u64) -> Result<Response> {
    let body: BoxBody<Bytes, io::Error> = request.take_body().into();
    if body.is_end_stream() {
        return Ok(next.get_response(request).await);
    }
    let waits_for_leave = request.headers().contains_key(header::EXPECT);
    let progress = Arc::new(Progress { limit, ..Progress::default() });
    let (report, mut reported) = oneshot::channel();
    request.set_data(Arc::clone(&progress));
    request.set_body(BoxBody::new(BoundedBody {
        body: Some(body),
        allowance: limit,
        progress: Arc::clone(&progress),
        report: Some(report),
    }));

    let mut response = next.get_response(request).await;
    // None comes while somebody still holds the body, to copy it into the answer.
    if let Ok(rest) = reported.try_recv() {
        // A client that waits for leave to send (RFC 9110, section 10.1.1) was given none, and will not send.
        let sends = progress.begun.load(Ordering::Relaxed) || !waits_for_leave;
        if !(sends && drain(rest).await) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
    Ok(response)
}

/// The inner of the two layers: knows whose fault it was.
///
/// A body that proved too long is 413, whatever the endpoint made of the failed read; a deadline that passed
/// while the body was still arriving is 408, the client's own.
pub(super) async fn judge<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
) -> Result<Response> {
    let Some(progress) = request.data::<Arc<Progress>>().cloned() else {
        return next.call(request).await;
    };
    match next.call(request).await {
        _ if progress.excess.load(Ordering::Relaxed) => Err(too_large(progress.limit)),
        Err(error) if error.is::<DeadlinePassed>() && !progress.complete.load(Ordering::Relaxed) => {
            Err(too_slow())
        }
        outcome => outcome,
    }
}

fn too_large(limit: u64) -> Error {
    let message = format!("The body of a request may have at most {limit} bytes.");
    Error::from_string(message, StatusCode::PAYLOAD_TOO_LARGE)
}

fn too_slow() -> Error {
    Error::from_string("The body of the request did not arrive in time.", StatusCode::REQUEST_TIMEOUT)
}

/// How far the reading of a body has come. Whoever reads is done, or gone, before anybody asks: the order of
/// memory does not matter.
#[derive(Debug, Default)]
struct Progress {
    /// The most bytes that the body may have.
    limit: u64,
    /// Whether the client was asked for any of it.
    begun: AtomicBool,
    /// Whether it was read to its end, or as far as the client delivers it.
    complete: AtomicBool,
    /// Whether it is longer than it may be, and somebody wanted to read it.
    excess: AtomicBool,
}

/// A body that fails once it proves longer than it may be, and hands over what is left when it is dropped.
struct BoundedBody {
    /// `None` once the end was reached, or the client failed to deliver.
    body: Option<BoxBody<Bytes, io::Error>>,
    /// How many bytes may still come.
    allowance: u64,
    progress: Arc<Progress>,
    report: Option<oneshot::Sender<Option<BoxBody<Bytes, io::Error>>>>,
}

impl BoundedBody {
    fn refuse(&self) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.progress.excess.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(io::ErrorKind::FileTooLarge.into())))
    }
}

impl Body for BoundedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let allowance = self.allowance;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        // A declared length needs no reading to be too large.
        if body.size_hint().lower() > allowance {
            return self.refuse();
        }
        let frame = Pin::new(body).poll_frame(context);
        self.progress.begun.store(true, Ordering::Relaxed);
        match ready!(frame) {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                let Some(left) = allowance.checked_sub(length) else { return self.refuse() };
                self.allowance = left;
                Poll::Ready(Some(Ok(frame)))
            }
            end_or_failure => {
                self.body = None;
                self.progress.complete.store(true, Ordering::Relaxed);
                Poll::Ready(end_or_failure)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for BoundedBody {
    fn drop(&mut self) {
        if let Some(report) = self.report.take() {
            // Nobody may be waiting any more: the client is gone.
            let _ = report.send(self.body.take());
        }
    }
}

/// Reads away what is left, unless it is too much or takes too long: then it is `false`, and the connection must
/// close.
async fn drain(rest: Option<BoxBody<Bytes, io::Error>>) -> bool {
    let Some(mut rest) = rest else { return true };
    if rest.size_hint().lower() > WORTH_DRAINING {
        return false;
    }
    let drained = async {
        let mut left = WORTH_DRAINING;
        while let Some(frame) = rest.frame().await {
            let length = frame.ok()?.data_ref().map_or(0, |data| data.len() as u64);
            left = left.checked_sub(length)?;
        }
        Some(())
    };
    matches!(timeout(DRAINING_TIME, drained).await, Ok(Some(())))
}
