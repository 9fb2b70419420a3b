//! The kinds of values that settings have. Once one exists it is valid.

mod bounded;
mod choice;
mod domain;
mod duration;
mod log_filter;
mod rates;
mod sms;
mod standard;
mod store;
mod web_origin;

pub use bounded::Bounded;
pub use choice::{LogFormat, Synchronous, ThrottleStore};
pub use duration::{Lifetime, Timeout};
pub use log_filter::LogFilter;
pub use sms::{Label, PathSecret};
pub use store::{DatabaseUrl, StoreLocation};
pub use web_origin::WebOrigin;

/// A kind of value: how it is written, read and shown.
pub trait Value: Sized {
    /// Whether `on` and `off` are among the values, so that `--no-…` can stand for `off`.
    const IS_SWITCH: bool = false;
    /// Whether nothing of what was typed may be shown, even where it is no value.
    const IS_SECRET: bool = false;

    /// What is allowed, as a phrase to follow "takes" or "expected".
    fn expected() -> String;

    /// Reads what was typed. The error is a clause that says what is allowed; it never repeats what was typed.
    fn parse(text: &str) -> Result<Self, String>;

    /// The value as it may be shown: without secrets, and empty where there is none.
    fn show(&self) -> String;
}

/// The usual reason for a refusal.
fn refusal<V: Value>() -> String {
    format!("expected {}", V::expected())
}
