//! Values are totally ordered.

use std::cmp::Ordering;

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::query::Value;
use crate::query::sample::{moment, values};

fn text(text: &str) -> Value {
    text.into()
}

#[test]
fn null_sorts_lowest() {
    for value in [text(""), Value::Integer(i64::MIN), Value::Boolean(false), moment(-1).into()] {
        assert!(Value::Null.compare(&value).is_lt(), "{value:?}");
    }
    assert!(Value::Null.compare(&Value::Null).is_eq());
}

#[test]
fn text_compares_by_case_fold_and_then_by_code_point() {
    let sorted = ["", "A", "a", "AB", "aB", "ab", "b", "STRASSE", "straße", "z", "é"].map(text);
    assert!(sorted.is_sorted_by(|left, right| left.compare(right).is_lt()));
}

#[test]
fn decimals_compare_as_numbers_whatever_their_scale() {
    let (short, long) = (Value::Decimal(Decimal::new(15, 1)), Value::Decimal(Decimal::new(150, 2)));
    assert!(short.compare(&long).is_eq());
    assert_eq!(short, long);
    assert!(Value::Decimal(Decimal::new(9, 0)).compare(&Value::Decimal(Decimal::new(10, 0))).is_lt());
}

#[test]
fn no_sorts_before_yes() {
    assert!(Value::Boolean(false).compare(&Value::Boolean(true)).is_lt());
}

proptest! {
    #[test]
    fn the_order_of_values_is_total(a in values(), b in values(), c in values()) {
        prop_assert_eq!(a.compare(&b), b.compare(&a).reverse());
        prop_assert_eq!(a.compare(&b) == Ordering::Equal, a == b);
        if a.compare(&b).is_le() && b.compare(&c).is_le() {
            prop_assert!(a.compare(&c).is_le());
        }
    }
}
