//! Messages to customers over HTTP.

use std::borrow::Cow;

use orderdesk_application::views::MessageDetails;
use orderdesk_domain::{
    Encoding, Failure, FailureCode, Gateway, GatewayReference, Message, MessageEvent, MessageState,
    MessageStatus,
};
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::common::{
    Charge, CustomerReference, Instant, OrganizationReference, choice, free_text, time_cell,
};
use super::{Addressed, OrderTransport, Transport};
use crate::body::{Body, Form};
use crate::links::Links;

choice! {
    /// What a customer is told about.
    EventTransport of MessageEvent as "MessageEvent"
}

choice! {
    /// Where a message stands.
    StatusTransport of MessageStatus as "MessageStatus"
}

choice! {
    /// Why a message failed, or why it is not known what became of it.
    FailureCodeTransport of FailureCode as "FailureCode"
}

choice! {
    /// What takes messages to phones.
    GatewayTransport of Gateway as "Gateway"
}

choice! {
    /// The alphabet of a text.
    EncodingTransport of Encoding as "Encoding"
}

/// Why a message failed, or why it is not known what became of it.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Failure")]
struct FailureTransport {
    /// The reason, a stable word for programs.
    code: FailureCodeTransport,
    /// More about it, in the words of the gateway; null where it said no more.
    remark: Option<String>,
}

impl From<&Failure> for FailureTransport {
    fn from(failure: &Failure) -> Self {
        Self {
            code: FailureCodeTransport(failure.code),
            remark: failure.remark.as_ref().map(ToString::to_string),
        }
    }
}

/// What a customer is told about an order by SMS, and what became of it.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Notification")]
pub(crate) struct NotificationTransport {
    /// The message's identity.
    id: Uuid,
    /// Where this object stands.
    url: String,
    /// Who tells it.
    organization: OrganizationReference,
    /// The order that it is about, which may be gone.
    order: Uuid,
    /// Where that order stands, if it is still there.
    order_url: String,
    /// Who is told.
    customer: CustomerReference,
    /// What has happened; a customer is told once of each event of an order.
    event: EventTransport,
    /// Where it goes: the customer's number as it was then.
    to: String,
    /// What it says.
    text: String,
    /// The alphabet that the text takes.
    encoding: EncodingTransport,
    /// The number of pieces in which it travels, each of which is paid for.
    segments: usize,
    /// Where it stands.
    status: StatusTransport,
    /// Why it failed, or why it is not known what became of it; null otherwise.
    failure: Option<FailureTransport>,
    /// The gateway that had it last; null where none had it, or where that is not known.
    gateway: Option<GatewayTransport>,
    /// What that gateway calls it; null where it has not taken it over.
    gateway_message_id: Option<String>,
    /// How often it has been given to a gateway.
    attempts: u32,
    /// Where those attempts are listed, and where it is sent again.
    attempts_url: String,
    /// What it has cost so far, as finely as the gateway counts; null where no gateway said so.
    cost: Option<Charge>,
    /// The currency of the cost (ISO 4217).
    cost_currency: Option<String>,
    /// When it is to be sent; null unless it is queued.
    due_at: Option<Instant>,
    /// When nobody wants it any more, if it has not been sent by then.
    expires_at: Instant,
    /// When it was queued first.
    created_at: Instant,
    /// When it last changed: since when it stands where it stands.
    updated_at: Instant,
    /// Grows with every change.
    version: i64,
}

impl Transport for NotificationTransport {
    type Entity = Message;

