//! Messages, what became of them, and what gateways say.

use std::sync::atomic::Ordering;

use orderdesk_domain::{
    AttemptOutcome, Cost, Course, Customer, Delivery, DeliveryReport, Failure, FailureCode, Gateway,
    GatewayReference, Letter, Message, MessageAttempt, MessageAttemptId, MessageEvent, MessageId,
    MessageState, MessageTemplate, MessageTemplateId, MessageText, OptOut, OptOutId, OrderId, OrganizationId,
    PhoneNumber, QuietHours, Remark, TemplateText, Timestamp, Version, Wording,
};

use crate::builders::{Maker, currency, phone, text, time, version};

/// For how long a message is wanted, in milliseconds.
const WANTED: i64 = 86_400_000;

impl Maker {
    /// What `customer` is told of an order of their own that is nowhere else: that it was placed.
    pub fn letter(&self, customer: &Customer) -> Letter {
        Letter {
            organization: customer.organization(),
            order: OrderId::new(self.id()),
            customer: customer.id(),
            event: MessageEvent::OrderPlaced,
            to: customer.profile().phone.clone(),
            text: message_text(&format!("Asante! Order {}: 2 x Soap, KES 299.80", self.next())),
        }
    }

    /// A message to `customer` that is due since it was made, and wanted for a day.
    pub fn message(&self, customer: &Customer) -> Message {
        let id = MessageId::new(self.id());
        Message::queue(id, self.letter(customer), after(id.created_at(), WANTED))
    }

    /// A message to `customer` that stands there, after one try if it has left the queue.
    pub fn message_in(&self, customer: &Customer, state: MessageState) -> Message {
        let queued = self.message(customer);
        let has_left = !matches!(state, MessageState::Queued { .. });
        let course = Course {
            state,
            expires_at: queued.course().expires_at,
            attempts: u32::from(has_left),
            deferrals: 0,
            gateway: has_left.then_some(Gateway::AfricasTalking),
            reference: has_left.then(|| self.reference()),
            cost: has_left.then(|| cost(800_000, "KES")),
        };
        let version = if has_left { version(3) } else { Version::FIRST };
        Message::restore(queued.id(), queued.letter().clone(), course, self.now(), version)
    }

    /// That Twilio took `message` over.
    pub fn attempt(&self, message: MessageId) -> MessageAttempt {
        let id = MessageAttemptId::new(self.id());
        MessageAttempt {
            id,
            message,
            gateway: Some(Gateway::Twilio),
            outcome: AttemptOutcome::Accepted,
            reference: Some(self.reference()),
            code: None,
            cost: None,
            error: None,
            finished_at: after(id.created_at(), 70),
        }
    }

    /// An active template of `organization`, for each of the three events in turn: as many are of different events.
    pub fn template(&self, organization: OrganizationId) -> MessageTemplate {
        let event =
            MessageEvent::ALL[self.templates.fetch_add(1, Ordering::Relaxed) % MessageEvent::ALL.len()];
        MessageTemplate::draw_up(MessageTemplateId::new(self.id()), organization, event, self.wording())
    }

    /// A text of its own, in use.
    pub fn wording(&self) -> Wording {
        Wording { text: text(TemplateText::parse, &format!("Asante {}", self.next())), is_active: true }
    }

    /// What a gateway calls a message and no other.
    pub fn reference(&self) -> GatewayReference {
        reference(&format!("ATXid_{:032}", self.next()))
    }

    /// A number like no other.
    pub fn phone(&self) -> PhoneNumber {
        phone(&format!("+2547{:08}", self.next()))
    }

    /// That something is on the phone which nobody knows.
    pub fn report(&self) -> DeliveryReport {
        DeliveryReport {
            gateway: Gateway::AfricasTalking,
            reference: self.reference(),
            message: None,
            number: None,
            delivery: Delivery::Delivered,
            at: self.now(),
        }
    }

    /// That `number` gets no texts.
    pub fn opt_out(&self, number: &PhoneNumber) -> OptOut {
        let id = OptOutId::new(self.id());
        OptOut { id, number: number.clone(), gateway: Gateway::AfricasTalking }
    }
}

/// Every place where a message can stand, for every reason there is, with a remark and without.
pub fn message_states(at: Timestamp) -> Vec<MessageState> {
    let plain = FailureCode::ALL.map(Failure::from).into_iter();
    let told = FailureCode::ALL.map(|code| Failure { code, remark: Some(remark("UserInBlacklist: 406")) });
    let failures = plain.chain(told);
    let failed = failures.flat_map(|it| [MessageState::Failed(it.clone()), MessageState::Unknown(it)]);
    let others = [
        MessageState::Queued { due: at },
        MessageState::Sending { until: at },
        MessageState::Sent,
        MessageState::Delivered,
    ];
    others.into_iter().chain(failed).collect()
}

/// So many millionths of a currency's unit.
pub fn cost(millionths: i64, code: &str) -> Cost {
    Cost::from_millionths(millionths, currency(code))
        .unwrap_or_else(|| panic!("{millionths} millionths are no cost"))
}

/// What a gateway calls a message.
pub fn reference(input: &str) -> GatewayReference {
    GatewayReference::parse(input).unwrap_or_else(|error| panic!("{input}: {error}"))
}

/// A gateway's own words.
pub fn remark(input: &str) -> Remark {
    Remark::new(input).unwrap_or_else(|| panic!("{input:?} says nothing"))
}

/// Hours in which nobody is woken.
pub fn quiet_hours(input: &str) -> QuietHours {
    text(QuietHours::parse, input)
}

/// What a message says.
pub fn message_text(input: &str) -> MessageText {
    MessageText::compose(input).unwrap_or_else(|| panic!("{input:?} says nothing"))
}

fn after(at: Timestamp, milliseconds: i64) -> Timestamp {
    time(at.milliseconds().saturating_add(milliseconds).min(Timestamp::LATEST.milliseconds()))
}
