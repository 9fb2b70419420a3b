//! Twilio.

mod answer;
mod callbacks;
mod codes;
mod signature;

pub use callbacks::TwilioCallbacks;

use async_trait::async_trait;
use orderdesk_application::ports::{Answer, Sms, SmsGateway};
use orderdesk_domain::Gateway;

use crate::base_url::BaseUrl;
use crate::http::HttpClient;
use crate::meaning::log;
use crate::outcome::outcome;
use crate::pacer::Pacer;
use crate::settings::{TwilioSender, TwilioSettings};

/// Where messages become real.
const LIVE: BaseUrl = BaseUrl::known("https://api.twilio.com");

/// Gives messages to Twilio (<https://www.twilio.com/docs/messaging/api/message-resource>).
pub struct Twilio {
    settings: TwilioSettings,
    endpoint: String,
    http: HttpClient,
    pacer: Pacer,
}

impl Twilio {
    /// An account, which is asked for nothing yet.
    pub fn new(settings: TwilioSettings, http: HttpClient) -> Self {
        let usual = LIVE;
        let base = settings.base_url.as_ref().unwrap_or(&usual);
        let endpoint = base.join(&["2010-04-01", "Accounts", &settings.account_sid, "Messages.json"]);
        let pacer = Pacer::per_second(settings.rate);
        Self { settings, endpoint, http, pacer }
    }

    async fn exchange(&self, sms: Sms<'_>) -> Answer {
        let (to, text) = (sms.to.as_str(), sms.text.as_str());
        let from = match &self.settings.sender {
            TwilioSender::From(from) => ("From", from.as_str()),
            TwilioSender::MessagingService(sid) => ("MessagingServiceSid", sid.as_str()),
        };
        let report_to = self.settings.reports.as_ref().map(|reports| reports.url_for(sms.message));
        let mut form = vec![("To", to), from, ("Body", text)];
        form.extend(report_to.as_deref().map(|url| ("StatusCallback", url)));
        let (sid, token) = (&self.settings.account_sid, self.settings.auth_token.reveal());
        let exchange =
            self.http.post(&self.endpoint, &form, |request| request.basic_auth(sid, Some(token))).await;
        let private = [token, text, to, report_to.as_deref().unwrap_or_default()];
        outcome(exchange, &private, |status, body| answer::understand(status, body, &private))
    }
}

#[async_trait]
impl SmsGateway for Twilio {
    fn gateway(&self) -> Gateway {
        Gateway::Twilio
    }

    async fn send(&self, sms: Sms<'_>) -> Answer {
        self.pacer.pass().await;
        let answer = self.exchange(sms).await;
        log(Gateway::Twilio, &answer);
        answer
    }
}
