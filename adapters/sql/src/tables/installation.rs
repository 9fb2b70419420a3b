//! That the store has been set up.

use orderdesk_application::ports::StoreResult;
use orderdesk_domain::Timestamp;

use crate::row::{Cells, RowReader};
use crate::table::Plain;
use crate::value::SqlValue;

/// When the store was set up.
pub(crate) struct Installation(pub(crate) Timestamp);

impl Plain for Installation {
    const TABLE: &'static str = "installation";
    const COLUMNS: &'static [&'static str] = &["singleton", "installed_at"];

    fn values(&self) -> Vec<SqlValue> {
        vec![1_i64.into(), self.0.into()]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        row.integer()?;
        row.time().map(Self)
    }
}
