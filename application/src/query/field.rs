//! The fields that a kind of object can be filtered, ordered and searched by: a closed set for each.

use std::fmt::Debug;

use orderdesk_domain::Resource;

use crate::query::Value;

/// What kind of values a field has; it decides which lookups make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The identity of an object.
    Id,
    /// Free text; ignores case in `icontains`, `istartswith` and order, not in equality.
    Text,
    /// Capital letters and digits; what is compared with it is folded to upper case first.
    Code,
    /// A phone number in E.164 form.
    Phone,
    /// A whole number.
    Integer,
    /// An exact decimal with at most four decimal places.
    Decimal,
    /// A moment, to the millisecond.
    Time,
    /// Yes or no.
    Boolean,
    /// One of these names.
    Choice(&'static [&'static str]),
}

impl Kind {
    /// The lookups that a filter on such a field may use; `Isnull` comes with nullable fields besides.
    pub const fn lookups(self) -> &'static [Lookup] {
        match self {
            Self::Id | Self::Choice(_) => &[Lookup::Exact, Lookup::In],
            Self::Text | Self::Code | Self::Phone => &[Lookup::Exact, Lookup::Icontains, Lookup::Istartswith],
            Self::Integer | Self::Decimal | Self::Time => {
                &[Lookup::Exact, Lookup::In, Lookup::Gt, Lookup::Gte, Lookup::Lt, Lookup::Lte]
            }
            Self::Boolean => &[Lookup::Exact],
        }
    }
}

/// How a filter compares, by the suffix of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// No suffix: equal.
    Exact,
    /// One of several.
    In,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Gte,
    /// Less than.
    Lt,
    /// Less than or equal.
    Lte,
    /// Has the text in it, ignoring case.
    Icontains,
    /// Begins with the text, ignoring case.
    Istartswith,
    /// Has no value.
    Isnull,
}

impl Lookup {
    /// What follows the field's name in a parameter.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::In => "__in",
            Self::Gt => "__gt",
            Self::Gte => "__gte",
            Self::Lt => "__lt",
            Self::Lte => "__lte",
            Self::Icontains => "__icontains",
            Self::Istartswith => "__istartswith",
            Self::Isnull => "__isnull",
        }
    }
}

/// What there is to know about a field.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "four independent properties, each read by its own name")]
pub struct Spec {
    /// Its name in parameters and bodies.
    pub name: &'static str,
    /// What kind of values it has.
    pub kind: Kind,
    /// Whether it can be without one.
    pub nullable: bool,
    /// Whether a client may filter by it.
    pub filters: bool,
    /// Whether a client may order by it.
    pub orders: bool,
    /// Whether a search looks into it.
    pub searches: bool,
}

impl Spec {
    /// A field that exists for the services alone, until the methods below open it to clients.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, nullable: false, filters: false, orders: false, searches: false }
    }

    /// Can be without a value.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// Clients may filter by it.
    #[must_use]
    pub const fn filters(self) -> Self {
        Self { filters: true, ..self }
    }

    /// Clients may order by it.
    #[must_use]
    pub const fn orders(self) -> Self {
        Self { orders: true, ..self }
    }

    /// A search looks into it.
    #[must_use]
    pub const fn searches(self) -> Self {
        Self { searches: true, ..self }
    }

    /// The lookups that a client may use on it.
    pub fn lookups(&self) -> impl Iterator<Item = Lookup> + use<> {
        let lookups = if self.filters { self.kind.lookups() } else { &[] };
        let isnull = (self.filters && self.nullable).then_some(Lookup::Isnull);
        lookups.iter().copied().chain(isnull)
    }
}

/// The closed set of fields of one kind of object.
pub trait Field: Copy + Eq + Debug + Send + Sync + 'static {
    /// Every field.
    const ALL: &'static [Self];
    /// The identity.
    const ID: Self;
    /// The time of creation. It is part of the id, so conditions on it become conditions on the id.
    const CREATED: Self;
    /// The organization that owns the object; `None` for what no organization owns.
    const ORGANIZATION: Option<Self>;
    /// The customer that the object is, or belongs to; `None` where a caller bound to one customer sees nothing.
    const CUSTOMER: Option<Self>;
    /// The user whose own the object is; `None` where nobody sees anything just because it is theirs.
    const OWNER: Option<Self>;

    /// What there is to know about the field.
    fn spec(self) -> Spec;

    /// The field of this name that `open` lets a client use.
    fn named(name: &str, open: impl Fn(&Spec) -> bool) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| {
            let spec = field.spec();
            spec.name == name && open(&spec)
        })
    }
}

/// Something that lists can hold.
pub trait Listed: Clone + Send + Sync + 'static {
    /// What it can be filtered and ordered by.
    type Field: Field;

    /// The value of a field.
    fn value(&self, field: Self::Field) -> Value;
}

/// A kind of object that can be read; `Details` is the object with what is shown beside it.
pub trait Entity: Clone + Send + Sync + 'static {
    /// As what permission to do something with it is given.
    const RESOURCE: Resource;

    /// What it can be filtered and ordered by.
    type Field: Field;
    /// The object together with the names of what it refers to, read in one go.
    type Details: Listed<Field = Self::Field>;
}
