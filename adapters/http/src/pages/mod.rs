//! Pages: the API as a browser shows it.
//!
//! A page asks the API what it shows, through the same door as every other client and with the browser's own
//! credentials, and draws it: nothing is decided here, no rule is known here. What a form may hold says `OPTIONS`; what
//! stands against it says the answer. A new field, filter or resource shows up by itself; how it looks in a table is a line
//! in [`kinds`].

mod assets;
mod exchange;
mod facts;
mod fields;
mod forms;
mod home;
mod kinds;
mod listing;
mod looks;
mod markup;
mod sending;
mod sign_in;
mod view;
mod wanted;

use std::sync::Arc;

use orderdesk_application::ports::{Clock, Randomness};
use poem::http::{StatusCode, header};
use poem::{Endpoint, IntoResponse as _, Middleware, Request, Response, Result};

pub(crate) use assets::asset_routes;
pub(crate) use sign_in::SignInPages;

use crate::links::{API, Address, Links};
use crate::pages::assets::Assets;
use crate::pages::exchange::Exchange;
use crate::pages::listing::Parameters;
use crate::pages::wanted::{Wanted, wanted};
use crate::problem::{Door, VARIES};
use crate::session::SessionProof;

/// What pages may do: style and script of this service, forms to it, questions to it; nothing from anywhere else, and
/// nothing that stands in the page itself.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The door, and the pages before it.
pub(crate) struct Front {
    pub(crate) door: Door,
    pub(crate) pages: Pages,
}

/// What pages need besides the API.
#[derive(Clone)]
pub(crate) struct Pages {
    address: Address,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    assets: Assets,
}

impl Pages {
    /// Pages of a service that is known under `address`.
    pub(crate) fn new(address: Address, clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        Self { address, clock, randomness, assets: Assets::new() }
    }
}

impl<E: Endpoint> Middleware<E> for Front {
    type Output = PagesEndpoint<<Door as Middleware<E>>::Output>;

    fn transform(&self, endpoint: E) -> Self::Output {
        PagesEndpoint { endpoint: Arc::new(self.door.transform(endpoint)), pages: self.pages.clone() }
    }
}

/// What a browser asks for.
struct Visit<E> {
    exchange: Exchange<E>,
    pages: Pages,
    links: Links,
    session: Option<SessionProof>,
    /// The path with a slash at its end.
    path: String,
    query: Parameters,
}

pub(crate) struct PagesEndpoint<E> {
    endpoint: Arc<E>,
    pages: Pages,
}

impl<E: Endpoint<Output = Response>> Endpoint for PagesEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let Some(wanted) = wanted(&request) else { return self.endpoint.call(request).await };
        if wanted == Wanted::Home {
            return Ok(see_other(API));
        }
        request.set_data(self.pages.address.clone());
        let visit = Visit {
            exchange: Exchange::new(Arc::clone(&self.endpoint), &request),
            pages: self.pages.clone(),
            links: Links::new(&request),
            session: SessionProof::of(&request),
            path: format!("{}/", request.uri().path().trim_end_matches('/')),
            query: Parameters::parse(request.uri().query().unwrap_or_default()),
        };
        let mut response = match wanted {
            // In boxes: most requests are no visits, and need not carry a place for all that one takes.
            Wanted::Send => Box::pin(visit.send(request)).await,
            Wanted::Look | Wanted::Home => Box::pin(visit.look()).await,
        };
        response.headers_mut().entry(header::VARY).or_insert(VARIES);
        Ok(response)
    }
}

/// 303: go there with a GET.
fn see_other(url: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, url).finish()
}

/// A page as an answer.
fn html(status: StatusCode, page: &impl askama::Template) -> Response {
    match page.render() {
        Ok(html) => Response::builder()
            .status(status)
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .body(html),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a page could not be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
