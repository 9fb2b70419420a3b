//! Attempts to send messages over HTTP.

use std::borrow::Cow;

use orderdesk_application::views::MessageAttemptDetails;
use orderdesk_domain::{AttemptOutcome, MessageAttempt, Remark};
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::Transport;
use super::common::{Charge, Instant, choice, free_text, time_cell};
use super::notification::{GatewayTransport, reference};
use crate::links::Links;

choice! {
    /// How an attempt to send a message ended.
    OutcomeTransport of AttemptOutcome as "AttemptOutcome"
}

/// That a message was given to a gateway, and what the gateway answered. It never changes.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "NotificationAttempt")]
pub(crate) struct NotificationAttemptTransport {
    /// The attempt's identity.
    id: Uuid,
    /// The message that was to be sent.
    notification: Uuid,
    /// The gateway that it was given to; null where that is not known, because the program that was sending is lost.
    gateway: Option<GatewayTransport>,
    /// How it ended.
    outcome: OutcomeTransport,
    /// What the gateway calls the message; null where it has not taken it over.
    gateway_message_id: Option<String>,
    /// The gateway's own code for its answer.
    code: Option<String>,
    /// What the gateway charges; null where it did not say so.
    cost: Option<Charge>,
    /// The currency of the cost (ISO 4217).
    cost_currency: Option<String>,
    /// What went wrong, in the words of the gateway or of the one who reached for it; null where nothing did.
    error: Option<String>,
    /// When it began.
    created_at: Instant,
    /// When it ended.
    finished_at: Instant,
}

impl Transport for NotificationAttemptTransport {
    type Entity = MessageAttempt;

    const PLURAL: &'static str = "attempts";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "notification",
        "gateway",
        "outcome",
        "gateway_message_id",
        "code",
        "cost",
        "cost_currency",
        "error",
        "created_at",
        "finished_at",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "notification_id",
        "gateway",
        "outcome",
        "gateway_message_id",
        "code",
        "cost",
        "cost_currency",
        "error",
        "created_at",
        "finished_at",
    ];

    fn new(details: &MessageAttemptDetails, _: &Links) -> Self {
        let attempt = &details.attempt;
        let words = |remark: &Option<Remark>| remark.as_ref().map(ToString::to_string);
        Self {
            id: attempt.id.uuid(),
            notification: attempt.message.uuid(),
            gateway: attempt.gateway.map(GatewayTransport),
            outcome: OutcomeTransport(attempt.outcome),
            gateway_message_id: reference(attempt.reference.as_ref()),
            code: words(&attempt.code),
            cost: attempt.cost.map(Charge),
            cost_currency: attempt.cost.map(|cost| cost.currency().to_string()),
            error: words(&attempt.error),
            created_at: Instant(attempt.id.created_at()),
            finished_at: Instant(attempt.finished_at),
        }
    }

    fn cells(self) -> Vec<Cow<'static, str>> {
        vec![
            self.id.to_string().into(),
            self.notification.to_string().into(),
            self.gateway.map_or("", |gateway| gateway.0.name()).into(),
            self.outcome.0.name().into(),
            free_text(self.gateway_message_id.unwrap_or_default()),
            free_text(self.code.unwrap_or_default()),
            self.cost.map(|cost| cost.0.to_string()).unwrap_or_default().into(),
            self.cost_currency.unwrap_or_default().into(),
            free_text(self.error.unwrap_or_default()),
            time_cell(self.created_at),
            time_cell(self.finished_at),
        ]
    }
}
