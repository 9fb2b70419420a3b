//! How lists are found. That they are the right ones is for the contract to say, but its stores are small: here
//! both ways of finding a list are taken whatever the number of rows.

mod agreement;
mod bearers;
mod checks;
mod messages;
mod moving;
mod people;
mod plans;
mod postgres_outbox;
mod postgres_plans;

use orderdesk_application::query::{
    Comparison, Field, Filter, Key, Listed, Lookup, Order as ListOrder, Test, Value,
};
use orderdesk_application::views::{OrderDetails, OrderField};
use orderdesk_contract::builders::{Maker, free_line, price, quantity, time};
use orderdesk_contract::kinds::insert;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Order, OrderLine, OrderState, Version};
use orderdesk_servers::Database;
use tempfile::TempDir;

use crate::dialect::Dialect;
use crate::{Postgres, PostgresSettings, PostgresStore, SqlStore, Sqlite, SqliteSettings, SqliteStore};

/// A shop with some orders, in a database that lasts as long as `place`.
struct Bench<D: Dialect, P> {
    store: SqlStore<D>,
    shop: Shop,
    make: Maker,
    _place: P,
}

impl Bench<Sqlite, TempDir> {
    async fn sqlite(orders: i64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let settings = SqliteSettings::new(directory.path().join("bench.db"));
        Self::new(SqliteStore::connect(&settings).await.unwrap(), directory, orders).await
    }
}

impl Bench<Postgres, Database> {
    async fn postgres(orders: i64) -> Self {
        let database = orderdesk_servers::postgres().await;
        let settings = PostgresSettings::new(database.url());
        Self::new(PostgresStore::connect(&settings).await.unwrap(), database, orders).await
    }
}

impl<D: Dialect, P> Bench<D, P> {
    async fn new(store: SqlStore<D>, place: P, orders: i64) -> Self {
        let make = Maker::default();
        let shop = Shop::open(&store, &make).await;
        let other = make.customer(shop.organization.id());
        insert(&store, std::slice::from_ref(&other)).await.unwrap();
        let orders: Vec<_> = (0..orders)
            .map(|number| {
                let customer = if number % 3 == 0 { &other } else { &shop.customer };
                let line = OrderLine {
                    quantity: quantity(1 + number % 5),
                    price: price(&format!("{}.5", number % 4), "KES"),
                    ..if number % 2 == 0 {
                        shop.line()
                    } else {
                        free_line(if number % 3 == 0 { "Soap" } else { "soap" })
                    }
                };
                let (order, _) = make.order(customer, line);
                let placed = order.time_placed().milliseconds();
                // One in seven was closed before it was placed.
                let closed = time(placed + if number % 7 == 0 { -10_000 } else { 20 * (number % 6) });
                let state = match number % 4 {
                    0 => OrderState::Pending,
                    1 => OrderState::Cancelled(closed),
                    _ => OrderState::Closed(closed),
                };
                Order::restore(
                    order.id(),
                    order.organization(),
                    order.customer(),
                    order.line().clone(),
                    state,
                    None,
                    order.updated_at(),
                    Version::FIRST,
                )
            })
            .collect();
        insert(&store, &orders).await.unwrap();
        Self { store, shop, make, _place: place }
    }
}

/// Every order of the API by one field.
fn single_orders<F: Field>() -> Vec<ListOrder<F>> {
    let keys = F::ALL.iter().filter(|field| field.spec().orders);
    let keys = keys.flat_map(|field| [false, true].map(|descending| Key { field: *field, descending }));
    keys.map(|key| ListOrder::new(&[key]).unwrap()).collect()
}

/// Every order of the API, and one of several keys that go different ways.
fn orders() -> Vec<ListOrder<OrderField>> {
    let several =
        [(OrderField::Status, false), (OrderField::Quantity, true), (OrderField::TimePlaced, false)];
    let several = several.map(|(field, descending)| Key { field, descending });
    single_orders().into_iter().chain([ListOrder::new(&several).unwrap()]).collect()
}

/// Every filter of the API, with the values of an order, and whether it can be found through an index.
fn filters(order: &OrderDetails) -> Vec<(Filter<OrderField>, bool)> {
    let is_indexed = |lookup| match lookup {
        Some((field, Lookup::Icontains)) => field == OrderField::CustomerCode,
        lookup => lookup.is_some(),
    };
    let filters = every_filter(order, "so").into_iter();
    filters.map(|(filter, lookup)| (filter, is_indexed(lookup))).collect()
}

/// A filter, and what of the API it is; nothing for a search.
type Asked<F> = (Filter<F>, Option<(F, Lookup)>);

/// Every filter of the API, with the values of an object, and a search for `needle`.
fn every_filter<L: Listed>(object: &L, needle: &str) -> Vec<Asked<L::Field>> {
    let mut filters = Vec::new();
    for field in L::Field::ALL.iter().copied().filter(|field| field.spec().filters) {
        let value = object.value(field);
        let text = match &value {
            Value::Text(text) => text.to_lowercase(),
            _ => String::new(),
        };
        let is_missing = value == Value::Null;
        for lookup in field.spec().lookups().filter(|lookup| !is_missing || *lookup == Lookup::Isnull) {
            let compare = |comparison| Filter::new(field, Test::Compare(comparison, value.clone())).unwrap();
            let test = |test| Filter::new(field, test).unwrap();
            let filter = match lookup {
                Lookup::Exact => test(Test::Equals(value.clone())),
                Lookup::In => test(Test::In(vec![value.clone(), value.clone()])),
                Lookup::Gt => compare(Comparison::Above),
                Lookup::Gte => compare(Comparison::AtLeast),
                Lookup::Lt => compare(Comparison::Below),
                Lookup::Lte => compare(Comparison::AtMost),
                Lookup::Isnull => test(Test::IsNull(false)),
                Lookup::Icontains => Filter::contains(field, &text).unwrap(),
                Lookup::Istartswith => Filter::starts_with(field, &text).unwrap(),
            };
            filters.push((filter, Some((field, lookup))));
        }
        if field.spec().nullable {
            filters.push((Filter::new(field, Test::IsNull(true)).unwrap(), Some((field, Lookup::Isnull))));
        }
    }
    if L::Field::ALL.iter().any(|field| field.spec().searches) {
        filters.push((Filter::search(needle), None));
    }
    filters
}
