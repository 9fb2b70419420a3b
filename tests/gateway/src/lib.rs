//! An SMS gateway for tests: a real HTTP server that speaks Africa's Talking's protocol, and as much of Twilio's as it
//! takes to send.
//!
//! A [`GatewayServer`] lives in the process of the test, so that its [`Log`] outlives whatever the test kills, and in a
//! thread of its own, so that it answers while the test waits for something. How it takes a request is a [`Conduct`]: one
//! for all, a script, or at random. What it reports back is a [`Plan`].
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "this crate is for tests: a panic is how one fails"
)]

mod conduct;
mod gateway;
mod http;
mod log;
mod protocol;
mod reports;

pub use conduct::Conduct;
pub use gateway::GatewayServer;
pub use log::{Log, Sent};
pub use protocol::{ACCOUNT_SID, API_KEY, AUTH_TOKEN, Protocol, USERNAME};
pub use reports::{Plan, Report, Step};
