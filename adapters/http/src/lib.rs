//! To come.
pub mod server;
