//! The real program over real HTTP, one file for each concern.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a panic is how a test fails, and what it has measured is for whoever asks for it"
)]

mod api_tokens;
mod audit;
mod authentication;
mod bodies;
mod bulk_changes;
mod bulk_deletions;
mod callbacks;
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
mod idempotency;
mod items;
mod json;
mod me;
mod members;
mod message_templates;
mod messages;
mod methods;
mod money;
mod negotiation;
mod notifications;
mod operations;
mod options;
mod order_totals;
mod ordering;
mod orders;
mod organizations;
mod pages;
mod paging;
mod permissions;
mod program;
mod projection;
mod readme;
mod resources;
mod same_answers;
mod searches;
mod sign_in;
mod signed_tokens;
mod statuses;
mod tenants;
mod text;
mod throttling;
mod urls;
mod users;
mod writing;
