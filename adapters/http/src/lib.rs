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
mod links;
mod listing;
mod negotiation;
mod openapi;
mod problem;
mod reply;
mod routes;
pub mod server;
mod transports;

use std::collections::HashMap;
use std::sync::Arc;

use orderdesk_application::ports::Store;
use orderdesk_application::services::{AccessService, CustomerService, Desk, ItemService, OrderService};
use poem::middleware::{AddData, NormalizePath, TrailingSlash};
use poem::{EndpointExt as _, Route};
use thiserror::Error;

use crate::api::{CustomersApi, Finder, ItemsApi, OrderEventsApi, OrdersApi, RootApi, finder};
use crate::authentication::Authentication;
use crate::links::Address;
use crate::openapi::Document;
use crate::problem::Door;
use crate::server::{Hardened, Metrics, ServerSettings};
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

/// What finds out whether an object exists, for each resource that stands in paths.
fn finders(desk: &Desk) -> HashMap<&'static str, Finder> {
    HashMap::from([
        finder::<_, CustomerTransport>(&CustomerService::new(desk.clone())),
        finder::<_, ItemTransport>(&ItemService::new(desk.clone())),
        finder::<_, OrderTransport>(&OrderService::new(desk.clone())),
    ])
}

/// Puts the whole API together over `desk`, ready for [`server::serve`].
pub fn assemble(
    desk: &Desk,
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
    let routes = routes::api_routes(Route::new(), api(desk), &document, &finders(desk));
    let routes = documentation::documentation_routes(routes, &document).map_err(assembly_error)?;
    let routes = api::operational_routes(routes, store, Arc::clone(&metrics));
    let endpoint = routes
        .with(Authentication { access: AccessService::new(desk.clone()) })
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
