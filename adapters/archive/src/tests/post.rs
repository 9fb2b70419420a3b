//! The records of messages in the file that is tested.

use orderdesk_application::ports::Record;
use orderdesk_contract::builders::{
    START, cost, id_at, message_text, phone, reference, remark, text, time, version,
};
use orderdesk_domain::{
    AttemptOutcome, Course, CustomerId, Failure, FailureCode, Gateway, Letter, Message, MessageAttempt,
    MessageAttemptId, MessageEvent, MessageId, MessageState, MessageTemplate, MessageTemplateId, OptOut,
    OptOutId, OrderId, OrganizationId, TemplateText, Wording,
};

/// One to three records of every kind about messages, the same in every run.
pub(super) fn post(organization: OrganizationId, customer: CustomerId, order: OrderId) -> Vec<Record> {
    let id = |number| id_at(START, number);
    let moment = time(1_780_000_000_123);
    let letter = |order, event, text| Letter {
        organization,
        order,
        customer,
        event,
        to: phone("+254798765432"),
        text: message_text(text),
    };
    let told = |number, letter, state, gateway: Option<Gateway>, answer: Option<&str>, cost| {
        let course = Course {
            state,
            expires_at: time(1_780_086_400_123),
            attempts: u32::from(gateway.is_some()),
            deferrals: 0,
            gateway,
            reference: answer.map(reference),
            cost,
        };
        Record::Message(Message::restore(MessageId::new(id(number)), letter, course, moment, version(3)))
    };
    let gone = OrderId::new(id(30));
    let refused = Failure { code: FailureCode::NotServed, remark: Some(remark("UnsupportedNumberType")) };
    let wording = Wording { text: text(TemplateText::parse, "Hello\n{{ item }}"), is_active: true };
    let placed = MessageEvent::OrderPlaced;
    let template = MessageTemplate::restore(
        MessageTemplateId::new(id(19)),
        organization,
        placed,
        wording,
        moment,
        version(4),
    );
    let tried = MessageAttempt {
        id: MessageAttemptId::new(id(23)),
        message: MessageId::new(id(20)),
        gateway: Some(Gateway::AfricasTalking),
        outcome: AttemptOutcome::Accepted,
        reference: Some(reference("ATXid_1")),
        code: Some(remark("101")),
        cost: Some(cost(800_000, "KES")),
        error: None,
        finished_at: moment,
    };
    let lost = MessageAttempt {
        id: MessageAttemptId::new(id(24)),
        gateway: None,
        outcome: AttemptOutcome::Lost,
        reference: None,
        code: None,
        cost: None,
        error: Some(remark("the program came to its end")),
        ..tried.clone()
    };
    vec![
        Record::MessageTemplate(template),
        told(
            20,
            letter(order, placed, "Asante Zoë"),
            MessageState::Sent,
            tried.gateway,
            Some("ATXid_1"),
            tried.cost,
        ),
        told(
            21,
            letter(gone, placed, "Asante Zoë"),
            MessageState::Failed(refused),
            Some(Gateway::Twilio),
            None,
            None,
        ),
        told(
            22,
            letter(order, MessageEvent::OrderClosed, "Karibu Zoë"),
            MessageState::Queued { due: moment },
            None,
            None,
            None,
        ),
        Record::MessageAttempt(tried),
        Record::MessageAttempt(lost),
        Record::OptOut(OptOut {
            id: OptOutId::new(id(25)),
            number: phone("+254798765432"),
            gateway: Gateway::AfricasTalking,
        }),
    ]
}
