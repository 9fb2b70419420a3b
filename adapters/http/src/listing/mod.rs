//! From a query string to a typed list request, and from a page back to links.

mod cursor;
mod filters;
mod paging;
mod parameters;
mod projection;
mod request;
mod value;

pub(crate) use filters::orderable;
pub(crate) use parameters::{NoParameters, Parameters, refuse_unknown};
pub(crate) use projection::{ObjectParameters, Projection};
pub(crate) use request::{DeletionParameters, FilterParameters, ListParameters};
pub(crate) use value::{parse_time, parse_uuid};
