//! What a database of the second schema holds, brought into the form of the third: organizations may have quiet hours.
//! Orders that are there get no messages.

use mongodb::Database;
use mongodb::bson::{Bson, doc};
use orderdesk_application::ports::StoreResult;

use crate::migration::command;
use crate::schema::ORGANIZATIONS;
use crate::session::written;

/// Brings the documents into the form of the third schema, whichever are not in it.
pub(super) async fn upgrade(database: &Database) -> StoreResult<()> {
    let never_quiet = doc! {
        "q": { "quiet_hours": { "$exists": false } },
        "u": { "$set": { "quiet_hours": Bson::Null } },
        "multi": true,
    };
    let answer = command(database, doc! { "update": ORGANIZATIONS, "updates": [never_quiet] }).await?;
    written(&answer).map(drop)
}
