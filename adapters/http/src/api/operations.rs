//! `/health/live`, `/health/ready` and `/metrics`: for those who operate the service.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_application::ports::{Store, StoreResult};
use poem::endpoint::make;
use poem::http::StatusCode;
use poem::{Response, Route};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::problem::Failure;
use crate::routes::Resource;
use crate::server::{Metrics, Reading, TEXT_FORMAT};

/// Where the metrics are.
pub(crate) const METRICS: &str = "/metrics";

fn status(status: StatusCode, text: &str) -> Response {
    let body = json!({ "status": text }).to_string();
    Response::builder().status(status).content_type("application/json").body(body)
}

/// For how long a store that was ready counts as ready.
const FRESH: Duration = Duration::from_secs(1);

/// Asks the store whether it can be used: one question at a time and one in a second, because anybody may ask, and
/// the answer takes the store's right to write.
struct Readiness {
    store: Arc<dyn Store>,
    /// When the store was last found ready.
    last: Mutex<Option<Instant>>,
}

impl Readiness {
    async fn ask(&self) -> StoreResult<()> {
        let mut last = self.last.lock().await;
        if last.is_none_or(|last| last.elapsed() >= FRESH) {
            self.store.ready().await?;
            *last = Some(Instant::now());
        }
        Ok(())
    }
}

/// How the store is used at this moment.
fn readings(store: &dyn Store) -> Vec<Reading> {
    let pool = store.pool_use().map(|pool| {
        let gauge = |state: &'static str, number: usize| {
            let help =
                "Connections to the store: those that may be open, those that work, and the calls that wait.";
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            Reading::new("store_connections", help, number.into()).label("state", state)
        };
        [gauge("size", pool.size), gauge("busy", pool.busy), gauge("waiting", pool.waiting)]
    });
    pool.into_iter().flatten().collect()
}

/// Adds the routes to `routes`.
///
/// *Live* means that the process answers; *ready* that its store can be read and written as well, so that a load
/// balancer may send requests.
pub(crate) fn operational_routes(routes: Route, store: Arc<dyn Store>, metrics: Arc<Metrics>) -> Route {
    let live = make(|_| async { Ok::<_, poem::Error>(status(StatusCode::OK, "live")) });
    let readiness = Arc::new(Readiness { store: Arc::clone(&store), last: Mutex::new(None) });
    let ready = make(move |_| {
        let readiness = Arc::clone(&readiness);
        async move {
            readiness.ask().await.map_err(Failure::of_store)?;
            Ok::<_, poem::Error>(status(StatusCode::OK, "ready"))
        }
    });
    let scrape = make(move |_| {
        let (metrics, store) = (Arc::clone(&metrics), Arc::clone(&store));
        async move {
            let text = metrics.render(&readings(&*store)).map_err(Failure::internal)?;
            Ok::<_, poem::Error>(Response::builder().content_type(TEXT_FORMAT).body(text))
        }
    });
    routes
        .at("/health/live", Resource::read_only("/health/live", "Whether the process answers", live))
        .at("/health/ready", Resource::read_only("/health/ready", "Whether the store can be used", ready))
        .at(METRICS, Resource::read_only(METRICS, "What is counted and measured, for Prometheus", scrape))
}
