//! That the store has been set up.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_domain::Timestamp;

use crate::fields::Fields;
use crate::value;

/// The `_id` of the only installation.
pub(crate) const INSTALLED: i64 = 1;

pub(crate) fn document(at: Timestamp) -> Document {
    doc! { "_id": INSTALLED, "installed_at": value::time(at) }
}

pub(crate) fn read(fields: &Fields<'_>) -> StoreResult<Timestamp> {
    fields.time("installed_at")
}
