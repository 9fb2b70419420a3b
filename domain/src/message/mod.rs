//! The message aggregate: what a customer is told about an order, and what became of it. A message is its own outbox
//! entry: it is written with what it tells of, and sent afterwards.

mod attempt;
mod cost;
mod encoding;
mod event;
mod gateway;
mod report;
mod state;
mod text;

pub use attempt::{AttemptOutcome, MessageAttempt};
pub use cost::Cost;
pub use encoding::{Encoding, Segments};
pub use event::MessageEvent;
pub use gateway::{Gateway, GatewayReference, NotAReference, Remark};
pub use report::{Delivery, DeliveryReport, Hold, OptOut};
pub use state::{Failure, FailureCode, MessageState, MessageStatus};
pub use text::{MessageText, TemplateText};

use thiserror::Error;

use crate::customer::PhoneNumber;
use crate::getters::getters;
use crate::identity::{CustomerId, MessageId, OrderId, OrganizationId};
use crate::time::Timestamp;
use crate::version::Version;

/// What is said to whom, and about what. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Letter {
    /// Who tells it.
    pub organization: OrganizationId,
    /// The order that it is about, which may be gone.
    pub order: OrderId,
    /// Who is told.
    pub customer: CustomerId,
    /// What has happened; a customer is told once of each event of an order.
    pub event: MessageEvent,
    /// Where it goes: the customer's number as it was then.
    pub to: PhoneNumber,
    /// What it says.
    pub text: MessageText,
}

/// How far a message has come.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Course {
    /// Where it stands.
    pub state: MessageState,
    /// When nobody wants it any more, if it has not been sent by then.
    pub expires_at: Timestamp,
    /// How often it has been given to a gateway.
    pub attempts: u32,
    /// How often it was put off since it was queued: what the pauses grow with.
    pub deferrals: u32,
    /// The gateway that had it last, where that is known.
    pub gateway: Option<Gateway>,
    /// What that gateway calls it, if it has taken it over.
    pub reference: Option<GatewayReference>,
    /// What it has cost so far, in the currency of the first gateway that said so.
    pub cost: Option<Cost>,
}

/// Why a message would not do what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MessageRefusal {
    /// Only what has failed can be sent again.
    #[error("A message that is {} cannot be sent again; only one that is failed or unknown can.", .status.name())]
    NotFailed {
        /// The present status.
        status: MessageStatus,
    },
    /// Nobody knows whether it was sent, so that the customer could get it twice.
    #[error(
        "It is not known whether this message was sent, and the customer could get it twice. Send \
         {{\"confirm_unknown\": true}} to send it all the same."
    )]
    Unconfirmed,
    /// Somebody else has written down what became of it.
    #[error("A message that is {} is not being sent.", .status.name())]
    NotSending {
        /// The present status.
        status: MessageStatus,
    },
}

/// What a customer is told about an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    id: MessageId,
    letter: Letter,
    course: Course,
    updated_at: Timestamp,
    version: Version,
}

