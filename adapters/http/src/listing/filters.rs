//! Filters and orderings out of parameters: one for every lookup that a field's kind allows.

use orderdesk_application::query::{Comparison, Field, Filter, Key, Kind, Lookup, Order, Spec, Test};

use super::parameters::Parameters;
use super::value;

/// The most values in one `__in`.
const MOST_VALUES: usize = 100;
/// The longest search, in words.
const MOST_WORDS: usize = 10;

/// The condition that the parameters state: every filter, and the search.
pub(super) fn read_filter<F: Field>(parameters: &mut Parameters) -> Filter<F> {
    let mut conditions = Vec::new();
    for field in F::ALL {
        let spec = field.spec();
        for lookup in spec.lookups() {
            let name = format!("{}{}", spec.name, lookup.suffix());
            conditions.extend(parameters.parsed(&name, |text| read_condition(*field, &spec, lookup, text)));
        }
    }
    if F::ALL.iter().any(|field| field.spec().searches) {
        conditions.extend(parameters.parsed("search", read_search));
    }
    Filter::All(conditions)
}

fn read_condition<F: Field>(field: F, spec: &Spec, lookup: Lookup, text: &str) -> Result<Filter<F>, String> {
    let compare = |comparison| value::parse(spec.kind, text).map(|value| Test::Compare(comparison, value));
    let test = match lookup {
        Lookup::Exact => Test::Equals(value::parse(spec.kind, text)?),
        Lookup::In => Test::In(read_values(spec, text)?),
        Lookup::Gt => compare(Comparison::Above)?,
        Lookup::Gte => compare(Comparison::AtLeast)?,
        Lookup::Lt => compare(Comparison::Below)?,
        Lookup::Lte => compare(Comparison::AtMost)?,
        Lookup::Icontains => {
            return Filter::contains(field, &needle(spec, text)?).map_err(|misfit| misfit.to_string());
        }
        Lookup::Istartswith => {
            return Filter::starts_with(field, &needle(spec, text)?).map_err(|misfit| misfit.to_string());
        }
        Lookup::Isnull => match text {
            "true" => Test::IsNull(true),
            "false" => Test::IsNull(false),
            _ => return Err(format!("{text:?} is neither true nor false.")),
        },
    };
    Filter::new(field, test).map_err(|misfit| misfit.to_string())
}

/// What a part of a field is compared with.
fn needle(spec: &Spec, text: &str) -> Result<String, String> {
    let text = value::parse_text(text)?;
    Ok(if spec.kind == Kind::Phone { value::with_plus(&text) } else { text })
}

fn read_values(spec: &Spec, text: &str) -> Result<Vec<orderdesk_application::query::Value>, String> {
    let values: Result<Vec<_>, _> =
        text.split(',').map(|text| value::parse(spec.kind, text.trim())).collect();
    values.and_then(|values| {
        if values.len() > MOST_VALUES {
            return Err(format!("Ensure there are no more than {MOST_VALUES} values."));
        }
        Ok(values)
    })
}

fn read_search<F: Field>(text: &str) -> Result<Filter<F>, String> {
    let text = value::parse_text(text)?;
    if !(1..=MOST_WORDS).contains(&text.split_whitespace().count()) {
        return Err(format!("Ensure the search has 1 to {MOST_WORDS} words."));
    }
    Ok(Filter::search(&text))
}

/// The order that the parameter `ordering` states; the newest first without it.
pub(super) fn read_order<F: Field>(parameters: &mut Parameters) -> Order<F> {
    parameters.parsed("ordering", parse_order).unwrap_or_else(Order::newest_first)
}

fn parse_order<F: Field>(text: &str) -> Result<Order<F>, String> {
    let keys: Result<Vec<_>, _> = text.split(',').map(|key| parse_key(key.trim())).collect();
    Order::new(&keys?).map_err(|_| "A field may stand only once in an ordering.".to_owned())
}

fn parse_key<F: Field>(key: &str) -> Result<Key<F>, String> {
    let (name, descending) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
    let field = F::named(name, |spec| spec.orders);
    field.map(|field| Key { field, descending }).ok_or_else(|| {
        let allowed: Vec<_> = orderable::<F>().collect();
        format!("{name:?} cannot be ordered by. Choose from: {}; a leading - reverses.", allowed.join(", "))
    })
}

/// The names of the fields that can be ordered by.
pub(crate) fn orderable<F: Field>() -> impl Iterator<Item = &'static str> {
    F::ALL.iter().map(|field| field.spec()).filter(|spec| spec.orders).map(|spec| spec.name)
}
