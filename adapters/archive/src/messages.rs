//! Templates, messages, attempts to send them, and numbers that get none: their fields, as they are written and as they
//! are read.

use orderdesk_domain::{
    AttemptOutcome, Cost, Course, CustomerId, Failure, FailureCode, Gateway, GatewayReference, Letter,
    Message, MessageAttempt, MessageAttemptId, MessageEvent, MessageId, MessageState, MessageStatus,
    MessageTemplate, MessageTemplateId, MessageText, OptOut, OptOutId, OrderId, OrganizationId, PhoneNumber,
    Remark, TemplateText, Wording,
};
use serde::ser::SerializeMap;

use crate::error::Fault;
use crate::fields::{Fields, expected};

pub(crate) fn write_template<M: SerializeMap>(line: &mut M, it: &MessageTemplate) -> Result<(), M::Error> {
    line.serialize_entry("id", &it.id().to_string())?;
    line.serialize_entry("organization_id", &it.organization().to_string())?;
    line.serialize_entry("event", it.event().name())?;
    line.serialize_entry("text", it.wording().text.as_str())?;
    line.serialize_entry("is_active", &it.wording().is_active)?;
    line.serialize_entry("updated_at", &it.updated_at().to_string())?;
    line.serialize_entry("version", &it.version().number())
}

pub(crate) fn read_template(fields: &mut Fields<'_>) -> Result<MessageTemplate, Fault> {
    let id = fields.id("id", MessageTemplateId::new)?;
    let organization = fields.id("organization_id", OrganizationId::new)?;
    let event = fields.named("event", MessageEvent::from_name, &MessageEvent::NAMES)?;
    let wording = Wording {
        text: fields.parsed("text", TemplateText::parse, TemplateText::as_str)?,
        is_active: fields.boolean("is_active")?,
    };
    let (updated_at, version) = (fields.time("updated_at")?, fields.version("version")?);
    Ok(MessageTemplate::restore(id, organization, event, wording, updated_at, version))
}

pub(crate) fn write_message<M: SerializeMap>(line: &mut M, message: &Message) -> Result<(), M::Error> {
    let (letter, course) = (message.letter(), message.course());
    let failure = course.state.failure();
    line.serialize_entry("id", &message.id().to_string())?;
    line.serialize_entry("organization_id", &letter.organization.to_string())?;
    line.serialize_entry("order_id", &letter.order.to_string())?;
    line.serialize_entry("customer_id", &letter.customer.to_string())?;
    line.serialize_entry("event", letter.event.name())?;
    line.serialize_entry("to", letter.to.as_str())?;
    line.serialize_entry("text", letter.text.as_str())?;
    line.serialize_entry("status", message.status().name())?;
    line.serialize_entry("due_at", &course.state.due().map(|time| time.to_string()))?;
    line.serialize_entry("failure_code", &failure.map(|failure| failure.code.name()))?;
    let remark = failure.and_then(|failure| failure.remark.as_ref());
    line.serialize_entry("failure_remark", &remark.map(Remark::as_str))?;
    line.serialize_entry("expires_at", &course.expires_at.to_string())?;
    line.serialize_entry("attempts", &course.attempts)?;
    line.serialize_entry("deferrals", &course.deferrals)?;
    write_answer(line, course.gateway, course.reference.as_ref())?;
    write_cost(line, course.cost)?;
    line.serialize_entry("updated_at", &message.updated_at().to_string())?;
    line.serialize_entry("version", &message.version().number())
}

pub(crate) fn read_message(fields: &mut Fields<'_>) -> Result<Message, Fault> {
    let id = fields.id("id", MessageId::new)?;
    let letter = Letter {
        organization: fields.id("organization_id", OrganizationId::new)?,
        order: fields.id("order_id", OrderId::new)?,
        customer: fields.id("customer_id", CustomerId::new)?,
        event: fields.named("event", MessageEvent::from_name, &MessageEvent::NAMES)?,
        to: fields.parsed("to", PhoneNumber::restore, PhoneNumber::as_str)?,
        text: text(fields)?,
    };
    let course = Course {
        state: state(fields)?,
        expires_at: fields.time("expires_at")?,
        attempts: fields.number("attempts")?,
        deferrals: fields.number("deferrals")?,
        gateway: gateway(fields)?,
        reference: reference(fields)?,
        cost: fields.cost()?,
    };
    let (updated_at, version) = (fields.time("updated_at")?, fields.version("version")?);
    Ok(Message::restore(id, letter, course, updated_at, version))
}

/// What was composed once is composed to itself.
fn text(fields: &mut Fields<'_>) -> Result<MessageText, Fault> {
    let expectation = format!(
        "expected 1 to {} characters in Unicode normalisation form C, without blanks around them, and without control \
         characters but line feeds",
        MessageText::MAXIMUM
    );
    fields.of_text("text", &expectation, |text| {
        MessageText::compose(text).filter(|composed| composed.as_str() == text)
    })
}

