//! What a database of an earlier schema holds, brought into the present form: one file for each step.

use mongodb::Database;
use orderdesk_application::ports::StoreResult;

mod access;
mod messages;

/// Takes every step that a database of this version has not taken. One of version 0 holds nothing.
pub(crate) async fn upgrade(database: &Database, version: usize) -> StoreResult<()> {
    if version == 1 {
        access::upgrade(database).await?;
    }
    if version == 1 || version == 2 {
        messages::upgrade(database).await?;
    }
    Ok(())
}
