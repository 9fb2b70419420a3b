//! Real Chromium for tests: opens the pages of a service, does there what people do, and tells what they see.
//!
//! Every page that a [`Tab`] opens is watched: an error on the console, something that the page's policy forbids, a request
//! to another host, an answer that is none or a dialog fails the test. [`Tab::check`] looks for what keeps people out.
//!
//! Chromium is spoken to in its own protocol through a pipe, which takes no port, no driver and no generated library, and
//! ends Chromium when the test ends in whatever way.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this crate is for tests: a panic is how one fails"
)]

mod axe;
mod browser;
mod connection;
mod installed;
mod tab;
mod watch;

pub use browser::{Browser, PHONE, SCREEN, Scheme};
pub use tab::Tab;
