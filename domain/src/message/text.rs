//! What a message says, and what it is made of.

use crate::invalid::{Invalid, Reason};
use crate::message::Segments;
use crate::text::normalize;

/// What a message says: 1 to 1,000 characters (Unicode scalar values) in Unicode normalisation form C, with line breaks
/// and no other control characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MessageText(String);

/// How a text ends that had to be cut: no character that would make a cheap text a dear one.
const CUT: &str = "...";

impl MessageText {
    /// The most characters.
    pub const MAXIMUM: usize = 1_000;

    /// Takes what was composed, cut where it is too long; `None` where it says nothing.
    pub fn compose(input: &str) -> Option<Self> {
        let text = tidy(input);
        if text.is_empty() {
            return None;
        }
        if text.chars().count() <= Self::MAXIMUM {
            return Some(Self(text));
        }
        let kept: String = text.chars().take(Self::MAXIMUM - CUT.len()).collect();
        Some(Self(format!("{}{CUT}", kept.trim_end())))
    }

    /// The text as it is stored, shown and sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How it travels.
    pub fn segments(&self) -> Segments {
        Segments::of(&self.0)
    }
}

/// What somebody is told stays out of logs: only the length shows.
impl std::fmt::Debug for MessageText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "MessageText({} characters)", self.0.chars().count())
    }
}

/// What messages are made of, with places for what differs: 1 to 1,000 characters with line breaks and no other control
/// characters. Whether it is good for making messages is for the one to say who makes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TemplateText(String);

impl TemplateText {
    /// The most characters.
    pub const MAXIMUM: usize = 1_000;

    /// Normalises and trims `input`; refuses blank text, more than 1,000 characters, control characters other than
    /// line breaks.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        let text = normalize(&input.replace("\r\n", "\n"));
        let text = text.trim();
        let mut reasons = Vec::new();
        if text.is_empty() {
            reasons.push(Reason::Blank);
        }
        let actual = text.chars().count();
        if actual > Self::MAXIMUM {
            reasons.push(Reason::TooLong { maximum: Self::MAXIMUM, actual });
        }
        if text.chars().any(is_disturbing) {
            reasons.push(Reason::ControlCharacter);
        }
        Invalid::unless_none(reasons, Self(text.to_owned()))
    }

    /// The text as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_disturbing(character: char) -> bool {
    character.is_control() && character != '\n'
}

fn tidy(input: &str) -> String {
    let text = normalize(&input.replace("\r\n", "\n"));
    let text: String = text.chars().filter(|character| !is_disturbing(*character)).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_cut_and_says_so() {
        let text = MessageText::compose(&"a".repeat(1_001)).unwrap();
        assert_eq!(text.as_str().len(), 1_000);
        assert!(text.as_str().ends_with("aaa..."));
        assert_eq!(MessageText::compose(&"a".repeat(1_000)).unwrap().as_str(), "a".repeat(1_000));
    }

    #[test]
    fn nothing_is_no_message() {
        assert_eq!(MessageText::compose(" \r\n\u{7}"), None);
    }

    #[test]
    fn a_text_may_have_lines_and_no_other_control_characters() {
        assert_eq!(MessageText::compose("one\r\ntwo\t\u{7}!").unwrap().as_str(), "one\ntwo!");
        assert_eq!(TemplateText::parse("one\r\ntwo").unwrap().as_str(), "one\ntwo");
        assert_eq!(TemplateText::parse("a\tb").unwrap_err().reasons(), [Reason::ControlCharacter]);
    }

    #[test]
    fn what_is_wrong_with_a_template_is_told_at_once() {
        let reasons = TemplateText::parse(&"a\u{7}".repeat(600)).unwrap_err();
        let expected = [Reason::TooLong { maximum: 1_000, actual: 1_200 }, Reason::ControlCharacter];
        assert_eq!(reasons.reasons(), expected);
        assert_eq!(TemplateText::parse(" ").unwrap_err().reasons(), [Reason::Blank]);
    }

    #[test]
    fn what_somebody_is_told_does_not_show_in_logs() {
        let text = MessageText::compose("Hello Amina").unwrap();
        assert_eq!(format!("{text:?}"), "MessageText(11 characters)");
    }

    proptest! {
        #[test]
        fn what_was_composed_composes_to_itself(input in any::<String>()) {
            if let Some(text) = MessageText::compose(&input) {
                prop_assert_eq!(MessageText::compose(text.as_str()), Some(text.clone()));
            }
        }
    }
}
