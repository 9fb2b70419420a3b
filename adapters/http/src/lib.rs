//! Order Desk over HTTP: poem and poem-openapi, and the only crate that knows them.
//!
//! A request comes in through [`server`], is authenticated, finds its route, and is parsed into domain types (`body`,
//! `listing`); a handler (`api`) calls one service and shows what came of it (`transports`, `reply`). Whatever goes wrong
//! leaves through one door (`problem`). A new resource is a file in `transports` and one in `api`; a new field of a
//! resource is a line in its transport.

mod api;
mod authentication;
mod body;
mod call;
mod documentation;
mod gate;
mod links;
mod listing;
mod negotiation;
mod openapi;
mod problem;
mod reply;
mod routes;
pub mod server;
mod session;
mod sign_in;
mod transports;

use std::sync::Arc;

use orderdesk_application::ports::{IdentityProvider, Store};
use orderdesk_application::services::{AccessService, CustomerService, Desk, ItemService, OrderService};
use poem::middleware::{AddData, NormalizePath, TrailingSlash};
use poem::{EndpointExt as _, Route};
use thiserror::Error;

use crate::api::{CustomersApi, ItemsApi, OrderEventsApi, OrdersApi, RootApi};
use crate::authentication::Authentication;
use crate::gate::{Gate, Gates};
use crate::links::Address;
use crate::openapi::Document;
use crate::problem::Door;
use crate::server::{Hardened, Metrics, ServerSettings};
use crate::sign_in::{SignIn, sign_in_routes};
use crate::transports::{CustomerTransport, ItemTransport, OrderTransport};

/// What the API needs to answer.
pub struct HttpSettings {
    /// Bounds of time, size and number.
    pub server: ServerSettings,
    /// What URLs in answers begin with; each request's own `Host` where there is none.
    pub public_url: Option<String>,
    /// The proxies whose forwarded headers are believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
}

/// The API could not be put together.
#[derive(Debug, Error)]
#[error("the API cannot be put together")]
pub struct AssemblyError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Every resource.
type Api = (RootApi, CustomersApi, ItemsApi, OrdersApi, OrderEventsApi);

fn api(desk: &Desk) -> Api {
    let customers = CustomerService::new(desk.clone());
    let orders = OrderService::new(desk.clone());
    let history = orders.history();
    (
        RootApi,
        CustomersApi { service: customers.clone() },
        ItemsApi { service: ItemService::new(desk.clone()) },
        OrdersApi { service: orders.clone(), customers },
        OrderEventsApi { orders, history },
    )
}

/// Who may do what, for each path that has something to be done with.
fn gates(desk: &Desk) -> Gates {
    let customers = Gate::of::<_, CustomerTransport>(&CustomerService::new(desk.clone()));
    let items = Gate::of::<_, ItemTransport>(&ItemService::new(desk.clone()));
    let orders = Gate::of::<_, OrderTransport>(&OrderService::new(desk.clone()));
    Gates::from([
        ("/api/v1/customers/", customers.clone()),
        ("/api/v1/customers/{id}/", customers.clone()),
        ("/api/v1/customers/{id}/orders/", customers),
        ("/api/v1/items/", items.clone()),
        ("/api/v1/items/{id}/", items),
        ("/api/v1/orders/", orders.clone()),
        ("/api/v1/orders/{id}/", orders.clone()),
        ("/api/v1/orders/{id}/events/", orders),
    ])
}

/// By whom callers are recognised.
pub struct Identities {
    /// Finds out who calls.
    pub access: AccessService,
    /// With whom people sign in; with an API token where there is nobody.
    pub providers: Vec<Arc<dyn IdentityProvider>>,
    /// For how long a browser keeps its session, in seconds.
    pub session_seconds: i64,
}

/// Puts the whole API together over `desk`, ready for [`server::serve`].
pub fn assemble(
    desk: &Desk,
    identities: Identities,
    settings: HttpSettings,
    metrics: Arc<Metrics>,
) -> Result<Hardened, AssemblyError> {
    let assembly_error = |failure: problem::Failure| AssemblyError(failure.into());
    let document = Document::of::<Api>().map_err(assembly_error)?;
    let address = Address {
        public_url: settings.public_url.map(Into::into),
        trusted_proxies: settings.trusted_proxies.into(),
    };
    let store: Arc<dyn Store> = Arc::clone(&desk.store);
    let routes = routes::api_routes(Route::new(), api(desk), &document, &gates(desk));
    let routes = documentation::documentation_routes(routes, &document).map_err(assembly_error)?;
    let routes = api::operational_routes(routes, store, Arc::clone(&metrics));
    let Identities { access, providers, session_seconds } = identities;
    let sign_in = SignIn {
        access: access.clone(),
        providers,
        clock: Arc::clone(&desk.clock),
        randomness: Arc::clone(&desk.randomness),
        session_seconds,
    };
    let endpoint = sign_in_routes(routes, sign_in)
        .with(Authentication { access })
        // Before the question who calls: which paths are open depends on how they are written.
        .with(NormalizePath::new(TrailingSlash::Trim))
        .with(AddData::new(address));
    Ok(server::harden(endpoint, Door, &settings.server, metrics))
}

/// The OpenAPI document as JSON, the same for every installation.
pub fn openapi_json() -> Result<String, AssemblyError> {
    Document::of::<Api>().map(|document| document.json()).map_err(|failure| AssemblyError(failure.into()))
}

/// The OpenAPI document as YAML.
pub fn openapi_yaml() -> Result<String, AssemblyError> {
    Document::of::<Api>()
        .and_then(|document| document.yaml())
        .map_err(|failure| AssemblyError(failure.into()))
}
