//! What a page of orders costs in a large database, against the same page in a small one.
//!
//! `cargo run --release -p orderdesk-sql --example million -- <place>` fills two databases, of 10,000 and of
//! 1,000,000 orders of one organization, unless they are full already: SQLite's files in `<place>` if it is a
//! directory, and the databases `orders_10000` and `orders_1000000`, which have to exist, if it is the address of a
//! PostgreSQL server, such as `postgres://user@localhost`. Then it asks each for every order and every filter of the
//! API, with values that few and with values that many orders have, for the first page and for one from deep inside
//! the list, and prints the medians, the 99th percentiles and their ratios.
//!
//! It fails where a page takes more than three times as long in the large one. Not judged are filters that
//! read every order (`icontains` and `search`), and ranges that are neither few nor many rows: of a thousand
//! rows all are looked up and sorted for a page, in a fraction of a millisecond.

#![expect(clippy::print_stdout, reason = "it prints a table")]

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use orderdesk_application::Scope;
use orderdesk_application::ports::{Record, Store, StoreError};
use orderdesk_application::query::{
    Comparison, Field as _, Filter, Key, Order as ListOrder, Position, Query, Selection, Test, Value,
};
use orderdesk_application::views::OrderField;
use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::{
    Charter, Currency, Customer, CustomerCode, CustomerId, Item, ItemId, ItemName, Listing, Order, OrderId,
    OrderLine, OrderState, Organization, OrganizationId, OrganizationName, PersonName, PhoneNumber, Price,
    Profile, Quantity, TimeZone, Timestamp, Version,
};
use orderdesk_sql::{PostgresSettings, PostgresStore, SqliteSettings, SqliteStore, Synchronous};
use rust_decimal::Decimal;
use uuid::{Builder, Uuid};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// 2025-01-01T00:00:00Z, when the first order is placed.
const START: i64 = 1_735_689_600_000;
/// Between two orders, in milliseconds.
const STEP: i64 = 30_000;
/// How often each question is put.
const ROUNDS: usize = 300;
/// As many rows as the API reads for its usual page of 20.
const PAGE: u32 = 21;
const SIZES: [usize; 2] = [10_000, 1_000_000];
/// How many items the catalogue has.
const ITEMS: usize = 500;
/// How many orders are for the last of them.
const RARE: usize = 15;
/// How many times as long a page may take in the large one.
const WORST_RATIO: f64 = 3.0;

#[tokio::main]
async fn main() -> Outcome<()> {
    let place = std::env::args().nth(1).ok_or("the place for the databases is missing")?;
    let mut worlds = Vec::new();
    for size in SIZES {
        worlds.push(World::open(&place, size).await?);
    }
    let [small, large] = worlds.as_slice() else { return Err("two sizes are compared".into()) };

    println!("{:<48} {:>22} {:>22} {:>7}", "", "10,000: p50, p99 (us)", "1,000,000: p50, p99", "ratio");
    let mut failed = Vec::new();
    for (case, same) in small.cases()?.into_iter().zip(large.cases()?) {
        for deep in [false, true] {
            let name = format!("{}{}", case.name, if deep { ", deep" } else { "" });
            let [before, after] = measure_in_peace([(small, &case), (large, &same)], deep).await?;
            let note = match case.judged {
                Judged::Yes => "",
                Judged::ReadsAll => "; reads all",
                Judged::InBetween => "; in between",
            };
            let [p50, p99, more_p50, more_p99] =
                [before.p50, before.p99, after.p50, after.p99].map(|time| time.as_micros());
            let ratio = after.against(&before);
            println!(
                "{name:<48} {p50:>10} {p99:>11} {more_p50:>10} {more_p99:>11} {ratio:>7.1} ({}, {} rows{note})",
                before.rows, after.rows,
            );
            if case.judged == Judged::Yes && ratio > WORST_RATIO {
                failed.push(name);
            }
        }
    }
    for world in worlds {
        world.store.close().await?;
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("too slow in the large one: {failed:?}").into()) }
}

/// One question to the list of orders.
struct Case {
    name: String,
    filter: Filter<OrderField>,
    order: ListOrder<OrderField>,
    judged: Judged,
}

/// Whether the large database must be about as quick as the small one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judged {
    Yes,
    /// Every order may have to be looked at.
    ReadsAll,
    /// A share of the orders that is too many to be few and too few to be many.
    InBetween,
}

struct Figures {
    p50: Duration,
    p99: Duration,
    rows: usize,
}

