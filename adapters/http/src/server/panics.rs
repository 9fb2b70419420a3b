//! A handler that panics costs its own request a 500, and nobody else anything.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use poem::http::StatusCode;
use poem::{Endpoint, Error, Request, Response, Result};

use super::request_id::RequestId;

/// Turns a panic further in into an error, and tells the log which request it was.
pub(super) async fn catch<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
) -> Result<Response> {
    let id = request.data::<RequestId>().cloned();
    // What the request held is dropped with it; what it shared with others survives poisoning or is transactional.
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(panic) => {
            let request_id = id.as_ref().map(RequestId::as_str);
            tracing::error!(request_id, panic = message(&*panic), "a handler panicked");
            Err(Error::from_string("Something went wrong on our side.", StatusCode::INTERNAL_SERVER_ERROR))
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
