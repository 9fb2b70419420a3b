//! The real program over real HTTP: what tests need to start it, to call it and to read its answers.
//!
//! # How a test joins
//!
//! It is an `async fn` over a [`Store`] in the file of its concern under `tests/`, and one line in that file's
//! [`on_every_store!`] list. It starts a service of its own, so tests neither share data nor wait for one another.
//!
//! # How a store joins
//!
//! It is a variant of [`Store`] and a line in [`on_every_store!`], or in [`on_every_lasting_store!`] where it outlives the
//! program.
#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "this crate is tests: a panic is how one fails"
)]

mod answer;
mod body;
mod cast;
mod client;
mod people;
mod post;
mod program;
mod service;
mod store;
mod transcript;
mod visitor;
mod wait;
mod wire;

pub use answer::Answer;
pub use body::{Fields, customer, item, order, template};
pub use cast::{Caller, Cast};
pub use client::{Call, Client};
pub use people::{email, vouch_for};
pub use post::{CALLBACK_SECRET, Post};
pub use program::{Outcome, Program, Running};
pub use service::Service;
pub use store::{Place, Store};
pub use transcript::Transcript;
pub use visitor::Visitor;
pub use wait::until;
pub use wire::Wire;
