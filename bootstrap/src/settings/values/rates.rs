//! How often whom may call.

use orderdesk_application::services::{Rates, RatesError};

use super::Value;

/// Can be turned off as a whole, like a switch.
impl Value for Rates {
    const IS_SWITCH: bool = true;

    fn expected() -> String {
        "on, off, or a list such as user=600/min, bulk=off of what differs from the default; periods are s, min, h and \
         day"
            .to_owned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: RatesError| error.to_string())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_application::services::CallKind;

    use super::*;

    #[test]
    fn the_default_that_is_written_is_the_default() {
        let settings = crate::settings::tests::defaults();
        assert_eq!(settings.throttle, Rates::default());
        let changed = Rates::parse("bulk=off").unwrap();
        assert_eq!(changed, Rates::default().with(CallKind::Bulk, None));
    }

    #[test]
    fn a_mistake_says_what_is_allowed_without_repeating_what_was_typed() {
        for text in ["hunter2", "hunter2=1/min", "user=hunter2/min", "user=1/hunter2", "user=1/min,hunter2"] {
            let told = Rates::parse(text).unwrap_err();
            assert!(told.starts_with("expected ") && !told.contains("hunter2"), "{told}");
        }
    }
}