impl Figures {
    /// How many times as long the slow ones of these took.
    fn against(&self, other: &Self) -> f64 {
        self.p99.as_secs_f64() / other.p99.as_secs_f64()
    }
}

/// Measures again, twice at the most, what looks too slow: something else may have kept the machine busy.
async fn measure_in_peace(worlds: [(&World, &Case); 2], deep: bool) -> Outcome<[Figures; 2]> {
    let mut figures = measure(worlds, deep).await?;
    for _ in 0..2 {
        let [before, after] = &figures;
        if after.against(before) <= WORST_RATIO || worlds.iter().any(|(_, case)| case.judged != Judged::Yes) {
            break;
        }
        figures = measure(worlds, deep).await?;
    }
    Ok(figures)
}

/// Puts the same question to two databases in turn, so that whatever else the machine does disturbs both alike.
async fn measure(worlds: [(&World, &Case); 2], deep: bool) -> Outcome<[Figures; 2]> {
    let [(first, case), (second, same)] = worlds;
    let rounds = if case.judged == Judged::ReadsAll { ROUNDS / 10 } else { ROUNDS };
    let questions = [(first, first.query(case, deep).await?), (second, second.query(same, deep).await?)];
    let mut times = [const { Vec::new() }; 2];
    let mut rows = [0; 2];
    for _ in 0..=rounds {
        for (((world, query), times), rows) in questions.iter().zip(&mut times).zip(&mut rows) {
            let start = Instant::now();
            *rows = world.store.orders().list(query).await?.rows.len();
            times.push(start.elapsed());
        }
    }
    let figures = |times: &mut Vec<Duration>, rows| {
        // The first of each prepared its statements.
        times.remove(0);
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        Figures { p50: at(50), p99: at(99), rows }
    };
    let ([first, second], [few, many]) = (&mut times, rows);
    Ok([figures(first, few), figures(second, many)])
}

/// A database and what is in it.
struct World {
    store: Box<dyn Store>,
    organization: Organization,
    customers: Vec<Customer>,
    items: Vec<Item>,
    size: usize,
}

/// Numbers without a pattern that anything here could follow, the same in every run (`SplitMix64`).
fn scatter(number: usize, salt: u64) -> u64 {
    let mut mixed = (number as u64).wrapping_add(salt << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn id(milliseconds: i64, number: usize, salt: u64) -> Uuid {
    let mut random = [0; 10];
    for (byte, value) in random.iter_mut().zip(scatter(number, salt).to_be_bytes()) {
        *byte = value;
    }
    Builder::from_unix_timestamp_millis(milliseconds.unsigned_abs(), &random).into_uuid()
}

fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds).unwrap_or(Timestamp::LATEST)
}

/// The store for so many orders.
async fn open(place: &str, size: usize) -> Outcome<Box<dyn Store>> {
    if place.contains("://") {
        let settings = PostgresSettings::new(format!("{}/orders_{size}", place.trim_end_matches('/')));
        return Ok(Box::new(PostgresStore::connect(&settings).await?));
    }
    let settings = SqliteSettings::new(Path::new(place).join(format!("{size}.db")));
    let settings = SqliteSettings { synchronous: Synchronous::Normal, ..settings };
    Ok(Box::new(SqliteStore::connect(&settings).await?))
}

impl World {
    async fn open(place: &str, size: usize) -> Outcome<Self> {
        let charter = Charter {
            name: OrganizationName::parse("Large")?,
            time_zone: TimeZone::utc(),
            default_currency: Currency::parse("KES")?,
            quiet_hours: None,
        };
        let organization = Organization::found(OrganizationId::new(id(START, 0, 1)), charter);
        let customers = (0..size / 100).map(|number| customer(&organization, number));
        let items = (0..ITEMS).map(|number| item(&organization, number));
        let world = Self {
            customers: customers.collect::<Outcome<_>>()?,
            items: items.collect::<Outcome<_>>()?,
            store: open(place, size).await?,
            organization,
            size,
        };
        world.fill().await?;
        Ok(world)
    }

    /// Fills the store, unless it is full.
    async fn fill(&self) -> Outcome<()> {
        let start = Instant::now();
        let mut filling = match self.store.fill().await {
            Err(StoreError::NotEmpty) => return Ok(()),
            filling => filling?,
        };
        filling.add(vec![Record::Organization(self.organization.clone())]).await?;
        filling.add(self.customers.iter().cloned().map(Record::Customer).collect()).await?;
        filling.add(self.items.iter().cloned().map(Record::Item).collect()).await?;
        let numbers: Vec<_> = (0..self.size).collect();
        for numbers in numbers.chunks(10_000) {
            let orders = numbers.iter().map(|number| self.order(*number).map(Record::Order));
            filling.add(orders.collect::<Outcome<_>>()?).await?;
        }
        filling.finish().await?;
        println!("{} orders written in {:.0?}", self.size, start.elapsed());
        Ok(())
    }

