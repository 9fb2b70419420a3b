//! One try to get a message to a gateway, kept for good.

use crate::identity::{MessageAttemptId, MessageId};
use crate::message::{Cost, Gateway, GatewayReference, Remark};
use crate::names::named;
use crate::time::Timestamp;

named! {
    /// How an attempt ended.
    AttemptOutcome {
        /// The gateway took the message over.
        Accepted = "accepted",
        /// It will not, now or later.
        Refused = "refused",
        /// It may do so later.
        Deferred = "deferred",
        /// It sends nothing for this account at present: no credit, a wrong key.
        Held = "held",
        /// It was reached, and whether it took the message is not known.
        Unanswered = "unanswered",
        /// The program that was sending came to its end before it wrote down an answer.
        Lost = "lost",
    }
}

/// That a message was given to a gateway, and what it answered. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageAttempt {
    /// The identity; it carries the time at which the attempt began.
    pub id: MessageAttemptId,
    /// The message that was to be sent.
    pub message: MessageId,
    /// The gateway that it was given to; `None` where that is not known, because the program was lost.
    pub gateway: Option<Gateway>,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// What the gateway calls the message, if it took it over.
    pub reference: Option<GatewayReference>,
    /// The gateway's own code for its answer.
    pub code: Option<Remark>,
    /// What the gateway charges, if it said so.
    pub cost: Option<Cost>,
    /// What went wrong, in the words of the gateway or of the one who reached for it.
    pub error: Option<Remark>,
    /// When it ended.
    pub finished_at: Timestamp,
}
