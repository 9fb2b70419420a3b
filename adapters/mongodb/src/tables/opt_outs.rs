//! Numbers whose owners want no texts.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{Gateway, OptOut, OptOutId, PhoneNumber};

use crate::fields::Fields;
use crate::value;

pub(crate) fn document(opt_out: &OptOut) -> Document {
    doc! {
        "_id": value::id(opt_out.id.uuid()),
        "number": opt_out.number.as_str(),
        "gateway": opt_out.gateway.name(),
    }
}

pub(crate) fn read(fields: &Fields<'_>) -> StoreResult<OptOut> {
    Ok(OptOut {
        id: OptOutId::new(fields.id("_id")?),
        number: number(fields)?,
        gateway: fields.named("gateway", Gateway::from_name)?,
    })
}

pub(crate) fn number(fields: &Fields<'_>) -> StoreResult<PhoneNumber> {
    fields.parsed("number", PhoneNumber::restore)
}
