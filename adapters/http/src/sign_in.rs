//! `/api/v1/api-auth/`: signing in with a provider, or with an API token where there is none, and signing out.

use std::sync::Arc;

use orderdesk_application::ports::{Clock, IdentityProvider, Randomness};
use orderdesk_application::services::AccessService;
use orderdesk_application::{Error, Problem};
use orderdesk_domain::{Issuer, SessionSecret, SignInSecret, TokenSecret};
use poem::endpoint::make;
use poem::http::{Method, StatusCode, header};
use poem::{EndpointExt as _, Request, Response, Result, Route};

use crate::body::AnyForm;
use crate::links::{API, Links};
use crate::listing::Parameters;
use crate::negotiation::prefers_page;
use crate::pages::SignInPages;
use crate::problem::Failure;
use crate::routes::Resource;
use crate::session::{Cookie, SessionProof, check_origin};

mod place;

use place::Place;

/// How long a person may take to sign in with the provider, in seconds.
const SIGN_IN_SECONDS: i64 = 600;

/// What signing in takes.
pub(crate) struct SignIn {
    pub(crate) access: AccessService,
    pub(crate) providers: Vec<Arc<dyn IdentityProvider>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
    /// For how long a browser keeps its session, in seconds.
    pub(crate) session_seconds: i64,
    /// Draws the page on which to choose.
    pub(crate) pages: SignInPages,
}

/// A sign-in under way, as the browser keeps it: the secret, the provider, and where to go afterwards.
struct UnderWay {
    secret: SignInSecret,
    provider: String,
    next: Place,
}

impl UnderWay {
    fn parse(cookie: &str) -> Option<Self> {
        let mut parts = cookie.splitn(3, '.');
        let (secret, provider, next) = (parts.next()?, parts.next()?, parts.next()?);
        let next = Place::from_cookie(next)?;
        Some(Self { secret: SignInSecret::parse(secret)?, provider: provider.to_owned(), next })
    }

    fn to_cookie(&self) -> String {
        format!("{}.{}.{}", self.secret.reveal(), self.provider, self.next.to_cookie())
    }
}

/// The steps of signing in and out.
#[derive(Clone, Copy)]
enum Step {
    Begin,
    SignInWithToken,
    Complete,
    SignOut,
}

impl SignIn {
    async fn take(&self, step: Step, request: Request) -> Result<Response> {
        match step {
            Step::Begin => self.begin(&request).await,
            Step::SignInWithToken => self.sign_in_with_token(request).await,
            Step::Complete => self.complete(&request).await,
            Step::SignOut => self.sign_out(request).await,
        }
    }

    fn provider(&self, name: &str) -> Option<&Arc<dyn IdentityProvider>> {
        self.providers.iter().find(|provider| provider.name() == name)
    }

    fn vouching(&self, issuer: &Issuer) -> Option<&Arc<dyn IdentityProvider>> {
        self.providers.iter().find(|provider| provider.issuer() == issuer)
    }

    /// `GET authenticate/`: to the only provider, or the one that is named, or a page to choose.
    async fn begin(&self, request: &Request) -> Result<Response> {
        let mut parameters = Parameters::parse(request.uri().query().unwrap_or_default());
        let next = parameters.take("next").map(|next| Place::parse(&next)).transpose();
        let named = parameters.take("provider");
        parameters.finish()?;
        let next = next.map_err(|reason| Failure::invalid_field("next", reason))?.unwrap_or_default();
        let provider = match (&named, self.providers.as_slice()) {
            (Some(name), _) => self.provider(name).ok_or_else(|| self.unknown_provider())?,
            (None, [only]) => only,
            (None, providers) => return Ok(self.pages.page(StatusCode::OK, providers, next.as_str(), None)),
        };
        let links = Links::new(request);
        let secret = SignInSecret::generate(self.randomness.bytes());
        let url = provider.authorization_url(&secret, &callback(&links)).await;
        let url = url.map_err(|error| Failure::of(Error::from(error), "sign-ins"))?;
        let mut response = see_other(&url);
        let under_way = UnderWay { secret, provider: provider.name().to_owned(), next };
        Cookie::SignIn.write(&mut response, &links, &under_way.to_cookie(), SIGN_IN_SECONDS);
        Ok(response)
    }

    fn unknown_provider(&self) -> Failure {
        let names: Vec<_> = self.providers.iter().map(|provider| provider.name()).collect();
        let reason = format!("There is no such provider. The providers are: {}.", names.join(", "));
        Failure::invalid_field("provider", reason)
    }

    /// `POST authenticate/`: with an API token, where no provider is configured.
    async fn sign_in_with_token(&self, request: Request) -> Result<Response> {
        check_origin(&request)?;
        if !self.providers.is_empty() {
            let text = "Sign in with an identity provider: GET this address.";
            return Err(Failure::new(StatusCode::FORBIDDEN, "forbidden", text).into());
        }
        let (links, before) = (Links::new(&request), SessionProof::of(&request));
        let is_on_page = prefers_page(&request);
        let form = Form::read(request).await?;
        let next = form.value("next").map(Place::parse).transpose();
        let next = next.map_err(|reason| Failure::invalid_field("next", reason))?.unwrap_or_default();
        let token = form.value("token").unwrap_or_default().trim();
        let before = before.as_ref().map(|before| &before.0);
        let session = match TokenSecret::parse(token) {
            Some(token) => match self.access.sign_in_with_token(&token, before).await {
                Err(Error::Refused(problems)) if problems.contains(&Problem::NotFound) => None,
                outcome => Some(outcome.map_err(|error| Failure::of(error, "sign-ins"))?),
            },
            None => None,
        };
        let refusal = "This token is not valid, or not any more.";
        match session {
            Some(session) => Ok(self.enter(&links, session, &next)),
            // Who has mistyped it may try again at once.
            None if is_on_page => {
                let (status, alert) = (StatusCode::UNAUTHORIZED, Some(refusal.to_owned()));
                Ok(self.pages.page(status, &self.providers, next.as_str(), alert))
            }
            None => Err(Failure::unauthenticated(refusal).into()),
        }
    }

