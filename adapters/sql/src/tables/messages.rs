//! Messages.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{CustomerSummary, MessageDetails, MessageField};
use orderdesk_domain::{
    Course, CustomerCode, CustomerId, Gateway, GatewayReference, Letter, Message, MessageEvent, MessageId,
    MessageState, MessageStatus, MessageText, OrderId, OrganizationId, PersonName, PhoneNumber,
};

use crate::row::{Cells, RowReader};
use crate::table::{Column, Table, Written};
use crate::tables::parts;
use crate::value::SqlValue;

/// The columns of a message, without the names of what it refers to.
pub(crate) const MESSAGE: &[&str] = Message::COLUMNS.split_at(21).0;

impl Table for Message {
    const TABLE: &'static str = "messages";
    const SOURCE: &'static str = "messages AS m";
    const NAMES: &'static str = " LEFT JOIN customers AS c ON c.organization_id = m.organization_id AND c.id = m.customer_id \
         LEFT JOIN organizations AS g ON g.id = m.organization_id";
    const COLUMNS: &'static [&'static str] = &[
        "m.organization_id",
        "m.id",
        "m.order_id",
        "m.customer_id",
        "m.event",
        "m.phone",
        "m.text",
        "m.status",
        "m.due_at",
        "m.lease_ends_at",
        "m.failure_code",
        "m.failure_remark",
        "m.expires_at",
        "m.attempts",
        "m.deferrals",
        "m.gateway",
        "m.reference",
        "m.cost",
        "m.cost_currency",
        "m.updated_at",
        "m.version",
        "c.code",
        "c.first_name",
        "c.second_name",
        "g.name",
        "g.default_currency",
    ];
    const HOME: Option<Self::Field> = Some(MessageField::Organization);

    fn column(field: MessageField) -> Column {
        match field {
            MessageField::Id | MessageField::CreatedAt => Column::Own("m.id"),
            MessageField::Organization => Column::Own("m.organization_id"),
            MessageField::Order => Column::Own("m.order_id"),
            MessageField::Customer => Column::Own("m.customer_id"),
            MessageField::Event => Column::Own("m.event"),
            MessageField::Status => Column::Own("m.status"),
        }
    }

    fn read<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<MessageDetails> {
        let message = message(row)?;
        let customer = CustomerSummary {
            id: message.letter().customer,
            code: row.parsed(CustomerCode::parse)?,
            first_name: row.parsed(PersonName::parse)?,
            second_name: row.parsed(PersonName::parse)?,
        };
        let organization = parts::organization(message.letter().organization, row)?;
        Ok(MessageDetails { message, customer, organization })
    }
}

/// The columns [`MESSAGE`].
pub(crate) fn message<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Message> {
    let organization = OrganizationId::new(row.uuid()?);
    let id = MessageId::new(row.uuid()?);
    let letter = Letter {
        organization,
        order: OrderId::new(row.uuid()?),
        customer: CustomerId::new(row.uuid()?),
        event: row.named(MessageEvent::from_name)?,
        to: row.parsed(PhoneNumber::restore)?,
        text: row.parsed(|text| MessageText::compose(text).ok_or(()))?,
    };
    let status = row.named(MessageStatus::from_name)?;
    let (due, lease_end) = (row.optional_time()?, row.optional_time()?);
    let due = if status == MessageStatus::Sending { lease_end } else { due };
    let failure = parts::failure(row)?;
    let state = MessageState::new(status, due, failure);
    let course = Course {
        state: state.ok_or_else(|| row.corrupt("does not go with the status"))?,
        expires_at: row.time()?,
        attempts: row.number()?,
        deferrals: row.number()?,
        gateway: row.optional_named(Gateway::from_name)?,
        reference: parts::reference(row)?,
        cost: parts::cost(row)?,
    };
    Ok(Message::restore(id, letter, course, row.time()?, row.version()?))
}

impl Written for Message {
    const FIXED: &'static [&'static str] =
        &["organization_id", "id", "order_id", "customer_id", "event", "phone", "text"];
    const CHANGING: &'static [&'static str] = &[
        "status",
        "due_at",
        "lease_ends_at",
        "failure_code",
        "failure_remark",
        "expires_at",
        "attempts",
        "deferrals",
        "gateway",
        "reference",
        "cost",
        "cost_currency",
        "updated_at",
        "version",
    ];

    fn fixed(&self) -> Vec<SqlValue> {
        let letter = self.letter();
        vec![
            letter.organization.uuid().into(),
            self.id().uuid().into(),
            letter.order.uuid().into(),
            letter.customer.uuid().into(),
            letter.event.name().into(),
            letter.to.as_str().into(),
            letter.text.as_str().into(),
        ]
    }

    fn changing(&self) -> Vec<SqlValue> {
        let course = self.course();
        let when = course.state.due();
        let (due, lease_end) = match self.status() {
            MessageStatus::Sending => (None, when),
            _ => (when, None),
        };
        let [failure_code, failure_remark] = parts::failure_values(course.state.failure());
        let [cost, cost_currency] = parts::cost_values(course.cost);
        vec![
            self.status().name().into(),
            due.into(),
            lease_end.into(),
            failure_code,
            failure_remark,
            course.expires_at.into(),
            i64::from(course.attempts).into(),
            i64::from(course.deferrals).into(),
            course.gateway.map(Gateway::name).into(),
            course.reference.as_ref().map(GatewayReference::as_str).into(),
            cost,
            cost_currency,
            self.updated_at().into(),
            self.version().number().into(),
        ]
    }
}
