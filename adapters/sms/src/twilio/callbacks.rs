//! What Twilio calls back with.

use std::fmt;

use orderdesk_application::ports::{Callback, CallbackError, GatewayCallbacks, Wish};
use orderdesk_domain::{Delivery, DeliveryReport, Failure, Gateway, MessageId};
use uuid::Uuid;

use super::codes::{failure, words};
use super::signature::{addresses, is_signed};
use crate::callback::{demand, field, number, reference};
use crate::secret::Secret;
use crate::words::remark;

/// Understands what Twilio calls back with, if it is signed
/// (<https://www.twilio.com/docs/messaging/guides/track-outbound-message-status>;
/// <https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>).
#[derive(Clone)]
pub struct TwilioCallbacks {
    auth_token: Secret,
    public_url: String,
}

impl TwilioCallbacks {
    /// Of an account, by the token with which it signs, and of the address under which it knows the service, such as
    /// `https://desk.example`.
    pub fn new(auth_token: Secret, public_url: &str) -> Self {
        Self { auth_token, public_url: public_url.trim_end_matches('/').to_owned() }
    }

    fn check(&self, callback: &Callback<'_>) -> Result<(), CallbackError> {
        let addresses = addresses(&self.public_url, callback.path_and_query);
        let signed = is_signed(self.auth_token.reveal(), &addresses, callback.form, callback.signature);
        if signed { Ok(()) } else { Err(CallbackError::Signature) }
    }
}

impl GatewayCallbacks for TwilioCallbacks {
    fn gateway(&self) -> Gateway {
        Gateway::Twilio
    }

    fn delivery_report(&self, callback: &Callback<'_>) -> Result<Option<DeliveryReport>, CallbackError> {
        self.check(callback)?;
        let reference = reference(callback, "MessageSid")?;
        let delivery = match demand(callback, "MessageStatus")? {
            "delivered" | "read" => Delivery::Delivered,
            "undelivered" | "failed" => Delivery::Failed(why(callback)),
            _ => return Ok(None),
        };
        Ok(Some(DeliveryReport {
            gateway: Gateway::Twilio,
            reference,
            message: message(callback),
            number: field(callback, "To").and_then(number),
            delivery,
            at: callback.at,
        }))
    }

    fn wish(&self, callback: &Callback<'_>) -> Result<Option<Wish>, CallbackError> {
        self.check(callback)?;
        let wish = match field(callback, "OptOutType") {
            Some("STOP") => Wish::OptOut,
            Some("START" | "UNSTOP") => Wish::OptIn,
            // Any other text that somebody has sent to us.
            _ => return Ok(None),
        };
        let number = number(demand(callback, "From")?).ok_or(CallbackError::Field("From"))?;
        Ok(Some(wish(number)))
    }
}

/// The message that the address names to which the report was to go.
fn message(callback: &Callback<'_>) -> Option<MessageId> {
    let (_, query) = callback.path_and_query.split_once('?')?;
    let (_, id) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "message")?;
    Uuid::parse_str(&id).ok().map(MessageId::new)
}

fn why(callback: &Callback<'_>) -> Failure {
    let code = field(callback, "ErrorCode").and_then(|code| code.parse().ok());
    let said = field(callback, "ErrorMessage").or_else(|| code.and_then(words)).unwrap_or_default();
    let code_in_words = code.map(|code: u64| code.to_string()).unwrap_or_default();
    Failure { code: failure(code), remark: remark(&format!("{code_in_words} {said}"), &[]) }
}

impl fmt::Debug for TwilioCallbacks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TwilioCallbacks")
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}
