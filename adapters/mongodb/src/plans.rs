//! What MongoDB means to do, by `explain`: no collection is read from end to end for a page of a list.

use mongodb::bson::{Bson, doc};
use orderdesk_application::Scope;
use orderdesk_application::query::{
    Comparison, Field, Filter, Key, Listed, Lookup, Order, Query, Selection, Test,
};
use orderdesk_application::views::{CustomerField, ItemField, OrderField};
use orderdesk_contract::builders::Maker;
use orderdesk_contract::kinds::{find, place};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Customer, Item};
use orderdesk_servers::Database;

use crate::listing::Selected;
use crate::table::Table;
use crate::{MongoSettings, MongoStore};

/// A shop with one of everything.
struct Bench {
    store: MongoStore,
    shop: Shop,
    order: orderdesk_domain::Order,
    _database: Database,
}

impl Bench {
    async fn new() -> Self {
        let database = orderdesk_servers::mongodb().await;
        let store = MongoStore::connect(&MongoSettings::new(database.url())).await.unwrap();
        let make = Maker::default();
        let shop = Shop::open(&store, &make).await;
        let (mut order, event) = shop.order(&make);
        let act = make.act(None);
        order.transition(orderdesk_domain::OrderStatus::Closed, act).unwrap();
        place(&store, &[(order.clone(), event)]).await.unwrap();
        Self { store, shop, order, _database: database }
    }

    /// The stages of the plan for a page.
    async fn stages<E: Table>(&self, query: &Query<E::Field>) -> Vec<String> {
        let mut view = self.store.shared.view().await.unwrap();
        let selected = Selected::by::<E>(&mut view.session, query.selection.filter()).await.unwrap();
        let search = selected.search::<E>(query);
        let find = doc! {
            "find": search.collection, "filter": search.filter, "sort": search.sort.unwrap(), "limit": 21,
        };
        let explain = doc! { "explain": find, "verbosity": "queryPlanner" };
        let plan = self.store.shared.database.run_command(explain).await.unwrap();
        let plan = plan.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap().clone();
        let mut stages = Vec::new();
        collect(&Bson::Document(plan), &mut stages);
        stages
    }

    fn query<F: Field>(&self, filter: Filter<F>, keys: &[Key<F>]) -> Query<F> {
        let mut query = Query::first(Selection::new(&self.shop.scope(), filter), 21);
        query.order = Order::new(keys).unwrap();
        query
    }
}

fn collect(plan: &Bson, stages: &mut Vec<String>) {
    match plan {
        Bson::Document(document) => {
            stages.extend(document.get_str("stage").map(str::to_owned));
            document.values().for_each(|value| collect(value, stages));
        }
        Bson::Array(values) => values.iter().for_each(|value| collect(value, stages)),
        _ => {}
    }
}

/// A filter for every lookup on every field that clients may filter by, and the lookup.
fn filters<L: Listed>(sample: &L) -> Vec<(Filter<L::Field>, Lookup)> {
    let of_field = |field: L::Field| {
        field.spec().lookups().map(move |lookup| {
            let value = sample.value(field);
            let compare = |comparison| Filter::new(field, Test::Compare(comparison, sample.value(field)));
            let filter = match lookup {
                Lookup::Exact => Filter::new(field, Test::Equals(value)),
                Lookup::In => Filter::new(field, Test::In(vec![value.clone(), value])),
                Lookup::Gt => compare(Comparison::Above),
                Lookup::Gte => compare(Comparison::AtLeast),
                Lookup::Lt => compare(Comparison::Below),
                Lookup::Lte => compare(Comparison::AtMost),
                Lookup::Icontains => Filter::contains(field, "a"),
                Lookup::Istartswith => Filter::starts_with(field, "a"),
                Lookup::Isnull => Filter::new(field, Test::IsNull(true)),
            };
            (filter.unwrap(), lookup)
        })
    };
    L::Field::ALL.iter().copied().flat_map(of_field).collect()
}

/// Every order by one field that clients may ask for.
fn orders<F: Field>() -> Vec<Key<F>> {
    let fields = F::ALL.iter().copied().filter(|field| field.spec().orders);
    fields.flat_map(|field| [false, true].map(|descending| Key { field, descending })).collect()
}

async fn no_collection_is_scanned<E: Table>(bench: &Bench, sample: &E::Details) {
    for key in orders::<E::Field>() {
        let mut query = bench.query(Filter::everything(), &[key]);
        for after in [None, Some(query.order.position_of(sample))] {
            query.after = after;
            let stages = bench.stages::<E>(&query).await;
            assert!(
                !stages.iter().any(|stage| stage == "COLLSCAN" || stage == "SORT"),
                "{query:?}: {stages:?}"
            );
        }
        for (filter, _) in filters(sample) {
            let mut query = bench.query(filter, &[key]);
            for after in [None, Some(query.order.position_of(sample))] {
                query.after = after;
                let stages = bench.stages::<E>(&query).await;
                assert!(!stages.iter().any(|stage| stage == "COLLSCAN"), "{query:?}: {stages:?}");
            }
        }
    }
    // What equals a value comes newest first without being sorted.
    for (filter, lookup) in filters(sample) {
        if matches!(lookup, Lookup::Exact | Lookup::Isnull) {
            let query = bench.query(filter, &[]);
            let stages = bench.stages::<E>(&query).await;
            assert!(!stages.iter().any(|stage| stage == "SORT"), "{query:?}: {stages:?}");
        }
    }
    let everything = Query::first(Selection::new(&Scope::Everything, Filter::everything()), 21);
    let stages = bench.stages::<E>(&everything).await;
    assert!(!stages.iter().any(|stage| stage == "COLLSCAN" || stage == "SORT"), "{stages:?}");
}

#[tokio::test]
async fn no_list_reads_a_collection_from_end_to_end() {
    let bench = Bench::new().await;
    let customer = find::<Customer>(&bench.store, bench.shop.customer.id().uuid()).await.unwrap();
    no_collection_is_scanned::<Customer>(&bench, &customer).await;
    let item = find::<Item>(&bench.store, bench.shop.item.id().uuid()).await.unwrap();
    no_collection_is_scanned::<Item>(&bench, &item).await;
    let order = find::<orderdesk_domain::Order>(&bench.store, bench.order.id().uuid()).await.unwrap();
    no_collection_is_scanned::<orderdesk_domain::Order>(&bench, &order).await;
    assert_eq!(
        orders::<CustomerField>().len() + orders::<ItemField>().len() + orders::<OrderField>().len(),
        26
    );
}
