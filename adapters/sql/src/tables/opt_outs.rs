//! Numbers that get no texts.

use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{Gateway, OptOut, OptOutId, PhoneNumber};

use crate::row::{Cells, RowReader};
use crate::table::Plain;
use crate::value::SqlValue;

impl Plain for OptOut {
    const TABLE: &'static str = "opt_outs";
    const COLUMNS: &'static [&'static str] = &["id", "number", "gateway"];

    fn values(&self) -> Vec<SqlValue> {
        vec![self.id.uuid().into(), self.number.as_str().into(), self.gateway.name().into()]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        Ok(Self {
            id: OptOutId::new(row.uuid()?),
            number: row.parsed(PhoneNumber::restore)?,
            gateway: row.named(Gateway::from_name)?,
        })
    }
}
