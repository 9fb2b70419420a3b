//! Random questions about the objects of a world.

use fastrand::Rng;
use orderdesk_application::Scope;
use orderdesk_application::query::{
    Comparison, Field, Filter, Key, Kind, Listed, Lookup, Order, Position, Selection, Test, Value,
};
use orderdesk_domain::{CustomerId, OrganizationId, Timestamp, UserId};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::builders::{START, odd_texts, time};

/// What is asked, whichever page of it.
#[derive(Debug)]
pub(super) struct Question<F> {
    pub(super) selection: Selection<F>,
    pub(super) order: Order<F>,
    pub(super) counted: bool,
}

/// Asks about `rows`.
pub(super) struct Asker<'a, D: Listed> {
    pub(super) rng: Rng,
    pub(super) rows: &'a [D],
}

impl<D: Listed> Asker<'_, D> {
    pub(super) fn question(&mut self) -> Question<D::Field> {
        let filter = self.filter(3);
        Question {
            selection: Selection::new(&self.scope(), filter),
            order: self.order(),
            counted: self.rng.bool(),
        }
    }

    /// The place of any object, whether or not the question is about it.
    pub(super) fn position(&mut self, order: &Order<D::Field>) -> Position {
        order.position_of(self.row())
    }

    fn row(&mut self) -> &D {
        &self.rows[self.rng.usize(..self.rows.len())]
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.rng.usize(..choices.len())].clone()
    }

    /// So many at the most; seldom none, because with none there is seldom anything to be found.
    fn up_to<T>(&mut self, most: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = if self.rng.u8(..10) == 0 { 0 } else { self.rng.usize(1..=most) };
        (0..count).map(|_| one(self)).collect()
    }

    fn scope(&mut self) -> Scope {
        // Of what no organization owns, most scopes show nothing at all.
        let out_of_four = if D::Field::ORGANIZATION.is_some() { 2 } else { 1 };
        if self.rng.u8(..4) >= out_of_four {
            return Scope::Everything;
        }
        let organizations = match D::Field::ORGANIZATION {
            Some(field) => self.up_to(3, |asker| OrganizationId::new(asker.id(field))),
            None => Vec::new(),
        };
        let customers = match D::Field::CUSTOMER {
            Some(field) if self.rng.bool() => self.up_to(3, |asker| CustomerId::new(asker.id(field))),
            _ => Vec::new(),
        };
        let user = D::Field::OWNER.filter(|_| self.rng.bool()).map(|field| UserId::new(self.id(field)));
        Scope::Limited { organizations, customers, user }
    }

    fn order(&mut self) -> Order<D::Field> {
        let mut fields: Vec<_> = D::Field::ALL.iter().copied().filter(|field| field.spec().orders).collect();
        self.rng.shuffle(&mut fields);
        fields.truncate(self.rng.usize(..=3));
        let keys: Vec<_> =
            fields.into_iter().map(|field| Key { field, descending: self.rng.bool() }).collect();
        Order::new(&keys).unwrap()
    }

    fn filter(&mut self, depth: usize) -> Filter<D::Field> {
        match self.rng.u8(..16) {
            0 => Filter::everything(),
            1..=2 => self.search(),
            3..=5 if depth > 0 => Filter::All(self.up_to(3, |asker| asker.filter(depth - 1))),
            6..=9 if depth > 0 => Filter::Any(self.up_to(4, |asker| asker.filter(depth - 1))),
            _ => self.term(),
        }
    }

    fn search(&mut self) -> Filter<D::Field> {
        let fields: Vec<_> = D::Field::ALL.iter().copied().filter(|field| field.spec().searches).collect();
        if fields.is_empty() {
            return Filter::everything();
        }
        let words = self.up_to(2, |asker| {
            let field = asker.one_of(&fields);
            asker.needle(field)
        });
        Filter::search(&words.join(" "))
    }

    fn term(&mut self) -> Filter<D::Field> {
        let field = self.one_of(D::Field::ALL);
        let spec = field.spec();
        if spec.nullable && self.rng.u8(..3) == 0 {
            return Filter::new(field, Test::IsNull(self.rng.bool())).unwrap();
        }
        let lookup = self.one_of(spec.kind.lookups());
        let mut compare = |comparison| Test::Compare(comparison, self.value(field));
        let test = match lookup {
            Lookup::Gt => compare(Comparison::Above),
            Lookup::Gte => compare(Comparison::AtLeast),
            Lookup::Lt => compare(Comparison::Below),
            Lookup::Lte => compare(Comparison::AtMost),
            Lookup::Exact | Lookup::Isnull => Test::Equals(self.value(field)),
            Lookup::In => Test::In(self.up_to(5, |asker| asker.value(field))),
            Lookup::Icontains => return Filter::contains(field, &self.needle(field)).unwrap(),
            Lookup::Istartswith => return Filter::starts_with(field, &self.needle(field)).unwrap(),
        };
        Filter::new(field, test).unwrap()
    }

    /// A value that `field` could have: most often one that it has somewhere.
    fn value(&mut self, field: D::Field) -> Value {
        let stored = self.row().value(field);
        if stored != Value::Null && self.rng.u8(..5) > 0 {
            return stored;
        }
        match field.spec().kind {
            Kind::Id => Value::Id(self.odd_id()),
            Kind::Text | Kind::Code | Kind::Phone => Value::Text(self.one_of(&odd_texts())),
            Kind::Integer => Value::Integer(self.one_of(&[i64::MIN, -1, 0, 5, 1_000_001, i64::MAX])),
            Kind::Decimal => Value::Decimal(self.odd_decimal()),
            Kind::Time => Value::Time(self.odd_time()),
            Kind::Boolean => Value::Boolean(self.rng.bool()),
            Kind::Choice(names) => Value::from(self.one_of(names)),
        }
    }

    fn id(&mut self, field: D::Field) -> Uuid {
        match self.value(field) {
            Value::Id(id) => id,
            _ => self.odd_id(),
        }
    }

    fn odd_id(&mut self) -> Uuid {
        let random = Uuid::from_u128(self.rng.u128(..));
        self.one_of(&[Uuid::nil(), Uuid::max(), random])
    }

    /// Outside what a price can be, or finer than any price, as a client may well write it.
    fn odd_decimal(&mut self) -> Decimal {
        let half_a_cent = Decimal::new(5, 3);
        let finest = Decimal::new(1, 28);
        self.one_of(&[
            Decimal::MIN,
            Decimal::NEGATIVE_ONE,
            -finest,
            Decimal::ZERO,
            finest,
            half_a_cent,
            Decimal::new(200, 2),
            Decimal::new(9_999_999_999_999, 4),
            Decimal::from(1_000_000_000),
            Decimal::MAX,
        ])
    }

    fn odd_time(&mut self) -> Timestamp {
        let start = i64::try_from(START).unwrap();
        let near = time(start + self.rng.i64(-1..13));
        self.one_of(&[Timestamp::EARLIEST, time(-1), time(0), time(1), near, Timestamp::LATEST])
    }

    /// A piece of a text that `field` has somewhere, or of an odd one, in any case; sometimes nothing at all.
    fn needle(&mut self, field: D::Field) -> String {
        let text = match self.row().value(field) {
            Value::Text(text) if self.rng.u8(..4) > 0 => text,
            _ => self.one_of(&odd_texts()),
        };
        let characters: Vec<_> = text.chars().collect();
        let start = if self.rng.bool() { 0 } else { self.rng.usize(..characters.len()) };
        let end = (start + self.rng.usize(..4)).min(characters.len());
        let piece: String = characters[start..end].iter().collect();
        match self.rng.u8(..3) {
            0 => piece.to_uppercase(),
            1 => piece.to_lowercase(),
            _ => piece,
        }
    }
}
