//! What clients may use a field for.

use crate::query::sample::SampleField;
use crate::query::{Field, Kind, Lookup, Spec};

#[test]
fn every_lookup_has_a_suffix_of_its_own() {
    let suffixes = [
        (Lookup::Exact, ""),
        (Lookup::In, "__in"),
        (Lookup::Gt, "__gt"),
        (Lookup::Gte, "__gte"),
        (Lookup::Lt, "__lt"),
        (Lookup::Lte, "__lte"),
        (Lookup::Icontains, "__icontains"),
        (Lookup::Istartswith, "__istartswith"),
        (Lookup::Isnull, "__isnull"),
    ];
    for (lookup, suffix) in suffixes {
        assert_eq!(lookup.suffix(), suffix);
    }
}

#[test]
fn lookups_follow_from_the_kind() {
    use Lookup::{Exact, Gt, Gte, Icontains, In, Istartswith, Lt, Lte};
    for kind in [Kind::Id, Kind::Choice(&["one"])] {
        assert_eq!(kind.lookups(), [Exact, In]);
    }
    for kind in [Kind::Text, Kind::Code, Kind::Phone] {
        assert_eq!(kind.lookups(), [Exact, Icontains, Istartswith]);
    }
    for kind in [Kind::Integer, Kind::Decimal, Kind::Time] {
        assert_eq!(kind.lookups(), [Exact, In, Gt, Gte, Lt, Lte]);
    }
    assert_eq!(Kind::Boolean.lookups(), [Exact]);
}

#[test]
fn a_field_is_closed_to_clients_until_it_is_opened() {
    let spec = Spec::new("shelf", Kind::Id).nullable();
    assert_eq!((spec.filters, spec.orders, spec.searches), (false, false, false));
    assert_eq!(spec.lookups().count(), 0);
}

#[test]
fn only_a_nullable_field_can_be_asked_whether_it_has_a_value() {
    let lookups = |spec: Spec| spec.filters().lookups().collect::<Vec<_>>();
    assert_eq!(lookups(Spec::new("shelf", Kind::Id)), [Lookup::Exact, Lookup::In]);
    assert_eq!(lookups(Spec::new("shelf", Kind::Id).nullable()), [Lookup::Exact, Lookup::In, Lookup::Isnull]);
}

#[test]
fn a_field_is_found_by_its_name_where_it_is_open() {
    assert_eq!(SampleField::named("label", |spec| spec.orders), Some(SampleField::Label));
    assert_eq!(SampleField::named("code", |spec| spec.filters), Some(SampleField::Code));
    assert_eq!(SampleField::named("code", |spec| spec.orders), None);
    assert_eq!(SampleField::named("Label", |_| true), None);
}
