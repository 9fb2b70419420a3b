//! How lists are found. That they are the right ones is for the contract to say, but its stores are small: here
//! both ways of finding a list are taken whatever the number of rows.

mod agreement;
mod moving;
mod plans;
mod postgres_plans;

use orderdesk_application::query::{
    Comparison, Field as _, Filter, Key, Listed as _, Lookup, Order as ListOrder, Test, Value,
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
        Self { store, shop, _place: place }
    }
}

/// Every order of the API, and one of several keys that go different ways.
fn orders() -> Vec<ListOrder<OrderField>> {
    let keys = OrderField::ALL.iter().filter(|field| field.spec().orders);
    let single =
        keys.flat_map(|field| [false, true].map(|descending| vec![Key { field: *field, descending }]));
    let several =
        [(OrderField::Status, false), (OrderField::Quantity, true), (OrderField::TimePlaced, false)];
    let several = several.map(|(field, descending)| Key { field, descending }).to_vec();
    single.chain([several]).map(|keys| ListOrder::new(&keys).unwrap()).collect()
}

/// Every filter of the API, with the values of an order, and whether it can be found through an index.
fn filters(order: &OrderDetails) -> Vec<(Filter<OrderField>, bool)> {
    let mut filters = Vec::new();
    for field in OrderField::ALL.iter().copied().filter(|field| field.spec().filters) {
        let value = order.value(field);
        let text = match &value {
            Value::Text(text) => text.to_lowercase(),
            _ => String::new(),
        };
        for lookup in field.spec().lookups() {
            let compare = |comparison| Test::Compare(comparison, value.clone());
            let test = match lookup {
                Lookup::Exact => Test::Equals(value.clone()),
                Lookup::In => Test::In(vec![value.clone(), value.clone()]),
                Lookup::Gt => compare(Comparison::Above),
                Lookup::Gte => compare(Comparison::AtLeast),
                Lookup::Lt => compare(Comparison::Below),
                Lookup::Lte => compare(Comparison::AtMost),
                Lookup::Isnull => Test::IsNull(false),
                Lookup::Icontains => {
                    filters
                        .push((Filter::contains(field, &text).unwrap(), field == OrderField::CustomerCode));
                    continue;
                }
                Lookup::Istartswith => {
                    filters.push((Filter::starts_with(field, &text).unwrap(), true));
                    continue;
                }
            };
            filters.push((Filter::new(field, test).unwrap(), true));
        }
        if field.spec().nullable {
            filters.push((Filter::new(field, Test::IsNull(true)).unwrap(), true));
        }
    }
    filters.push((Filter::search("so"), false));
    filters
}
