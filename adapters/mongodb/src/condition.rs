//! Conditions as documents: the same meaning as `Filter::keeps`, value by value.

use mongodb::bson::{Bson, Document, doc};
use orderdesk_application::query::{Comparison, Filter, Term, Test, Value, after_all_with_prefix};
use orderdesk_domain::fold;

use crate::table::{Column, Table};
use crate::through::{Answers, Through};
use crate::value;

/// Where the lookup of an order's customer puts the customer.
pub(crate) const CUSTOMER_NOW: &str = "customer_now";

/// `filter` as a condition. What it asks about customers has been found out.
pub(crate) fn condition<E: Table>(filter: &Filter<E::Field>, answers: &mut Answers<'_>) -> Document {
    match filter {
        Filter::All(parts) => joined::<E>(parts, "$and", everything, answers),
        Filter::Any(parts) => joined::<E>(parts, "$or", nothing, answers),
        Filter::Is(term) => is::<E>(term, answers),
    }
}

/// The condition that everything passes.
pub(crate) fn everything() -> Document {
    Document::new()
}

/// The condition that nothing passes.
pub(crate) fn nothing() -> Document {
    doc! { "_id": { "$in": [] } }
}

/// What changes nothing is left out, such as the organizations of somebody who is in none: fewer alternatives lead to an
/// index sooner. It is what `operator` makes of no parts at all.
fn joined<E: Table>(
    parts: &[Filter<E::Field>],
    operator: &str,
    of_nothing: fn() -> Document,
    answers: &mut Answers<'_>,
) -> Document {
    let parts = parts.iter().map(|part| condition::<E>(part, answers));
    let parts: Vec<_> = parts.filter(|part| *part != of_nothing()).collect();
    match <[Document; 1]>::try_from(parts) {
        Ok([only]) => only,
        Err(parts) if parts.is_empty() => of_nothing(),
        Err(parts) => doc! { operator: parts },
    }
}

fn is<E: Table>(term: &Term<E::Field>, answers: &mut Answers<'_>) -> Document {
    match E::column(term.field()) {
        Column::Own(name) => test(Text::plain(name), term.test()),
        Column::Folded { exact, folded } => test(Text { exact, folded: Some(folded) }, term.test()),
        Column::CustomerCode => match answers.next() {
            Some(Through::These(customers)) => doc! { "customer": { "$in": value::ids(customers) } },
            // Let pass here what the lookup then tells apart.
            Some(Through::Many) if !answers.looked_up => everything(),
            _ => test(Text::plain("customer_now.code"), term.test()),
        },
    }
}

/// A field, with its folded copy if it has one.
#[derive(Clone, Copy)]
struct Text<'n> {
    exact: &'n str,
    folded: Option<&'n str>,
}

impl<'n> Text<'n> {
    fn plain(exact: &'n str) -> Self {
        Self { exact, folded: None }
    }
}

/// A test of the field `code` of customers.
pub(crate) fn test_code(asked: &Test) -> Document {
    match asked {
        // Evaluated on the keys of an index, which an expression is not. Codes and what is left of needles have no
        // character that means anything in a pattern.
        Test::Contains(needle) if needle.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            doc! { "code": { "$regex": needle } }
        }
        Test::Contains(_) => nothing(),
        asked => test(Text::plain("code"), asked),
    }
}

fn test(field: Text<'_>, asked: &Test) -> Document {
    let searched = field.folded.unwrap_or(field.exact);
    match asked {
        Test::Equals(value) => equals(field, std::slice::from_ref(value)),
        Test::In(values) => equals(field, values),
        Test::Compare(comparison, bound) => compare(field, *comparison, bound),
        // An expression, because a pattern cannot have every character that a needle can.
        Test::Contains(needle) => {
            let place = doc! { "$indexOfBytes": [format!("${searched}"), { "$literal": needle }] };
            doc! { "$expr": { "$gte": [place, 0] } }
        }
        Test::StartsWith(needle) => {
            let mut range = doc! { "$gte": needle };
            if let Some(end) = after_all_with_prefix(needle) {
                range.insert("$lt", end);
            }
            doc! { searched: range }
        }
        // By type: an equality with null would be passed by what is missing as well, and lead to two stretches of
        // an index.
        Test::IsNull(true) => of_type(field, &doc! { "$type": "null" }),
        Test::IsNull(false) => of_type(field, &doc! { "$not": { "$type": "null" } }),
    }
}

/// What is missing is missing in the folded copy as well, which leads to the index.
fn of_type(field: Text<'_>, condition: &Document) -> Document {
    let fields = field.folded.into_iter().chain([field.exact]);
    fields.map(|name| (name.to_owned(), Bson::Document(condition.clone()))).collect()
}

/// Equality with one of `values`.
fn equals(field: Text<'_>, values: &[Value]) -> Document {
    let values: Vec<_> = values.iter().filter(|value| **value != Value::Null).collect();
    let one_of = |values: Vec<Bson>| match <[Bson; 1]>::try_from(values) {
        Ok([only]) => doc! { "$eq": only },
        Err(values) => doc! { "$in": values },
    };
    if values.is_empty() {
        return nothing();
    }
    let mut condition = Document::new();
    if let Some(folded) = field.folded {
        // Says nothing new, but leads to the index.
        condition.insert(folded, one_of(values.iter().map(|value| folded_copy(value)).collect()));
    }
    condition.insert(field.exact, one_of(values.into_iter().map(value::of).collect()));
    condition
}

fn compare(field: Text<'_>, comparison: Comparison, bound: &Value) -> Document {
    if *bound == Value::Null {
        return match comparison {
            Comparison::Below | Comparison::AtMost => nothing(),
            Comparison::Above | Comparison::AtLeast => doc! { field.exact: { "$not": { "$type": "null" } } },
        };
    }
    let operator = match comparison {
        Comparison::Below => "$lt",
        Comparison::AtMost => "$lte",
        Comparison::Above => "$gt",
        Comparison::AtLeast => "$gte",
    };
    let Some(folded) = field.folded else { return doc! { field.exact: { operator: value::of(bound) } } };
    let strict = if matches!(comparison, Comparison::Below | Comparison::AtMost) { "$lt" } else { "$gt" };
    doc! { "$or": [
        { folded: { strict: folded_copy(bound) } },
        { folded: folded_copy(bound), field.exact: { operator: value::of(bound) } },
    ] }
}

/// The folded copy of text.
pub(crate) fn folded_copy(value: &Value) -> Bson {
    match value {
        Value::Text(text) => Bson::String(fold(text)),
        other => value::of(other),
    }
}
