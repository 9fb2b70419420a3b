//! What can be *done*: services, the ports they need, and the query type that lists share.
//!
//! A service decides nothing about an order itself: it loads, lets the domain object decide, stores what came
//! of it and commits, all in one unit of work. It knows stores, clocks and randomness only as [`ports`].

pub mod error;
pub mod idempotency;
pub mod ports;
pub mod principal;
pub mod query;
pub mod scope;
pub mod services;
pub mod views;
pub mod wording;

pub use error::{Error, Problem};
pub use principal::{Caller, Grant, Principal};
pub use scope::Scope;
