//! From the bytes of a request to domain types: the only conversion in.
//!
//! A body is declared once, as a [`Body::read`] over a [`Form`]. The same declaration parses (every field's every
//! error at once), describes itself in the OpenAPI document, and answers `OPTIONS`.

mod any_form;
mod check;
mod form;
mod json;
mod payload;

pub(crate) use any_form::AnyForm;
pub(crate) use form::{Body, Form, Rejected};
pub(crate) use payload::{BulkBody, Edit, New, Optional, Partial, Refusal, Rows, Whole};
