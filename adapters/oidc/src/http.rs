//! How issuers are asked.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::endpoint::Endpoint;

/// How long it may take to be connected.
const CONNECTING: Duration = Duration::from_secs(2);
/// How long an answer may take, from first to last.
const ANSWERING: Duration = Duration::from_secs(5);
/// The most bytes of an answer that are read.
const LIMIT: usize = 1 << 20;

/// Asks issuers over HTTP: `https` unless they are on this machine, without following redirections, and with
/// limits to how long and how large an answer may be.
#[derive(Debug, Clone)]
pub struct HttpClient(Client);

/// The program cannot ask anybody: there is something wrong with the system's certificates.
#[derive(Debug, Error)]
#[error("no connections can be made")]
pub struct HttpClientError(#[source] reqwest::Error);

/// Why there is no answer that could be used. Several may have waited for it.
#[derive(Debug, Clone, Error)]
#[error("asking {at} was in vain")]
pub(crate) struct Failure {
    at: String,
    #[source]
    reason: Arc<Reason>,
}

/// What went wrong.
#[derive(Debug, Error)]
pub(crate) enum Reason {
    #[error("there is no answer")]
    Connection(#[source] reqwest::Error),
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the answer is too large")]
    TooLarge,
    #[error("the answer cannot be understood")]
    Content(#[source] serde_json::Error),
    /// Where the answer may hold secrets, which the error would quote.
    #[error("the answer cannot be understood")]
    PrivateContent,
    #[error("it says that it is another issuer")]
    OtherIssuer,
    #[error("it does not say its {0}")]
    Lacks(&'static str),
    #[error("it shows no key that could be used")]
    NoKeys,
    #[error("the program ends")]
    Dropped,
}

impl Failure {
    pub(crate) fn new(at: &Endpoint, reason: Reason) -> Self {
        Self { at: at.shown(), reason: Arc::new(reason) }
    }
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    /// What the body says, which may be secret.
    pub(crate) fn private<T: DeserializeOwned>(&self, at: &Endpoint) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|_| Failure::new(at, Reason::PrivateContent))
    }
}

impl HttpClient {
    /// A client for all issuers. It may be cloned; clones share their connections.
    pub fn new() -> Result<Self, HttpClientError> {
        let builder = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECTING)
            .timeout(ANSWERING)
            .user_agent(concat!("orderdesk/", env!("CARGO_PKG_VERSION")));
        builder.build().map(Self).map_err(HttpClientError)
    }

    /// What everybody may read at an address.
    pub(crate) async fn read<T: DeserializeOwned>(&self, at: &Endpoint) -> Result<T, Failure> {
        let answer = self.send(at, self.0.get(at.as_str())).await?;
        match answer.status {
            StatusCode::OK => serde_json::from_slice(&answer.body).map_err(Reason::Content),
            status => Err(Reason::Status(status)),
        }
        .map_err(|reason| Failure::new(at, reason))
    }

    /// The answer to who has a token.
    pub(crate) async fn get(&self, at: &Endpoint, token: &str) -> Result<Answer, Failure> {
        self.send(at, self.0.get(at.as_str()).bearer_auth(token)).await
    }

    /// The answer to a form, which may come with a name and a password.
    pub(crate) async fn post(
        &self,
        at: &Endpoint,
        form: &[(&str, &str)],
        account: Option<(&str, &str)>,
    ) -> Result<Answer, Failure> {
        let request = self.0.post(at.as_str()).form(form);
        let request = match account {
            Some((name, password)) => request.basic_auth(name, Some(password)),
            None => request,
        };
        self.send(at, request).await
    }

    async fn send(&self, at: &Endpoint, request: RequestBuilder) -> Result<Answer, Failure> {
        let request = request.header("Accept", "application/json");
        receive(request).await.map_err(|reason| Failure::new(at, reason))
    }
}

async fn receive(request: RequestBuilder) -> Result<Answer, Reason> {
    // The address is told by whoever asked, without what is in its query.
    let lost = |error: reqwest::Error| Reason::Connection(error.without_url());
    let mut response = request.send().await.map_err(lost)?;
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(lost)? {
        if body.len() + piece.len() > LIMIT {
            return Err(Reason::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status: response.status(), body })
}
