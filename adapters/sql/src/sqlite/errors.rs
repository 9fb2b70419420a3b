//! What SQLite's result codes mean to a caller (<https://www.sqlite.org/rescode.html>).

use orderdesk_application::ports::{StoreError, Unique};

/// `SQLITE_BUSY`.
pub(super) const BUSY: i32 = 5;
/// `SQLITE_NOTADB`.
pub(super) const NOT_A_DATABASE: i32 = 26;
/// `SQLITE_READONLY`.
pub(super) const READ_ONLY: i32 = 8;

/// The primary result code: the low eight bits of the extended one.
pub(super) fn code(error: &sqlx::Error) -> Option<i32> {
    extended_code(error).map(|code| code & 0xff)
}

fn extended_code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

pub(super) fn classify(error: sqlx::Error) -> StoreError {
    let Some(extended) = extended_code(&error) else {
        return match error {
            sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => StoreError::Unavailable(error.into()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Corrupt(error.to_string())
            }
            error => StoreError::Backend(error.into()),
        };
    };
    match (extended & 0xff, extended) {
        // BUSY, LOCKED, PROTOCOL: somebody else holds what is needed.
        (BUSY | 6 | 15, _) => StoreError::Retry(error.into()),
        // PERM, NOMEM, READONLY, IOERR, FULL, CANTOPEN, NOTADB.
        (3 | 7 | READ_ONLY | 10 | 13 | 14 | NOT_A_DATABASE, _) => StoreError::Unavailable(error.into()),
        // CORRUPT.
        (11, _) => StoreError::Corrupt(error.to_string()),
        // CONSTRAINT_FOREIGNKEY.
        (_, 787) => StoreError::Referenced,
        // CONSTRAINT_UNIQUE and CONSTRAINT_PRIMARYKEY.
        (_, 2067 | 1555) => StoreError::AlreadyExists(violated(&error)),
        _ => StoreError::Backend(error.into()),
    }
}

/// SQLite does not name the index, but its columns: `UNIQUE constraint failed: customers.organization_id, customers.code`.
fn violated(error: &sqlx::Error) -> Unique {
    let message = error.as_database_error().map(sqlx::error::DatabaseError::message).unwrap_or_default();
    match message.rsplit_once(": ").map(|(_, columns)| columns) {
        Some("customers.organization_id, customers.code") => Unique::CustomerCode,
        Some("items.organization_id, items.name_folded") => Unique::ItemName,
        Some("users.issuer, users.subject") => Unique::Identity,
        Some(
            "memberships.organization_id, memberships.user_id"
            | "memberships.organization_id, memberships.email_folded, memberships.email",
        ) => Unique::Membership,
        Some("messages.organization_id, messages.order_id, messages.event") => Unique::Message,
        Some("message_templates.organization_id, message_templates.event") => Unique::MessageTemplate,
        Some("installation.singleton") => Unique::Installation,
        _ => Unique::Id,
    }
}
