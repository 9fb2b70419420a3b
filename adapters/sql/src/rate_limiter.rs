//! Calls that are counted for all programs on the store: one statement, outside any unit of work.

use std::collections::HashMap;

use async_trait::async_trait;
use orderdesk_application::ports::{Hit, RateLimiter, StoreError, StoreResult, Window};
use orderdesk_domain::Timestamp;

use crate::dialect::Dialect;
use crate::row::RowReader;
use crate::session::Session;
use crate::statement::Statement;
use crate::store::SqlStore;

/// What [`count`] is told.
const WINDOW: &[&str] = &["key", "calls", "ends_at"];

#[async_trait]
impl<D: Dialect> RateLimiter for SqlStore<D> {
    async fn count(&self, hits: &[Hit], now: Timestamp) -> StoreResult<Vec<Window>> {
        if hits.is_empty() {
            return Ok(Vec::new());
        }
        count(&mut *self.writers().lease().await?, hits, now).await.map_err(gave_up)
    }

    async fn sweep(&self, now: Timestamp) -> StoreResult<()> {
        // A row that is in use is no longer over by the time it is free; and to wait for it while others are held
        // is how two programs come to wait for each other.
        let mut statement =
            Statement::new("DELETE FROM rate_windows WHERE key IN (SELECT key FROM rate_windows");
        statement.push(" WHERE ends_at <= ").bind(now).push(D::SKIP_LOCKED).push(")");
        self.writers().lease().await?.execute(statement).await.map(drop).map_err(gave_up)
    }
}

async fn count<D: Dialect>(
    session: &mut Session<D>,
    hits: &[Hit],
    now: Timestamp,
) -> StoreResult<Vec<Window>> {
    // Rows are locked one after the other: in the same order everywhere, so that no two callers wait for each other.
    let mut in_order: Vec<_> = hits.iter().collect();
    in_order.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let mut statement = Statement::new("INSERT INTO rate_windows AS known (key, calls, ends_at) VALUES ");
    statement.join(", ", in_order, |statement, hit| {
        statement.bind_row([hit.key.as_str().into(), 1_i64.into(), end(hit, now).into()]);
    });
    statement.push(" ON CONFLICT (key) DO UPDATE SET calls = CASE WHEN known.ends_at <= ").bind(now);
    statement.push(" THEN 1 ELSE known.calls + 1 END, ends_at = CASE WHEN known.ends_at <= ").bind(now);
    statement.push(" THEN excluded.ends_at ELSE known.ends_at END RETURNING key, calls, ends_at");
    let rows = session.fetch(statement).await?;
    let mut windows = HashMap::with_capacity(rows.len());
    for row in &rows {
        let row = &mut RowReader::new(row, WINDOW);
        windows.insert(row.text()?, Window { calls: row.number()?, ends_at: row.time()? });
    }
    let window = |hit: &Hit| windows.get(hit.key.as_str()).copied();
    let missing = || StoreError::Corrupt("a call was counted and its window is not there".to_owned());
    hits.iter().map(window).map(|window| window.ok_or_else(missing)).collect()
}

/// When a window ends that begins now.
fn end(hit: &Hit, now: Timestamp) -> Timestamp {
    let end = now.milliseconds().saturating_add(hit.period);
    Timestamp::from_milliseconds(end).unwrap_or(Timestamp::LATEST)
}

/// There is no use case to run again: the engine has waited for its turn, and did not get it.
fn gave_up(error: StoreError) -> StoreError {
    match error {
        StoreError::Retry(cause) => StoreError::Unavailable(cause),
        error => error,
    }
}
