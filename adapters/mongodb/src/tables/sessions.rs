//! Sessions.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{Issuer, SecretDigest, Session, SessionId, UserId};

use crate::fields::Fields;
use crate::value;

pub(crate) fn document(session: &Session) -> Document {
    doc! {
        "_id": value::id(session.id.uuid()),
        "user": value::id(session.user.uuid()),
        "digest": value::digest(&session.digest),
        "issuer": value::optional_text(session.issuer.as_ref().map(Issuer::as_str)),
        "seen_at": value::time(session.seen_at),
    }
}

pub(crate) fn read(fields: &Fields<'_>) -> StoreResult<Session> {
    Ok(Session {
        id: SessionId::new(fields.id("_id")?),
        user: UserId::new(fields.id("user")?),
        digest: SecretDigest::new(fields.digest("digest")?),
        issuer: fields.optional_parsed("issuer", Issuer::parse)?,
        seen_at: fields.time("seen_at")?,
    })
}
