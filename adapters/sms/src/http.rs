//! How gateways are reached: once for each message, whatever happens.

use std::error::Error as _;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, retry};
use thiserror::Error;

/// The most bytes of an answer that are read.
const LIMIT: usize = 1 << 16;

/// How long a connection is kept that nobody uses. Servers close theirs after five seconds or more: a message that is
/// written at the moment at which the other side hangs up is one of which nobody knows whether it arrived.
const IDLE: Duration = Duration::from_secs(3);

/// How long a gateway has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take to be connected.
    pub connecting: Duration,
    /// How long it may take from the first to the last, being connected included.
    pub answering: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connecting: Duration::from_secs(5), answering: Duration::from_secs(20) }
    }
}

/// Reaches gateways over HTTP, without following redirections and without ever repeating a request, and with limits to
/// how long and how large an answer may be. It may be cloned; clones share their connections.
///
/// `hyper` gives a request to another connection if the one that it was meant for is closed before a single byte of it
/// was written. That cannot be turned off here, and is no repetition. What was written, if only in part, fails.
#[derive(Debug, Clone)]
pub struct HttpClient(Client);

/// The program cannot reach anybody: there is something wrong with the system's certificates.
#[derive(Debug, Error)]
#[error("no connections can be made")]
pub struct HttpClientError(#[source] reqwest::Error);

/// What came of a request.
pub(crate) enum Exchange {
    /// It was not sent: there was no connection.
    NotReached {
        /// Why not.
        reason: String,
    },
    /// It may have arrived, and may not.
    Lost {
        /// What happened.
        reason: String,
    },
    /// There is an answer.
    Answered {
        status: StatusCode,
        /// Where it did not come whole, or is too large: what happened.
        body: Result<Vec<u8>, String>,
    },
}

impl HttpClient {
    /// A client for all gateways.
    pub fn new() -> Result<Self, HttpClientError> {
        Self::with_limits(Limits::default())
    }

    /// A client that has more or less patience.
    pub fn with_limits(limits: Limits) -> Result<Self, HttpClientError> {
        let builder = Client::builder()
            .http1_only()
            .redirect(Policy::none())
            .retry(retry::never())
            .pool_idle_timeout(IDLE)
            .connect_timeout(limits.connecting)
            .timeout(limits.answering)
            .user_agent(concat!("orderdesk/", env!("CARGO_PKG_VERSION")));
        builder.build().map(Self).map_err(HttpClientError)
    }

    /// Sends a form, once.
    pub(crate) async fn post(
        &self,
        at: &str,
        form: &[(&str, &str)],
        authorize: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Exchange {
        let request = authorize(self.0.post(at).form(form).header("Accept", "application/json"));
        match request.send().await {
            Ok(response) => {
                let status = response.status();
                Exchange::Answered { status, body: read(response).await }
            }
            // A request that cannot be built is not sent either.
            Err(error) if error.is_connect() || error.is_builder() => {
                Exchange::NotReached { reason: reason(&error) }
            }
            Err(error) => Exchange::Lost { reason: reason(&error) },
        }
    }
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + piece.len() > LIMIT {
            return Err("the answer is too large".to_owned());
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// The innermost cause, which says what happened; those around it say to whom, with the address.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(std::error::Error::source) {
        cause = Some(inner);
    }
    cause.map_or_else(|| "the connection failed".to_owned(), ToString::to_string)
}
