//! A search wants every word, wherever it is.

use orderdesk_domain::fold;
use proptest::prelude::*;

use crate::query::Filter;
use crate::query::sample::{Sample, plain, samples};

fn finds(search: &str, label: &str) -> bool {
    let sample = Sample { label: label.to_owned(), ..plain() };
    Filter::search(search).keeps(&sample)
}

#[test]
fn every_word_must_be_found_and_any_searched_field_may_have_it() {
    assert!(finds("soap", "Bar of Soap"));
    assert!(finds("soap ab12z", "Bar of Soap"));
    assert!(finds("  OF\tsoap \u{2003}+25471 ", "Bar of Soap"));
    assert!(!finds("soap towel", "Bar of Soap"));
}

#[test]
fn words_are_found_within_words_and_in_any_order() {
    assert!(finds("oap ar", "Bar of Soap"));
}

#[test]
fn other_fields_are_not_searched() {
    assert!(!finds("Pending", "Bar of Soap"));
}

#[test]
fn wildcards_in_a_search_are_themselves() {
    assert!(!finds("%", "100"));
    assert!(!finds("b_r", "Bar of Soap"));
    assert!(finds("100%", "100% wool"));
}

#[test]
fn a_search_for_no_words_finds_everything() {
    assert!(finds(" ", "Bar of Soap"));
}

proptest! {
    #[test]
    fn words_are_joined_by_and_and_fields_by_or(
        words in prop::collection::vec("[aAbBsS%_ßé1-4+]{1,2}", 0..4),
        samples in samples(),
    ) {
        let filter = Filter::search(&words.join(" "));
        for sample in &samples {
            let found = words.iter().all(|word| {
                fold(&sample.label).contains(&fold(word))
                    || sample.code.contains(&word.to_uppercase())
                    || sample.phone.contains(word.as_str())
            });
            prop_assert_eq!(filter.keeps(sample), found);
        }
    }
}
