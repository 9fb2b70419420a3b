//! A kind of object with a field of every kind, for the tests of what queries mean, and strategies that make
//! such objects, tests and filters. Values come from small pools, so that they meet often.

use orderdesk_domain::Timestamp;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rust_decimal::Decimal;
use uuid::{Builder, Uuid};

use crate::query::{Comparison, Field, Filter, Key, Kind, Listed, Order, Spec, Test, Value};

/// An object of nothing in particular.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) id: Uuid,
    pub(crate) organization: Uuid,
    pub(crate) customer: Option<Uuid>,
    pub(crate) label: String,
    pub(crate) code: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) quantity: i64,
    pub(crate) price: Decimal,
    pub(crate) closed: Option<Timestamp>,
    pub(crate) active: bool,
    pub(crate) status: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SampleField {
    Id,
    Organization,
    Customer,
    Label,
    Code,
    Phone,
    Quantity,
    Price,
    Closed,
    Active,
    Status,
    Created,
}

/// What a status can be.
pub(crate) const STATUSES: [&str; 3] = ["Pending", "Closed", "Cancelled"];

impl Field for SampleField {
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Organization,
        Self::Customer,
        Self::Label,
        Self::Code,
        Self::Phone,
        Self::Quantity,
        Self::Price,
        Self::Closed,
        Self::Active,
        Self::Status,
        Self::Created,
    ];
    const ID: Self = Self::Id;
    const CREATED: Self = Self::Created;
    const ORGANIZATION: Option<Self> = Some(Self::Organization);
    const CUSTOMER: Option<Self> = Some(Self::Customer);
    const OWNER: Option<Self> = None;

    fn spec(self) -> Spec {
        match self {
            Self::Id => Spec::new("id", Kind::Id),
            Self::Organization => Spec::new("organization", Kind::Id).filters(),
            Self::Customer => Spec::new("customer", Kind::Id).nullable().filters(),
            Self::Label => Spec::new("label", Kind::Text).filters().orders().searches(),
            Self::Code => Spec::new("code", Kind::Code).filters().searches(),
            Self::Phone => Spec::new("phone", Kind::Phone).filters().searches(),
            Self::Quantity => Spec::new("quantity", Kind::Integer).filters().orders(),
            Self::Price => Spec::new("price", Kind::Decimal).filters().orders(),
            Self::Closed => Spec::new("closed", Kind::Time).nullable().filters().orders(),
            Self::Active => Spec::new("active", Kind::Boolean).filters(),
            Self::Status => Spec::new("status", Kind::Choice(&STATUSES)).filters().orders(),
            Self::Created => Spec::new("created", Kind::Time).filters().orders(),
        }
    }
}

impl Listed for Sample {
    type Field = SampleField;

    fn value(&self, field: SampleField) -> Value {
        match field {
            SampleField::Id => self.id.into(),
            SampleField::Organization => self.organization.into(),
            SampleField::Customer => self.customer.into(),
            SampleField::Label => self.label.as_str().into(),
            SampleField::Code => self.code.into(),
            SampleField::Phone => self.phone.into(),
            SampleField::Quantity => Value::Integer(self.quantity),
            SampleField::Price => Value::Decimal(self.price),
            SampleField::Closed => self.closed.into(),
            SampleField::Active => Value::Boolean(self.active),
            SampleField::Status => self.status.into(),
            SampleField::Created => orderdesk_domain::OrderId::new(self.id).created_at().into(),
        }
    }
}

/// The smallest of everything, for tests that look at one field.
pub(crate) fn plain() -> Sample {
    Sample {
        id: identity(5, 0),
        organization: identity(1, 1),
        customer: None,
        label: String::new(),
        code: "AB12Z",
        phone: "+254712345678",
        quantity: 1,
        price: Decimal::ONE,
        closed: None,
        active: true,
        status: "Pending",
    }
}

/// A UUIDv7 of this millisecond.
pub(crate) fn identity(milliseconds: u64, number: u8) -> Uuid {
    Builder::from_unix_timestamp_millis(milliseconds, &[number; 10]).into_uuid()
}

/// A moment in milliseconds since the Unix epoch.
pub(crate) fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds).unwrap()
}

fn milliseconds() -> impl Strategy<Value = u64> {
    let latest = u64::try_from(Timestamp::LATEST.milliseconds()).unwrap();
    select(vec![0, 1, 2, 3, latest - 1, latest])
}

pub(crate) fn ids() -> impl Strategy<Value = Uuid> {
    (milliseconds(), prop_oneof![Just(0), Just(255), any::<u8>()])
        .prop_map(|(at, number)| identity(at, number))
}

pub(crate) fn times() -> impl Strategy<Value = Timestamp> {
    let before_1970 = select(vec![Timestamp::EARLIEST, moment(-1)]);
    let since = milliseconds().prop_map(|at| moment(i64::try_from(at).unwrap()));
    prop_oneof![1 => before_1970, 4 => since]
}

