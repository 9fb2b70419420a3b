//! What begins with a text, as a stretch of what is in order: for stores whose indexes know nothing of beginnings.

/// The first text, by code point, after all that begin with `prefix`; `None` where nothing comes after them. What begins
/// with `prefix` is thus a stretch of any index in the order of code points.
pub fn after_all_with_prefix(prefix: &str) -> Option<String> {
    let mut characters: Vec<_> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        // A range of characters leaves out the surrogates, which are none.
        if let Some(next) = (last..=char::MAX).nth(1) {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_prefix_is_a_range(prefix in "[a\u{d7ff}\u{e000}\u{10ffff}]{0,3}", text in "[ab\u{d7ff}\u{e000}\u{10ffff}]{0,5}") {
            let within = text >= prefix && after_all_with_prefix(&prefix).is_none_or(|end| text < end);
            prop_assert_eq!(within, text.starts_with(&prefix));
        }
    }
}
