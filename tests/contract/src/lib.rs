//! What every store must do, as one suite of tests: a store is one of Order Desk's if it passes.
//!
//! # How a store joins
//!
//! Its crate takes this one and `tokio` (with `macros` and `rt-multi-thread`) as development dependencies, says
//! in [`Harness`] how a fresh store is made, and has one test file:
//!
//! ```ignore
//! //! The contract of stores, kept by this one.
//!
//! orderdesk_contract::contract!(memory, MemoryHarness);
//!
//! struct MemoryHarness;
//!
//! #[async_trait]
//! impl Harness for MemoryHarness {
//!     async fn fresh(&self) -> Arc<dyn Store> {
//!         Arc::new(MemoryStore::default())
//!     }
//! }
//! ```
//!
//! The expression is evaluated once for each test, so what the harness holds, such as a directory or a database
//! that goes when it is dropped, lasts as long as that test.
//!
//! A rate limiter that is not part of a store says in [`LimiterHarness`] how a fresh one is made, and has
//! `orderdesk_contract::rate_limiter_contract!` in the place of `contract!`.
//!
//! # How a test joins
//!
//! It is an `async fn` over a harness in the file of its concern, and one line in the list in [`suite`]. It may use
//! nothing but the ports, and must not take for granted how a store isolates units of work: one may make the
//! second wait for the first, another may let both run and tell one of them to `Retry`. So a test that is not
//! about races holds one unit of work at a time.
//!
//! [`builders`], [`shop`] and [`kinds`] make and store test data, for other crates' tests as well.
#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "this crate is tests: a panic is how one fails"
)]

pub mod builders;
pub mod kinds;
pub mod shop;

mod harness;
mod outcome;
mod records;

#[expect(missing_docs, reason = "the name of a test says what it shows")]
pub mod suite;

pub use harness::{Harness, LimiterHarness, bounded};
