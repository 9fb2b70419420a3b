//! Bringing a database to the present schema, or refusing one that is not.

use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_domain::fold;
use thiserror::Error;
use uuid::Uuid;

use crate::dialect::Dialect;
use crate::pool::Lease;
use crate::row::{Cells as _, RowReader};
use crate::session::Session;
use crate::statement::Statement;
use crate::store::SqlStore;

/// The table that says which migrations have been applied.
const HISTORY: &str = "schema_migrations";

/// How many rows are changed by one statement.
const BATCH: u32 = 1_000;

/// One step from a schema to the next.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1 for the first, and one more for each after it.
    pub version: i64,
    /// What it is for, in a word or two.
    pub name: &'static str,
    /// Its statements.
    pub script: &'static str,
    /// The tables whose rows then get a copy of `name` in `name_folded`: no SQL folds as all stores do.
    pub folded: &'static [&'static str],
}

/// Why a database is not used as it is.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// A newer program has been here.
    #[error(
        "the database has schema version {found}, and this program knows versions up to {known}: \
         run the newer program, or restore a backup from before the upgrade"
    )]
    Newer {
        /// The version of the database.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The schema is to be brought up to date first, and this was not the call to do it.
    #[error("the database is not up to date, migrations are pending: {}", .0.join(", "))]
    Pending(Vec<&'static str>),
    /// There are tables, but not this program's.
    #[error("the database belongs to another program: it has tables, and no {HISTORY} among them")]
    Foreign,
}

impl From<MigrationError> for StoreError {
    fn from(error: MigrationError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Applies what is pending, if `migrate` allows it, and names what was applied. Opens both kinds of connections, so
/// that what is wrong with either is found at once.
pub(crate) async fn bring_up_to_date<D: Dialect>(
    store: &SqlStore<D>,
    migrate: bool,
) -> StoreResult<Vec<&'static str>> {
    // A connection that only reads cannot touch a database that turns out to be another program's. It is not kept:
    // the tables are yet to come.
    let pending = pending(&mut Lease::take(store.readers().lease().await?)).await?;
    if !pending.is_empty() && !migrate {
        return Err(MigrationError::Pending(pending.iter().map(|migration| migration.name).collect()).into());
    }
    let mut writer = store.writers().lease().await?;
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    // Of two programs that start at once one migrates, and the other then finds nothing to do.
    writer.begin(D::BEGIN_ALONE).await?;
    let applied = apply(&mut writer).await;
    match applied {
        Ok(_) => writer.commit().await?,
        Err(_) => writer.rollback().await?,
    }
    applied
}

async fn apply<D: Dialect>(session: &mut Session<D>) -> StoreResult<Vec<&'static str>> {
    let mut applied = Vec::new();
    for migration in pending(session).await? {
        session.run(migration.script).await?;
        for table in migration.folded {
            fold_names(session, table).await?;
        }
        let mut record = Statement::new("INSERT INTO schema_migrations (version, name) VALUES ");
        record.bind_row([migration.version.into(), migration.name.into()]);
        session.execute(record).await?;
        applied.push(migration.name);
    }
    Ok(applied)
}

async fn fold_names<D: Dialect>(session: &mut Session<D>, table: &str) -> StoreResult<()> {
    let mut last = Uuid::nil();
    loop {
        let mut statement = Statement::new("SELECT id, name FROM ");
        statement.push(table).push(" WHERE id > ").bind(last).push(" ORDER BY id LIMIT ").number(BATCH);
        let rows = session.fetch(statement).await?;
        let mut names = Vec::with_capacity(rows.len());
        for row in &rows {
            let row = &mut RowReader::new(row, &["id", "name"]);
            names.push((row.uuid()?, row.text()?));
        }
        let Some((id, _)) = names.last() else { return Ok(()) };
        last = *id;
        let mut statement = Statement::new("WITH named (id, name_folded) AS (VALUES ");
        statement.join(", ", names, |statement, (id, name)| {
            statement.bind_row([id.into(), fold(name).into()]);
        });
        statement.push(") UPDATE ").push(table).push(" SET name_folded = named.name_folded FROM named");
        statement.push(" WHERE ").push(table).push(".id = named.id").one_off();
        session.execute(statement).await?;
    }
}

/// The migrations that the database lacks. The first of them makes the table that remembers.
async fn pending<D: Dialect>(session: &mut Session<D>) -> StoreResult<&'static [Migration]> {
    let tables = session.fetch(Statement::new(D::TABLES)).await?;
    let tables: Vec<_> = tables.iter().filter_map(|row| row.text(0).ok().flatten()).collect();
    if tables.is_empty() {
        return Ok(D::MIGRATIONS);
    }
    if !tables.contains(&HISTORY) {
        return Err(MigrationError::Foreign.into());
    }
    let statement = Statement::new("SELECT coalesce(max(version), 0) FROM schema_migrations");
    let rows = session.fetch(statement).await?;
    let found = match rows.first() {
        Some(row) => RowReader::new(row, &["schema_migrations.version"]).integer()?,
        None => 0,
    };
    let known = D::MIGRATIONS.last().map_or(0, |newest| newest.version);
    if found > known {
        return Err(MigrationError::Newer { found, known }.into());
    }
    let applied = D::MIGRATIONS.iter().take_while(|migration| migration.version <= found).count();
    Ok(D::MIGRATIONS.get(applied..).unwrap_or_default())
}