/// Where a message stands, of the parts that go together.
fn state(fields: &mut Fields<'_>) -> Result<MessageState, Fault> {
    let status = fields.named("status", MessageStatus::from_name, &MessageStatus::NAMES)?;
    let due = fields.optional_time("due_at")?;
    let code = fields.optional_named("failure_code", FailureCode::from_name, &FailureCode::NAMES)?;
    let remark = remark(fields, "failure_remark")?;
    let failure = match (code, remark) {
        (Some(code), remark) => Some(Failure { code, remark }),
        (None, None) => None,
        (None, Some(_)) => {
            return Err(expected("failure_remark", "expected null if there is no `failure_code`"));
        }
    };
    MessageState::new(status, due, failure).ok_or_else(|| {
        let parts = "expected a time in `due_at` for queued and sending, a code in `failure_code` for failed and \
                     unknown, and null in both otherwise";
        expected("status", parts)
    })
}

pub(crate) fn write_attempt<M: SerializeMap>(line: &mut M, it: &MessageAttempt) -> Result<(), M::Error> {
    line.serialize_entry("id", &it.id.to_string())?;
    line.serialize_entry("message_id", &it.message.to_string())?;
    line.serialize_entry("outcome", it.outcome.name())?;
    write_answer(line, it.gateway, it.reference.as_ref())?;
    line.serialize_entry("code", &it.code.as_ref().map(Remark::as_str))?;
    write_cost(line, it.cost)?;
    line.serialize_entry("error", &it.error.as_ref().map(Remark::as_str))?;
    line.serialize_entry("finished_at", &it.finished_at.to_string())
}

pub(crate) fn read_attempt(fields: &mut Fields<'_>) -> Result<MessageAttempt, Fault> {
    Ok(MessageAttempt {
        id: fields.id("id", MessageAttemptId::new)?,
        message: fields.id("message_id", MessageId::new)?,
        outcome: fields.named("outcome", AttemptOutcome::from_name, &AttemptOutcome::NAMES)?,
        gateway: gateway(fields)?,
        reference: reference(fields)?,
        code: remark(fields, "code")?,
        cost: fields.cost()?,
        error: remark(fields, "error")?,
        finished_at: fields.time("finished_at")?,
    })
}

pub(crate) fn write_opt_out<M: SerializeMap>(line: &mut M, it: &OptOut) -> Result<(), M::Error> {
    line.serialize_entry("id", &it.id.to_string())?;
    line.serialize_entry("phone", it.number.as_str())?;
    line.serialize_entry("gateway", it.gateway.name())
}

pub(crate) fn read_opt_out(fields: &mut Fields<'_>) -> Result<OptOut, Fault> {
    Ok(OptOut {
        id: fields.id("id", OptOutId::new)?,
        number: fields.parsed("phone", PhoneNumber::restore, PhoneNumber::as_str)?,
        gateway: fields.named("gateway", Gateway::from_name, &Gateway::NAMES)?,
    })
}

/// Who answered, and what it calls the message.
fn write_answer<M: SerializeMap>(
    line: &mut M,
    gateway: Option<Gateway>,
    reference: Option<&GatewayReference>,
) -> Result<(), M::Error> {
    line.serialize_entry("gateway", &gateway.map(Gateway::name))?;
    line.serialize_entry("gateway_message_id", &reference.map(GatewayReference::as_str))
}

fn gateway(fields: &mut Fields<'_>) -> Result<Option<Gateway>, Fault> {
    fields.optional_named("gateway", Gateway::from_name, &Gateway::NAMES)
}

fn reference(fields: &mut Fields<'_>) -> Result<Option<GatewayReference>, Fault> {
    let expectation = "expected 1 to 100 characters of printable ASCII without blanks, or null";
    fields.optional("gateway_message_id", expectation, |text| GatewayReference::parse(text).ok())
}

/// With the minor digits of the currency, or more where there are more.
fn write_cost<M: SerializeMap>(line: &mut M, cost: Option<Cost>) -> Result<(), M::Error> {
    line.serialize_entry("cost", &cost.map(|cost| cost.to_string()))?;
    line.serialize_entry("cost_currency", &cost.map(|cost| cost.currency().code()))
}

/// Somebody else's words, as they are kept.
fn remark(fields: &mut Fields<'_>, field: &'static str) -> Result<Option<Remark>, Fault> {
    fields.optional(
        field,
        "expected one line of at most 200 characters without two blanks in a row, or null",
        |text| Remark::new(text).filter(|remark| remark.as_str() == text),
    )
}
