//! What makes a file one of ours.

/// What the first line says it is.
pub const FORMAT: &str = "orderdesk";

/// The version of the format that is written, and the only one that is read.
pub const VERSION: i64 = 2;

/// The longest line that is written and read, in bytes: many times what the longest record takes, and nothing to a memory.
pub const LONGEST_LINE: usize = 64 * 1024;

/// The kind of the last line, which no record has.
pub(crate) const END: &str = "end";
