//! Attempts to send messages.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{MessageAttemptDetails, MessageAttemptField};
use orderdesk_domain::{
    AttemptOutcome, CustomerId, Gateway, GatewayReference, MessageAttempt, MessageAttemptId, MessageId,
    OrganizationId, Remark,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

impl Table for MessageAttempt {
    const TABLE: &'static str = "message_attempts";
    // Whose an attempt is, the message says.
    const SOURCE: &'static str = "message_attempts AS a JOIN messages AS m ON m.id = a.message_id";
    const NAMES: &'static str = "";
    const COLUMNS: &'static [&'static str] = &[
        "a.message_id",
        "a.id",
        "a.gateway",
        "a.outcome",
        "a.reference",
        "a.code",
        "a.cost",
        "a.cost_currency",
        "a.error",
        "a.finished_at",
        "m.organization_id",
        "m.customer_id",
    ];
    // A message has few attempts, so an index that begins with the message has no need of anything else.
    const HOME: Option<Self::Field> = None;

    fn column(field: MessageAttemptField) -> Column {
        match field {
            MessageAttemptField::Id | MessageAttemptField::CreatedAt => Column::Own("a.id"),
            MessageAttemptField::Organization => Column::Unindexed("m.organization_id"),
            MessageAttemptField::Customer => Column::Unindexed("m.customer_id"),
            MessageAttemptField::Message => Column::Own("a.message_id"),
            MessageAttemptField::Outcome => Column::Unindexed("a.outcome"),
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<MessageAttemptDetails> {
        let message = MessageId::new(row.uuid()?);
        let attempt = Self {
            id: MessageAttemptId::new(row.uuid()?),
            message,
            gateway: row.optional_named(Gateway::from_name)?,
            outcome: row.named(AttemptOutcome::from_name)?,
            reference: parts::reference(row)?,
            code: parts::remark(row)?,
            cost: parts::cost(row)?,
            error: parts::remark(row)?,
            finished_at: row.time()?,
        };
        Ok(MessageAttemptDetails {
            attempt,
            organization: OrganizationId::new(row.uuid()?),
            customer: CustomerId::new(row.uuid()?),
        })
    }
}

impl Written for MessageAttempt {
    const FIXED: &'static [&'static str] = &[
        "message_id",
        "id",
        "gateway",
        "outcome",
        "reference",
        "code",
        "cost",
        "cost_currency",
        "error",
        "finished_at",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn fixed(&self) -> Vec<SqlValue> {
        let [cost, cost_currency] = parts::cost_values(self.cost);
        vec![
            self.message.uuid().into(),
            self.id.uuid().into(),
            self.gateway.map(Gateway::name).into(),
            self.outcome.name().into(),
            self.reference.as_ref().map(GatewayReference::as_str).into(),
            self.code.as_ref().map(Remark::as_str).into(),
            cost,
            cost_currency,
            self.error.as_ref().map(Remark::as_str).into(),
            self.finished_at.into(),
        ]
    }

    fn changing(&self) -> Vec<SqlValue> {
        Vec::new()
    }
}
