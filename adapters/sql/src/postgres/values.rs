//! How PostgreSQL keeps the types of columns: uuid, text, bigint, numeric, timestamptz, boolean, bytea.

use std::fmt::Write as _;

use orderdesk_domain::Timestamp;
use rust_decimal::Decimal;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Arguments as _, AssertSqlSafe, Postgres, Row as _};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::row::Cells;
use crate::statement::Statement;
use crate::value::SqlValue;

/// The statement as the driver takes it.
pub(super) fn query(statement: Statement) -> sqlx::Result<Query<'static, Postgres, PgArguments>> {
    let recurs = statement.recurs();
    let (text, values) = statement.render(|text, number| {
        // Writing to a string cannot fail.
        let _ = write!(text, "${number}");
    });
    let mut arguments = PgArguments::default();
    for value in values {
        bind(&mut arguments, value).map_err(sqlx::Error::Encode)?;
    }
    // Safe, because no value ever becomes part of the text of a `Statement`.
    Ok(sqlx::query_with(AssertSqlSafe(text), arguments).persistent(recurs))
}

fn bind(arguments: &mut PgArguments, value: SqlValue) -> Result<(), BoxDynError> {
    match value {
        SqlValue::Uuid(id) => arguments.add(id),
        SqlValue::Text(text) => arguments.add(text),
        SqlValue::Integer(number) => arguments.add(number),
        SqlValue::Decimal(amount) => arguments.add(amount),
        SqlValue::Time(time) => arguments.add(time.map(moment)),
        SqlValue::TimeOrLowest(time) => arguments.add(time.map_or_else(before_all_time, moment)),
        SqlValue::Boolean(answer) => arguments.add(answer),
        SqlValue::Bytes(bytes) => arguments.add(bytes),
    }
}

fn moment(time: Timestamp) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::milliseconds(time.milliseconds()))
}

/// The millisecond before the first one. The schema says the same.
fn before_all_time() -> OffsetDateTime {
    moment(Timestamp::EARLIEST).saturating_sub(Duration::MILLISECOND)
}

impl Cells for PgRow {
    fn uuid(&self, index: usize) -> sqlx::Result<Option<Uuid>> {
        self.try_get(index)
    }

    fn text(&self, index: usize) -> sqlx::Result<Option<&str>> {
        self.try_get(index)
    }

    fn integer(&self, index: usize) -> sqlx::Result<Option<i64>> {
        self.try_get(index)
    }

    fn decimal(&self, index: usize) -> sqlx::Result<Option<Decimal>> {
        let amount: Option<Decimal> = self.try_get(index)?;
        Ok(amount.map(|amount| amount.normalize()))
    }

    fn time(&self, index: usize) -> sqlx::Result<Option<Timestamp>> {
        let moment: Option<OffsetDateTime> = self.try_get(index)?;
        let timestamp = |moment: OffsetDateTime| {
            let milliseconds = (moment - OffsetDateTime::UNIX_EPOCH).whole_milliseconds();
            let timestamp = i64::try_from(milliseconds).ok().and_then(Timestamp::from_milliseconds);
            timestamp.ok_or_else(|| sqlx::Error::Decode("no moment of the years 1 to 9999".into()))
        };
        moment.map(timestamp).transpose()
    }

    fn boolean(&self, index: usize) -> sqlx::Result<Option<bool>> {
        self.try_get(index)
    }

    fn bytes(&self, index: usize) -> sqlx::Result<Option<&[u8]>> {
        self.try_get(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_kept_to_the_millisecond_from_the_first_to_the_last() {
        assert_eq!(moment(Timestamp::EARLIEST).unix_timestamp(), -62_135_596_800);
        assert_eq!(before_all_time().year(), 0);
        assert_eq!(moment(Timestamp::LATEST).year(), 9999);
        let odd = Timestamp::from_milliseconds(-1).unwrap();
        assert_eq!(moment(odd).unix_timestamp_nanos(), -1_000_000);
    }
}
