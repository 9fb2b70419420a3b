//! One log line and one count for every request, even for one whose client went away before it was answered.

use std::sync::Arc;
use std::time::Instant;

use poem::http::{Method, StatusCode};
use poem::{Endpoint, Request, Response, Result};

use super::labels::Labels;
use super::metrics::Metrics;
use super::request_id::RequestId;

/// What the log and the metrics say of a request whose client hung up: the number that nginx made customary.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Observes one request. The time is taken until the head of the answer is ready; a long body may still follow.
pub(super) async fn observe<E: Endpoint>(
    next: Arc<E>,
    mut request: Request,
    metrics: Arc<Metrics>,
) -> Result<Response> {
    let mut visit = Visit {
        id: request.data::<RequestId>().cloned(),
        method: known(request.method()),
        labels: Arc::default(),
        started: Instant::now(),
        status: None,
        metrics,
    };
    request.set_data(Arc::clone(&visit.labels));
    let response = next.get_response(request).await;
    visit.status = Some(response.status());
    Ok(response)
}

/// A request under way; what is to be said of it is said when it ends, however it ends.
struct Visit {
    id: Option<RequestId>,
    method: &'static str,
    labels: Arc<Labels>,
    started: Instant,
    status: Option<StatusCode>,
    metrics: Arc<Metrics>,
}

impl Drop for Visit {
    fn drop(&mut self) {
        let status = self.status.map_or(CLIENT_CLOSED_REQUEST, |status| status.as_u16());
        let duration = self.started.elapsed();
        let route = self.labels.route();
        self.metrics.record(route, self.method, status, duration);
        tracing::info!(
            request_id = self.id.as_ref().map(RequestId::as_str),
            method = self.method,
            route,
            status,
            duration_ms = duration.as_secs_f64() * 1000.0,
            principal = self.labels.principal(),
            "request"
        );
    }
}

/// The method's name; a made-up method shares one label, or a caller could fill the metrics with them.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => "other",
    }
}
