//! What an error of the driver or the server means to a caller
//! (<https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml>).

use mongodb::bson::Document;
use mongodb::error::{Error, ErrorKind, TRANSIENT_TRANSACTION_ERROR, WriteFailure};
use orderdesk_application::ports::{StoreError, Unique};
use thiserror::Error;

/// `DuplicateKey`.
pub(crate) const DUPLICATE_KEY: i32 = 11_000;
/// `NamespaceNotFound`.
pub(crate) const NAMESPACE_NOT_FOUND: i32 = 26;
/// `IndexNotFound`.
pub(crate) const INDEX_NOT_FOUND: i32 = 27;
/// `NamespaceExists`.
pub(crate) const NAMESPACE_EXISTS: i32 = 48;
/// `ConflictingOperationInProgress`.
pub(crate) const CONFLICTING_OPERATION: i32 = 117;
/// `BackgroundOperationInProgressForNamespace`.
pub(crate) const INDEX_IN_THE_MAKING: i32 = 12_587;
/// `SnapshotTooOld`.
pub(crate) const SNAPSHOT_TOO_OLD: i32 = 239;
/// `WriteConflict`.
const WRITE_CONFLICT: i32 = 112;
/// `MaxTimeMSExpired`.
const OUT_OF_TIME: i32 = 50;
/// What a write meets that waits for somebody else's.
pub(crate) const HELD_UP: [i32; 2] = [WRITE_CONFLICT, OUT_OF_TIME];
/// `Unauthorized`, `CommandNotSupported`, `CommandNotFound`, and that there is no such stage, here or anywhere.
pub(crate) const NO_CHANGE_STREAMS: [i32; 5] = [13, 115, 59, 40_573, 40_324];
/// `NoSuchTransaction`.
const NO_SUCH_TRANSACTION: i32 = 251;

/// What went wrong, in the words of the server or the driver. The driver's own error shows the server's whole answer
/// as well, and with it stored values.
#[derive(Debug, Error)]
#[error("{words}")]
pub(crate) struct Failure {
    words: String,
    /// The server's code for it.
    pub(crate) code: Option<i32>,
}

impl Failure {
    fn of_server(code: i32, name: &str, message: &str) -> Self {
        let name = if name.is_empty() { "error" } else { name };
        Self { words: format!("{message} ({name}, code {code})"), code: Some(code) }
    }
}

/// The error of a call.
pub(crate) fn classify(error: Error) -> StoreError {
    let passing = error.contains_label(TRANSIENT_TRANSACTION_ERROR);
    match *error.kind {
        ErrorKind::Command(error) => of_server(error.code, &error.code_name, &error.message, passing),
        ErrorKind::Write(WriteFailure::WriteError(error)) => {
            of_server(error.code, error.code_name.as_deref().unwrap_or_default(), &error.message, passing)
        }
        ErrorKind::Write(WriteFailure::WriteConcernError(error)) => {
            of_server(error.code, &error.code_name, &error.message, passing)
        }
        kind => of_driver(&kind, passing),
    }
}

/// The error within an answer that is none by itself: the first of the writes, or that they reached too few servers.
pub(crate) fn of_answer(answer: &Document) -> Option<StoreError> {
    let first = answer.get_array("writeErrors").ok().and_then(|errors| errors.first()?.as_document());
    let error = first.or_else(|| answer.get_document("writeConcernError").ok())?;
    let code = error.get_i32("code").unwrap_or_default();
    let name = error.get_str("codeName").unwrap_or_default();
    Some(of_server(code, name, error.get_str("errmsg").unwrap_or_default(), false))
}

/// The error of a call after which nobody knows what has been done, nor can be asked.
pub(crate) fn unavailable(error: Error) -> StoreError {
    match classify(error) {
        StoreError::Retry(cause) | StoreError::Backend(cause) => StoreError::Unavailable(cause),
        other => other,
    }
}

/// The server's code of an error of the store.
pub(crate) fn code_of(error: &StoreError) -> Option<i32> {
    match error {
        StoreError::Unavailable(cause) | StoreError::Retry(cause) | StoreError::Backend(cause) => {
            cause.downcast_ref::<Failure>()?.code
        }
        _ => None,
    }
}

/// The server's code of an error of the driver.
pub(crate) fn code(error: &Error) -> Option<i32> {
    match &*error.kind {
        ErrorKind::Command(error) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteConcernError(error)) => Some(error.code),
        _ => None,
    }
}

