//! What Twilio calls back with.

use std::fmt;

use orderdesk_application::ports::{Callback, CallbackError, GatewayCallbacks, Wish};
use orderdesk_domain::{DeliveryReport, Gateway};

use crate::secret::Secret;

/// Understands what Twilio calls back with, if it is signed
/// (<https://www.twilio.com/docs/usage/webhooks/webhooks-security>).
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
}

impl GatewayCallbacks for TwilioCallbacks {
    fn gateway(&self) -> Gateway {
        Gateway::Twilio
    }

    fn delivery_report(&self, _callback: &Callback<'_>) -> Result<Option<DeliveryReport>, CallbackError> {
        Err(CallbackError::Signature)
    }

    fn wish(&self, _callback: &Callback<'_>) -> Result<Option<Wish>, CallbackError> {
        Err(CallbackError::Signature)
    }
}

impl fmt::Debug for TwilioCallbacks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TwilioCallbacks")
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}
