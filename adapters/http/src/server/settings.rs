//! The bounds of time, size and number that an operator may set.

use std::time::Duration;

/// How the server treats connections and requests; [`Default`] is what suits most installations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// How long a connection may take to send a whole head, counted from the moment it is opened or its last
    /// request was answered: so also how long one may stay silent or idle. 10 seconds unless set.
    pub header_timeout: Duration,
    /// How long a request may take from its head to the head of its answer, and how long a client may leave
    /// an answer untouched before the connection is given up. 30 seconds unless set.
    pub request_timeout: Duration,
    /// How long requests in flight may still take once the server is to stop. 20 seconds unless set.
    pub shutdown_grace: Duration,
    /// How many connections are served at once; the next ones wait in the system's queue. 10,000 unless set.
    pub maximum_connections: usize,
    /// The most bytes that a request's body may have. 1 MiB unless set.
    pub body_limit: u64,
    /// The origins whose pages may call, exactly as a browser sends them: `https://shop.example`. None unless
    /// set, which turns CORS off.
    pub cors_origins: Vec<String>,
    /// A random number that tells this process's request ids from another's. 0 unless set.
    pub instance: u64,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(20),
            maximum_connections: 10_000,
            body_limit: 1024 * 1024,
            cors_origins: Vec::new(),
            instance: 0,
        }
    }
}
