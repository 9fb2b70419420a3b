//! Bringing a database to the present schema, or refusing one that is not.
//!
//! The schema's own record comes first, and says that nothing is there yet; then comes everything that it is to have;
//! then the record says so. What an earlier schema holds is brought into the present form in between. Each step can be
//! repeated, so two programs that start at once both go all the way, and one that was interrupted is made up for by the
//! next.

use std::time::Duration;

use futures_util::future::try_join_all;
use mongodb::Database;
use mongodb::bson::{Document, doc};
use orderdesk_application::ports::{StoreError, StoreResult};
use thiserror::Error;
use tokio::time::sleep;

use crate::errors::{
    self, CONFLICTING_OPERATION, DUPLICATE_KEY, INDEX_IN_THE_MAKING, INDEX_NOT_FOUND, NAMESPACE_EXISTS,
    NAMESPACE_NOT_FOUND, classify,
};
use crate::guards;
use crate::schema::{COLLECTIONS, GUARDS, SCHEMA};
use crate::session::written;
use crate::upgrade::upgrade;

/// The `_id` of the schema's record.
pub(crate) const RECORD: &str = "orderdesk";

/// The field of the record that a filling marks.
pub(crate) const FILLING: &str = "filling";

/// The steps from one schema to the next. The version of a database is how many it has taken.
const MIGRATIONS: &[&str] = &["initial", "access", "messages"];

/// How often a step is tried that another program's gets into the way of.
const ATTEMPTS: usize = 10;

/// How long the other program has before a step is tried again.
pub(crate) const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(50);

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
    /// There are collections, but not this program's.
    #[error(
        "the database belongs to another program: it has collections, and no {SCHEMA} of Order Desk among them"
    )]
    Foreign,
    /// What a transfer left behind.
    #[error("a transfer into this database did not finish: run it again")]
    Unfinished,
}

impl From<MigrationError> for StoreError {
    fn from(error: MigrationError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// What the schema's record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    version: usize,
    /// Whether a filling has begun and not been finished.
    pub(crate) filling: bool,
}

/// Applies what is pending, if `migrate` allows it, names what was applied, and says how the database was found.
pub(crate) async fn bring_up_to_date(
    database: &Database,
    migrate: bool,
) -> StoreResult<(Vec<&'static str>, State)> {
    let state = state(database).await?;
    let pending = MIGRATIONS.get(state.version..).unwrap_or_default();
    if pending.is_empty() {
        return Ok((Vec::new(), state));
    }
    if !migrate {
        return Err(MigrationError::Pending(pending.to_vec()).into());
    }
    let record =
        doc! { "q": { "_id": RECORD }, "u": { "$setOnInsert": { "version": 0_i64 } }, "upsert": true };
    command(database, doc! { "update": SCHEMA, "updates": [record] }).await?;
    upgrade(database, state.version).await?;
    create_everything(database).await?;
    let record = doc! {
        "q": { "_id": RECORD, "version": number(state.version) },
        "u": { "$set": { "version": number(MIGRATIONS.len()) } },
    };
    let first = command(database, doc! { "update": SCHEMA, "updates": [record] }).await?;
    // Of two that did it at once, the one that says so last has done nothing.
    Ok((if written(&first)? > 0 { pending.to_vec() } else { Vec::new() }, state))
}

/// A version as it is kept.
fn number(version: usize) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

/// Makes every collection and every index that is not there. Transactions make none.
pub(crate) async fn create_everything(database: &Database) -> StoreResult<()> {
    let creations: Vec<_> =
        COLLECTIONS.iter().map(|collection| command(database, collection.creation())).collect();
    try_join_all(creations).await?;
    let guards = doc! { "insert": GUARDS, "ordered": false, "documents": guards::all() };
    command(database, guards).await.map(drop)
}

/// Runs a command that may find its work done already, or another program doing it.
pub(crate) async fn command(database: &Database, mut command: Document) -> StoreResult<Document> {
    command.insert("writeConcern", doc! { "w": "majority" });
    let mut attempts = 1..ATTEMPTS;
    loop {
        match database.run_command(command.clone()).await {
            Ok(answer) => match errors::of_answer(&answer) {
                Some(StoreError::AlreadyExists(_)) | None => return Ok(answer),
                Some(error) => return Err(error),
            },
            Err(error) => match errors::code(&error) {
                Some(NAMESPACE_EXISTS | NAMESPACE_NOT_FOUND | INDEX_NOT_FOUND) => return Ok(doc! { "n": 0 }),
                Some(CONFLICTING_OPERATION | DUPLICATE_KEY | INDEX_IN_THE_MAKING)
                    if attempts.next().is_some() =>
                {
                    sleep(BETWEEN_ATTEMPTS).await;
                }
                _ => return Err(classify(error)),
            },
        }
    }
}

async fn state(database: &Database) -> StoreResult<State> {
    let names = database.list_collection_names().await.map_err(classify)?;
    // What MongoDB keeps for itself is nobody's.
    let names: Vec<_> = names.into_iter().filter(|name| !name.starts_with("system.")).collect();
    if names.is_empty() {
        return Ok(State { version: 0, filling: false });
    }
    if !names.iter().any(|name| name == SCHEMA) {
        return Err(MigrationError::Foreign.into());
    }
    let record = database.collection::<Document>(SCHEMA).find_one(doc! { "_id": RECORD }).await;
    let record = record.map_err(classify)?.ok_or(MigrationError::Foreign)?;
    let found =
        record.get_i64("version").map_err(|_| StoreError::Corrupt("schema.version is no number".into()))?;
    let known = number(MIGRATIONS.len());
    match usize::try_from(found) {
        Ok(version) if found <= known => Ok(State { version, filling: record.contains_key(FILLING) }),
        _ => Err(MigrationError::Newer { found, known }.into()),
    }
}
