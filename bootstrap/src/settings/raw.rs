//! Values as they were typed, before anybody knows whether they hold a secret.

use std::fmt;

/// A value of a setting as it was typed. A password may be in it, so it shows itself with care.
#[derive(Clone, PartialEq, Eq)]
pub struct RawValue(String);

impl RawValue {
    /// Takes what was typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The value itself, to be parsed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// What might be an address with credentials shows its scheme only.
impl fmt::Display for RawValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suspicious = self.0.contains('@') || self.0.to_ascii_lowercase().contains("password");
        if !suspicious {
            return formatter.write_str(&self.0);
        }
        let scheme = self.0.split_once(':').map_or("", |(scheme, _)| scheme);
        // What stands before a colon may be a secret too, unless it looks like a scheme.
        let plain = scheme.chars().all(|character| character.is_ascii_alphabetic() || character == '+');
        write!(formatter, "{}:…", if plain { scheme } else { "" })
    }
}

impl fmt::Debug for RawValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RawValue({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_shows_itself_unless_it_may_hold_a_password() {
        for (typed, shown) in [
            ("127.0.0.1:8000", "127.0.0.1:8000"),
            ("sqlite:orderdesk.db", "sqlite:orderdesk.db"),
            ("postgres://shop:hunter2@db/orders", "postgres:…"),
            ("mongodb+srv://shop:p@ss:w/rd@db", "mongodb+srv:…"),
            ("postgres://db/orders?user=shop&PASSWORD=hunter2", "postgres:…"),
            ("hunter2@db", ":…"),
            ("shop hunter2:x@db", ":…"),
        ] {
            let raw = RawValue::new(typed);
            assert_eq!(raw.to_string(), shown);
            assert_eq!(format!("{raw:?}"), format!("RawValue({shown})"));
        }
    }
}
