//! The table of routes, and what holds for every path in it: 405 with `Allow`, `HEAD`, `OPTIONS`, 406.

use std::collections::HashMap;

use orderdesk_application::Caller;
use orderdesk_domain::Action;
use poem::endpoint::BoxEndpoint;
use poem::http::header::{ALLOW, IF_MATCH, VARY};
use poem::http::{HeaderValue, Method, StatusCode};
use poem::{Endpoint, EndpointExt as _, IntoResponse, PathPattern, Request, Response, Result, Route};
use poem_openapi::OpenApi;
use uuid::Uuid;

use crate::gate::{Gate, Gates, action};
use crate::links::{Links, is_callback};
use crate::listing::parse_uuid;
use crate::negotiation::{Format, negotiate};
use crate::openapi::{Document, OptionsAnswer};
use crate::problem::{Failure, VARIES};
use crate::session::SessionProof;

/// What a path answers, by method.
pub(crate) struct Resource {
    methods: HashMap<Method, BoxEndpoint<'static>>,
    allow: HeaderValue,
    options: OptionsAnswer,
    /// The path as the documentation has it: what log and metrics call it.
    template: PathPattern,
    /// What a `GET` can answer, the preferred first; nothing where there is no choice.
    offers: &'static [Format],
    /// The headers that decide about an answer, if any do.
    vary: Option<HeaderValue>,
    /// Who may do what here.
    gate: Option<Gate>,
}

/// What is told of a request only if there is the object that its path names: that it is malformed, or that nothing
/// acceptable can be had.
const AFTER_EXISTENCE: [StatusCode; 3] =
    [StatusCode::BAD_REQUEST, StatusCode::NOT_ACCEPTABLE, StatusCode::UNSUPPORTED_MEDIA_TYPE];

impl Resource {
    /// A path that stands beside the API: its template, what it is, and how it answers each method.
    pub(crate) fn beside(
        template: &'static str,
        name: &str,
        methods: impl IntoIterator<Item = (Method, BoxEndpoint<'static>)>,
    ) -> Self {
        let methods = methods.into_iter().collect();
        let names = allowed(&methods);
        let allow = allow(&names);
        Self {
            options: OptionsAnswer::beside(name, allow.clone(), &names),
            allow,
            template: PathPattern(template.into()),
            offers: &[],
            vary: None,
            gate: None,
            methods,
        }
    }

    /// A path that stands beside the API and is only read.
    pub(crate) fn read_only<E>(template: &'static str, name: &str, endpoint: E) -> Self
    where
        E: Endpoint<Output: IntoResponse> + 'static,
    {
        Self::beside(template, name, [(Method::GET, endpoint.map_to_response().boxed())])
    }

    /// The same with a choice of representations.
    pub(crate) fn offering(self, offers: &'static [Format]) -> Self {
        Self { offers, vary: Some(HeaderValue::from_static("Accept")), ..self }
    }

    /// Whether the path is that of one object.
    fn names_object(&self) -> bool {
        self.template.0.ends_with("{id}/")
    }

    /// Answers, or refuses; that there is no such object goes before everything that is wrong with the request.
    async fn answer(&self, request: Request) -> Result<Response> {
        let Some(gate) = &self.gate else { return self.dispatch(request, None).await };
        let Some(id) = request.raw_path_param("param0") else { return self.dispatch(request, None).await };
        let id = parse_uuid(id).ok_or_else(Failure::not_found)?;
        let caller = request.data::<Caller>().cloned();
        let outcome = self.dispatch(request, Some(id)).await;
        if let (Err(error), Some(caller)) = (&outcome, caller)
            && AFTER_EXISTENCE.contains(&error.status())
        {
            gate.find(caller, id).await?;
        }
        outcome
    }

    /// Whether the caller may do this here.
    async fn permit(&self, request: &Request, action: Action, id: Option<Uuid>) -> Result<(), Failure> {
        match (&self.gate, request.data::<Caller>()) {
            (Some(gate), Some(caller)) => gate.permit(caller.clone(), action, id).await,
            _ => Ok(()),
        }
    }

    /// What can be done here, as far as the caller may.
    async fn describe(&self, request: &Request, id: Option<Uuid>) -> Response {
        let mut methods = Vec::new();
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if self.methods.contains_key(&method) && self.permit(request, action(&method), id).await.is_ok() {
                methods.push(method);
            }
        }
        self.options.answer(&Links::new(request), &methods)
    }

    async fn dispatch(&self, mut request: Request, id: Option<Uuid>) -> Result<Response> {
        let method = match request.method() {
            &Method::HEAD => Method::GET,
            method => method.clone(),
        };
        let endpoint = match self.methods.get(&method) {
            Some(endpoint) => endpoint,
            None if method == Method::OPTIONS => return Ok(self.describe(&request, id).await),
            None => {
                let text = format!(
                    "{method} is not allowed here; allowed: {}.",
                    self.allow.to_str().unwrap_or_default()
                );
                let failure = Failure::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text);
                return Err(failure.with_header(ALLOW, self.allow.clone()).into());
            }
        };
        let permitted =
            if method == Method::GET { Ok(()) } else { self.permit(&request, action(&method), id).await };
        // That there is nothing goes before everything else; that the caller may not, after what can be had.
        let permitted = match permitted {
            Err(failure) if failure.is_absence() => return Err(failure.into()),
            permitted => permitted,
        };
        // Where there is no choice, none is made.
        let offers =
            if method == Method::GET || self.offers.is_empty() { self.offers } else { &[Format::Json] };
        if !offers.is_empty() {
            let format = negotiate(&request, offers)?;
            request.set_data(format);
        }
        if let Some(session) = request.data::<SessionProof>() {
            session.check(&request, None)?;
        }
        permitted?;
        if !self.names_object() && method != Method::GET && request.headers().contains_key(IF_MATCH) {
            let text = "If-Match is about one object; a bulk request takes the version in each of its rows.";
            return Err(Failure::malformed(text).into());
        }
        endpoint.call(request).await
    }
}

