//! Filters keep what they say.

use orderdesk_domain::fold;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::query::sample::{
    Sample, SampleField, comparisons, fields, filters, labels, moment, plain, samples, values_of,
};
use crate::query::{Comparison, Field, Filter, Listed, Test, Value};

fn labelled(label: &str) -> Sample {
    Sample { label: label.to_owned(), ..plain() }
}

fn contains(needle: &str, label: &str) -> bool {
    Filter::contains(SampleField::Label, needle).unwrap().keeps(&labelled(label))
}

#[test]
fn all_of_nothing_is_true_and_any_of_nothing_is_false() {
    assert!(Filter::everything().keeps(&plain()));
    assert!(!Filter::Any(Vec::new()).keeps(&plain()));
}

#[test]
fn text_is_equal_to_the_letter_only() {
    let equals = |text: &str| Filter::new(SampleField::Label, Test::Equals(text.into())).unwrap();
    assert!(equals("Soap").keeps(&labelled("Soap")));
    assert!(!equals("soap").keeps(&labelled("Soap")));
    assert!(!equals("Soa").keeps(&labelled("Soap")));
}

#[test]
fn case_is_ignored_within_text() {
    assert!(contains("STRASSE", "an der Straße 5"));
    assert!(contains("straße", "AN DER STRASSE 5"));
    assert!(contains("ΣΊΣΥΦΟΣ", "Σίσυφος"));
    assert!(!contains("e", "é"));
}

#[test]
fn wildcards_are_themselves() {
    for wildcard in ["%", "_", ".", "*", "\\", "?", "[a]", "$", "^"] {
        assert!(contains(wildcard, &format!("1{wildcard}0")), "{wildcard}");
        assert!(!contains(wildcard, "100 or so"), "{wildcard}");
    }
}

#[test]
fn a_beginning_is_at_the_beginning() {
    let starts = |needle, label: &str| {
        Filter::starts_with(SampleField::Label, needle).unwrap().keeps(&labelled(label))
    };
    assert!(starts("sO", "Soap"));
    assert!(starts("", "Soap"));
    assert!(!starts("oap", "Soap"));
}

#[test]
fn a_code_is_searched_in_capitals() {
    let keeps = |filter: Filter<SampleField>| filter.keeps(&plain());
    assert!(keeps(Filter::contains(SampleField::Code, "b12").unwrap()));
    assert!(keeps(Filter::starts_with(SampleField::Code, "ab").unwrap()));
    assert!(!keeps(Filter::starts_with(SampleField::Code, "b1").unwrap()));
}

#[test]
fn an_absent_value_passes_nothing_but_the_question_whether_it_is_absent() {
    let closed = SampleField::Closed;
    let now = Value::Time(moment(5));
    let compare = |comparison| Test::Compare(comparison, now.clone());
    for test in [
        Test::Equals(now.clone()),
        Test::In(vec![now.clone()]),
        compare(Comparison::Below),
        compare(Comparison::AtMost),
        compare(Comparison::Above),
        compare(Comparison::AtLeast),
        Test::IsNull(false),
    ] {
        assert!(!Filter::new(closed, test.clone()).unwrap().keeps(&plain()), "{test:?}");
    }
    assert!(Filter::new(closed, Test::IsNull(true)).unwrap().keeps(&plain()));
}

proptest! {
    #[test]
    fn a_tree_keeps_what_its_parts_keep(parts in prop::collection::vec(filters(), 0..4), samples in samples()) {
        for sample in &samples {
            let kept: Vec<_> = parts.iter().map(|part| part.keeps(sample)).collect();
            prop_assert_eq!(Filter::All(parts.clone()).keeps(sample), !kept.contains(&false));
            prop_assert_eq!(Filter::Any(parts.clone()).keeps(sample), kept.contains(&true));
        }
    }

    #[test]
    fn both_means_both(first in filters(), second in filters(), samples in samples()) {
        for sample in &samples {
            let both = first.clone().and(second.clone());
            prop_assert_eq!(both.keeps(sample), first.keeps(sample) && second.keeps(sample));
        }
    }

    #[test]
    fn one_of_several_is_equal_to_any_of_them(
        (field, wanted) in fields().prop_flat_map(|field| {
            (Just(field), prop::collection::vec(values_of(field), 0..4))
        }),
        samples in samples(),
    ) {
        let one_of = Filter::new(field, Test::In(wanted.clone())).unwrap();
        let equal = wanted.into_iter().map(|value| Filter::new(field, Test::Equals(value)).unwrap());
        let any = Filter::Any(equal.collect());
        for sample in &samples {
            prop_assert_eq!(one_of.keeps(sample), any.keeps(sample));
        }
    }

    #[test]
    fn an_object_is_equal_to_itself_in_every_field(samples in samples()) {
        for sample in &samples {
            for field in SampleField::ALL.iter().copied() {
                let test = match sample.value(field) {
                    Value::Null => Test::IsNull(true),
                    value => Test::Equals(value),
                };
                prop_assert!(Filter::new(field, test).unwrap().keeps(sample), "{:?}", field);
            }
        }
    }

    #[test]
    fn a_comparison_is_the_order_of_values(
        comparison in comparisons(),
        (field, bound) in prop::sample::select(vec![
            SampleField::Quantity, SampleField::Price, SampleField::Closed, SampleField::Created,
        ]).prop_flat_map(|field| (Just(field), values_of(field))),
        samples in samples(),
    ) {
        let filter = Filter::new(field, Test::Compare(comparison, bound.clone())).unwrap();
        for sample in &samples {
            let value = sample.value(field);
            let ordering = value.compare(&bound);
            let holds = match comparison {
                Comparison::Below => ordering.is_lt(),
                Comparison::AtMost => !ordering.is_gt(),
                Comparison::Above => ordering.is_gt(),
                Comparison::AtLeast => !ordering.is_lt(),
            };
            prop_assert_eq!(filter.keeps(sample), holds && value != Value::Null);
        }
    }

    #[test]
    fn text_has_in_it_what_its_fold_has(needle in labels(), label in labels()) {
        let (folded, sought) = (fold(&label), fold(&needle));
        prop_assert_eq!(contains(&needle, &label), folded.contains(&sought));
        let starts = Filter::starts_with(SampleField::Label, &needle).unwrap();
        prop_assert_eq!(starts.keeps(&labelled(&label)), folded.starts_with(&sought));
    }

    #[test]
    fn text_contains_each_of_its_parts(label in labels(), from in any::<Index>(), to in any::<Index>()) {
        let characters: Vec<_> = label.chars().collect();
        let (from, to) = (from.index(characters.len() + 1), to.index(characters.len() + 1));
        let part: String = characters.get(from..to).unwrap_or_default().iter().collect();
        prop_assert!(contains(&part, &label));
    }
}
