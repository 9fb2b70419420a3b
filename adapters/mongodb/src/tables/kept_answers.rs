//! Kept answers. The `_id` is the user and the key, so that there is one for each pair.

use mongodb::bson::{Bson, Document, doc};
use orderdesk_application::idempotency::{Answer, IdempotencyKey, KeptAnswer};
use orderdesk_application::ports::StoreResult;
use orderdesk_domain::UserId;
use uuid::Uuid;

use crate::fields::Fields;
use crate::value;

/// The `_id` of the answer to this user's request of this key.
pub(crate) fn id(user: UserId, key: &IdempotencyKey) -> Document {
    doc! { "user": value::id(user.uuid()), "key": key.as_str() }
}

/// The condition that an answer is kept for this user: all of them lie side by side in the index on `_id`.
pub(crate) fn of_user(user: Uuid) -> Document {
    doc! { "_id": { "$gte": { "user": value::id(user) }, "$lt": { "user": value::id(user), "key": Bson::MaxKey } } }
}

/// All but the `_id`.
pub(crate) fn document(kept: &KeptAnswer) -> Document {
    let KeptAnswer { request, answer, kept_at, .. } = kept;
    doc! {
        "request": value::bytes(request),
        "status": i64::from(answer.status),
        "location": value::optional_text(answer.location.as_deref()),
        "etag": value::optional_text(answer.etag.as_deref()),
        "body": answer.body.as_str(),
        "kept_at": value::time(*kept_at),
    }
}

pub(crate) fn read(fields: &Fields<'_>) -> StoreResult<KeptAnswer> {
    let id = fields.within("_id")?;
    Ok(KeptAnswer {
        user: UserId::new(id.id("user")?),
        key: id.parsed("key", IdempotencyKey::parse)?,
        request: fields.digest("request")?,
        answer: Answer {
            status: fields.count("status")?,
            location: fields.optional_text("location")?.map(str::to_owned),
            etag: fields.optional_text("etag")?.map(str::to_owned),
            body: fields.text("body")?.to_owned(),
        },
        kept_at: fields.time("kept_at")?,
    })
}
