//! Which gateways take texts to phones, and who asks them.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use orderdesk_application::ports::{GatewayCallbacks, SmsGateway};
use orderdesk_application::services::{CallbackSecret, CallbackService, Desk, Relay};
use orderdesk_domain::Gateway;
use orderdesk_sms::{
    AfricasTalking, AfricasTalkingCallbacks, AfricasTalkingSettings, Console, HttpClient, HttpClientError,
    Limits, Twilio, TwilioCallbacks, TwilioReports, TwilioSender, TwilioSettings,
};
use thiserror::Error;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::settings::{Settings, variable};

/// How often other programs are told of messages at the most.
const ANNOUNCE_EVERY: Duration = Duration::from_millis(20);
/// What the SID of a messaging service of Twilio begins with; it stands where a number or a name would.
const MESSAGING_SERVICE: &str = "MG";

/// Why no texts can be sent as the settings say.
#[derive(Debug, Error)]
pub enum MessagingError {
    /// A gateway is to be used and what it needs is not set.
    #[error("the gateway {} needs {}", .gateway.name(), .settings.map(variable).join(" and "))]
    Incomplete {
        /// Which one.
        gateway: Gateway,
        /// What it needs.
        settings: [&'static str; 2],
    },
    /// Twilio has nobody that texts come from.
    #[error("the gateway twilio needs {}", variable("twilio_sender"))]
    NoSender,
    /// A gateway is named twice.
    #[error("the gateway {} is named twice in {}", .0.name(), variable("sms"))]
    Twice(Gateway),
    /// A text would count as lost while a gateway may still answer.
    #[error(
        "{} is too short: it has to be at least {least:?}, twice what the gateways may take to answer, and as long as \
         texts in flight ({}) wait for their turn ({} a second)",
        variable("sms_lease"),
        variable("sms_concurrency"),
        variable("sms_rate")
    )]
    ShortLease {
        /// How long it has to be.
        least: Duration,
    },
    /// Nobody can be reached.
    #[error(transparent)]
    Client(#[from] HttpClientError),
}

/// The gateways in the order in which they are asked.
pub(crate) fn gateways(settings: &Settings) -> Result<Vec<Arc<dyn SmsGateway>>, MessagingError> {
    let patience = settings.sms_patience.get();
    let limits = Limits { connecting: Limits::default().connecting.min(patience), answering: patience };
    let http = HttpClient::with_limits(limits)?;
    let mut chosen: Vec<Gateway> = Vec::new();
    for gateway in names(settings) {
        if chosen.contains(&gateway) {
            return Err(MessagingError::Twice(gateway));
        }
        chosen.push(gateway);
    }
    let rate = NonZeroU32::new(u32::try_from(settings.sms_rate.get()).unwrap_or(u32::MAX));
    let rate = rate.unwrap_or(orderdesk_sms::USUAL_RATE);
    chosen
        .into_iter()
        .map(|gateway| -> Result<Arc<dyn SmsGateway>, MessagingError> {
            Ok(match gateway {
                Gateway::AfricasTalking => {
                    Arc::new(AfricasTalking::new(africas_talking(settings, rate)?, http.clone()))
                }
                Gateway::Twilio => Arc::new(Twilio::new(twilio(settings, rate)?, http.clone())),
                Gateway::Console => Arc::new(Console::standard_output()),
            })
        })
        .collect()
}

/// Those that are named; or else those that are set up; or else the console.
fn names(settings: &Settings) -> Vec<Gateway> {
    if !settings.sms.is_empty() {
        return settings.sms.clone();
    }
    let africas_talking = settings.africas_talking_api_key.as_ref().map(|_| Gateway::AfricasTalking);
    let twilio = settings.twilio_auth_token.as_ref().map(|_| Gateway::Twilio);
    let set_up: Vec<_> = africas_talking.into_iter().chain(twilio).collect();
    if set_up.is_empty() { vec![Gateway::Console] } else { set_up }
}

fn africas_talking(settings: &Settings, rate: NonZeroU32) -> Result<AfricasTalkingSettings, MessagingError> {
    let (Some(username), Some(api_key)) =
        (&settings.africas_talking_username, &settings.africas_talking_api_key)
    else {
        return Err(MessagingError::Incomplete {
            gateway: Gateway::AfricasTalking,
            settings: ["africas_talking_username", "africas_talking_api_key"],
        });
    };
    Ok(AfricasTalkingSettings {
        sender: settings.africas_talking_sender.as_ref().map(|sender| sender.as_str().to_owned()),
        base_url: settings.africas_talking_url.clone(),
        rate,
        ..AfricasTalkingSettings::new(username.as_str(), api_key.clone())
    })
}

