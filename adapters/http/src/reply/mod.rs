//! From views to bytes: one object, a page of a list, a stream of lines.

mod csv;
mod list;
mod object;

pub(crate) use list::{All, DeletedCount, Many, PageOf};
pub(crate) use object::{Created, Deleted, One};
