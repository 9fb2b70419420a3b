//! What PostgreSQL's error codes mean to a caller
//! (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).

use orderdesk_application::ports::{StoreError, Unique};
use sqlx::postgres::PgDatabaseError;

/// `invalid_catalog_name`: there is no such database.
pub(super) const NO_DATABASE: &str = "3D000";

/// The five characters of SQLSTATE.
pub(super) fn code(error: &sqlx::Error) -> Option<&str> {
    database_error(error).map(PgDatabaseError::code)
}

fn database_error(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

pub(super) fn classify(error: sqlx::Error) -> StoreError {
    let Some(code) = code(&error) else {
        return match error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => StoreError::Unavailable(error.into()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Corrupt(error.to_string())
            }
            error => StoreError::Backend(error.into()),
        };
    };
    match code {
        // foreign_key_violation
        "23503" => StoreError::Referenced,
        // unique_violation
        "23505" => StoreError::AlreadyExists(violated(&error)),
        // data_corrupted, index_corrupted
        "XX001" | "XX002" => StoreError::Corrupt(error.to_string()),
        // read_only_sql_transaction, lock_not_available
        "25006" | "55P03" | NO_DATABASE => StoreError::Unavailable(error.into()),
        code => match code.get(..2) {
            // Transaction rollback: serialization failures, deadlocks.
            Some("40") => StoreError::Retry(error.into()),
            // Connection exceptions, who is not let in, insufficient resources, operator intervention (which is
            // also a statement that took too long), system errors.
            Some("08" | "28" | "53" | "57" | "58") => StoreError::Unavailable(error.into()),
            _ => StoreError::Backend(error.into()),
        },
    }
}

fn violated(error: &sqlx::Error) -> Unique {
    match database_error(error).and_then(PgDatabaseError::constraint) {
        Some("customers_by_code") => Unique::CustomerCode,
        Some("items_by_name") => Unique::ItemName,
        Some("users_by_identity") => Unique::Identity,
        Some("memberships_by_user" | "memberships_by_email") => Unique::Membership,
        Some("messages_by_order") => Unique::Message,
        Some("message_templates_by_event") => Unique::MessageTemplate,
        Some("installation_once") => Unique::Installation,
        _ => Unique::Id,
    }
}