impl Message {
    getters! {
        /// The identity; it carries the time of creation.
        copy id: MessageId;
        /// What is said to whom, and about what.
        get letter: Letter;
        /// How far it has come.
        get course: Course;
        /// When it last changed: since when it stands where it stands.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new message, due at once, that nobody wants any more at `expires_at`.
    pub fn queue(id: MessageId, letter: Letter, expires_at: Timestamp) -> Self {
        let course = Course {
            state: MessageState::Queued { due: id.created_at() },
            expires_at,
            attempts: 0,
            deferrals: 0,
            gateway: None,
            reference: None,
            cost: None,
        };
        Self { id, letter, course, updated_at: id.created_at(), version: Version::FIRST }
    }

    /// A message as a store kept it.
    pub fn restore(
        id: MessageId,
        letter: Letter,
        course: Course,
        updated_at: Timestamp,
        version: Version,
    ) -> Self {
        Self { id, letter, course, updated_at, version }
    }

    /// Where it stands.
    pub const fn status(&self) -> MessageStatus {
        self.course.state.status()
    }

    /// Gives it to a worker until the lease ends. Stores do the same in one statement, for many at once.
    pub fn claim(&mut self, until: Timestamp, at: Timestamp) -> Result<(), MessageRefusal> {
        let MessageState::Queued { .. } = self.course.state else {
            return Err(MessageRefusal::NotSending { status: self.status() });
        };
        self.enter(MessageState::Sending { until }, at);
        Ok(())
    }

    /// A gateway has taken it over. An answer that comes late settles what was unknown.
    pub fn accept(
        &mut self,
        gateway: Gateway,
        reference: Option<GatewayReference>,
        cost: Option<Cost>,
        at: Timestamp,
    ) -> Result<(), MessageRefusal> {
        // An attempt that is unknown was counted then.
        if self.status() != MessageStatus::Unknown {
            self.expect_sending()?;
            self.attempt(Some(gateway));
        }
        self.course.gateway = Some(gateway);
        self.course.reference = reference;
        self.course.cost = match (self.course.cost, cost) {
            (Some(so_far), Some(more)) => so_far.plus(more).or(Some(so_far)),
            (so_far, cost) => so_far.or(cost),
        };
        self.enter(MessageState::Sent, at);
        Ok(())
    }

    /// A gateway has not taken it over, and another is asked at once.
    pub fn pass_over(&mut self, gateway: Gateway) -> Result<(), MessageRefusal> {
        self.expect_sending()?;
        self.attempt(Some(gateway));
        Ok(())
    }

    /// It will not be sent, now or later; `gateway` is who said so, if any was asked.
    pub fn fail(
        &mut self,
        gateway: Option<Gateway>,
        failure: Failure,
        at: Timestamp,
    ) -> Result<(), MessageRefusal> {
        // What is queued can grow too old.
        if gateway.is_some() || self.status() != MessageStatus::Queued {
            self.expect_sending()?;
        }
        if gateway.is_some() {
            self.attempt(gateway);
        }
        self.enter(MessageState::Failed(failure), at);
        Ok(())
    }

    /// A gateway said that it may take it over later.
    pub fn defer(&mut self, gateway: Gateway, due: Timestamp, at: Timestamp) -> Result<(), MessageRefusal> {
        self.expect_sending()?;
        self.attempt(Some(gateway));
        self.course.deferrals = self.course.deferrals.saturating_add(1);
        self.enter(MessageState::Queued { due }, at);
        Ok(())
    }

    /// It is put back as if it had not been taken: nobody is to be disturbed now, or a gateway (which was asked, if it
    /// is named) sends nothing at all.
    pub fn put_back(
        &mut self,
        gateway: Option<Gateway>,
        due: Timestamp,
        at: Timestamp,
    ) -> Result<(), MessageRefusal> {
        self.expect_sending()?;
        if gateway.is_some() {
            self.attempt(gateway);
        }
        self.enter(MessageState::Queued { due }, at);
        Ok(())
    }

    /// Nobody knows what became of it: the gateway was reached and did not answer, or the worker is lost, in which case
    /// no gateway is named.
    pub fn lose(
        &mut self,
        gateway: Option<Gateway>,
        failure: Failure,
        at: Timestamp,
    ) -> Result<(), MessageRefusal> {
        self.expect_sending()?;
        self.attempt(gateway);
        self.enter(MessageState::Unknown(failure), at);
        Ok(())
    }

    /// Takes note of a gateway's last word, which settles what was sent and what was unknown; whether that changed
    /// anything. What is settled already stays.
    pub fn settle(&mut self, report: &DeliveryReport) -> bool {
        if !matches!(self.status(), MessageStatus::Sent | MessageStatus::Unknown) {
            return false;
        }
        self.course.gateway = Some(report.gateway);
        self.course.reference = Some(report.reference.clone());
        let state = match &report.delivery {
            Delivery::Delivered => MessageState::Delivered,
            Delivery::Failed(failure) => MessageState::Failed(failure.clone()),
        };
        self.enter(state, report.at);
        true
    }

    /// Queues it once more, because somebody wants that: what failed, and with `confirmed` what is unknown.
    pub fn requeue(
        &mut self,
        confirmed: bool,
        expires_at: Timestamp,
        at: Timestamp,
    ) -> Result<(), MessageRefusal> {
        match self.status() {
            MessageStatus::Failed => {}
            MessageStatus::Unknown if confirmed => {}
            MessageStatus::Unknown => return Err(MessageRefusal::Unconfirmed),
            status => return Err(MessageRefusal::NotFailed { status }),
        }
        self.course.deferrals = 0;
        self.course.gateway = None;
        self.course.reference = None;
        self.course.expires_at = expires_at;
        self.enter(MessageState::Queued { due: at }, at);
        Ok(())
    }

    /// The message as it is to be kept elsewhere: what had not been sent is not sent from there, and nobody there
    /// knows what became of what was being sent.
    #[must_use]
    pub fn moved(mut self) -> Self {
        self.course.state = match self.course.state {
            MessageState::Queued { .. } => MessageState::Failed(FailureCode::Moved.into()),
            MessageState::Sending { .. } => MessageState::Unknown(FailureCode::WorkerLost.into()),
            settled => settled,
        };
        self
    }

    fn expect_sending(&self) -> Result<(), MessageRefusal> {
        match self.status() {
            MessageStatus::Sending => Ok(()),
            status => Err(MessageRefusal::NotSending { status }),
        }
    }

    fn attempt(&mut self, gateway: Option<Gateway>) {
        self.course.attempts = self.course.attempts.saturating_add(1);
        self.course.gateway = gateway;
        self.course.reference = None;
    }

    fn enter(&mut self, state: MessageState, at: Timestamp) {
        self.course.state = state;
        self.updated_at = self.updated_at.max(at);
        self.version = self.version.next();
    }
}

#[cfg(test)]
mod tests;
