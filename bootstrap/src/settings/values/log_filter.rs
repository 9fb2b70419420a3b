//! What is logged.

use tracing_subscriber::EnvFilter;

use super::{Value, refusal};

/// Directives of the `tracing` crates, such as `info` or `warn,orderdesk_http=debug`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// The filter as the logger takes it. It was found well-formed when it was read.
    pub(crate) fn to_filter(&self) -> EnvFilter {
        EnvFilter::new(&self.0)
    }
}

impl Value for LogFilter {
    fn expected() -> String {
        "a level (error, warn, info, debug, trace, off) or module=level pairs with commas between".to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let well_formed = !text.is_empty() && EnvFilter::try_new(text).is_ok();
        if well_formed { Ok(Self(text.to_owned())) } else { Err(refusal::<Self>()) }
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}
