//! How SQLite keeps the types of columns: ids as 16 bytes, times as milliseconds, money as 1/10000 of the unit.

use orderdesk_domain::Timestamp;
use orderdesk_domain::money::MAXIMUM_MINOR_DIGITS;
use rust_decimal::Decimal;
use sqlx::error::BoxDynError;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Row as _};
use uuid::Uuid;

use crate::row::Cells;
use crate::statement::Statement;
use crate::value::SqlValue;

/// The millisecond before the first one. The schema says the same.
const BEFORE_ALL_TIME: i64 = Timestamp::EARLIEST.milliseconds() - 1;

/// The statement as the driver takes it.
pub(super) fn query(statement: Statement) -> sqlx::Result<Query<'static, sqlx::Sqlite, SqliteArguments>> {
    let recurs = statement.recurs();
    // Without numbers: SQLite and the driver look each of them up in a list, so that ten thousand take seconds.
    let (text, values) = statement.render(|text, _| text.push('?'));
    let mut arguments = SqliteArguments::default();
    for value in values {
        bind(&mut arguments, value).map_err(sqlx::Error::Encode)?;
    }
    // Safe, because no value ever becomes part of the text of a `Statement`.
    Ok(sqlx::query_with(AssertSqlSafe(text), arguments).persistent(recurs))
}

fn bind(arguments: &mut SqliteArguments, value: SqlValue) -> Result<(), BoxDynError> {
    match value {
        SqlValue::Uuid(id) => arguments.add(id.map(|id| id.into_bytes().to_vec())),
        SqlValue::Text(text) => arguments.add(text),
        SqlValue::Integer(number) => arguments.add(number),
        SqlValue::Decimal(amount) => arguments.add(units(amount)?),
        SqlValue::Time(time) => arguments.add(time.map(Timestamp::milliseconds)),
        SqlValue::TimeOrLowest(time) => arguments.add(time.map_or(BEFORE_ALL_TIME, Timestamp::milliseconds)),
        SqlValue::Boolean(answer) => arguments.add(answer),
        SqlValue::Bytes(bytes) => arguments.add(bytes),
    }
}

/// An amount in 1/10000 of the unit, exactly.
fn units(amount: Decimal) -> Result<i64, BoxDynError> {
    let mut scaled = amount;
    scaled.rescale(MAXIMUM_MINOR_DIGITS);
    if scaled != amount {
        return Err("the amount is finer than any currency".into());
    }
    Ok(i64::try_from(scaled.mantissa())?)
}

impl Cells for SqliteRow {
    fn uuid(&self, index: usize) -> sqlx::Result<Option<Uuid>> {
        let bytes: Option<&[u8]> = self.try_get(index)?;
        bytes.map(Uuid::from_slice).transpose().map_err(|error| sqlx::Error::Decode(error.into()))
    }

    fn text(&self, index: usize) -> sqlx::Result<Option<&str>> {
        self.try_get(index)
    }

    fn integer(&self, index: usize) -> sqlx::Result<Option<i64>> {
        self.try_get(index)
    }

    fn decimal(&self, index: usize) -> sqlx::Result<Option<Decimal>> {
        let units = self.integer(index)?;
        Ok(units.map(|units| Decimal::new(units, MAXIMUM_MINOR_DIGITS).normalize()))
    }

    fn time(&self, index: usize) -> sqlx::Result<Option<Timestamp>> {
        let moment = |milliseconds| {
            Timestamp::from_milliseconds(milliseconds)
                .ok_or_else(|| sqlx::Error::Decode("no moment of the years 1 to 9999".into()))
        };
        self.integer(index)?.map(moment).transpose()
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
    fn amounts_are_whole_numbers_of_ten_thousandths() {
        assert_eq!(units(Decimal::new(1499, 1)).unwrap(), 1_499_000);
        assert_eq!(units(Decimal::new(99_999_999_999, 2)).unwrap(), 9_999_999_999_900);
        assert!(units(Decimal::new(1, 5)).is_err());
        assert!(units(Decimal::MAX).is_err());
    }
}
