//! What can be set about gateways.

use std::num::NonZeroU32;

use orderdesk_domain::MessageId;

use crate::base_url::BaseUrl;
use crate::secret::Secret;

/// As many messages a second as a gateway gets unless it is set otherwise.
pub const USUAL_RATE: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// An account at Africa's Talking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfricasTalkingSettings {
    /// The name of the application; `sandbox` for the one in which no message reaches a phone.
    pub username: String,
    /// Its API key.
    pub api_key: Secret,
    /// The short code or alphanumeric name that messages come from; `None` for the one that all share.
    pub sender: Option<String>,
    /// Where the gateway is; `None` for where it really is.
    pub base_url: Option<BaseUrl>,
    /// The most messages that it gets in a second.
    pub rate: NonZeroU32,
}

impl AfricasTalkingSettings {
    /// The username of the application in which no message reaches a phone.
    pub const SANDBOX: &str = "sandbox";

    /// An application that sends from the name that all share.
    pub fn new(username: impl Into<String>, api_key: Secret) -> Self {
        Self { username: username.into(), api_key, sender: None, base_url: None, rate: USUAL_RATE }
    }
}

/// Who messages by Twilio come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TwilioSender {
    /// A number of the account in E.164 form, a short code or an alphanumeric name.
    From(String),
    /// The SID of a messaging service, which chooses.
    MessagingService(String),
}

/// Where Twilio is to report what became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioReports {
    /// The address under which the service is known, such as `https://desk.example`.
    pub public_url: String,
    /// The secret in the path of callbacks.
    pub path_secret: Secret,
}

impl TwilioReports {
    /// Where it is to report what became of one message.
    pub(crate) fn url_for(&self, message: MessageId) -> String {
        let (base, secret) = (self.public_url.trim_end_matches('/'), self.path_secret.reveal());
        format!("{base}/api/v1/delivery-reports/twilio/{secret}/?message={message}")
    }
}

/// An account at Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioSettings {
    /// The account's SID.
    pub account_sid: String,
    /// Its token.
    pub auth_token: Secret,
    /// Who messages come from.
    pub sender: TwilioSender,
    /// Where it is to report what became of a message; `None` if nowhere, for want of a public address.
    pub reports: Option<TwilioReports>,
    /// Where the gateway is; `None` for where it really is.
    pub base_url: Option<BaseUrl>,
    /// The most messages that it gets in a second.
    pub rate: NonZeroU32,
}

impl TwilioSettings {
    /// An account that reports nowhere.
    pub fn new(account_sid: impl Into<String>, auth_token: Secret, sender: TwilioSender) -> Self {
        Self {
            account_sid: account_sid.into(),
            auth_token,
            sender,
            reports: None,
            base_url: None,
            rate: USUAL_RATE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nowhere() {
        let secret = |text| Secret::parse(text).unwrap();
        let settings = AfricasTalkingSettings::new("sandbox", secret("correct-horse"));
        assert!(!format!("{settings:?}").contains("horse"));
        let mut settings =
            TwilioSettings::new("AC1", secret("horse"), TwilioSender::From("+15005550006".into()));
        settings.reports =
            Some(TwilioReports { public_url: "https://desk.example".into(), path_secret: secret("battery") });
        let shown = format!("{settings:?}");
        assert!(!shown.contains("horse") && !shown.contains("battery"), "{shown}");
    }
}
