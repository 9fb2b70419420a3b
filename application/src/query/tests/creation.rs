//! The time of creation is in the id: asking for the one is asking for the other.

use proptest::prelude::*;

use crate::query::sample::{Sample, SampleField, comparisons, identity, moment, plain, samples, times};
use crate::query::{Comparison, Filter, Listed, Test, Value};

fn created(test: Test) -> Filter<SampleField> {
    Filter::new(SampleField::Created, test).unwrap()
}

/// Every field that a filter tests.
fn tested(filter: &Filter<SampleField>) -> Vec<SampleField> {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().flat_map(tested).collect(),
        Filter::Is(term) => vec![term.field()],
    }
}

#[test]
fn the_first_and_the_last_id_of_a_millisecond_are_of_it() {
    for number in [0, 255] {
        let sample = Sample { id: identity(7, number), ..plain() };
        assert!(created(Test::Equals(moment(7).into())).keeps(&sample));
        assert!(created(Test::Compare(Comparison::AtMost, moment(7).into())).keeps(&sample));
        assert!(created(Test::Compare(Comparison::AtLeast, moment(7).into())).keeps(&sample));
        assert!(!created(Test::Compare(Comparison::Below, moment(7).into())).keeps(&sample));
        assert!(!created(Test::Compare(Comparison::Above, moment(7).into())).keeps(&sample));
        assert!(created(Test::Compare(Comparison::Below, moment(8).into())).keeps(&sample));
        assert!(created(Test::Compare(Comparison::Above, moment(6).into())).keeps(&sample));
    }
}

proptest! {
    #[test]
    fn a_condition_on_the_time_of_creation_is_the_same_condition_on_the_id(
        comparison in comparisons(),
        bounds in prop::collection::vec(times(), 1..3),
        samples in samples(),
    ) {
        let values: Vec<Value> = bounds.iter().copied().map(Value::from).collect();
        let compared = created(Test::Compare(comparison, values[0].clone()));
        let equal = created(Test::Equals(values[0].clone()));
        let one_of = created(Test::In(values.clone()));
        for filter in [&compared, &equal, &one_of] {
            prop_assert!(tested(filter).iter().all(|field| *field == SampleField::Id));
        }
        for sample in &samples {
            let at = sample.value(SampleField::Created);
            prop_assert_eq!(compared.keeps(sample), comparison.holds(&at, &values[0]));
            prop_assert_eq!(equal.keeps(sample), at == values[0]);
            prop_assert_eq!(one_of.keeps(sample), values.contains(&at));
        }
    }
}
