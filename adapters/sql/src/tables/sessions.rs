//! Sessions of browsers.

use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{Issuer, SecretDigest, Session, SessionId, UserId};

use crate::row::{Cells, RowReader};
use crate::table::Plain;
use crate::value::SqlValue;

/// The columns of a session beside those of other tables.
pub(crate) const SIGN_IN: &[&str] = &["s.id", "s.user_id", "s.digest", "s.issuer", "s.seen_at"];

impl Plain for Session {
    const TABLE: &'static str = "sessions";
    const COLUMNS: &'static [&'static str] = &["id", "user_id", "digest", "issuer", "seen_at"];

    fn values(&self) -> Vec<SqlValue> {
        vec![
            self.id.uuid().into(),
            self.user.uuid().into(),
            (&self.digest).into(),
            self.issuer.as_ref().map(Issuer::as_str).into(),
            self.seen_at.into(),
        ]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        Ok(Self {
            id: SessionId::new(row.uuid()?),
            user: UserId::new(row.uuid()?),
            digest: SecretDigest::new(row.bytes()?),
            issuer: row.optional_parsed(Issuer::parse)?,
            seen_at: row.time()?,
        })
    }
}
