//! What a gateway reports of its own accord: what became of a message, and who wants no more of them.

use crate::customer::PhoneNumber;
use crate::identity::{MessageId, OptOutId};
use crate::message::{Failure, Gateway, GatewayReference, Remark};
use crate::time::Timestamp;

/// What became of a message that a gateway had taken over.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// It is on the phone.
    Delivered,
    /// It did not get there.
    Failed(Failure),
}

/// A gateway's last word on a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeliveryReport {
    /// Who reports.
    pub gateway: Gateway,
    /// What the gateway calls the message.
    pub reference: GatewayReference,
    /// Which message it is, where the gateway was told.
    pub message: Option<MessageId>,
    /// To which number it went, where the gateway says so.
    pub number: Option<PhoneNumber>,
    /// What became of it.
    pub delivery: Delivery,
    /// When it was reported.
    pub at: Timestamp,
}

/// That whoever has a number wants no texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OptOut {
    /// The identity; it carries the time since which it is so.
    pub id: OptOutId,
    /// The number.
    pub number: PhoneNumber,
    /// Whom it was told.
    pub gateway: Gateway,
}

/// That a gateway sends nothing for this account at present.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hold {
    /// The gateway.
    pub gateway: Gateway,
    /// What it said.
    pub remark: Option<Remark>,
    /// Since when.
    pub since: Timestamp,
    /// When it is tried again, with one message.
    pub until: Timestamp,
}
