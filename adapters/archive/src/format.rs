//! What makes a file one of ours, and what each version of the format has.

use orderdesk_application::ports::RecordKind;

/// What the first line says it is.
pub const FORMAT: &str = "orderdesk";

/// The version of the format that is written, and the newest that is read.
pub const VERSION: i64 = 3;

/// The oldest version that is read.
pub const OLDEST: i64 = 2;

/// The version in which organizations had quiet hours first.
pub(crate) const QUIET_HOURS: i64 = 3;

/// The version in which there were records of this kind first.
pub(crate) const fn since(kind: RecordKind) -> i64 {
    match kind {
        RecordKind::MessageTemplate
        | RecordKind::Message
        | RecordKind::MessageAttempt
        | RecordKind::OptOut => 3,
        _ => OLDEST,
    }
}

/// The kinds of records that a file of this version has.
pub(crate) fn kinds(version: i64) -> impl Iterator<Item = RecordKind> {
    RecordKind::ALL.into_iter().filter(move |kind| since(*kind) <= version)
}

/// The longest line that is written and read, in bytes: many times what the longest record takes, and nothing to a memory.
pub const LONGEST_LINE: usize = 64 * 1024;

/// The kind of the last line, which no record has.
pub(crate) const END: &str = "end";
