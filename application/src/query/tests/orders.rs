//! An order is total, and a position in it is a place between two objects.

use std::cmp::Ordering;

use proptest::prelude::*;

use crate::query::sample::{SampleField, keys, orders, plain, samples, values};
use crate::query::{Field, Filter, Key, Listed, Order, OrderMisfit, Test, Value};

fn ascending(field: SampleField) -> Key<SampleField> {
    Key { field, descending: false }
}

fn descending(field: SampleField) -> Key<SampleField> {
    Key { field, descending: true }
}

#[test]
fn without_keys_the_newest_comes_first() {
    let order = Order::new(&[]).unwrap();
    assert_eq!(order, Order::newest_first());
    assert_eq!(order.keys(), [descending(SampleField::Id)]);
}

#[test]
fn the_id_follows_in_the_direction_of_the_last_key() {
    let [label, price] = [SampleField::Label, SampleField::Price];
    let order = Order::new(&[descending(label), ascending(price)]).unwrap();
    assert_eq!(order.keys(), [descending(label), ascending(price), ascending(SampleField::Id)]);
    let order = Order::new(&[ascending(label), descending(price)]).unwrap();
    assert_eq!(order.keys(), [ascending(label), descending(price), descending(SampleField::Id)]);
}

#[test]
fn the_time_of_creation_is_the_id_and_nothing_after_it_decides() {
    let order = Order::new(&[
        ascending(SampleField::Label),
        descending(SampleField::Created),
        ascending(SampleField::Price),
    ]);
    assert_eq!(order.unwrap().keys(), [ascending(SampleField::Label), descending(SampleField::Id)]);
}

#[test]
fn a_field_orders_once() {
    let twice =
        [ascending(SampleField::Label), ascending(SampleField::Price), descending(SampleField::Label)];
    assert_eq!(Order::new(&twice), Err(OrderMisfit::Repeated));
}

#[test]
fn a_position_of_another_order_is_refused() {
    let order = Order::new(&[ascending(SampleField::Closed)]).unwrap();
    let id = plain().value(SampleField::Id);
    assert!(order.position(vec![Value::Null, id.clone()]).is_ok());
    for values in [
        vec![],
        vec![id.clone()],
        vec![Value::Null, id.clone(), id.clone()],
        vec![Value::Integer(3), id.clone()],
        vec![Value::Null, Value::Null],
    ] {
        assert_eq!(order.position(values.clone()), Err(OrderMisfit::Position), "{values:?}");
    }
}

proptest! {
    #[test]
    fn every_order_ends_in_the_id(keys in keys()) {
        let order = Order::new(&keys).unwrap();
        let fields: Vec<_> = order.keys().iter().map(|key| key.field).collect();
        prop_assert_eq!(fields.iter().position(|field| *field == SampleField::Id), Some(fields.len() - 1));
        prop_assert!(!fields.contains(&SampleField::Created));
    }

    #[test]
    fn no_two_objects_stand_in_one_place(order in orders(), samples in samples()) {
        for left in &samples {
            for right in &samples {
                let ordering = order.compare(left, right);
                prop_assert_eq!(ordering, order.compare(right, left).reverse());
                prop_assert_eq!(ordering == Ordering::Equal, left.id == right.id);
            }
        }
    }

    #[test]
    fn keys_decide_from_the_first_to_the_last(keys in keys(), samples in samples()) {
        let order = Order::new(&keys).unwrap();
        for pair in samples.windows(2) {
            let mut steps = keys.iter().map(|key| {
                let field = if key.field == SampleField::Created { SampleField::Id } else { key.field };
                let ordering = pair[0].value(field).compare(&pair[1].value(field));
                if key.descending { ordering.reverse() } else { ordering }
            });
            if let Some(ordering) = steps.find(|ordering| ordering.is_ne()) {
                prop_assert_eq!(order.compare(&pair[0], &pair[1]), ordering);
            }
        }
    }

    #[test]
    fn after_a_place_comes_what_compares_greater(order in orders(), samples in samples()) {
        for left in &samples {
            let position = order.position_of(left);
            for right in &samples {
                prop_assert_eq!(order.is_after(right, &position), order.compare(left, right).is_lt());
            }
        }
    }

    #[test]
    fn behind_each_object_lies_the_rest_of_the_list(order in orders(), mut samples in samples()) {
        samples.sort_by(|left, right| order.compare(left, right));
        for (index, sample) in samples.iter().enumerate() {
            let position = order.position_of(sample);
            for (place, other) in samples.iter().enumerate() {
                prop_assert_eq!(order.is_after(other, &position), place > index);
            }
        }
    }

    #[test]
    fn a_position_is_told_by_its_values(order in orders(), samples in samples()) {
        for sample in &samples {
            let position = order.position_of(sample);
            prop_assert_eq!(order.position(position.values().to_vec()), Ok(position));
        }
    }

    #[test]
    fn values_make_a_position_where_each_suits_its_key(
        order in orders(),
        values in prop::collection::vec(values(), 0..5),
    ) {
        let suits = |(key, value): (&Key<SampleField>, &Value)| match value {
            Value::Null => key.field.spec().nullable,
            value => Filter::new(key.field, Test::Equals(value.clone())).is_ok(),
        };
        let expected = values.len() == order.keys().len() && order.keys().iter().zip(&values).all(suits);
        prop_assert_eq!(order.position(values).is_ok(), expected);
    }
}
