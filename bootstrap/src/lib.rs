//! The program `orderdesk`: what it is told, and how its parts are put together.

pub mod arguments;
pub mod logging;
pub mod settings;
