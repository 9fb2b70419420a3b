//! Gateways that send nothing at present. The `_id` is the gateway's name.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{Gateway, Hold, Remark};

use crate::fields::Fields;
use crate::value;

/// The hold of this gateway.
pub(crate) fn of(gateway: Gateway) -> Document {
    doc! { "_id": gateway.name() }
}

/// An update, or what comes to be where there is nothing to update. When it began stays as it is.
pub(crate) fn update(hold: &Hold) -> Document {
    doc! {
        "$set": { "remark": hold.remark.as_ref().map(Remark::as_str), "until": value::time(hold.until) },
        "$setOnInsert": { "since": value::time(hold.since) },
    }
}

pub(crate) fn read(fields: &Fields<'_>) -> StoreResult<Hold> {
    Ok(Hold {
        gateway: fields.named("_id", Gateway::from_name)?,
        remark: fields.optional_named("remark", Remark::new)?,
        since: fields.time("since")?,
        until: fields.time("until")?,
    })
}
