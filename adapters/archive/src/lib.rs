//! Everything that a store holds as a file: one JSON object a line, between a first line that says which format this
//! is and a last one that says how much there was. `docs/archive-format.md` tells it to those who write or read such
//! files with programs of their own.
//!
//! [`ArchiveWriter`] and [`ArchiveReader`] go over a file once, a line at a time, however long it is. The reader takes
//! nothing on trust: each value goes through the domain's own parsing, and what is wrong is told by line and field,
//! never by value, which may be personal data.
//!
//! A new kind of record, or a field of one, is a line in `records`, a new version in `format`, and a paragraph in the
//! document.

mod accounts;
mod audit;
mod error;
mod fields;
mod file;
mod format;
mod messages;
mod object;
mod reader;
mod records;
mod source;
#[cfg(test)]
mod tests;
mod writer;

pub use error::{ArchiveError, Fault};
pub use file::{ArchiveFile, FileError};
pub use format::{FORMAT, LONGEST_LINE, OLDEST, VERSION};
pub use reader::ArchiveReader;
pub use source::ArchiveSource;
pub use writer::ArchiveWriter;
