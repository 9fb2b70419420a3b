//! `/health/live`, `/health/ready` and `/metrics`: for those who operate the service.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_application::ports::{Store, StoreResult};
use orderdesk_application::services::Desk;
use poem::endpoint::make;
use poem::{Response, Route};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::traffic::TrafficWatch;
use crate::problem::Failure;
use crate::routes::Resource;
use crate::server::{Metrics, Reading, TEXT_FORMAT};

/// Where the metrics are.
pub(crate) const METRICS: &str = "/metrics";

fn told(body: &Value) -> Response {
    Response::builder().content_type("application/json").body(body.to_string())
}

/// For how long a store that was ready counts as ready.
const FRESH: Duration = Duration::from_secs(1);

/// For how long the metrics wait for the store.
const PATIENCE: Duration = Duration::from_secs(2);

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

/// How the store's connections are used at this moment.
fn pool_readings(store: &dyn Store) -> Vec<Reading> {
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
/// balancer may send requests. A gateway that sends nothing keeps nobody from ordering: it is told, and the service is
/// ready all the same.
pub(crate) fn operational_routes(routes: Route, desk: &Desk, metrics: Arc<Metrics>) -> Route {
    let store = &desk.store;
    let live = make(|_| async { Ok::<_, poem::Error>(told(&json!({ "status": "live" }))) });
    let readiness = Arc::new(Readiness { store: Arc::clone(store), last: Mutex::new(None) });
    let traffic = Arc::new(TrafficWatch::new(Arc::clone(store), Arc::clone(&desk.clock)));
    let watch = Arc::clone(&traffic);
    let ready = make(move |_| {
        let (readiness, traffic) = (Arc::clone(&readiness), Arc::clone(&watch));
        async move {
            readiness.ask().await.map_err(Failure::of_store)?;
            let held = traffic.look().await.map_err(Failure::of_store)?.held_gateways();
            Ok::<_, poem::Error>(told(&json!({ "status": "ready", "held_gateways": held })))
        }
    });
    let store = Arc::clone(store);
    let scrape = make(move |_| {
        let (metrics, store, traffic) = (Arc::clone(&metrics), Arc::clone(&store), Arc::clone(&traffic));
        async move {
            let mut readings = pool_readings(&*store);
            // What else is measured may say why there is nothing to be had.
            match timeout(PATIENCE, traffic.look()).await {
                Ok(Ok(traffic)) => readings.extend(traffic.readings()),
                Ok(Err(error)) => tracing::warn!(%error, "the outbox cannot be measured"),
                Err(_) => tracing::warn!("the outbox cannot be measured in time"),
            }
            let text = metrics.render(&readings).map_err(Failure::internal)?;
            Ok::<_, poem::Error>(Response::builder().content_type(TEXT_FORMAT).body(text))
        }
    });
    routes
        .at("/health/live", Resource::read_only("/health/live", "Whether the process answers", live))
        .at("/health/ready", Resource::read_only("/health/ready", "Whether the store can be used", ready))
        .at(METRICS, Resource::read_only(METRICS, "What is counted and measured, for Prometheus", scrape))
}