fn twilio(settings: &Settings, rate: NonZeroU32) -> Result<TwilioSettings, MessagingError> {
    let (Some(account), Some(token)) = (&settings.twilio_account_sid, &settings.twilio_auth_token) else {
        return Err(MessagingError::Incomplete {
            gateway: Gateway::Twilio,
            settings: ["twilio_account_sid", "twilio_auth_token"],
        });
    };
    let sender = settings.twilio_sender.as_ref().ok_or(MessagingError::NoSender)?.as_str().to_owned();
    let sender = if sender.starts_with(MESSAGING_SERVICE) && sender.len() == 34 {
        TwilioSender::MessagingService(sender)
    } else {
        TwilioSender::From(sender)
    };
    let reports = settings.public_url.as_ref().zip(settings.sms_callback_secret.as_ref());
    let reports = reports.map(|(url, secret)| TwilioReports {
        public_url: url.as_str().to_owned(),
        path_secret: secret.secret().clone(),
    });
    Ok(TwilioSettings {
        reports,
        base_url: settings.twilio_url.clone(),
        rate,
        ..TwilioSettings::new(account.as_str(), token.clone(), sender)
    })
}

/// What gateways may call back, those that are set up, whether or not they are asked at present: reports come for days.
pub(crate) fn callbacks(settings: &Settings, desk: &Desk) -> CallbackService {
    let mut gateways: Vec<Arc<dyn GatewayCallbacks>> = Vec::new();
    if settings.africas_talking_api_key.is_some() {
        gateways.push(Arc::new(AfricasTalkingCallbacks));
    }
    if let (Some(token), Some(url)) = (&settings.twilio_auth_token, &settings.public_url) {
        gateways.push(Arc::new(TwilioCallbacks::new(token.clone(), url.as_str())));
    }
    let secret =
        settings.sms_callback_secret.as_ref().map(|secret| CallbackSecret::new(secret.secret().reveal()));
    CallbackService::new(desk.clone(), secret, gateways)
}

/// Sending in the background; or, where another program does it, telling that program.
pub(crate) struct Messenger {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Messenger {
    /// Begins. Nothing is sent while nothing may be written.
    pub(crate) fn start(settings: &Settings, desk: &Desk) -> Result<Self, MessagingError> {
        let (stop, mut told) = watch::channel(false);
        let stopped = async move {
            // An error is that nobody is left who could tell.
            let _ = told.wait_for(|stop| *stop).await;
        };
        let task = if settings.read_only {
            tokio::spawn(stopped)
        } else if settings.sms_worker {
            let relay = relay(settings, desk)?;
            tokio::spawn(async move { relay.run(stopped).await })
        } else {
            let desk = desk.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = stopped => {}
                    () = announce(&desk) => {}
                }
            })
        };
        Ok(Self { task, stop })
    }

    /// Takes no more messages, and comes back when those in flight have been answered and written down, or `grace` is
    /// over. What is in flight then counts as unknown.
    pub(crate) async fn stop(self, grace: Duration) {
        let _ = self.stop.send(true);
        if tokio::time::timeout(grace, self.task).await.is_err() {
            tracing::error!(
                "messages in flight were not answered within the grace; what became of them is unknown"
            );
        }
    }
}

/// What sends messages.
pub(crate) fn relay(settings: &Settings, desk: &Desk) -> Result<Relay, MessagingError> {
    let concurrency = usize::try_from(settings.sms_concurrency.get()).unwrap_or(usize::MAX);
    let gateways = gateways(settings)?;
    let names: Vec<_> = gateways.iter().map(|gateway| gateway.gateway().name()).collect();
    tracing::info!(gateways = names.join(", "), "sending messages");
    let turns = settings.sms_concurrency.get().saturating_mul(1_000) / settings.sms_rate.get().max(1);
    let each = settings.sms_patience.get().saturating_mul(2).saturating_add(Duration::from_millis(turns));
    let least = each.saturating_mul(u32::try_from(gateways.len()).unwrap_or(u32::MAX));
    let lease = settings.sms_lease.get();
    if lease < least {
        return Err(MessagingError::ShortLease { least });
    }
    let lease = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
    // No more than get their turn, at the rate that a gateway has, in a quarter of the lease.
    let turns = i64::try_from(settings.sms_rate.get()).unwrap_or(i64::MAX).saturating_mul(lease / 4_000);
    let concurrency = concurrency.min(usize::try_from(turns).unwrap_or(usize::MAX)).max(1);
    Ok(Relay::new(desk.clone(), gateways, concurrency, lease))
}

/// Tells other programs of messages that this one has queued.
async fn announce(desk: &Desk) {
    loop {
        desk.post.rung().await;
        if let Err(error) = desk.store.outbox().announce().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "others could not be told of messages");
        }
        tokio::time::sleep(ANNOUNCE_EVERY).await;
    }
}
