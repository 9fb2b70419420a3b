//! The real program over real HTTP, one file for each concern.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a panic is how a test fails"
)]

mod authentication;
mod bodies;
mod bulk_changes;
mod bulk_deletions;
mod catalogue;
mod compression;
mod connections;
mod cors;
mod csv;
mod cursors;
mod customers;
mod documentation;
mod errors;
mod etags;
mod filters;
mod filters_by_text;
mod history;
mod items;
mod json;
mod methods;
mod money;
mod negotiation;
mod operations;
mod options;
mod ordering;
mod orders;
mod paging;
mod program;
mod projection;
mod readme;
mod resources;
mod same_answers;
mod searches;
mod statuses;
mod text;
mod urls;
mod writing;
