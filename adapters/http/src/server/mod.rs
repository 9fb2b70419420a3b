//! From a bound socket to the endpoint that answers, and back: what holds for every request, whatever its route.
//!
//! [`serve`] accepts connections and drives them; [`harden`] wraps an endpoint in everything else. Nothing here
//! builds an error body: refusals leave as [`poem::Error`]s, and the *door* that the caller brings gives them
//! their one shape. From the outside in:
//!
//! | layer | what it does |
//! | --- | --- |
//! | `body` | bounds what is read of a body, reads away what is left of it |
//! | `request_id` | names the request |
//! | `observation` | one log line and the metrics |
//! | `headers` | what keeps browsers and caches careful |
//! | `cors` | answers preflights, lets configured origins read |
//! | `compression` | gzip where it pays |
//! | the door | turns every error into an answer |
//! | `refusal` | a head that could not be read becomes an error like any other |
//! | `panics` | a panic becomes a 500 |
//! | `body` | a body that is too long, or does not arrive, becomes a 413 or a 408 |
//! | `deadline` | bounds how long an answer may take |
//! | `labels` | remembers route and principal for the log, whatever is made of the answer further out |

mod accept;
mod body;
mod compression;
mod connection;
mod cors;
mod deadline;
mod headers;
mod labels;
mod metrics;
mod observation;
mod panics;
mod refusal;
mod request_id;
mod settings;
mod transport;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt as _, IntoEndpoint, Middleware, Request, Response, Result};

pub use accept::{Stopped, serve};
pub use labels::PrincipalLabel;
pub use metrics::{Metrics, MetricsError, Reading, TEXT_FORMAT};
pub use request_id::RequestId;
pub use settings::ServerSettings;

/// An endpoint that [`harden`] has wrapped: the only kind that [`serve`] takes.
pub struct Hardened(BoxEndpoint<'static>);

impl Endpoint for Hardened {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        self.0.call(request).await
    }
}

/// Wraps `endpoint` in all the layers of this module, with `door` in its place among them.
///
/// The door must answer every error it sees; it may read the request's [`RequestId`] from the extensions.
pub fn harden<E, D>(endpoint: E, door: D, settings: &ServerSettings, metrics: Arc<Metrics>) -> Hardened
where
    E: IntoEndpoint<Endpoint: 'static>,
    D: Middleware<BoxEndpoint<'static>, Output: 'static>,
{
    let body_limit = settings.body_limit;
    let request_timeout = settings.request_timeout;
    let inside = endpoint
        .map_to_response()
        .around(labels::remember)
        .around(move |next, request| deadline::keep(next, request, request_timeout))
        .around(body::judge)
        .around(panics::catch)
        .around(refusal::raise);

    let ids = Arc::new(request_id::RequestIds::new(settings.instance));
    let origins: Arc<[String]> = settings.cors_origins.as_slice().into();
    let outside = door
        .transform(inside.boxed())
        .map_to_response()
        .around(compression::compress)
        .around(move |next, request| cors::allow(next, request, Arc::clone(&origins)))
        .around(headers::complete)
        .around(move |next, request| observation::observe(next, request, Arc::clone(&metrics)))
        .around(move |next, request| request_id::assign(next, request, Arc::clone(&ids)))
        .around(move |next, request| body::receive(next, request, body_limit));
    Hardened(outside.boxed())
}
