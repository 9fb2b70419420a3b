//! What others say, made fit to be kept: without numbers, keys and texts.

use orderdesk_domain::Remark;

/// Digits are a number to call from here on.
const NUMBER: usize = 7;

/// What stands for what is left out.
const HIDDEN: &str = "…";

/// A gateway's words as a remark: without `private` parts, which it might quote, and without anything that could be a
/// telephone number.
pub(crate) fn remark(words: &str, private: &[&str]) -> Option<Remark> {
    let mut words = words.to_owned();
    for part in private.iter().filter(|part| !part.is_empty()) {
        words = words.replace(part, HIDDEN);
        let encoded: String = form_urlencoded::byte_serialize(part.as_bytes()).collect();
        words = words.replace(&encoded, HIDDEN);
    }
    Remark::new(&mask(&words))
}

/// Hides what has seven digits or more, whatever is customary between digits of a number.
fn mask(words: &str) -> String {
    let mut masked = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let customary = |character: char| character.is_ascii_digit() || " -.()".contains(character);
        let length = from.find(|character| !customary(character)).unwrap_or(from.len());
        let (run, after) = from.split_at(length);
        let run = run.trim_end_matches(|character: char| !character.is_ascii_digit());
        let many = run.bytes().filter(u8::is_ascii_digit).count() >= NUMBER;
        masked.push_str(before);
        masked.push_str(if many { HIDDEN } else { run });
        // What only looked as if it belonged to the number.
        rest = from.strip_prefix(run).unwrap_or(after);
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &str, private: &[&str]) -> String {
        remark(words, private).unwrap().as_str().to_owned()
    }

    #[test]
    fn numbers_are_left_out() {
        for (words, kept) in [
            ("The 'To' number +254712345678 is not valid.", "The 'To' number +… is not valid."),
            ("Try 254 712 345-678, or (0712) 345.678!", "Try …, or (…!"),
            ("Sent to 0/1 Total Cost: KES 0.8000", "Sent to 0/1 Total Cost: KES 0.8000"),
            ("https://www.twilio.com/docs/errors/21211", "https://www.twilio.com/docs/errors/21211"),
            ("123456 1", "…"),
            ("123456", "123456"),
            ("no number", "no number"),
        ] {
            assert_eq!(said(words, &[]), kept);
        }
    }

    #[test]
    fn what_is_quoted_of_us_is_left_out() {
        let private = ["atsk_1", "Hello, Amina", ""];
        assert_eq!(said("atsk_1? 'Hello, Amina' or Hello%2C+Amina", &private), "…? '…' or …");
    }

    #[test]
    fn nothing_is_no_remark() {
        assert_eq!(remark(" \n", &[]), None);
    }
}
