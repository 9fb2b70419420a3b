//! The OpenAPI document and what is drawn from it: the answers to `OPTIONS` and the pages of documentation.

#![expect(
    clippy::indexing_slicing,
    reason = "reading what a JSON value has not gives null, and what is written to is an object that was just made"
)]

mod document;
mod options;
mod pages;
mod parameters;
mod permissions;
mod refusals;

pub(crate) use document::Document;
pub(crate) use options::OptionsAnswer;
pub(crate) use pages::{Page, redoc, swagger_ui};
