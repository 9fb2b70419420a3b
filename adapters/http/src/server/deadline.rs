//! No request may keep its client, or what it holds, waiting for ever.

use std::sync::Arc;
use std::time::Duration;

use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{Endpoint, Request, Response, Result};
use thiserror::Error;
use tokio::time::timeout;

/// The answer was not ready in time; what was begun is undone.
#[derive(Debug, Error)]
#[error("This request took longer than {} seconds and was given up. Please try again later.", .0.as_secs_f64())]
pub(super) struct DeadlinePassed(Duration);

impl ResponseError for DeadlinePassed {
    fn status(&self) -> StatusCode {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

/// Gives the endpoint until `limit` to come up with the head of its answer, then drops what it was doing.
pub(super) async fn keep<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
    limit: Duration,
) -> Result<Response> {
    match timeout(limit, next.call(request)).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => Err(DeadlinePassed(limit).into()),
    }
}
