//! `/api/schema/`, `/api/v1/docs/` and `/api/v1/swagger-docs/`: open to all.

use poem::endpoint::make_sync;
use poem::http::header::VARY;
use poem::{Request, Response, Route, get};

use crate::negotiation::{Format, negotiate};
use crate::openapi::{Document, Page, redoc, swagger_ui};
use crate::problem::Failure;

/// Adds the routes.
pub(crate) fn documentation_routes(routes: Route, document: &Document) -> Result<Route, Failure> {
    let (json, yaml) = (document.json(), document.yaml()?);
    let schema = make_sync(move |request: Request| {
        let format = negotiate(&request, &[Format::Json, Format::Yaml])?;
        let text = if format == Format::Yaml { &yaml } else { &json };
        let response =
            Response::builder().content_type(format.media_type()).header(VARY, "Accept").body(text.clone());
        Ok::<_, poem::Error>(response)
    });
    let page = |page: Page| make_sync(move |_| page.answer());
    Ok(routes
        .at("/api/schema", get(schema))
        .at("/api/v1/docs", get(page(redoc(document))))
        .at("/api/v1/swagger-docs", get(page(swagger_ui(document)))))
}
