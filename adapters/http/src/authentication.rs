//! Who calls: the first of all checks, before any route is looked for.

use std::sync::Arc;

use orderdesk_application::services::{AccessService, Credentials};
use orderdesk_application::{Caller, Principal};
use orderdesk_domain::TokenSecret;
use poem::http::header::AUTHORIZATION;
use poem::http::{HeaderValue, Method};
use poem::{Endpoint, Middleware, Request, Response, Result};

use crate::links::{API, client_address, is_callback};
use crate::problem::Failure;
use crate::server::PrincipalLabel;
use crate::session::SessionProof;
use crate::throttling::Throttling;

/// Under the API's path, open to all all the same.
const OPEN: [&str; 2] = ["/api/v1/docs", "/api/v1/swagger-docs"];

/// Under which all is open to all: signing in and out.
const SIGN_IN: &str = "/api/v1/api-auth/";

/// Lets only known callers pass who do not call too often, and leaves the [`Caller`] in the request's extensions.
#[derive(Clone)]
pub(crate) struct Authentication {
    pub(crate) access: AccessService,
    pub(crate) throttling: Throttling,
}

impl<E: Endpoint<Output = Response>> Middleware<E> for Authentication {
    type Output = AuthenticationEndpoint<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        AuthenticationEndpoint { endpoint, authentication: self.clone() }
    }
}

pub(crate) struct AuthenticationEndpoint<E> {
    endpoint: E,
    authentication: Authentication,
}

impl Authentication {
    /// Who calls, and by which session if by one.
    async fn recognise(&self, request: &Request) -> Result<(Arc<Principal>, Option<SessionProof>)> {
        let Some(presented) = presented(request) else {
            self.throttling.admit(request, None).await?;
            let text = "Authentication is required: send Authorization: Bearer <token>, or sign in.";
            return Err(Failure::unauthenticated(text).into());
        };
        let refused = match presented {
            Ok((credentials, session)) => {
                let found = self.access.authenticate(&credentials).await;
                match found.map_err(|error| Failure::of(error, "tokens"))? {
                    Some(principal) => return Ok((principal, session)),
                    None => Failure::unauthenticated(refusal(&credentials)),
                }
            }
            Err(refused) => refused,
        };
        self.throttling.failed_credential(request).await?;
        Err(refused.into())
    }

    /// Counts the call, and lets it go on.
    async fn admit<E: Endpoint<Output = Response>>(
        &self,
        endpoint: &E,
        request: Request,
        caller: &Principal,
    ) -> Result<Response> {
        self.throttling.admit(&request, Some(caller)).await?;
        endpoint.call(request).await
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for AuthenticationEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let path = request.uri().path();
        if request.method() == Method::POST && is_callback(path) {
            // Whether it counts is for the one to say who knows the secret.
            return self.endpoint.call(request).await;
        }
        if is_open(path) {
            self.authentication.throttling.admit(&request, None).await?;
            return self.endpoint.call(request).await;
        }
        let (principal, session) = self.authentication.recognise(&request).await?;
        let label = PrincipalLabel(principal.user.id.to_string());
        let address = client_address(&request);
        request.set_data(Caller { principal: Arc::clone(&principal), address });
        if let Some(session) = session {
            request.set_data(session);
        }
        match self.authentication.admit(&self.endpoint, request, &principal).await {
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
    let bare = path.trim_end_matches('/');
    let within = bare == API.trim_end_matches('/') || bare.starts_with(API);
    !within || OPEN.contains(&bare) || path.starts_with(SIGN_IN) || is_callback(path)
}

fn refusal(credentials: &Credentials) -> &'static str {
    match credentials {
        Credentials::Token(_) | Credentials::Signed(_) => "This token is not valid, or not any more.",
        Credentials::Session(_) => "This session has ended; sign in again.",
    }
}

/// What the caller presents, or why it is nothing of the kind: the `Authorization` header (RFC 6750, section 2.1), or else
/// the session cookie; `None` where there is neither. A bad header is not made up for by a good cookie.
fn presented(request: &Request) -> Option<Result<(Credentials, Option<SessionProof>), Failure>> {
    if let Some(header) = request.headers().get(AUTHORIZATION) {
        return Some(bearer(header).map(|credentials| (credentials, None)));
    }
    let session = SessionProof::of(request)?;
    Some(Ok((Credentials::Session(session.0.clone()), Some(session))))
}

fn bearer(header: &HeaderValue) -> Result<Credentials, Failure> {
    let credentials = header.to_str().ok().and_then(|header| header.split_once(' '));
    let bearer = credentials.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = bearer else {
        return Err(Failure::unauthenticated("Only Authorization: Bearer <token> is accepted."));
    };
    let token = token.trim();
    if let Some(secret) = TokenSecret::parse(token) {
        return Ok(Credentials::Token(secret));
    }
    // Three parts in base64url (RFC 7515, section 7.1).
    let is_signed = token.split('.').count() == 3 && token.bytes().all(|byte| byte.is_ascii_graphic());
    if is_signed {
        return Ok(Credentials::Signed(token.to_owned()));
    }
    Err(Failure::unauthenticated("This token is not valid, or not any more."))
}
