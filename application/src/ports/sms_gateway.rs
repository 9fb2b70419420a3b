//! What takes messages to phones, and what it calls back with.

use async_trait::async_trait;
use orderdesk_domain::{
    Cost, DeliveryReport, FailureCode, Gateway, GatewayReference, MessageId, MessageText, PhoneNumber,
    Remark, Timestamp,
};
use thiserror::Error;

/// A message as a gateway gets it.
#[derive(Debug, Clone, Copy)]
pub struct Sms<'a> {
    /// Which message it is.
    pub message: MessageId,
    /// Where it goes.
    pub to: &'a PhoneNumber,
    /// What it says.
    pub text: &'a MessageText,
}

/// What a gateway's answer means for the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It has taken the message over.
    Accepted {
        /// What it calls the message, if it calls it anything.
        reference: Option<GatewayReference>,
        /// What it charges, if it says so.
        cost: Option<Cost>,
    },
    /// It will not take this message over, now or later.
    Refused(FailureCode),
    /// It may do so later, but has not now.
    Later {
        /// How often it is worth asking in all, if there is a limit.
        attempts: Option<u32>,
    },
    /// It takes no message over at present: the account has no credit, or the key or the sender is wrong.
    Held,
    /// It was reached, and whether it has taken the message over is not known.
    Unanswered,
}

/// What came of giving a message to a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it means.
    pub verdict: Verdict,
    /// The gateway's own code.
    pub code: Option<Remark>,
    /// What the gateway said, or what kept it from saying anything. Without numbers, keys or texts.
    pub remark: Option<Remark>,
}

/// Takes messages to phones.
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// Which gateway it is.
    fn gateway(&self) -> Gateway;

    /// Gives a message to the gateway, once: it is never repeated here, for the gateway might do it twice. Every outcome
    /// is an answer, within a minute. It may first wait for as long as the gateway's rate demands.
    async fn send(&self, sms: Sms<'_>) -> Answer;
}

/// What a gateway sends to the service of its own accord.
#[derive(Debug, Clone, Copy)]
pub struct Callback<'a> {
    /// The path with the query, as it was asked for.
    pub path_and_query: &'a str,
    /// The fields of the form, decoded, in their order.
    pub form: &'a [(String, String)],
    /// The header that signs the call, if the gateway signs and it came.
    pub signature: Option<&'a str>,
    /// When it came.
    pub at: Timestamp,
}

/// What somebody who gets texts has told a gateway about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// No more to this number.
    OptOut(PhoneNumber),
    /// Texts to this number are welcome again.
    OptIn(PhoneNumber),
}

/// Why a callback is not believed or understood. Its text is for the one who called.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallbackError {
    /// It is not signed, or not by the gateway.
    #[error("The signature is missing or wrong.")]
    Signature,
    /// A field is missing or makes no sense.
    #[error("The field {0} is missing, or not what it should be.")]
    Field(&'static str),
}

/// Understands what a gateway calls back with.
pub trait GatewayCallbacks: Send + Sync {
    /// Which gateway it is.
    fn gateway(&self) -> Gateway;

    /// What has become of a message; `None` where that is not the gateway's last word.
    ///
    /// # Errors
    /// Where the callback is not believed or understood.
    fn delivery_report(&self, callback: &Callback<'_>) -> Result<Option<DeliveryReport>, CallbackError>;

    /// What somebody wishes; `None` where it has nothing to do with getting texts.
    ///
    /// # Errors
    /// Where the callback is not believed or understood.
    fn wish(&self, callback: &Callback<'_>) -> Result<Option<Wish>, CallbackError>;
}
