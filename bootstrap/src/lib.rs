//! The program `orderdesk`: what it is told, and how its parts are put together. The only crate that knows them all.

mod announcement;
pub mod application;
pub mod arguments;
pub mod commands;
pub mod health;
mod housekeeping;
mod identities;
pub mod logging;
pub mod messaging;
mod moving;
mod progress;
pub mod settings;
pub mod shutdown;
pub mod store;
pub mod system;
mod throttling;

pub use application::Application;
