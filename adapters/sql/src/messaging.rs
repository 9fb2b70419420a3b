//! What is kept about messages and gateways within a unit of work, beside the messages themselves.

use async_trait::async_trait;
use orderdesk_application::ports::{MessagingRepository, StoreResult};
use orderdesk_domain::{
    DeliveryReport, Gateway, GatewayReference, Hold, Message, MessageId, OptOut, PhoneNumber, Timestamp,
};

use crate::dialect::Dialect;
use crate::outbox::{messages, select_messages};
use crate::statement::Statement;
use crate::table::Plain;
use crate::unit_of_work::SqlUnitOfWork;

#[async_trait]
impl<D: Dialect> MessagingRepository for SqlUnitOfWork<D> {
    async fn called(
        &mut self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<Message>> {
        self.message_by(called(gateway, reference)).await
    }

    async fn message(&mut self, id: MessageId) -> StoreResult<Option<Message>> {
        let mut statement = select_messages();
        statement.push(" WHERE m.id = ").bind(id.uuid());
        self.message_by(statement).await
    }

    async fn unsettled(
        &mut self,
        number: &PhoneNumber,
        since: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Message>> {
        let outcome = messages(self.enter()?, unsettled(number, since, limit)).await;
        self.leave(outcome)
    }

    async fn keep_report(&mut self, report: &DeliveryReport) -> StoreResult<()> {
        let mut statement = adding(report);
        statement.push(" ON CONFLICT (gateway, reference) DO UPDATE SET ");
        statement.join(", ", DeliveryReport::COLUMNS, |statement, column| {
            statement.push(column).push(" = excluded.").push(column);
        });
        self.run(statement).await
    }

    async fn drop_report(&mut self, gateway: Gateway, reference: &GatewayReference) -> StoreResult<()> {
        let mut statement = deleting::<DeliveryReport>();
        statement.push("gateway = ").bind(gateway.name());
        statement.push(" AND reference = ").bind(reference.as_str());
        self.run(statement).await
    }

    async fn opt_out(&mut self, opt_out: &OptOut) -> StoreResult<()> {
        let mut statement = adding(opt_out);
        statement.push(" ON CONFLICT (number) DO NOTHING");
        self.run(statement).await
    }

    async fn opt_in(&mut self, number: &PhoneNumber) -> StoreResult<()> {
        let mut statement = deleting::<OptOut>();
        statement.push("number = ").bind(number.as_str());
        self.run(statement).await
    }

    async fn hold(&mut self, hold: &Hold) -> StoreResult<()> {
        let mut statement = adding(hold);
        statement
            .push(" ON CONFLICT (gateway) DO UPDATE SET remark = excluded.remark, until = excluded.until");
        self.run(statement).await
    }

    async fn release(&mut self, gateway: Gateway) -> StoreResult<()> {
        let mut statement = deleting::<Hold>();
        statement.push("gateway = ").bind(gateway.name());
        self.run(statement).await
    }

    async fn sweep_reports(&mut self, before: Timestamp) -> StoreResult<()> {
        let mut statement = deleting::<DeliveryReport>();
        statement.push("reported_at < ").bind(before);
        self.run(statement).await
    }
}

impl<D: Dialect> SqlUnitOfWork<D> {
    async fn message_by(&mut self, statement: Statement) -> StoreResult<Option<Message>> {
        let outcome = messages(self.enter()?, statement).await;
        Ok(self.leave(outcome)?.pop())
    }

    async fn run(&mut self, statement: Statement) -> StoreResult<()> {
        let outcome = self.enter()?.execute(statement).await;
        self.leave(outcome).map(drop)
    }
}

pub(crate) fn called(gateway: Gateway, reference: &GatewayReference) -> Statement {
    let mut statement = select_messages();
    statement.push(" WHERE m.gateway = ").bind(gateway.name());
    statement.push(" AND m.reference = ").bind(reference.as_str()).push(" ORDER BY m.id DESC LIMIT 1");
    statement
}

pub(crate) fn unsettled(number: &PhoneNumber, since: Timestamp, limit: u32) -> Statement {
    // When a message was queued first, its id says.
    let (first, _) = since.uuid_range();
    let mut statement = select_messages();
    statement.push(" WHERE m.phone = ").bind(number.as_str());
    statement.push(" AND m.status IN ('sending', 'unknown') AND m.id >= ").bind(first);
    statement.push(" ORDER BY m.id DESC LIMIT ").bind(i64::from(limit));
    statement
}

/// `INSERT INTO … VALUES …`
fn adding<P: Plain>(record: &P) -> Statement {
    let mut statement = Statement::new("INSERT INTO ");
    statement.push(P::TABLE).push(" (").push(&P::COLUMNS.join(", ")).push(") VALUES ");
    statement.bind_row(record.values());
    statement
}

/// `DELETE FROM … WHERE `
fn deleting<P: Plain>() -> Statement {
    let mut statement = Statement::new("DELETE FROM ");
    statement.push(P::TABLE).push(" WHERE ");
    statement
}