    /// Every fifth order is by the first customer, and every fifth for the first item. A third is of quantity 1
    /// and a third costs 100; the others are of all quantities and prices. A fifth is pending. The last item is rare.
    fn order(&self, number: usize) -> Outcome<Order> {
        let draw = |salt, from: usize| usize::try_from(scatter(number, salt) % from as u64).unwrap_or(0);
        let placed = START + i64::try_from(number)? * STEP;
        let customer = if draw(2, 5) == 0 { 0 } else { draw(3, self.customers.len()) };
        let item = match number % (self.size / RARE) {
            3 => self.items.len() - 1,
            _ if draw(4, 5) == 0 => 0,
            _ => draw(5, self.items.len() - 1),
        };
        let item = self.items.get(item).ok_or("no such item")?;
        let closed = moment(placed + 1000 * i64::try_from(draw(6, 3 * 86_400))?);
        let units = if draw(7, 3) == 0 { 1 } else { 1 + i64::try_from(draw(8, 1_000_000))? };
        let cents = if draw(9, 3) == 0 { 10_000 } else { i64::try_from(draw(10, 100_000_000))? };
        Ok(Order::restore(
            OrderId::new(id(placed, number, 11)),
            self.organization.id(),
            self.customers.get(customer).ok_or("no such customer")?.id(),
            OrderLine {
                item: item.listing().name.clone(),
                item_id: (draw(12, 3) > 0).then(|| item.id()),
                quantity: Quantity::new(units)?,
                price: Price::new(Decimal::new(cents, 2), Currency::parse("KES")?)?,
            },
            match draw(13, 5) {
                0 => OrderState::Pending,
                1 => OrderState::Cancelled(closed),
                _ => OrderState::Closed(closed),
            },
            None,
            moment(placed),
            Version::FIRST,
        ))
    }

