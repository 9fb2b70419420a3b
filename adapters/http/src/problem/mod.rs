//! Everything that can go wrong with a request, and the one shape in which the client is told.

mod door;
mod failure;
mod mapping;
mod promised;

pub(crate) use door::{Door, VARIES};
pub(crate) use failure::{Failure, FieldErrors, Message, NON_FIELD};
pub(crate) use promised::Promised;
