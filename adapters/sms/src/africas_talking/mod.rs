//! Africa's Talking.

mod answer;
mod callbacks;
mod codes;

pub use callbacks::AfricasTalkingCallbacks;

use async_trait::async_trait;
use orderdesk_application::ports::{Answer, Sms, SmsGateway};
use orderdesk_domain::Gateway;

use crate::base_url::BaseUrl;
use crate::http::HttpClient;
use crate::meaning::log;
use crate::outcome::outcome;
use crate::pacer::Pacer;
use crate::settings::AfricasTalkingSettings;

/// Where messages become real.
const LIVE: BaseUrl = BaseUrl::known("https://api.africastalking.com");
/// Where they do not.
const SANDBOX: BaseUrl = BaseUrl::known("https://api.sandbox.africastalking.com");

/// Gives messages to Africa's Talking (<https://developers.africastalking.com/docs/sms/sending/bulk>).
pub struct AfricasTalking {
    settings: AfricasTalkingSettings,
    endpoint: String,
    http: HttpClient,
    pacer: Pacer,
}

impl AfricasTalking {
    /// An account, which is asked for nothing yet.
    pub fn new(settings: AfricasTalkingSettings, http: HttpClient) -> Self {
        let sandbox = settings.username == AfricasTalkingSettings::SANDBOX;
        let usual = if sandbox { SANDBOX } else { LIVE };
        let endpoint = settings.base_url.as_ref().unwrap_or(&usual).join(&["version1", "messaging"]);
        let pacer = Pacer::per_second(settings.rate);
        Self { settings, endpoint, http, pacer }
    }

    async fn exchange(&self, sms: Sms<'_>) -> Answer {
        let (to, text) = (sms.to.as_str(), sms.text.as_str());
        let mut form = vec![
            ("username", self.settings.username.as_str()),
            ("to", to),
            ("message", text),
            ("bulkSMSMode", "1"),
        ];
        // The gateway answers as soon as it has written the message down, not when an operator has it.
        form.push(("enqueue", "1"));
        form.extend(self.settings.sender.as_deref().map(|sender| ("from", sender)));
        let key = self.settings.api_key.reveal();
        let exchange = self.http.post(&self.endpoint, &form, |request| request.header("apiKey", key)).await;
        let private = [key, text, to];
        outcome(exchange, &private, |status, body| answer::understand(status, body, &private))
    }
}

#[async_trait]
impl SmsGateway for AfricasTalking {
    fn gateway(&self) -> Gateway {
        Gateway::AfricasTalking
    }

    async fn send(&self, sms: Sms<'_>) -> Answer {
        self.pacer.pass().await;
        let answer = self.exchange(sms).await;
        log(Gateway::AfricasTalking, &answer);
        answer
    }
}