/// Text in which case, wildcards and the length of a fold matter.
pub(crate) fn labels() -> impl Strategy<Value = String> {
    prop_oneof!["[aAbBsS%_.*\\\\ ]{0,4}", "[ßẞsSİiIıΣσςéE\u{301}\u{1f9ba}]{0,4}"]
}

fn codes() -> impl Strategy<Value = &'static str> {
    select(vec!["AB12Z", "AB12Y", "ZZZZZ", "00000"])
}

fn phones() -> impl Strategy<Value = &'static str> {
    select(vec!["+254712345678", "+254712345679", "+16502530000"])
}

fn prices() -> impl Strategy<Value = Decimal> {
    (0_i64..30, 0_u32..3).prop_map(|(units, scale)| Decimal::new(units, scale))
}

/// Several objects, no two of one id.
pub(crate) fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let references = (ids(), prop::option::of(ids()));
    let texts = (labels(), codes(), phones(), select(STATUSES.to_vec()));
    let others = (-2_i64..3, prices(), prop::option::of(times()), any::<bool>());
    let sample = (ids(), references, texts, others).prop_map(|(id, references, texts, others)| {
        let (organization, customer) = references;
        let (label, code, phone, status) = texts;
        let (quantity, price, closed, active) = others;
        Sample { id, organization, customer, label, code, phone, quantity, price, closed, active, status }
    });
    prop::collection::vec(sample, 1..12).prop_map(|mut samples| {
        samples.sort_by_key(|sample| sample.id);
        samples.dedup_by_key(|sample| sample.id);
        samples
    })
}

pub(crate) fn fields() -> impl Strategy<Value = SampleField> {
    select(SampleField::ALL)
}

/// A value that fits the field.
pub(crate) fn values_of(field: SampleField) -> BoxedStrategy<Value> {
    match field.spec().kind {
        Kind::Id => ids().prop_map_into().boxed(),
        Kind::Text => labels().prop_map(|text| text.as_str().into()).boxed(),
        Kind::Code => codes().prop_map_into().boxed(),
        Kind::Phone => phones().prop_map_into().boxed(),
        Kind::Integer => (-2_i64..3).prop_map(Value::Integer).boxed(),
        Kind::Decimal => prices().prop_map(Value::Decimal).boxed(),
        Kind::Time => times().prop_map_into().boxed(),
        Kind::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Kind::Choice(names) => select(names).prop_map_into().boxed(),
    }
}

/// A value of any kind.
pub(crate) fn values() -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(Value::Null), 9 => fields().prop_flat_map(values_of)]
}

pub(crate) fn comparisons() -> impl Strategy<Value = Comparison> {
    select(vec![Comparison::Below, Comparison::AtMost, Comparison::Above, Comparison::AtLeast])
}

/// A test of any sort, whether it fits a field or not.
pub(crate) fn tests() -> impl Strategy<Value = Test> {
    prop_oneof![
        values().prop_map(Test::Equals),
        prop::collection::vec(values(), 0..3).prop_map(Test::In),
        (comparisons(), values()).prop_map(|(comparison, value)| Test::Compare(comparison, value)),
        labels().prop_map(Test::Contains),
        labels().prop_map(Test::StartsWith),
        any::<bool>().prop_map(Test::IsNull),
    ]
}

/// A condition on one field.
pub(crate) fn conditions() -> impl Strategy<Value = Filter<SampleField>> {
    fields().prop_flat_map(|field| {
        let value = values_of(field);
        let several = prop::collection::vec(values_of(field), 0..3);
        let parts = (value, several, comparisons(), labels(), any::<bool>(), any::<Index>());
        parts.prop_map(move |(value, several, comparison, text, absent, which)| {
            let candidates = [
                Filter::new(field, Test::Equals(value.clone())),
                Filter::new(field, Test::In(several)),
                Filter::new(field, Test::Compare(comparison, value)),
                Filter::contains(field, &text),
                Filter::starts_with(field, &text),
                Filter::new(field, Test::IsNull(absent)),
            ];
            let fitting: Vec<_> = candidates.into_iter().flatten().collect();
            which.get(&fitting).clone()
        })
    })
}

/// A tree of conditions.
pub(crate) fn filters() -> impl Strategy<Value = Filter<SampleField>> {
    conditions().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::All),
            prop::collection::vec(inner, 0..3).prop_map(Filter::Any),
        ]
    })
}

/// Keys that name no field twice.
pub(crate) fn keys() -> impl Strategy<Value = Vec<Key<SampleField>>> {
    let fields = prop::sample::subsequence(SampleField::ALL.to_vec(), 0..4).prop_shuffle();
    (fields, any::<[bool; 4]>()).prop_map(|(fields, directions)| {
        fields.into_iter().zip(directions).map(|(field, descending)| Key { field, descending }).collect()
    })
}

pub(crate) fn orders() -> impl Strategy<Value = Order<SampleField>> {
    keys().prop_map(|keys| Order::new(&keys).unwrap())
}