    /// Every order, and every filter in the default order.
    #[expect(clippy::too_many_lines, reason = "it is a list")]
    fn cases(&self) -> Outcome<Vec<Case>> {
        use OrderField::{
            Customer, CustomerCode, Item, ItemId, Organization, PricePerUnit, Quantity, Status, TimeClosed,
            TimePlaced,
        };
        let mut cases = Cases::default();
        for field in OrderField::ALL.iter().copied().filter(|field| field.spec().orders) {
            for descending in [false, true] {
                let name = format!("ordering={}{}", if descending { "-" } else { "" }, field.spec().name);
                let order = ListOrder::new(&[Key { field, descending }])?;
                cases.0.push(Case { name, filter: Filter::everything(), order, judged: Judged::Yes });
            }
        }

        let text = |text: &str| Value::from(text);
        let of_customer = |number: usize| {
            self.customers.get(number).map(|customer| customer.id().uuid()).ok_or("no such customer")
        };
        let of_item =
            |number: usize| self.items.get(number).map(|item| item.id().uuid()).ok_or("no such item");
        let code = |number: usize| {
            self.customers
                .get(number)
                .map(|customer| customer.profile().code.to_string())
                .ok_or("no such customer")
        };
        let name = |number: usize| {
            self.items.get(number).map(|item| item.listing().name.to_string()).ok_or("no such item")
        };
        let last = START + i64::try_from(self.size)? * STEP;
        let middle = i64::midpoint(START, last);
        let some = self.order(self.size / 3)?;
        let other = self.order(self.size / 2 + 1)?;

        cases.add(Organization, "one", Test::Equals(self.organization.id().uuid().into()))?;
        for status in ["Pending", "Closed"] {
            cases.add(Status, status, Test::Equals(text(status)))?;
        }
        cases.add(Status, "two", Test::In(vec![text("Closed"), text("Cancelled")]))?;
        cases.add(Customer, "many", Test::Equals(of_customer(0)?.into()))?;
        cases.add(Customer, "few", Test::Equals(of_customer(7)?.into()))?;
        cases.add(Customer, "none", Test::Equals(Uuid::nil().into()))?;
        cases.add(
            Customer,
            "many and few",
            Test::In(vec![of_customer(0)?.into(), of_customer(9)?.into()]),
        )?;
        let forty: Result<_, _> = (5..45).map(|number| of_customer(number).map(Value::from)).collect();
        cases.add(Customer, "forty", Test::In(forty?))?;
        cases.add(CustomerCode, "many", Test::Equals(text(&code(0)?)))?;
        cases.add(CustomerCode, "few", Test::Equals(text(&code(7)?)))?;
        cases.add(CustomerCode, "none", Test::Equals(text("00000")))?;
        cases.add(CustomerCode, "many", Test::StartsWith(code(0)?.chars().take(1).collect()))?;
        cases.add(CustomerCode, "few", Test::StartsWith(code(7)?.chars().take(4).collect()))?;
        cases.add(CustomerCode, "many", Test::Contains(code(0)?.chars().take(2).collect()))?;
        cases.add(CustomerCode, "few", Test::Contains(code(7)?))?;
        cases.add(Item, "many", Test::Equals(text(&name(0)?)))?;
        let rare = self.items.len() - 1;
        cases.add(Item, "few", Test::Equals(text(&name(rare)?)))?;
        cases.add(Item, "none", Test::Equals(text("nothing")))?;
        cases.add(Item, "many", Test::StartsWith("item".to_owned()))?;
        cases.add(Item, "few", Test::StartsWith(name(rare)?.to_lowercase()))?;
        cases.add(Item, "some", Test::StartsWith(name(7)?.to_lowercase()))?;
        cases.add(Item, "none", Test::StartsWith("zz".to_owned()))?;
        cases.add(Item, "many", Test::Contains("item".to_owned()))?;
        cases.add(Item, "none", Test::Contains("nothing".to_owned()))?;
        cases.add(ItemId, "many", Test::Equals(of_item(0)?.into()))?;
        cases.add(ItemId, "few", Test::Equals(of_item(rare)?.into()))?;
        cases.add(ItemId, "many and few", Test::In(vec![of_item(0)?.into(), of_item(9)?.into()]))?;
        cases.add(ItemId, "null", Test::IsNull(true))?;
        cases.add(ItemId, "not null", Test::IsNull(false))?;

        let units = some.line().quantity.units();
        let numbers = |numbers: &[i64]| numbers.iter().copied().map(Value::Integer).collect();
        cases.add(Quantity, "many", Test::Equals(Value::Integer(1)))?;
        cases.add(Quantity, "few", Test::Equals(Value::Integer(units)))?;
        cases.add(Quantity, "many and few", Test::In(numbers(&[1, units, other.line().quantity.units()])))?;
        cases.add(Quantity, "forty", Test::In(numbers(&(2..42).collect::<Vec<_>>())))?;
        for (name, above) in [("few", 999_990), ("some", 997_000), ("more", 980_000), ("many", 500_000)] {
            cases.compare(Quantity, name, Comparison::AtLeast, Value::Integer(above))?;
        }
        cases.compare(Quantity, "few", Comparison::Above, Value::Integer(999_980))?;
        cases.compare(Quantity, "many", Comparison::AtMost, Value::Integer(1))?;
        cases.compare(Quantity, "none", Comparison::Below, Value::Integer(1))?;

        let amount = |text: &str| parse_decimal(text).map(Value::Decimal);
        cases.add(PricePerUnit, "many", Test::Equals(amount("100")?))?;
        cases.add(PricePerUnit, "few", Test::Equals(Value::Decimal(some.line().price.amount())))?;
        let prices = vec![amount("100")?, Value::Decimal(other.line().price.amount())];
        cases.add(PricePerUnit, "many and few", Test::In(prices))?;
        cases.compare(PricePerUnit, "few", Comparison::Below, amount("5")?)?;
        cases.compare(PricePerUnit, "many", Comparison::AtMost, amount("100")?)?;
        cases.compare(PricePerUnit, "few", Comparison::Above, amount("999990")?)?;
        cases.compare(PricePerUnit, "many", Comparison::AtLeast, amount("100")?)?;

        let times = |times: &[i64]| times.iter().map(|time| Value::Time(moment(*time))).collect();
        cases.add(TimePlaced, "one", Test::Equals(Value::Time(some.time_placed())))?;
        let both = times(&[some.time_placed().milliseconds(), other.time_placed().milliseconds(), START + 1]);
        cases.add(TimePlaced, "two", Test::In(both))?;
        for (name, comparison, bound) in [
            ("few", Comparison::AtLeast, last - 10 * STEP),
            ("half", Comparison::AtLeast, middle),
            ("few", Comparison::Below, START + 10 * STEP),
            ("half", Comparison::AtMost, middle),
        ] {
            cases.compare(TimePlaced, name, comparison, Value::Time(moment(bound)))?;
        }
        let closed = [&some, &other].map(|order| order.state().time_closed().unwrap_or(moment(middle)));
        cases.add(TimeClosed, "few", Test::Equals(closed[0].into()))?;
        cases.add(TimeClosed, "two", Test::In(closed.map(Value::Time).to_vec()))?;
        cases.add(TimeClosed, "null", Test::IsNull(true))?;
        cases.add(TimeClosed, "not null", Test::IsNull(false))?;
        for (name, comparison, bound) in [
            ("few", Comparison::AtLeast, last + 3 * 86_400_000 - 10 * STEP),
            ("half", Comparison::Above, middle),
            ("all", Comparison::AtLeast, START),
            ("few", Comparison::Below, START + 10 * STEP),
            ("half", Comparison::AtMost, middle),
            ("all", Comparison::Below, last + 10 * 86_400_000),
        ] {
            cases.compare(TimeClosed, name, comparison, Value::Time(moment(bound)))?;
        }
        for (name, words) in [("many", "item"), ("none", "nothing at all")] {
            let filter = Filter::search(words);
            let name = format!("search ({name})");
            cases.0.push(Case { name, filter, order: ListOrder::newest_first(), judged: Judged::ReadsAll });
        }
        Ok(cases.0)
    }

