//! The services, tested on the store that lives in memory, with the world outside under the tests' control.
//!
//! What a unit decides by itself is tested beside it; here is what the services decide together with a store.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod access;
mod audit;
mod common;
mod customers;
mod idempotency;
mod items;
mod lists;
mod members;
mod messages;
mod orders;
mod organizations;
mod permissions;
mod retries;
mod sign_in;
mod tenants;
mod throttle;
mod tokens;
mod users;
mod visibility;
