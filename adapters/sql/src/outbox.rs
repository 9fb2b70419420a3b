//! Messages that wait to be sent: statements of their own, outside any unit of work.

use async_trait::async_trait;
use orderdesk_application::ports::{Announcements, Backlog, Outbox, StoreError, StoreResult};
use orderdesk_application::query::Selection;
use orderdesk_application::views::MessageField;
use orderdesk_domain::{
    Cost, DeliveryReport, Gateway, GatewayReference, Hold, Message, OptOut, PhoneNumber, Timestamp,
};

use crate::condition::one_of;
use crate::dialect::Dialect;
use crate::listing::where_selected;
use crate::plain::{read, select};
use crate::row::{Cells, RowReader};
use crate::session::Session;
use crate::statement::Statement;
use crate::store::SqlStore;
use crate::table::{Plain as _, Table as _};
use crate::tables::{MESSAGE, message, parts};

#[async_trait]
impl<D: Dialect> Outbox for SqlStore<D> {
    async fn claim(&self, now: Timestamp, until: Timestamp, limit: u32) -> StoreResult<Vec<Message>> {
        // Where one alone can write, nobody's turn is taken only to find that there is nothing to do.
        if self.has_readers() && self.next_due().await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let mut session = self.writers().lease().await?;
        let mut tries = 1;
        loop {
            match claim(&mut session, now, until, limit).await {
                Err(StoreError::Retry(_)) if tries < D::CLAIM_TRIES => tries += 1,
                Err(StoreError::Retry(cause)) => return Err(StoreError::Unavailable(cause)),
                outcome => return outcome,
            }
        }
    }

    async fn next_due(&self) -> StoreResult<Option<Timestamp>> {
        let rows = self.readers().lease().await?.fetch(first_due()).await?;
        rows.first().map_or(Ok(None), |row| RowReader::new(row, &["due_at"]).optional_time())
    }

