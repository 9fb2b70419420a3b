//! What is kept about callers within a unit of work: sessions, when credentials were used, and answers.

use std::collections::BTreeMap;

use async_trait::async_trait;
use orderdesk_application::idempotency::{IdempotencyKey, KEPT_FOR, KeptAnswer};
use orderdesk_application::ports::{AccessRepository, StoreError, StoreResult, Unique, Uses};
use orderdesk_domain::{ApiToken, SecretDigest, Session as SignIn, Timestamp, UserId};
use uuid::Uuid;

use crate::dialect::Dialect;
use crate::plain::{add, read, select};
use crate::session::Session;
use crate::statement::Statement;
use crate::table::{Plain, Table as _};
use crate::tables::Installation;
use crate::unit_of_work::SqlUnitOfWork;

#[async_trait]
impl<D: Dialect> AccessRepository for SqlUnitOfWork<D> {
    async fn install(&mut self, at: Timestamp) -> StoreResult<()> {
        let outcome = add(self.enter()?, &[Installation(at)]).await;
        self.leave(outcome)
    }

    async fn add_session(&mut self, session: &SignIn) -> StoreResult<()> {
        let outcome = add(self.enter()?, std::slice::from_ref(session)).await;
        self.leave(outcome)
    }

    async fn end_session(&mut self, digest: &SecretDigest) -> StoreResult<Option<SignIn>> {
        let outcome = end_session(self.enter()?, digest).await;
        self.leave(outcome)
    }

    async fn end_sessions_of(&mut self, user: UserId) -> StoreResult<()> {
        let mut statement = delete::<SignIn>();
        statement.push("user_id = ").bind(user.uuid());
        let outcome = self.enter()?.execute(statement).await;
        self.leave(outcome).map(drop)
    }

    async fn note_uses(&mut self, uses: &Uses) -> StoreResult<()> {
        let outcome = note_uses(self.enter()?, uses).await;
        self.leave(outcome)
    }

    async fn keep_answer(&mut self, answer: &KeptAnswer) -> StoreResult<()> {
        let outcome = keep_answer(self.enter()?, answer).await;
        self.leave(outcome)
    }

    async fn sweep(&mut self, answers: Timestamp, seen: Timestamp, begun: Timestamp) -> StoreResult<()> {
        let outcome = sweep(self.enter()?, answers, seen, begun).await;
        self.leave(outcome)
    }
}

/// What was answered to this user's request of this key at or after `since`.
pub(crate) async fn kept_answer<D: Dialect>(
    session: &mut Session<D>,
    user: UserId,
    key: &IdempotencyKey,
    since: Timestamp,
) -> StoreResult<Option<KeptAnswer>> {
    let mut statement = select::<KeptAnswer>();
    statement.push(" WHERE user_id = ").bind(user.uuid()).push(" AND key = ").bind(key.as_str());
    statement.push(" AND kept_at >= ").bind(since);
    Ok(read(session, statement).await?.pop())
}

/// `DELETE FROM … WHERE `
fn delete<P: Plain>() -> Statement {
    let mut statement = Statement::new("DELETE FROM ");
    statement.push(P::TABLE).push(" WHERE ");
    statement
}

async fn end_session<D: Dialect>(
    session: &mut Session<D>,
    digest: &SecretDigest,
) -> StoreResult<Option<SignIn>> {
    let mut statement = delete::<SignIn>();
    statement.push("digest = ").bind(digest);
    statement.push(" RETURNING ").push(&SignIn::COLUMNS.join(", "));
    Ok(read(session, statement).await?.pop())
}

async fn note_uses<D: Dialect>(session: &mut Session<D>, uses: &Uses) -> StoreResult<()> {
    let tokens = uses.tokens.iter().map(|(id, at)| (id.uuid(), *at));
    note(session, ApiToken::TABLE, "last_used_at", tokens).await?;
    let sessions = uses.sessions.iter().map(|(id, at)| (id.uuid(), *at));
    note(session, SignIn::TABLE, "seen_at", sessions).await
}

/// Sets `column` to the latest of these times in each row, and to none that is earlier than what is there.
async fn note<D: Dialect>(
    session: &mut Session<D>,
    table: &str,
    column: &str,
    uses: impl Iterator<Item = (Uuid, Timestamp)>,
) -> StoreResult<()> {
    let mut latest = BTreeMap::new();
    for (id, at) in uses {
        let noted = latest.entry(id).or_insert(at);
        *noted = at.max(*noted);
    }
    let latest: Vec<_> = latest.into_iter().collect();
    for uses in latest.chunks(D::MAXIMUM_VALUES / 2) {
        let mut statement = Statement::new("WITH used (id, at) AS (VALUES ");
        statement.join(", ", uses, |statement, (id, at)| {
            statement.bind_row([(*id).into(), (*at).into()]);
        });
        statement.push(") UPDATE ").push(table).push(" SET ").push(column).push(" = used.at FROM used");
        statement.push(" WHERE ").push(table).push(".id = used.id AND (");
        statement.push(table).push(".").push(column).push(" IS NULL OR ");
        statement.push(table).push(".").push(column).push(" < used.at)");
        if uses.len() > 1 {
            statement.one_off();
        }
        session.execute(statement).await?;
    }
    Ok(())
}

/// Adds an answer, or puts it in the place of one that is too old to be told any more.
async fn keep_answer<D: Dialect>(session: &mut Session<D>, kept: &KeptAnswer) -> StoreResult<()> {
    let oldest = kept.kept_at.milliseconds().saturating_sub(KEPT_FOR);
    let oldest = Timestamp::from_milliseconds(oldest).unwrap_or(Timestamp::EARLIEST);
    let mut statement = Statement::new("INSERT INTO ");
    statement.push(KeptAnswer::TABLE).push(" AS known (").push(&KeptAnswer::COLUMNS.join(", "));
    statement.push(") VALUES ").bind_row(kept.values());
    statement.push(" ON CONFLICT (user_id, key) DO UPDATE SET ");
    statement.join(", ", KeptAnswer::COLUMNS, |statement, column| {
        statement.push(column).push(" = excluded.").push(column);
    });
    statement.push(" WHERE known.kept_at < ").bind(oldest);
    match session.execute(statement).await? {
        0 => Err(StoreError::AlreadyExists(Unique::IdempotencyKey)),
        _ => Ok(()),
    }
}

async fn sweep<D: Dialect>(
    session: &mut Session<D>,
    answers: Timestamp,
    seen: Timestamp,
    begun: Timestamp,
) -> StoreResult<()> {
    let mut statement = delete::<KeptAnswer>();
    statement.push("kept_at < ").bind(answers);
    session.execute(statement).await?;
    // When a session began, its id says.
    let (first, _) = begun.uuid_range();
    let mut statement = delete::<SignIn>();
    statement.push("seen_at < ").bind(seen).push(" OR id < ").bind(first);
    session.execute(statement).await.map(drop)
}
