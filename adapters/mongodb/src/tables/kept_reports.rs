//! Reports that wait for the message that they are about. The `_id` is the gateway and what it calls the message, so that
//! there is one for each.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{Delivery, DeliveryReport, Gateway, GatewayReference, MessageId, PhoneNumber};

use crate::fields::Fields;
use crate::tables::parts;
use crate::value;

/// The report of this reference.
pub(crate) fn of(gateway: Gateway, reference: &GatewayReference) -> Document {
    doc! { "_id": { "gateway": gateway.name(), "reference": reference.as_str() } }
}

/// All but the `_id`. What did not fail was delivered.
pub(crate) fn document(report: &DeliveryReport) -> Document {
    let failure = match &report.delivery {
        Delivery::Delivered => None,
        Delivery::Failed(failure) => Some(failure),
    };
    let mut document = doc! {
        "message": value::optional_id(report.message.map(MessageId::uuid)),
        "number": report.number.as_ref().map(PhoneNumber::as_str),
        "at": value::time(report.at),
    };
    document.extend(parts::failure_document(failure));
    document
}

pub(crate) fn read(fields: &Fields<'_>) -> StoreResult<DeliveryReport> {
    let id = fields.within("_id")?;
    Ok(DeliveryReport {
        gateway: id.named("gateway", Gateway::from_name)?,
        reference: id.parsed("reference", GatewayReference::parse)?,
        message: fields.optional_id("message")?.map(MessageId::new),
        number: fields.optional_parsed("number", PhoneNumber::restore)?,
        delivery: parts::failure(fields)?.map_or(Delivery::Delivered, Delivery::Failed),
        at: fields.time("at")?,
    })
}
