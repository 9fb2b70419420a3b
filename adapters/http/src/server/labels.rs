//! What the log and the metrics call a request: the template of its route and who made it, never its path.

use std::sync::{Arc, OnceLock};

use poem::error::NotFoundError;
use poem::{Endpoint, PathPattern, Request, Response, Result};

/// Who made the request, in a form fit for a log: an id, never a name or an address. Authentication leaves it in
/// the extensions of the response or of the error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalLabel(pub String);

/// Travels inwards in the request's extensions and is filled on the way out, before the door makes a new
/// answer out of an error.
#[derive(Debug, Default)]
pub(super) struct Labels {
    route: OnceLock<Arc<str>>,
    principal: OnceLock<String>,
}

impl Labels {
    /// The template of the route, such as `/api/v1/orders/:id`; `unmatched` when no route took the request, or
    /// when it was given up before its route could answer.
    pub(super) fn route(&self) -> &str {
        self.route.get().map_or("unmatched", |route| route)
    }

    /// Who made the request; `-` when nobody was recognised.
    pub(super) fn principal(&self) -> &str {
        self.principal.get().map_or("-", |principal| principal)
    }

    fn learn(&self, route: Option<&PathPattern>, principal: Option<&PrincipalLabel>) {
        // Each is set once; a second answer to the same request does not exist.
        if let Some(PathPattern(route)) = route {
            let _ = self.route.set(Arc::clone(route));
        }
        if let Some(PrincipalLabel(principal)) = principal {
            let _ = self.principal.set(principal.clone());
        }
    }
}

/// Takes the labels from the innermost answer.
pub(super) async fn remember<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
) -> Result<Response> {
    let labels = request.data::<Arc<Labels>>().cloned().unwrap_or_default();
    let outcome = next.call(request).await;
    match &outcome {
        Ok(response) => labels.learn(response.data(), response.data()),
        // A nest of routes leaves its prefix on what none of them matched.
        Err(error) if error.is::<NotFoundError>() => {}
        Err(error) => labels.learn(error.data(), error.data()),
    }
    outcome
}
