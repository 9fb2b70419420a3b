//! The service as a whole: built from settings, run until told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use orderdesk_application::ports::{Store, StoreError};
use orderdesk_application::services::{AccessService, Desk, Installation, Post, Throttle};
use orderdesk_domain::{Invalid, OrganizationName, UserName};
use orderdesk_http::server::{self, Hardened, Metrics, MetricsError, ServerSettings, Stopped};
use orderdesk_http::{AssemblyError, HttpSettings, Messaging};
use thiserror::Error;
use tokio::net::TcpListener;

use crate::announcement::{AnnouncementError, announce};
use crate::housekeeping::Housekeeping;
use crate::identities::{IdentitiesError, identities};
use crate::messaging::{MessagingError, Messenger, callbacks};
use crate::settings::Settings;
use crate::store;
use crate::system::{NoRandomness, SystemClock, SystemIds, SystemRandomness, SystemTimer};
use crate::throttling::throttle;

/// What the first start calls the administrator, until somebody changes it.
pub const ADMINISTRATOR: &str = "Administrator";
/// What the first start calls the organization.
const ORGANIZATION: &str = "My organization";

/// Why the service could not be built or run.
#[derive(Debug, Error)]
pub enum StartError {
    /// The store could not be opened or set up.
    #[error("cannot use the store")]
    Store(#[from] StoreError),
    /// A use case failed on the way.
    #[error("cannot set up the store")]
    Setup(#[from] orderdesk_application::Error),
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address that was to be listened on.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The first token could not be handed over.
    #[error(transparent)]
    Announcement(#[from] AnnouncementError),
    /// The API could not be put together.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// The identity providers are not acceptable.
    #[error(transparent)]
    Identities(#[from] IdentitiesError),
    /// The gateways are not set up.
    #[error(transparent)]
    Messaging(#[from] MessagingError),
    /// The metrics could not be declared.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// The system has no random numbers.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A name that the first start gives is not acceptable.
    #[error(transparent)]
    Name(#[from] Invalid),
}

/// The service, built but not yet serving; it holds its port already.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    endpoint: Hardened,
    server: ServerSettings,
    store: Arc<dyn Store>,
    access: AccessService,
    throttle: Arc<Throttle>,
    messenger: Messenger,
}

/// Opens the store and puts the ports together.
pub async fn open_desk(settings: &Settings) -> Result<Desk, StartError> {
    Ok(Desk {
        store: store::open(&settings.store, settings.migrate, settings).await?,
        clock: Arc::new(SystemClock),
        timer: Arc::new(SystemTimer),
        ids: Arc::new(SystemIds::new()),
        randomness: Arc::new(SystemRandomness::new()?),
        bearers: Arc::default(),
        post: Arc::new(Post::new(settings.sms_maximum_age.seconds().saturating_mul(1_000))),
        read_only: settings.read_only,
    })
}

impl Application {
    /// Opens the store, sets it up if it is new, and takes the port. The first token is announced only once
    /// nothing else can fail.
    pub async fn build(settings: &Settings) -> Result<Self, StartError> {
        let desk = open_desk(settings).await?;
        let server = server_settings(settings, desk.randomness.number());
        let throttle = Arc::new(throttle(settings, &desk));
        let http = HttpSettings {
            server: server.clone(),
            public_url: settings.public_url.as_ref().map(|url| url.as_str().to_owned()),
            trusted_proxies: settings.trusted_proxies.clone(),
            throttle: Arc::clone(&throttle),
        };
        let identities = identities(settings, &desk)?;
        let access = identities.access.clone();
        let messaging = Messaging { callbacks: callbacks(settings, &desk) };
        let metrics = Arc::new(Metrics::new()?);
        let endpoint = orderdesk_http::assemble(&desk, identities, messaging, http, metrics)?;
        let listen_error = |source| StartError::Listen { address: settings.listen, source };
        let listener = TcpListener::bind(settings.listen).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        install(&access, settings, address).await?;
        let messenger = Messenger::start(settings, &desk)?;
        Ok(Self { listener, address, endpoint, server, store: desk.store, access, throttle, messenger })
    }

    /// Where the service listens: the port that was asked for, or the free one that was found for port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` completes; then finishes what is in flight and closes the store.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Stopped {
        tracing::info!(address = %self.address, "serving");
        let housekeeping = Housekeeping::start(self.access, self.throttle);
        let stopped = server::serve(self.listener, self.endpoint, &self.server, shutdown).await;
        housekeeping.stop().await;
        self.messenger.stop(self.server.shutdown_grace).await;
        if let Err(error) = self.store.close().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the store could not be closed in order"
            );
        }
        tracing::info!(?stopped, "stopped");
        stopped
    }
}

async fn install(access: &AccessService, settings: &Settings, address: SocketAddr) -> Result<(), StartError> {
    if settings.read_only {
        return Ok(());
    }
    let installation = Installation {
        organization: OrganizationName::parse(ORGANIZATION)?,
        currency: settings.default_currency,
        time_zone: settings.default_time_zone.clone(),
        administrator: UserName::parse(ADMINISTRATOR)?,
    };
    if let Some(secret) = access.install(&installation).await? {
        announce(&secret, address, settings.initial_token_file.as_deref())?;
    }
    Ok(())
}

fn server_settings(settings: &Settings, instance: u64) -> ServerSettings {
    ServerSettings {
        header_timeout: settings.header_timeout.get(),
        request_timeout: settings.request_timeout.get(),
        shutdown_grace: settings.shutdown_grace,
        maximum_connections: usize::try_from(settings.max_connections.get()).unwrap_or(usize::MAX),
        body_limit: settings.body_limit.get(),
        cors_origins: settings.cors_origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
        instance,
    }
}
