//! Setting up a store, and letting in.

mod bearers;
mod setting_up;
mod signed_tokens;
mod usage;