fn of_server(code: i32, name: &str, message: &str, passing: bool) -> StoreError {
    if code == DUPLICATE_KEY {
        // The message has the values that are there twice.
        return StoreError::AlreadyExists(violated(message));
    }
    let failure = Box::new(Failure::of_server(code, name, message));
    match code {
        _ if passing => StoreError::Retry(failure),
        WRITE_CONFLICT | NO_SUCH_TRANSACTION => StoreError::Retry(failure),
        // HostUnreachable, HostNotFound, Unauthorized, AuthenticationFailed, MaxTimeMSExpired, WriteConcernFailed,
        // NetworkTimeout, ShutdownInProgress, FailedToSatisfyReadPreference, PrimarySteppedDown, SocketException,
        // NotWritablePrimary, InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk,
        // NotPrimaryOrSecondary, OutOfDiskSpace, and a snapshot that is not there yet or not any more.
        6 | 7 | 13 | 18 | 50 | 64 | 89 | 91 | 133 | 189 | 9001 | 10_107 | 11_600 | 11_602 | 13_435
        | 13_436 | 14_031 | 246 | SNAPSHOT_TOO_OLD => StoreError::Unavailable(failure),
        _ => StoreError::Backend(failure),
    }
}

fn of_driver(kind: &ErrorKind, passing: bool) -> StoreError {
    let failure = Box::new(Failure { words: kind.to_string(), code: None });
    match kind {
        // A connection that was lost: what it carried can be sent again through another.
        ErrorKind::Io(_) | ErrorKind::ConnectionPoolCleared { .. } if passing => StoreError::Retry(failure),
        ErrorKind::Io(_)
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::ServerSelection { .. }
        | ErrorKind::Authentication { .. }
        | ErrorKind::DnsResolve { .. }
        | ErrorKind::InvalidTlsConfig { .. }
        | ErrorKind::IncompatibleServer { .. }
        | ErrorKind::SessionsNotSupported
        | ErrorKind::Shutdown => StoreError::Unavailable(failure),
        _ => StoreError::Backend(failure),
    }
}

/// `E11000 duplicate key error collection: orderdesk.customers index: customers_by_code dup key: { … }`.
fn violated(message: &str) -> Unique {
    let word_after = |label: &str| {
        let (_, rest) = message.split_once(label)?;
        rest.split_whitespace().next()
    };
    let collection = word_after("collection: ").unwrap_or_default();
    match word_after(" index: ") {
        Some("customers_by_code") => Unique::CustomerCode,
        Some("items_by_name") => Unique::ItemName,
        Some("users_by_identity") => Unique::Identity,
        Some("memberships_by_member") => Unique::Membership,
        Some("messages_by_order") => Unique::Message,
        Some("message_templates_by_event") => Unique::MessageTemplate,
        Some("_id_") if collection.ends_with(".installation") => Unique::Installation,
        Some("_id_") if collection.ends_with(".kept_answers") => Unique::IdempotencyKey,
        _ => Unique::Id,
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn the_index_says_what_is_there_twice() {
        for (message, unique) in [
            (
                "E11000 duplicate key error collection: a.customers index: customers_by_code dup key: { code: \"AB12Z\" }",
                Unique::CustomerCode,
            ),
            (
                "E11000 duplicate key error collection: a.items index: items_by_name dup key: { name_folded: \" index: \" }",
                Unique::ItemName,
            ),
            (
                "E11000 duplicate key error collection: a.installation index: _id_ dup key: { _id: 1 }",
                Unique::Installation,
            ),
            (
                "E11000 duplicate key error collection: a.users index: users_by_identity dup key: { issuer: \"x\" }",
                Unique::Identity,
            ),
            (
                "E11000 duplicate key error collection: a.memberships index: memberships_by_member dup key: { }",
                Unique::Membership,
            ),
            (
                "E11000 duplicate key error collection: a.messages index: messages_by_order dup key: { }",
                Unique::Message,
            ),
            (
                "E11000 duplicate key error collection: a.message_templates index: message_templates_by_event dup",
                Unique::MessageTemplate,
            ),
            (
                "E11000 duplicate key error collection: a.kept_answers index: _id_ dup key: { _id: { } }",
                Unique::IdempotencyKey,
            ),
            (
                "E11000 duplicate key error collection: a.memberships index: _id_ dup key: { _id: 1 }",
                Unique::Id,
            ),
            ("E11000 duplicate key error collection: a.orders index: _id_ dup key: { _id: 1 }", Unique::Id),
            ("E11000 duplicate key error collection: a.api_tokens index: api_tokens_by_digest", Unique::Id),
        ] {
            assert!(
                matches!(of_server(DUPLICATE_KEY, "", message, true), StoreError::AlreadyExists(told) if told == unique)
            );
        }
    }

    #[test]
    fn an_answer_may_hold_an_error() {
        assert!(of_answer(&doc! { "ok": 1, "n": 3 }).is_none());
        let taken = doc! { "ok": 1, "writeErrors": [{ "code": 11_000, "errmsg": "E11000 secret" }] };
        assert!(matches!(of_answer(&taken), Some(StoreError::AlreadyExists(Unique::Id))));
        let alone = doc! { "writeConcernError": { "code": 64, "codeName": "WriteConcernFailed", "errmsg": "too slow" } };
        let Some(StoreError::Unavailable(cause)) = of_answer(&alone) else {
            panic!("no majority is no store")
        };
        assert_eq!(cause.to_string(), "too slow (WriteConcernFailed, code 64)");
    }
}
