//! Who calls: the first of all checks, before any route is looked for.

use orderdesk_application::services::AccessService;
use orderdesk_domain::TokenSecret;
use poem::http::header::AUTHORIZATION;
use poem::{Endpoint, Middleware, Request, Response, Result};

use crate::links::API;
use crate::problem::Failure;
use crate::server::PrincipalLabel;

/// Under the API's path, open to all all the same.
const OPEN: [&str; 2] = ["/api/v1/docs", "/api/v1/swagger-docs"];

/// Lets only known callers pass, and leaves the principal in the request's extensions.
pub(crate) struct Authentication {
    pub(crate) access: AccessService,
}

impl<E: Endpoint<Output = Response>> Middleware<E> for Authentication {
    type Output = AuthenticationEndpoint<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        AuthenticationEndpoint { endpoint, access: self.access.clone() }
    }
}

pub(crate) struct AuthenticationEndpoint<E> {
    endpoint: E,
    access: AccessService,
}

impl<E: Endpoint<Output = Response>> Endpoint for AuthenticationEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if is_open(request.uri().path()) {
            return self.endpoint.call(request).await;
        }
        let secret = presented(&request)?;
        let principal =
            self.access.authenticate(&secret).await.map_err(|error| Failure::of(error, "tokens"))?;
        let principal = principal.ok_or_else(|| Failure::unauthenticated("This token is not valid."))?;
        let label = PrincipalLabel(principal.user.id.to_string());
        request.set_data(principal);
        match self.endpoint.call(request).await {
            Ok(mut response) => {
                response.set_data(label);
                Ok(response)
            }
            Err(mut error) => {
                error.set_data(label);
                Err(error)
            }
        }
    }
}

fn is_open(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let within = path == API.trim_end_matches('/') || path.starts_with(API);
    !within || OPEN.contains(&path)
}

/// The token in the `Authorization` header (RFC 6750, section 2.1).
fn presented(request: &Request) -> Result<TokenSecret, Failure> {
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        return Err(Failure::unauthenticated(
            "Authentication is required: send Authorization: Bearer <token>.",
        ));
    };
    let credentials = header.to_str().ok().and_then(|header| header.split_once(' '));
    let bearer = credentials.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = bearer else {
        return Err(Failure::unauthenticated("Only Authorization: Bearer <token> is accepted."));
    };
    TokenSecret::parse(token.trim()).ok_or_else(|| Failure::unauthenticated("This token is not valid."))
}
