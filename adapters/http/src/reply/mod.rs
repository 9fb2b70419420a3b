//! From views to bytes: one object, a page of a list, a stream of lines.

mod csv;
mod list;
mod object;
mod plain;

pub(crate) use list::{All, Many, PageOf};
pub(crate) use object::{Accepted, Created, Deleted, One};
pub(crate) use plain::{DeletedCount, Plain};
