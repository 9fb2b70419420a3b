//! Reports that wait for the message that they are about.

use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{Delivery, DeliveryReport, Gateway, GatewayReference, MessageId, PhoneNumber};

use crate::row::{Cells, RowReader};
use crate::table::Plain;
use crate::tables::parts;
use crate::value::SqlValue;

impl Plain for DeliveryReport {
    const TABLE: &'static str = "delivery_reports";
    const COLUMNS: &'static [&'static str] =
        &["gateway", "reference", "message_id", "number", "failure_code", "failure_remark", "reported_at"];

    fn values(&self) -> Vec<SqlValue> {
        let failure = match &self.delivery {
            Delivery::Delivered => None,
            Delivery::Failed(failure) => Some(failure),
        };
        let [failure_code, failure_remark] = parts::failure_values(failure);
        vec![
            self.gateway.name().into(),
            self.reference.as_str().into(),
            self.message.map(MessageId::uuid).into(),
            self.number.as_ref().map(PhoneNumber::as_str).into(),
            failure_code,
            failure_remark,
            self.at.into(),
        ]
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Self> {
        Ok(Self {
            gateway: row.named(Gateway::from_name)?,
            reference: row.parsed(GatewayReference::parse)?,
            message: row.optional_uuid()?.map(MessageId::new),
            number: row.optional_parsed(PhoneNumber::restore)?,
            delivery: parts::failure(row)?.map_or(Delivery::Delivered, Delivery::Failed),
            at: row.time()?,
        })
    }
}
