//! `/api/schema/`, `/api/v1/docs/` and `/api/v1/swagger-docs/`: open to all.

use poem::endpoint::make_sync;
use poem::{Request, Response, Route};

use crate::listing::Parameters;
use crate::negotiation::Format;
use crate::openapi::{Document, Page, redoc, swagger_ui};
use crate::problem::Failure;
use crate::routes::Resource;

/// Adds the routes.
pub(crate) fn documentation_routes(routes: Route, document: &Document) -> Result<Route, Failure> {
    let (json, yaml) = (document.json(), document.yaml()?);
    let schema = make_sync(move |request: Request| {
        Parameters::parse(request.uri().query().unwrap_or_default()).finish()?;
        let format = request.data().copied().unwrap_or(Format::Json);
        let text = if format == Format::Yaml { &yaml } else { &json };
        Ok::<_, poem::Error>(Response::builder().content_type(format.media_type()).body(text.clone()))
    });
    let schema = Resource::read_only("/api/schema/", "The OpenAPI document", schema);
    let page =
        |template, name, page: Page| Resource::read_only(template, name, make_sync(move |_| page.answer()));
    let swagger = page("/api/v1/swagger-docs/", "The documentation, with Swagger UI", swagger_ui(document));
    Ok(routes
        .at("/api/schema", schema.offering(&[Format::Json, Format::Yaml]))
        .at("/api/v1/docs", page("/api/v1/docs/", "The documentation, with ReDoc", redoc(document)))
        .at("/api/v1/swagger-docs", swagger))
}
