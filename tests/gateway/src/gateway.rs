//! A gateway that is a test's own.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use reqwest::StatusCode;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::conduct::Conduct;
use crate::http::{State, serve};
use crate::log::Log;
use crate::reports::{Plan, Report, Reporter};

/// A gateway on this machine. It ends with the value.
pub struct GatewayServer {
    url: String,
    state: Arc<State>,
    runtime: Handle,
    /// Ends it when it is dropped.
    _end: oneshot::Sender<()>,
}

impl GatewayServer {
    /// Starts a gateway on any free port. It takes over everything, and reports nothing.
    pub async fn start() -> Self {
        Self::start_at(0).await
    }

    /// Starts a gateway on a port.
    pub async fn start_at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            log: Arc::default(),
            manners: Mutex::default(),
            reporter: Arc::new(Reporter::new()),
        });
        let (end, ended) = oneshot::channel::<()>();
        let (started, starts) = oneshot::channel();
        let served = Arc::clone(&state);
        thread::Builder::new()
            .name("gateway".to_owned())
            .spawn(move || {
                let runtime = Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                    started.send(Handle::current()).unwrap();
                    tokio::select! {
                        never = serve(listener, served) => match never {},
                        _ = ended => {}
                    }
                });
            })
            .unwrap();
        Self { url, state, runtime: starts.await.unwrap(), _end: end }
    }

    /// Where it is: the base address of either API.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it has seen. It may be kept when the gateway has ended.
    pub fn log(&self) -> &Arc<Log> {
        &self.state.log
    }

    /// From now on, every request is taken like this.
    pub fn always(&self, conduct: Conduct) {
        self.state.manners.lock().unwrap().always(conduct);
    }

    /// From now on, requests are taken at random, each way as often as its weight says. The same seed makes the same
    /// choices.
    pub fn at_random(&self, seed: u64, weights: Vec<(u32, Conduct)>) {
        self.state.manners.lock().unwrap().at_random(seed, weights);
    }

    /// The next requests are taken like this, one after the other, before what is usual holds again.
    pub fn script(&self, conducts: impl IntoIterator<Item = Conduct>) {
        self.state.manners.lock().unwrap().script(conducts);
    }

    /// From now on, what becomes of messages is reported by one of these plans, each as often as its weight says, to
    /// the first of these addresses that receives it, beginning with any. Without addresses nothing is.
    pub fn report_to(&self, urls: &[&str], seed: u64, plans: Vec<(u32, Plan)>) {
        self.state.reporter.plan(urls, seed, plans);
    }

    /// Sends a report now, whatever it says.
    ///
    /// # Errors
    /// Where nobody receives it.
    pub async fn report(&self, url: &str, report: Report) -> reqwest::Result<StatusCode> {
        let (reporter, url) = (Arc::clone(&self.state.reporter), url.to_owned());
        // Its connections belong to the gateway's thread.
        self.runtime.spawn(async move { reporter.send(&url, &report).await }).await.unwrap()
    }

    /// How many reports that were planned have been received, and how many have not.
    pub fn reports(&self) -> (usize, usize) {
        self.state.reporter.outcomes()
    }

    /// Waits until everything that is planned to be reported has been.
    pub async fn until_reported(&self) {
        self.state.reporter.until_done().await;
    }
}