impl Endpoint for Resource {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        match self.answer(request).await {
            Ok(mut response) => {
                response.set_data(self.template.clone());
                response.headers_mut().extend(self.vary.clone().map(|vary| (VARY, vary)));
                Ok(response)
            }
            Err(mut error) => {
                error.set_data(self.template.clone());
                Err(error)
            }
        }
    }
}

/// Adds every path of `api`, which `document` describes.
pub(crate) fn api_routes<A: OpenApi>(routes: Route, api: A, document: &Document, gates: &Gates) -> Route {
    let templates: HashMap<String, String> = A::meta()
        .into_iter()
        .flat_map(|api| api.paths)
        .map(|path| (positional(&path.path), format!("{}/", path.path.trim_end_matches('/'))))
        .collect();
    let mut table = HashMap::new();
    api.add_routes(&mut table);
    table.into_iter().fold(routes, |routes, (path, methods)| {
        let template = templates.get(&path).cloned().unwrap_or_else(|| path.clone());
        let names = allowed(&methods);
        let allow = allow(&names);
        let gate = gates.get(template.as_str()).cloned();
        let offers: &[_] = if document.lists(&template) {
            &[Format::Json, Format::Csv, Format::Page]
        } else if is_callback(&template) {
            // A gateway hears that its call was noted, whatever it would rather hear.
            &[]
        } else {
            &[Format::Json, Format::Page]
        };
        let resource = Resource {
            options: OptionsAnswer::new(document, &template, allow.clone(), &names),
            allow,
            template: PathPattern(template.into()),
            offers,
            vary: Some(VARIES),
            gate,
            methods,
        };
        routes.at(path, resource)
    })
}

/// The methods of a path, in a lasting order.
fn allowed(methods: &HashMap<Method, BoxEndpoint<'static>>) -> Vec<String> {
    let mut names: Vec<_> = methods.keys().map(ToString::to_string).collect();
    if methods.contains_key(&Method::GET) {
        names.push(Method::HEAD.to_string());
    }
    names.push(Method::OPTIONS.to_string());
    names.sort();
    names
}

/// Their names as `Allow` tells them.
fn allow(names: &[String]) -> HeaderValue {
    // Names of methods always make a header.
    HeaderValue::try_from(names.join(", ")).unwrap_or(HeaderValue::from_static(""))
}

/// A documented path as the route table writes it: `/customers/{id}` is `/customers/:param0`.
fn positional(path: &str) -> String {
    let mut count = 0;
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            count += 1;
            format!(":param{}", count - 1)
        } else {
            segment.to_owned()
        }
    });
    segments.collect::<Vec<_>>().join("/")
}
