//! Queries: every store answers what a query means, and that is what `Filter::keeps`, `Order::compare` and
//! `Order::is_after` say of the objects one by one. Random queries on random data are compared with it, page by page.
//!
//! A case is made from its number alone, and the numbers are the same in every run: a failure names its case and
//! comes back until it is mended.

mod asker;
mod world;

use std::collections::BTreeMap;

use fastrand::Rng;
use orderdesk_application::Scope;
use orderdesk_application::ports::Store;
use orderdesk_application::query::{Field, Filter, Listed, Position, Query, Selection};
use orderdesk_domain::{
    ApiToken, AuditEntry, Cost, Customer, Item, Membership, Message, MessageAttempt, MessageTemplate, Money,
    Order, OrderEvent, OrderLine, Organization, Quantity, User,
};

use orderdesk_application::views::OrderTotal;

use crate::Harness;
use crate::builders::{Maker, free_line, price, quantity};
use crate::kinds::{Readable, Writable, counted, id_of};
use crate::shop::Shop;
use crate::suite::queries::asker::{Asker, Question};
use crate::suite::queries::world::{Inhabitant, World};

/// How many worlds there are for each kind of object.
const WORLDS: u64 = 2;

/// How many queries are put in each of them.
const CASES: u64 = 120;

pub async fn customers_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<Customer>(harness).await;
}

pub async fn items_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<Item>(harness).await;
}

pub async fn orders_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<Order>(harness).await;
}

pub async fn order_events_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<OrderEvent>(harness).await;
}

pub async fn organizations_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<Organization>(harness).await;
}

pub async fn users_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<User>(harness).await;
}

pub async fn memberships_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<Membership>(harness).await;
}

pub async fn api_tokens_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<ApiToken>(harness).await;
}

pub async fn audit_entries_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<AuditEntry>(harness).await;
}

pub async fn messages_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<Message>(harness).await;
}

pub async fn message_attempts_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<MessageAttempt>(harness).await;
}

pub async fn message_templates_are_listed_as_the_query_means(harness: &impl Harness) {
    lists_mean_what_they_say::<MessageTemplate>(harness).await;
}

async fn lists_mean_what_they_say<E: Inhabitant>(harness: &impl Harness) {
    let mut answered = 0;
    for number in 0..WORLDS {
        let store = &*harness.fresh().await;
        let world = World::new(&mut Rng::with_seed(number));
        world.populate(store).await;
        for case in number * CASES..(number + 1) * CASES {
            let mut asker = Asker { rng: Rng::with_seed(case), rows: E::living_in(&world) };
            let question = asker.question();
            let expected = question.answer(asker.rows);
            answered += usize::from(!expected.is_empty());
            let total = expected.len() as u64;
            let limit = expected.len() / asker.rng.usize(1..6) + 1;

            let mut after = None;
            for start in (0..=expected.len()).step_by(limit) {
                let page = &expected[start..expected.len().min(start + limit)];
                compare::<E>(store, &question.page(None, start, limit), page, total, case).await;
                compare::<E>(store, &question.page(after, 0, limit), page, total, case).await;
                after = page.last().map(|last| question.order.position_of(*last));
            }

            // A place where the list has nothing may be asked for as well: what was there can be gone.
            let stray = asker.position(&question.order);
            let offset = asker.rng.usize(..3);
            let rest = expected.iter().copied().filter(|row| question.order.is_after(*row, &stray));
            let page: Vec<_> = rest.skip(offset).take(limit).collect();
            compare::<E>(store, &question.page(Some(stray), offset, limit), &page, total, case).await;
        }
    }
    let asked = usize::try_from(WORLDS * CASES).unwrap();
    assert!(answered > asked / 2, "only {answered} of {asked} queries found anything");
}

pub async fn costs_are_summed_up_as_the_query_means(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let world = World::new(&mut Rng::with_seed(WORLDS + 1));
    assert_eq!(
        store.outbox().costs(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap(),
        []
    );
    world.populate(store).await;
    let mut added = 0;
    for case in 0..2 * CASES {
        let mut asker = Asker { rng: Rng::with_seed(case), rows: Message::living_in(&world) };
        let question = asker.question();
        let messages = question.answer(asker.rows);
        let mut expected: BTreeMap<&str, Cost> = BTreeMap::new();
        for cost in messages.iter().filter_map(|details| details.message.course().cost) {
            let sum = expected.get(cost.currency().code()).map_or(cost, |so_far| so_far.plus(cost).unwrap());
            expected.insert(cost.currency().code(), sum);
        }
        let expected: Vec<_> = expected.into_values().collect();
        added += usize::from(messages.len() > 2 * expected.len());
        let found = store.outbox().costs(&question.selection).await.unwrap();
        assert_eq!(found, expected, "case {case}: {:#?}", question.selection);
    }
    assert!(added > 100, "only {added} selections had anything to add");
}

pub async fn orders_are_added_up_as_the_query_means(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let world = World::new(&mut Rng::with_seed(WORLDS + 2));
    let everything = Selection::new(&Scope::Everything, Filter::everything());
    assert_eq!(store.totals().orders(&everything).await.unwrap(), []);
    world.populate(store).await;
    let mut added = 0;
    for case in 0..2 * CASES {
        let mut asker = Asker { rng: Rng::with_seed(case), rows: Order::living_in(&world) };
        let question = asker.question();
        let orders = question.answer(asker.rows);
        let expected = totals(orders.iter().map(|details| &details.order));
        added += usize::from(orders.len() > 2 * expected.len());
        let found = store.totals().orders(&question.selection).await.unwrap();
        assert_eq!(found, expected, "case {case}: {:#?}", question.selection);
    }
    assert!(added > 50, "only {added} selections had anything to add");
}

/// The most that an order can come to, a hundred times, is more than 64 bits hold in ten thousandths of a unit.
pub async fn the_largest_orders_are_added_up_exactly(harness: &impl Harness) {
    let (store, make) = (&*harness.fresh().await, &Maker::default());
    let shop = Shop::open(store, make).await;
    let line = OrderLine {
        price: price("999999999.99", "KES"),
        quantity: quantity(Quantity::MAXIMUM),
        ..free_line("Gold")
    };
    let orders: Vec<_> = (0..100).map(|_| make.order(&shop.customer, line.clone()).0).collect();
    let mut work = store.begin().await.unwrap();
    work.orders().insert(&orders).await.unwrap();
    work.commit().await.unwrap();
    let found = store.totals().orders(&Selection::new(&shop.scope(), Filter::everything())).await.unwrap();
    assert_eq!(found, totals(&orders));
    assert_eq!(found[0].total.to_string(), "99999999999000000.00");
}

fn totals<'o>(orders: impl IntoIterator<Item = &'o Order>) -> Vec<OrderTotal> {
    let mut totals: BTreeMap<(&str, &str), OrderTotal> = BTreeMap::new();
    for order in orders {
        let (status, money) = (order.state().status(), order.line().total());
        let nothing = OrderTotal { status, count: 0, total: Money::new(0.into(), money.currency()).unwrap() };
        let so_far = totals.entry((status.name(), money.currency().code())).or_insert(nothing);
        so_far.count += 1;
        so_far.total = Money::new(so_far.total.amount() + money.amount(), money.currency()).unwrap();
    }
    totals.into_values().collect()
}

