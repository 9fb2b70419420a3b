//! The service within the test's own process, through the same door as the program's.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::Path;

use orderdesk_bootstrap::Application;
use orderdesk_bootstrap::settings::{Environment, Flags, Settings, Sources};
use orderdesk_http::server::Stopped;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::people::{email, issuer_file};
use crate::store::{Place, Store};

/// A service with a store of its own, which ends with the test. It *is* a [`Client`] of itself, with the
/// administrator's token.
pub struct Service {
    client: Client,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    stopped: JoinHandle<Stopped>,
    /// Its store and its files; gone when they are dropped.
    _place: Place,
    _directory: TempDir,
}

impl Service {
    /// Starts a service on a new store.
    pub async fn start(store: Store) -> Self {
        Self::start_with(store, &[]).await
    }

    /// Starts a service on a new store with these settings besides, by their names in the settings file.
    pub async fn start_with(store: Store, settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self::start_in(directory, store, settings).await
    }

    /// Starts a service on a new store to which people come, see [`Service::person`]. Who signs in as `staff`
    /// is staff.
    pub async fn start_with_issuer(store: Store) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("identity-providers.toml");
        std::fs::write(&file, issuer_file().await).unwrap();
        let settings = [("identity_providers", file.to_str().unwrap()), ("staff", &email("staff"))];
        Self::start_in(directory, store, &settings).await
    }

    async fn start_in(directory: TempDir, store: Store, settings: &[(&str, &str)]) -> Self {
        let token_file = directory.path().join("token");
        let place = store.place(directory.path()).await;
        let application = Application::build(&load(&place, &token_file, settings)).await;
        let application = application.unwrap();
        let address = application.address();
        let token = std::fs::read_to_string(token_file).unwrap();
        let (stop, stopping) = oneshot::channel();
        let stopped = tokio::spawn(application.run(async {
            // A test that ends without a word stops the service as well.
            let _ = stopping.await;
        }));
        let client = Client::new(address).with_token(token.trim());
        Self { client, address, stop, stopped, _place: place, _directory: directory }
    }

    /// Where the service listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells the service to stop and waits until it has.
    pub async fn stop(self) -> Stopped {
        // The service may have stopped already, which its outcome tells.
        let _ = self.stop.send(());
        self.stopped.await.unwrap()
    }
}

impl Deref for Service {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

fn load(place: &Place, token_file: &Path, settings: &[(&str, &str)]) -> Settings {
    let own = [
        ("listen", "127.0.0.1:0".to_owned()),
        ("store", place.setting().to_owned()),
        ("initial_token_file", token_file.display().to_string()),
        // A test that is about rates sets them.
        ("throttle", "off".to_owned()),
        // Nor are messages sent but where that is what a test is about: they wait.
        ("sms_worker", "off".to_owned()),
    ];
    let given = settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let sources = Sources {
        flags: Flags::new(own.into_iter().chain(given)),
        environment: Environment::default(),
        read_file: &|_| Err(io::ErrorKind::NotFound.into()),
    };
    Settings::load(&sources).unwrap()
}