    const PLURAL: &'static str = "notifications";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "url",
        "organization",
        "order",
        "order_url",
        "customer",
        "event",
        "to",
        "text",
        "encoding",
        "segments",
        "status",
        "failure",
        "gateway",
        "gateway_message_id",
        "attempts",
        "attempts_url",
        "cost",
        "cost_currency",
        "due_at",
        "expires_at",
        "created_at",
        "updated_at",
        "version",
    ];
    const COSTS: bool = true;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "organization_id",
        "order_id",
        "customer_id",
        "customer_code",
        "event",
        "to",
        "text",
        "encoding",
        "segments",
        "status",
        "failure_code",
        "failure_remark",
        "gateway",
        "gateway_message_id",
        "attempts",
        "cost",
        "cost_currency",
        "due_at",
        "expires_at",
        "created_at",
        "updated_at",
        "version",
    ];

    fn new(details: &MessageDetails, links: &Links) -> Self {
        let message = &details.message;
        let (id, letter, course) = (message.id(), message.letter(), message.course());
        let segments = letter.text.segments();
        let url = links.object(Self::PATH, id.uuid());
        Self {
            id: id.uuid(),
            organization: (&details.organization).into(),
            order: letter.order.uuid(),
            order_url: links.object(OrderTransport::PATH, letter.order.uuid()),
            customer: CustomerReference::new(&details.customer, links),
            event: EventTransport(letter.event),
            to: letter.to.to_string(),
            text: letter.text.as_str().to_owned(),
            encoding: EncodingTransport(segments.encoding),
            segments: segments.count,
            status: StatusTransport(message.status()),
            failure: course.state.failure().map(Into::into),
            gateway: course.gateway.map(GatewayTransport),
            gateway_message_id: reference(course.reference.as_ref()),
            attempts: course.attempts,
            attempts_url: format!("{url}attempts/"),
            cost: course.cost.map(Charge),
            cost_currency: course.cost.map(|cost| cost.currency().to_string()),
            due_at: due(&course.state),
            expires_at: Instant(course.expires_at),
            created_at: Instant(id.created_at()),
            updated_at: Instant(message.updated_at()),
            version: message.version().number(),
            url,
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        let (failure_code, remark) = match self.failure {
            Some(failure) => (failure.code.0.name(), failure.remark),
            None => ("", None),
        };
        vec![
            self.id.to_string().into(),
            self.organization.id().to_string().into(),
            self.order.to_string().into(),
            self.customer.id().to_string().into(),
            self.customer.into_code().into(),
            self.event.0.name().into(),
            self.to.into(),
            free_text(self.text),
            self.encoding.0.name().into(),
            self.segments.to_string().into(),
            self.status.0.name().into(),
            failure_code.into(),
            free_text(remark.unwrap_or_default()),
            self.gateway.map_or("", |gateway| gateway.0.name()).into(),
            free_text(self.gateway_message_id.unwrap_or_default()),
            self.attempts.to_string().into(),
            self.cost.map(|cost| cost.0.to_string()).unwrap_or_default().into(),
            self.cost_currency.unwrap_or_default().into(),
            self.due_at.map(time_cell).unwrap_or_default(),
            time_cell(self.expires_at),
            time_cell(self.created_at),
            time_cell(self.updated_at),
            self.version.to_string().into(),
        ]
    }
}

impl Addressed for NotificationTransport {
    fn url(&self) -> &str {
        &self.url
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// What a gateway calls a message.
pub(super) fn reference(reference: Option<&GatewayReference>) -> Option<String> {
    reference.map(|reference| reference.as_str().to_owned())
}

/// When a message is to be sent. That a worker's lease ends is nobody's business.
fn due(state: &MessageState) -> Option<Instant> {
    match state {
        MessageState::Queued { due } => Some(Instant(*due)),
        _ => None,
    }
}

/// That a message is to be sent again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SendAgain {
    /// Although it may have arrived.
    pub(crate) confirm_unknown: bool,
}

const CONFIRM_UNKNOWN: &str = "Send it although it is not known whether it was sent before, so that the customer may get it twice; \
                               false where nothing is said.";

impl Body for SendAgain {
    fn read(form: &mut Form) -> Option<Self> {
        let confirm_unknown = form.optional("confirm_unknown", CONFIRM_UNKNOWN).unwrap_or(false);
        Some(Self { confirm_unknown })
    }
}
