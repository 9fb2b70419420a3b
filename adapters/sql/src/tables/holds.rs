//! Gateways that send nothing at present.

use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{Gateway, Hold, Remark};

use crate::row::{Cells, RowReader};
use crate::table::Plain;
use crate::tables::parts;
use crate::value::SqlValue;

impl Plain for Hold {
    const TABLE: &'static str = "gateway_holds";
    const COLUMNS: &'static [&'static str] = &["gateway", "remark", "since", "until"];

    fn values(&self) -> Vec<SqlValue> {
        vec![
            self.gateway.name().into(),
            self.remark.as_ref().map(Remark::as_str).into(),
            self.since.into(),
            self.until.into(),
        ]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        Ok(Self {
            gateway: row.named(Gateway::from_name)?,
            remark: parts::remark(row)?,
            since: row.time()?,
            until: row.time()?,
        })
    }
}
