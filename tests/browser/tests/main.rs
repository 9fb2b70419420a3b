//! The pages in real Chromium, as people see and use them.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a panic is how a test fails"
)]

mod conflict;
mod day;
mod harness;
mod hostile;
mod managing;
mod pages;
mod size;
