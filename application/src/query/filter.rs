//! Conditions on objects, as a small tree, and what they mean.

use orderdesk_domain::{Timestamp, fold};
use thiserror::Error;

use crate::query::{Field, Kind, Listed, Lookup, Value};

/// An order relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Whether `left` stands in this relation to `right`.
    pub fn holds(self, left: &Value, right: &Value) -> bool {
        let ordering = left.compare(right);
        match self {
            Self::Below => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Above => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

/// What is asked of one value. Only `IsNull(true)` is ever true of an absent one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Equal; of text, to the letter.
    Equals(Value),
    /// Equal to one of these.
    In(Vec<Value>),
    /// Before or after that, in the order of values.
    Compare(Comparison, Value),
    /// Has this, already folded, in its folded form.
    Contains(String),
    /// Begins, in its folded form, with this, already folded.
    StartsWith(String),
    /// Has no value, or has one.
    IsNull(bool),
}

/// A test of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term<F> {
    field: F,
    test: Test,
}

impl<F: Field> Term<F> {
    /// The field that is tested.
    pub fn field(&self) -> F {
        self.field
    }

    /// What is asked of it.
    pub fn test(&self) -> &Test {
        &self.test
    }

    fn keeps(&self, value: &Value) -> bool {
        match &self.test {
            Test::IsNull(wanted) => (*value == Value::Null) == *wanted,
            _ if *value == Value::Null => false,
            Test::Equals(wanted) => value == wanted,
            Test::In(wanted) => wanted.contains(value),
            Test::Compare(comparison, bound) => comparison.holds(value, bound),
            Test::Contains(needle) => self.folded(value).is_some_and(|text| text.contains(needle)),
            Test::StartsWith(needle) => self.folded(value).is_some_and(|text| text.starts_with(needle)),
        }
    }

    fn folded(&self, value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(needle(self.field.spec().kind, text)),
            _ => None,
        }
    }
}

/// The form in which text of this kind is searched: codes in capitals, everything else case-folded.
fn needle(kind: Kind, text: &str) -> String {
    if kind == Kind::Code { text.to_uppercase() } else { fold(text) }
}

/// That a test does not fit its field. It never happens to tests that follow [`Kind::lookups`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} cannot be tested with {test:?}")]
pub struct Misfit {
    field: &'static str,
    test: Test,
}

/// Conditions joined by "and" and "or". `All` of nothing is true, `Any` of nothing is false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter<F> {
    /// Every one of these holds.
    All(Vec<Filter<F>>),
    /// At least one of these holds.
    Any(Vec<Filter<F>>),
    /// This term holds.
    Is(Term<F>),
}

impl<F: Field> Filter<F> {
    /// Lets everything pass.
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// The condition that `field` passes `test`. A test of the time of creation becomes one of the id.
    pub fn new(field: F, test: Test) -> Result<Self, Misfit> {
        let spec = field.spec();
        let fits = match &test {
            Test::Equals(value) => of_kind(spec.kind, value),
            Test::In(values) => values.iter().all(|value| of_kind(spec.kind, value)),
            Test::Compare(_, value) => spec.kind.lookups().contains(&Lookup::Gt) && of_kind(spec.kind, value),
            Test::Contains(_) | Test::StartsWith(_) => spec.kind.lookups().contains(&Lookup::Icontains),
            Test::IsNull(_) => spec.nullable,
        };
        if !fits {
            return Err(Misfit { field: spec.name, test });
        }
        Ok(if field == F::CREATED { by_creation(test) } else { Self::Is(Term { field, test }) })
    }

    /// The condition that `field` is `value`, for services, which know that it fits.
    pub(crate) fn equals(field: F, value: impl Into<Value>) -> Self {
        Self::Is(Term { field, test: Test::Equals(value.into()) })
    }

    /// The condition that `field` is one of `values`, for services, which know that they fit.
    pub(crate) fn any_of<V: Into<Value>>(field: F, values: impl IntoIterator<Item = V>) -> Self {
        Self::Is(Term { field, test: Test::In(values.into_iter().map(Into::into).collect()) })
    }

    /// Has `text` in it, ignoring case. A misfit for a field that holds no text.
    pub fn contains(field: F, text: &str) -> Result<Self, Misfit> {
        Self::new(field, Test::Contains(needle(field.spec().kind, text)))
    }

    /// Begins with `text`, ignoring case. A misfit for a field that holds no text.
    pub fn starts_with(field: F, text: &str) -> Result<Self, Misfit> {
        Self::new(field, Test::StartsWith(needle(field.spec().kind, text)))
    }

    /// Every word of `text` is in one of the fields that are searched.
    pub fn search(text: &str) -> Self {
        let fields = || F::ALL.iter().copied().filter(|field| field.spec().searches);
        let word = |word: &str| {
            let within = |field: F| {
                let test = Test::Contains(needle(field.spec().kind, word));
                Self::Is(Term { field, test })
            };
            Self::Any(fields().map(within).collect())
        };
        Self::All(text.split_whitespace().map(word).collect())
    }

    /// Both this and `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All(mut parts), other) => {
                parts.push(other);
                Self::All(parts)
            }
            (first, second) => Self::All(vec![first, second]),
        }
    }

    /// Whether `object` passes: the meaning of the filter.
    pub fn keeps(&self, object: &impl Listed<Field = F>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.keeps(object)),
            Self::Any(parts) => parts.iter().any(|part| part.keeps(object)),
            Self::Is(term) => term.keeps(&object.value(term.field)),
        }
    }
}

fn of_kind(kind: Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Id, Value::Id(_))
        | (Kind::Text | Kind::Code | Kind::Phone, Value::Text(_))
        | (Kind::Integer, Value::Integer(_))
        | (Kind::Decimal, Value::Decimal(_))
        | (Kind::Time, Value::Time(_))
        | (Kind::Boolean, Value::Boolean(_)) => true,
        (Kind::Choice(names), Value::Text(name)) => names.contains(&name.as_str()),
        _ => false,
    }
}

/// A test of the time of creation, as one of the id that carries it.
fn by_creation<F: Field>(test: Test) -> Filter<F> {
    let bound =
        |comparison, id| Filter::Is(Term { field: F::ID, test: Test::Compare(comparison, Value::Id(id)) });
    let within = |time: Timestamp| {
        let (lowest, highest) = time.uuid_range();
        Filter::All(vec![bound(Comparison::AtLeast, lowest), bound(Comparison::AtMost, highest)])
    };
    let times = |values: Vec<Value>| {
        values.into_iter().filter_map(|value| match value {
            Value::Time(time) => Some(time),
            _ => None,
        })
    };
    match test {
        Test::Compare(comparison, Value::Time(time)) => {
            let (lowest, highest) = time.uuid_range();
            bound(
                comparison,
                if matches!(comparison, Comparison::Below | Comparison::AtLeast) { lowest } else { highest },
            )
        }
        Test::Equals(value) => Filter::Any(times(vec![value]).map(within).collect()),
        Test::In(values) => Filter::Any(times(values).map(within).collect()),
        // Excluded by the kind of the field.
        test => Filter::Is(Term { field: F::CREATED, test }),
    }
}
