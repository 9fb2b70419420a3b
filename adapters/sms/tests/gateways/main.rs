//! Gateways as they are seen from the network: what is sent to them, and what comes of what they do.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is how a test fails"
)]

mod connections;
mod exchanges;
mod pace;
mod secrecy;
mod stub;
mod weather;

use std::time::Duration;

use orderdesk_application::ports::{Answer, Sms, SmsGateway};
use orderdesk_domain::{MessageId, MessageText, PhoneNumber};
use orderdesk_gateway::{ACCOUNT_SID, API_KEY, AUTH_TOKEN, USERNAME};
use orderdesk_sms::{
    AfricasTalking, AfricasTalkingSettings, BaseUrl, HttpClient, Limits, Secret, Twilio, TwilioReports,
    TwilioSender, TwilioSettings,
};
use uuid::Uuid;

const NUMBER: &str = "+254711000000";
/// The message that everything here is about.
const MESSAGE: &str = "01920000-0000-7000-8000-000000000001";
/// Longer than any answer takes that a test waits for.
const PATIENCE: Duration = Duration::from_mins(1);

fn secret(text: &str) -> Secret {
    Secret::parse(text).unwrap()
}

/// A client that waits for as long for an answer, and a bit less to be connected.
fn client(answering: Duration) -> HttpClient {
    HttpClient::with_limits(Limits { connecting: answering / 2, answering }).unwrap()
}

/// The account that [`orderdesk_gateway`] knows, at an address.
fn africas_talking_settings(url: &str) -> AfricasTalkingSettings {
    let mut settings = AfricasTalkingSettings::new(USERNAME, secret(API_KEY));
    settings.base_url = Some(BaseUrl::parse(url).unwrap());
    settings.rate = 10_000.try_into().unwrap();
    settings
}

fn africas_talking(url: &str, http: HttpClient) -> AfricasTalking {
    AfricasTalking::new(africas_talking_settings(url), http)
}

fn twilio(url: &str, http: HttpClient) -> Twilio {
    let sender = TwilioSender::From("+15005550006".to_owned());
    let mut settings = TwilioSettings::new(ACCOUNT_SID, secret(AUTH_TOKEN), sender);
    settings.base_url = Some(BaseUrl::parse(url).unwrap());
    settings.rate = 10_000.try_into().unwrap();
    settings.reports = Some(TwilioReports {
        public_url: "https://desk.example".to_owned(),
        path_secret: secret("path-secret"),
    });
    Twilio::new(settings, http)
}

async fn send(gateway: &dyn SmsGateway, text: &str) -> Answer {
    secrecy::log();
    let to = PhoneNumber::parse(NUMBER).unwrap();
    let text = MessageText::compose(text).unwrap();
    let message = MessageId::new(Uuid::parse_str(MESSAGE).unwrap());
    gateway.send(Sms { message, to: &to, text: &text }).await
}
