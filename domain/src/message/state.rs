//! Where a message stands, and why it failed if it did.

use crate::message::Remark;
use crate::names::named;
use crate::time::Timestamp;

named! {
    /// Where a message stands.
    MessageStatus {
        /// It waits for its turn.
        Queued = "queued",
        /// A worker has it, and nobody else.
        Sending = "sending",
        /// A gateway has taken it over.
        Sent = "sent",
        /// It is on the phone. Final.
        Delivered = "delivered",
        /// It did not get there, and will not unless somebody sends it again.
        Failed = "failed",
        /// It may or may not have been taken over: a gateway was reached and its answer was not, or the worker was lost.
        /// It is never sent again blindly.
        Unknown = "unknown",
    }
}

named! {
    /// Why a message failed, or why it is not known what became of it.
    FailureCode {
        /// The number is none.
        InvalidNumber = "invalid_number",
        /// The gateway does not serve such a number, or finds no way to it.
        NotServed = "not_served",
        /// Whoever has the number does not want any texts.
        OptedOut = "opted_out",
        /// The gateway refused the message.
        Refused = "refused",
        /// It could not be sent for so long that nobody wants it any more.
        TooOld = "too_old",
        /// The gateway took it over, and could not deliver it.
        Undelivered = "undelivered",
        /// It had not been sent when the data was moved to where it is now.
        Moved = "moved",
        /// The gateway was reached, and did not answer.
        NoAnswer = "no_answer",
        /// The program that was sending it came to its end.
        WorkerLost = "worker_lost",
    }
}

/// Why a message failed, or why it is not known what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Failure {
    /// The reason.
    pub code: FailureCode,
    /// More about it, in the words of the gateway.
    pub remark: Option<Remark>,
}

impl From<FailureCode> for Failure {
    fn from(code: FailureCode) -> Self {
        Self { code, remark: None }
    }
}

/// A status with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// It waits, at least until it is due.
    Queued {
        /// When it is due.
        due: Timestamp,
    },
    /// A worker has it.
    Sending {
        /// When the worker's lease ends: a worker that has written nothing down by then is lost.
        until: Timestamp,
    },
    /// A gateway has taken it over.
    Sent,
    /// It is on the phone.
    Delivered,
    /// It did not get there.
    Failed(Failure),
    /// Nobody knows.
    Unknown(Failure),
}

impl MessageState {
    /// Puts the parts together as a store keeps them; `None` where they contradict each other. `due` is when a queued
    /// message is due, or when the lease of one that is being sent ends.
    pub fn new(status: MessageStatus, due: Option<Timestamp>, failure: Option<Failure>) -> Option<Self> {
        match (status, due, failure) {
            (MessageStatus::Queued, Some(due), None) => Some(Self::Queued { due }),
            (MessageStatus::Sending, Some(until), None) => Some(Self::Sending { until }),
            (MessageStatus::Sent, None, None) => Some(Self::Sent),
            (MessageStatus::Delivered, None, None) => Some(Self::Delivered),
            (MessageStatus::Failed, None, Some(failure)) => Some(Self::Failed(failure)),
            (MessageStatus::Unknown, None, Some(failure)) => Some(Self::Unknown(failure)),
            _ => None,
        }
    }

    /// The status alone.
    pub const fn status(&self) -> MessageStatus {
        match self {
            Self::Queued { .. } => MessageStatus::Queued,
            Self::Sending { .. } => MessageStatus::Sending,
            Self::Sent => MessageStatus::Sent,
            Self::Delivered => MessageStatus::Delivered,
            Self::Failed(_) => MessageStatus::Failed,
            Self::Unknown(_) => MessageStatus::Unknown,
        }
    }

    /// When somebody has to look after it again: when it is due, or when its lease ends.
    pub const fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Queued { due } => Some(*due),
            Self::Sending { until } => Some(*until),
            _ => None,
        }
    }

    /// Why it failed, or why it is not known what became of it.
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) | Self::Unknown(failure) => Some(failure),
            _ => None,
        }
    }
}
