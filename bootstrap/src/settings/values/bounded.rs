//! Whole numbers between bounds.

use super::{Value, refusal};

/// A whole number from `MINIMUM` to `MAXIMUM`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounded<const MINIMUM: u64, const MAXIMUM: u64>(u64);

impl<const MINIMUM: u64, const MAXIMUM: u64> Bounded<MINIMUM, MAXIMUM> {
    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl<const MINIMUM: u64, const MAXIMUM: u64> Value for Bounded<MINIMUM, MAXIMUM> {
    fn expected() -> String {
        format!("a whole number from {MINIMUM} to {MAXIMUM}")
    }

    fn parse(text: &str) -> Result<Self, String> {
        let number = text.parse().ok().filter(|number| (MINIMUM..=MAXIMUM).contains(number));
        number.map(Self).ok_or_else(refusal::<Self>)
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}
