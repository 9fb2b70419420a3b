//! Why a file cannot be read.

use std::error::Error;
use std::fmt;
use std::io;

use orderdesk_application::ports::RecordKind;
use thiserror::Error as ThisError;

use crate::format::{END, FORMAT, LONGEST_LINE, OLDEST, VERSION, kinds};

/// What is wrong with a file, and where.
#[derive(Debug)]
pub struct ArchiveError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.fault)
    }
}

/// The fault itself has been told with the line.
impl Error for ArchiveError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.fault.source()
    }
}

/// What is wrong with a line, or with the file as it shows there. No value of the file is repeated.
#[derive(Debug, ThisError)]
pub enum Fault {
    /// The system cannot read on.
    #[error("the file cannot be read")]
    System(#[source] io::Error),
    /// The line is longer than any record.
    #[error("the line is longer than {LONGEST_LINE} bytes")]
    TooLong,
    /// The line is not JSON.
    #[error("this is not a JSON object (column {0})")]
    NotJson(usize),
    /// The file is none of ours.
    #[error(
        "this is not an export: the first line is to be {{\"format\":\"{FORMAT}\",\"version\":{VERSION}}}"
    )]
    Foreign,
    /// The file was written by a program that knows more.
    #[error(
        "the export is of version {0}, and this program reads versions {OLDEST} to {VERSION}: use a newer program"
    )]
    Newer(i64),
    /// The file was written by a program that knew less.
    #[error(
        "the export is of version {0}, and this program reads versions {OLDEST} to {VERSION}: import it with the \
         program that wrote it, and let this one bring the store up to date"
    )]
    Older(i64),
    /// The file ends before its last line.
    #[error("the file ends here, without the line that tells its end: it is not complete")]
    Truncated,
    /// There is something after the last line.
    #[error("nothing may follow the line that tells the end")]
    Continued,
    /// There is no such kind of records in a file of this version.
    #[error("`kind` is to be one of {}, or {END}", names(*.0))]
    UnknownKind(i64),
    /// A field is not there.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field stands there twice.
    #[error("`{0}` stands there twice")]
    Repeated(String),
    /// There is no such field.
    #[error("there is no field `{0}`")]
    Unknown(String),
    /// A field is not what it must be.
    #[error("`{field}`: {expected}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What it must be.
        expected: String,
    },
    /// A kind stands behind one that it must precede.
    #[error("records of the kind {} come before those of the kind {}", .found.name(), .previous.name())]
    KindOutOfOrder {
        /// The kind of this line.
        found: RecordKind,
        /// The kind of the line before.
        previous: RecordKind,
    },
    /// A record stands behind one that it must precede.
    #[error("records of a kind come in the order of their ids, and the one before has a higher one")]
    OutOfOrder,
    /// A record stands there twice.
    #[error("the one before has the same id")]
    Duplicate,
    /// The last line does not count what is there.
    #[error("there are {found} records of the kind {}, and this line says {said}", .kind.name())]
    Miscounted {
        /// Of what.
        kind: RecordKind,
        /// How many there are to be.
        said: u64,
        /// How many there are.
        found: u64,
    },
    /// The lines are not those that were written.
    #[error("`sha256` is not the checksum of the lines before: the file has been changed or damaged")]
    Damaged,
}

/// The kinds of records that a file of this version has.
fn names(version: i64) -> String {
    kinds(version).map(RecordKind::name).collect::<Vec<_>>().join(", ")
}
