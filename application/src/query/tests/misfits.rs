//! A test that makes no sense of its field is refused.

use proptest::prelude::*;

use crate::query::sample::{STATUSES, SampleField, fields, tests};
use crate::query::{Field, Filter, Kind, Lookup, Test, Value};

/// What may be compared with a field, said once more and in other words.
fn suits(kind: Kind, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Id(_) => kind == Kind::Id,
        Value::Text(text) => match kind {
            Kind::Text | Kind::Code | Kind::Phone => true,
            Kind::Choice(_) => STATUSES.contains(&text.as_str()),
            _ => false,
        },
        Value::Integer(_) => kind == Kind::Integer,
        Value::Decimal(_) => kind == Kind::Decimal,
        Value::Time(_) => kind == Kind::Time,
        Value::Boolean(_) => kind == Kind::Boolean,
    }
}

fn fits(field: SampleField, test: &Test) -> bool {
    let spec = field.spec();
    match test {
        Test::Equals(value) => suits(spec.kind, value),
        Test::In(values) => !values.iter().any(|value| !suits(spec.kind, value)),
        Test::Compare(_, value) => {
            matches!(spec.kind, Kind::Integer | Kind::Decimal | Kind::Time) && suits(spec.kind, value)
        }
        Test::Contains(_) | Test::StartsWith(_) => {
            matches!(spec.kind, Kind::Text | Kind::Code | Kind::Phone)
        }
        Test::IsNull(_) => matches!(field, SampleField::Customer | SampleField::Closed),
    }
}

#[test]
fn a_misfit_names_its_field() {
    let misfit = Filter::new(SampleField::Quantity, Test::Equals("three".into())).unwrap_err();
    assert!(misfit.to_string().starts_with("quantity cannot be tested with"), "{misfit}");
}

#[test]
fn a_choice_is_one_of_its_names() {
    let status = |name: &str| Filter::new(SampleField::Status, Test::Equals(name.into()));
    assert!(STATUSES.into_iter().all(|name| status(name).is_ok()));
    assert!(status("pending").is_err());
    assert!(Filter::new(SampleField::Status, Test::In(vec!["Closed".into(), "Lost".into()])).is_err());
}

#[test]
fn every_lookup_that_a_kind_offers_fits_it() {
    for field in SampleField::ALL.iter().copied() {
        for lookup in field.spec().lookups() {
            let textual = matches!(lookup, Lookup::Icontains | Lookup::Istartswith);
            assert_eq!(Filter::contains(field, "a").is_ok() && textual, textual, "{field:?} {lookup:?}");
            if lookup == Lookup::Isnull {
                assert!(Filter::new(field, Test::IsNull(true)).is_ok(), "{field:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn what_does_not_fit_is_refused_and_what_fits_is_not(field in fields(), test in tests()) {
        prop_assert_eq!(Filter::new(field, test.clone()).is_ok(), fits(field, &test));
    }
}
