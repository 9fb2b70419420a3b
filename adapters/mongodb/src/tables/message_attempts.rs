//! Attempts to send messages. An attempt names the organization and the customer of its message: they never change, and
//! whoever may see the message may see the attempt.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{MessageAttemptDetails, MessageAttemptField};
use orderdesk_domain::{
    AttemptOutcome, CustomerId, Gateway, GatewayReference, MessageAttempt, MessageAttemptId, MessageId,
    OrganizationId, Remark,
};

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::KnownMessage;
use crate::schema::MESSAGE_ATTEMPTS;
use crate::table::{Column, Table};
use crate::tables::parts;
use crate::value;

impl Table for MessageAttempt {
    const COLLECTION: &'static str = MESSAGE_ATTEMPTS;

    fn column(field: MessageAttemptField) -> Column {
        match field {
            MessageAttemptField::Id | MessageAttemptField::CreatedAt => Column::Own("_id"),
            MessageAttemptField::Organization => Column::Own("organization"),
            MessageAttemptField::Customer => Column::Own("customer"),
            MessageAttemptField::Message => Column::Own("message"),
            MessageAttemptField::Outcome => Column::Own("outcome"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        Ok(Self {
            id: MessageAttemptId::new(fields.id("_id")?),
            message: MessageId::new(fields.id("message")?),
            gateway: fields.optional_named("gateway", Gateway::from_name)?,
            outcome: fields.named("outcome", AttemptOutcome::from_name)?,
            reference: fields.optional_parsed("reference", GatewayReference::parse)?,
            code: fields.optional_named("code", Remark::new)?,
            cost: parts::cost(fields)?,
            error: fields.optional_named("error", Remark::new)?,
            finished_at: fields.time("finished_at")?,
        })
    }

    fn mention(&self, _mentions: &mut Mentions) {}

    fn show(self, fields: &Fields<'_>, _names: &Names) -> StoreResult<MessageAttemptDetails> {
        let organization = OrganizationId::new(fields.id("organization")?);
        let customer = CustomerId::new(fields.id("customer")?);
        Ok(MessageAttemptDetails { attempt: self, organization, customer })
    }
}

/// An attempt to send this message.
pub(crate) fn document(attempt: &MessageAttempt, message: &KnownMessage) -> Document {
    let mut document = doc! {
        "_id": value::id(attempt.id.uuid()),
        "message": value::id(attempt.message.uuid()),
        "organization": value::id(message.organization),
        "customer": value::id(message.customer),
        "gateway": attempt.gateway.map(Gateway::name),
        "outcome": attempt.outcome.name(),
        "reference": attempt.reference.as_ref().map(GatewayReference::as_str),
        "code": attempt.code.as_ref().map(Remark::as_str),
        "error": attempt.error.as_ref().map(Remark::as_str),
        "finished_at": value::time(attempt.finished_at),
    };
    document.extend(parts::cost_document(attempt.cost));
    document
}