/// Asserts that a reader answers `query` with these rows and this count.
async fn compare<E: Readable>(
    store: &dyn Store,
    query: &Query<E::Field>,
    expected: &[&E::Details],
    total: u64,
    case: u64,
) {
    let found = E::reader(store).list(query).await.unwrap();
    let ids: Vec<_> = found.rows.iter().map(id_of).collect();
    let expected_ids: Vec<_> = expected.iter().map(|row| id_of(*row)).collect();
    assert_eq!(ids, expected_ids, "case {case}: {query:#?}");
    assert_eq!(found.rows.iter().collect::<Vec<_>>(), expected, "case {case}: {query:#?}");
    assert_eq!(found.count, query.counted.then_some(total), "case {case}: {query:#?}");
}

impl<F: Field> Question<F> {
    /// What the question means: every one of `rows` that it is about, in order.
    fn answer<'a, D: Listed<Field = F>>(&self, rows: &'a [D]) -> Vec<&'a D> {
        let mut kept: Vec<_> = rows.iter().filter(|row| self.selection.filter().keeps(*row)).collect();
        kept.sort_by(|left, right| self.order.compare(*left, *right));
        kept
    }

    fn page(&self, after: Option<Position>, offset: usize, limit: usize) -> Query<F> {
        Query {
            selection: self.selection.clone(),
            order: self.order.clone(),
            after,
            offset: offset as u64,
            limit: u32::try_from(limit).unwrap(),
            counted: self.counted,
        }
    }
}

pub async fn a_unit_of_work_lists_counts_and_deletes_what_the_query_means(harness: &impl Harness) {
    /// Asks a unit of work, has it delete what it found, and undoes that.
    async fn check<K: Inhabitant + Writable>(store: &dyn Store, world: &World) {
        for case in 0..CASES / 2 {
            let mut asker = Asker { rng: Rng::with_seed(case), rows: K::living_in(world) };
            let question = asker.question();
            let expected = question.answer(asker.rows);
            let total = expected.len() as u64;

            let mut work = store.begin().await.unwrap();
            let repository = K::repository(&mut *work);
            let query = question.page(None, 0, 1000);
            let found = repository.list(&query).await.unwrap();
            assert_eq!(found.rows.iter().collect::<Vec<_>>(), expected, "case {case}: {query:#?}");
            assert_eq!(found.count, query.counted.then_some(total), "case {case}: {query:#?}");
            let selection = &question.selection;
            assert_eq!(repository.count(selection).await.unwrap(), total, "case {case}: {query:#?}");
            assert_eq!(repository.delete(selection).await.unwrap(), total, "case {case}: {query:#?}");
            let left = repository.list(&counted(&Scope::Everything)).await.unwrap().rows;
            let gone: Vec<_> = expected.into_iter().map(id_of).collect();
            assert!(left.iter().all(|row| !gone.contains(&id_of(row))), "case {case}: {query:#?}");
            assert_eq!(left.len() + gone.len(), K::living_in(world).len(), "case {case}: {query:#?}");
        }
    }

    let store = &*harness.fresh().await;
    let world = World::new(&mut Rng::with_seed(WORLDS));
    world.populate(store).await;
    check::<Message>(store, &world).await;
    check::<MessageTemplate>(store, &world).await;
    check::<Order>(store, &world).await;
    check::<Membership>(store, &world).await;
    check::<ApiToken>(store, &world).await;
    check::<User>(store, &world).await;
    // Customers and items can go once no order refers to them.
    let mut work = store.begin().await.unwrap();
    work.orders().delete(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap();
    work.commit().await.unwrap();
    check::<Customer>(store, &world).await;
    check::<Item>(store, &world).await;
    // And organizations once they have none.
    let mut work = store.begin().await.unwrap();
    work.customers().delete(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap();
    work.items().delete(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap();
    work.commit().await.unwrap();
    check::<Organization>(store, &world).await;
}