    /// `GET callback/`: back from the provider.
    async fn complete(&self, request: &Request) -> Result<Response> {
        let links = Links::new(request);
        let under_way = Cookie::SignIn.read(request, &links).and_then(UnderWay::parse);
        let mut parameters = Parameters::parse(request.uri().query().unwrap_or_default());
        let (state, code) = (parameters.take("state"), parameters.take("code"));
        let failed = |text: &str| Failure::new(StatusCode::BAD_REQUEST, "sign_in_failed", text);
        let under_way = under_way.ok_or_else(|| {
            failed("No sign-in is under way in this browser, or it took too long; begin again.")
        })?;
        // Only who has the cookie could have made this; to compare digests says nothing about either.
        let matches = |state: &String| same(state, &under_way.secret.state());
        if !state.as_ref().is_some_and(matches) {
            return Err(failed("This answer is to another sign-in; begin again.").into());
        }
        let provider = self.provider(&under_way.provider).ok_or_else(|| self.unknown_provider())?;
        let code = code.ok_or_else(|| failed("The identity provider did not let you in."))?;
        let redeemed = provider.redeem(&code, &under_way.secret, &callback(&links), self.clock.now()).await;
        let voucher = redeemed.map_err(|error| Failure::of(Error::from(error), "sign-ins"))?;
        let before = SessionProof::of(request);
        let session = self.access.sign_in(&voucher, before.as_ref().map(|before| &before.0)).await;
        let session = session.map_err(|error| Failure::of(error, "sign-ins"))?;
        let mut response = self.enter(&links, session, &under_way.next);
        Cookie::SignIn.write(&mut response, &links, "", 0);
        Ok(response)
    }

    /// `POST logout/`: out of this service, and out of the provider's session where it offers that.
    async fn sign_out(&self, request: Request) -> Result<Response> {
        let links = Links::new(&request);
        let back = links.path(API);
        let mut response = see_other(&back);
        if let Some(session) = SessionProof::of(&request) {
            // The form is read only where the header does not say it all.
            if let Err(refused) = session.check(&request, None) {
                check_origin(&request)?;
                let proof = Request::builder().method(Method::POST).finish();
                let form = Form::read(request).await.map_err(|_| refused)?;
                session.check(&proof, form.value("csrf_token"))?;
            }
            let issuer = self.access.sign_out(&session.0).await;
            let issuer = issuer.map_err(|error| Failure::of(error, "sign-ins"))?;
            if let Some(provider) = issuer.and_then(|issuer| self.vouching(&issuer))
                && let Some(url) = provider.end_session_url(&back).await
            {
                response = see_other(&url);
            }
        }
        SessionProof::forget(&mut response, &links);
        Ok(response)
    }

    /// Lets the browser in.
    fn enter(&self, links: &Links, session: SessionSecret, next: &Place) -> Response {
        let mut response = see_other(&links.path(next.as_str()));
        SessionProof(session).keep(&mut response, links, self.session_seconds);
        response
    }
}

fn same(one: &str, other: &str) -> bool {
    use orderdesk_domain::SecretDigest;
    SecretDigest::of(one.as_bytes()) == SecretDigest::of(other.as_bytes())
}

fn callback(links: &Links) -> String {
    links.path(&format!("{API}api-auth/callback/"))
}

/// 303: go there with a GET.
fn see_other(url: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, url).finish()
}

/// The fields of an HTML form.
struct Form(Vec<(String, String)>);

impl Form {
    async fn read(mut request: Request) -> Result<Self> {
        Ok(Self(AnyForm::of(&mut request).read().await?))
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// Adds the routes.
pub(crate) fn sign_in_routes(routes: Route, sign_in: SignIn) -> Route {
    let sign_in = Arc::new(sign_in);
    let resource = |template, name, methods: &[(Method, Step)]| {
        let endpoints = methods.iter().map(|(method, step)| {
            let (sign_in, step) = (Arc::clone(&sign_in), *step);
            let endpoint = make(move |request| {
                let sign_in = Arc::clone(&sign_in);
                async move { sign_in.take(step, request).await }
            });
            (method.clone(), endpoint.boxed())
        });
        Resource::beside(template, name, endpoints)
    };
    let authenticate = [(Method::GET, Step::Begin), (Method::POST, Step::SignInWithToken)];
    let (complete, leave) = ([(Method::GET, Step::Complete)], [(Method::POST, Step::SignOut)]);
    routes
        .at(
            "/api/v1/api-auth/authenticate",
            resource("/api/v1/api-auth/authenticate/", "Sign in", &authenticate),
        )
        .at(
            "/api/v1/api-auth/callback",
            resource("/api/v1/api-auth/callback/", "Complete a sign-in", &complete),
        )
        .at("/api/v1/api-auth/logout", resource("/api/v1/api-auth/logout/", "Sign out", &leave))
}