    async fn query(&self, case: &Case, deep: bool) -> Outcome<Query<OrderField>> {
        let mut query = Query::first(Selection::new(&self.scope(), case.filter.clone()), PAGE);
        query.order = case.order.clone();
        query.after = if deep { self.deep_inside(case).await? } else { None };
        Ok(query)
    }

    fn scope(&self) -> Scope {
        Scope::Limited { organizations: vec![self.organization.id()], customers: Vec::new(), user: None }
    }

    /// A place in the middle of what the case finds.
    async fn deep_inside(&self, case: &Case) -> Outcome<Option<Position>> {
        let mut query = Query::first(Selection::new(&self.scope(), case.filter.clone()), 1);
        query.order = case.order.clone();
        query.counted = true;
        let count = self.store.orders().list(&query).await?.count.unwrap_or(0);
        query.offset = count / 2;
        query.counted = false;
        let found = self.store.orders().list(&query).await?.rows;
        Ok(found.first().map(|details| case.order.position_of(details)))
    }
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn add(&mut self, field: OrderField, name: &str, test: Test) -> Outcome<()> {
        let lookup = match &test {
            Test::Equals(_) => "",
            Test::In(_) => "__in",
            Test::Compare(Comparison::Below, _) => "__lt",
            Test::Compare(Comparison::AtMost, _) => "__lte",
            Test::Compare(Comparison::Above, _) => "__gt",
            Test::Compare(Comparison::AtLeast, _) => "__gte",
            Test::Contains(_) => "__icontains",
            Test::StartsWith(_) => "__istartswith",
            Test::IsNull(_) => "__isnull",
        };
        let judged = match (&test, name) {
            (Test::Contains(_), _) => Judged::ReadsAll,
            (_, "some" | "more") => Judged::InBetween,
            _ => Judged::Yes,
        };
        let name = format!("{}{lookup} ({name})", field.spec().name);
        let filter = Filter::new(field, test)?;
        self.0.push(Case { name, filter, order: ListOrder::newest_first(), judged });
        Ok(())
    }

    fn compare(
        &mut self,
        field: OrderField,
        name: &str,
        comparison: Comparison,
        bound: Value,
    ) -> Outcome<()> {
        self.add(field, name, Test::Compare(comparison, bound))
    }
}

fn customer(organization: &Organization, number: usize) -> Outcome<Customer> {
    let profile = Profile {
        // Steps through all codes without meeting one twice.
        code: CustomerCode::generate(number as u64 * 10_007),
        first_name: PersonName::parse(&format!("First {}", scatter(number, 21) % 1000))?,
        second_name: PersonName::parse(&format!("Second {number}"))?,
        phone: PhoneNumber::parse("+254712345678")?,
    };
    let id = CustomerId::new(id(START, number, 22));
    Ok(Customer::register(id, organization.id(), profile, None))
}

fn item(organization: &Organization, number: usize) -> Outcome<Item> {
    let name = if number == ITEMS - 1 { "Rarity".to_owned() } else { format!("Item {number:03}") };
    let listing = Listing {
        name: ItemName::parse(&name)?,
        price: Price::new(Decimal::from(100), Currency::parse("KES")?)?,
        is_active: true,
    };
    Ok(Item::list(ItemId::new(id(START, number, 23)), organization.id(), listing))
}
