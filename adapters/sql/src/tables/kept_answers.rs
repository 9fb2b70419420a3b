//! Answers that are kept.

use orderdesk_application::idempotency::{Answer, IdempotencyKey, KeptAnswer};
use orderdesk_application::ports::StoreResult;
use orderdesk_domain::UserId;

use crate::row::{Cells, RowReader};
use crate::table::Plain;
use crate::value::SqlValue;

impl Plain for KeptAnswer {
    const TABLE: &'static str = "kept_answers";
    const COLUMNS: &'static [&'static str] =
        &["user_id", "key", "request", "status", "location", "etag", "body", "kept_at"];

    fn values(&self) -> Vec<SqlValue> {
        let answer = &self.answer;
        vec![
            self.user.uuid().into(),
            self.key.as_str().into(),
            SqlValue::Bytes(self.request.to_vec()),
            i64::from(answer.status).into(),
            answer.location.as_deref().into(),
            answer.etag.as_deref().into(),
            answer.body.as_str().into(),
            self.kept_at.into(),
        ]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        Ok(Self {
            user: UserId::new(row.uuid()?),
            key: row.parsed(IdempotencyKey::parse)?,
            request: row.bytes()?,
            answer: Answer {
                status: row.number()?,
                location: row.optional_text()?.map(str::to_owned),
                etag: row.optional_text()?.map(str::to_owned),
                body: row.text()?.to_owned(),
            },
            kept_at: row.time()?,
        })
    }
}