    async fn overdue(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Message>> {
        messages(&mut *self.readers().lease().await?, overdue(now, limit)).await
    }

    async fn backlog(&self) -> StoreResult<Backlog> {
        let rows = self.readers().lease().await?.fetch(backlog()).await?;
        let Some(row) = rows.first() else { return Ok(Backlog::default()) };
        let row = &mut RowReader::new(row, &["queued", "sending", "due_at"]);
        Ok(Backlog { queued: row.number()?, sending: row.number()?, first_due: row.optional_time()? })
    }

    async fn costs(&self, selection: &Selection<MessageField>) -> StoreResult<Vec<Cost>> {
        let rows = self.readers().lease().await?.fetch(costs::<D>(selection)).await?;
        rows.iter().map(sum).collect()
    }

    async fn opted_out(&self, numbers: &[PhoneNumber]) -> StoreResult<Vec<PhoneNumber>> {
        let mut session = self.readers().lease().await?;
        let mut marked = Vec::new();
        for numbers in numbers.chunks(MOST_NUMBERS) {
            let rows = session.fetch(opted_out(numbers)).await?;
            for row in &rows {
                marked.push(RowReader::new(row, &["opt_outs.number"]).parsed(PhoneNumber::restore)?);
            }
        }
        Ok(marked)
    }

    async fn holds(&self) -> StoreResult<Vec<Hold>> {
        read(&mut *self.readers().lease().await?, select::<Hold>()).await
    }

    async fn kept_report(
        &self,
        gateway: Gateway,
        reference: &GatewayReference,
    ) -> StoreResult<Option<DeliveryReport>> {
        let mut statement = select::<DeliveryReport>();
        statement.push(" WHERE gateway = ").bind(gateway.name());
        statement.push(" AND reference = ").bind(reference.as_str());
        Ok(read(&mut *self.readers().lease().await?, statement).await?.pop())
    }

    async fn kept_reports_to(&self, number: &PhoneNumber, limit: u32) -> StoreResult<Vec<DeliveryReport>> {
        let mut statement = select::<DeliveryReport>();
        statement.push(" WHERE number = ").bind(number.as_str()).push(" LIMIT ").bind(i64::from(limit));
        read(&mut *self.readers().lease().await?, statement).await
    }

    async fn announce(&self) -> StoreResult<()> {
        let mut session = self.readers().lease().await?;
        match D::ANNOUNCE {
            Some(statement) => session.execute(Statement::new(statement)).await.map(drop),
            None => Ok(()),
        }
    }

    async fn listen(&self) -> StoreResult<Option<Box<dyn Announcements>>> {
        // A store that has been closed listens to nothing any more, whatever the engine.
        drop(self.readers().lease().await?);
        self.readers().dialect().listen().await
    }
}

/// How many numbers are asked for at once.
const MOST_NUMBERS: usize = 1_000;

/// `SELECT … FROM messages AS m`, to be read by [`messages`].
pub(crate) fn select_messages() -> Statement {
    let mut statement = Statement::new("SELECT ");
    statement.push(&MESSAGE.join(", ")).push(" FROM ").push(Message::SOURCE);
    statement
}

/// The messages that a statement answers.
pub(crate) async fn messages<D: Dialect>(
    session: &mut Session<D>,
    statement: Statement,
) -> StoreResult<Vec<Message>> {
    let rows = session.fetch(statement).await?;
    rows.iter().map(|row| message(&mut RowReader::new(row, MESSAGE))).collect()
}

/// Gives out messages in one statement, which is a unit of work by itself.
pub(crate) async fn claim<D: Dialect>(
    session: &mut Session<D>,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> StoreResult<Vec<Message>> {
    let rows = session.fetch(claiming::<D>(now, until, limit)).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in &rows {
        let due = RowReader::from(row, MESSAGE, WAS_DUE_AT).optional_time()?;
        claimed.push((due, message(&mut RowReader::new(row, MESSAGE))?));
    }
    // Engines answer what they have changed in whatever order they came upon it.
    claimed.sort_unstable_by_key(|(due, message)| (*due, message.id()));
    Ok(claimed.into_iter().map(|(_, message)| message).collect())
}

/// Where among the columns it stands when a message was due before it was claimed.
const WAS_DUE_AT: usize = 8;

/// What [`Message::claim`] does, to those that have been due for longest. They are chosen first and once, whatever way
/// to the rows the engine takes then.
pub(crate) fn claiming<D: Dialect>(now: Timestamp, until: Timestamp, limit: u32) -> Statement {
    let mut statement = Statement::new(
        "WITH taken AS MATERIALIZED (SELECT id FROM messages WHERE status = 'queued' AND due_at <= ",
    );
    up_to(statement.bind(now).push(" ORDER BY due_at, id"), limit);
    statement
        .push(D::SKIP_LOCKED)
        .push(") UPDATE messages SET status = 'sending', lease_ends_at = ")
        .bind(until);
    statement.push(", updated_at = CASE WHEN updated_at < ").bind(now).push(" THEN ").bind(now);
    statement.push(" ELSE updated_at END, version = version + 1 WHERE id IN (SELECT id FROM taken");
    about(&mut statement, limit).push(") RETURNING ");
    // SQLite returns from no alias.
    statement.join(", ", MESSAGE, |statement, column| {
        statement.push(column.strip_prefix("m.").unwrap_or(column));
    });
    statement
}

/// Appends a limit that the planner cannot see. If it saw one above what the statistics say there is, it would not mind
/// to sort all there is, and statistics come late: by then there may be a million.
fn up_to(statement: &mut Statement, limit: u32) -> &mut Statement {
    statement.push(" LIMIT (SELECT ").bind(i64::from(limit)).push(")")
}

/// Appends a limit that is never reached and lets the planner see how few there are, after [`up_to`] left it to guess.
/// There are not many texts of it, so that each stays prepared.
fn about(statement: &mut Statement, limit: u32) -> &mut Statement {
    statement.push(" LIMIT ").number(u64::from(limit).next_power_of_two())
}

/// Says of a message that it is queued, in the words that lead to the index by which it is due.
const QUEUED: &str = "status = 'queued' AND due_at IS NOT NULL";

/// When the one is due that is due first. (The least of all would be looked for among all.)
pub(crate) fn first_due() -> Statement {
    let mut statement = Statement::new("SELECT due_at FROM messages WHERE ");
    statement.push(QUEUED).push(" ORDER BY due_at LIMIT 1");
    statement
}

/// Those whose worker is lost, then those that nobody wants any more; of each those first that have been so for longest.
pub(crate) fn overdue(now: Timestamp, limit: u32) -> Statement {
    let mut statement = select_messages();
    statement.push(" WHERE m.id IN (SELECT id FROM (SELECT id FROM (SELECT id FROM messages");
    statement.push(" WHERE status = 'sending' AND lease_ends_at <= ").bind(now);
    up_to(statement.push(" ORDER BY lease_ends_at, id"), limit);
    statement.push(") AS lost UNION ALL SELECT id FROM (SELECT id FROM messages");
    statement.push(" WHERE status = 'queued' AND lease_ends_at IS NULL AND expires_at <= ").bind(now);
    up_to(statement.push(" ORDER BY expires_at, id"), limit);
    about(statement.push(") AS expired) AS found"), limit.saturating_mul(2));
    statement.push(") ORDER BY m.status DESC, coalesce(m.lease_ends_at, m.expires_at), m.id LIMIT ");
    statement.bind(i64::from(limit));
    statement
}

pub(crate) fn backlog() -> Statement {
    let mut statement = Statement::new("SELECT (SELECT count(*) FROM messages WHERE ");
    statement.push(QUEUED).push("), (SELECT count(*) FROM messages WHERE status = 'sending'), ");
    statement.push("(SELECT due_at FROM messages WHERE ").push(QUEUED).push(" ORDER BY due_at LIMIT 1)");
    statement
}

pub(crate) fn costs<D: Dialect>(selection: &Selection<MessageField>) -> Statement {
    let mut statement = Statement::new("SELECT CAST(sum(m.cost) AS bigint), m.cost_currency FROM ");
    statement.push(Message::SOURCE);
    where_selected::<D, Message>(&mut statement, selection.filter());
    statement.push(" AND m.cost IS NOT NULL GROUP BY m.cost_currency ORDER BY m.cost_currency");
    statement
}

fn sum<R: Cells>(row: &R) -> StoreResult<Cost> {
    let row = &mut RowReader::new(row, &["cost", "cost_currency"]);
    parts::cost(row)?.ok_or_else(|| row.corrupt("is NULL"))
}

fn opted_out(numbers: &[PhoneNumber]) -> Statement {
    let mut statement = Statement::new("SELECT number FROM ");
    statement.push(OptOut::TABLE).push(" WHERE ");
    one_of(&mut statement, "number", numbers.iter().map(|number| number.as_str().into()).collect());
    statement
}
