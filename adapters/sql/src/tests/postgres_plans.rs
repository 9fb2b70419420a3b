//! What PostgreSQL can do without reading a table from end to end, which it is told to avoid here at any cost: with
//! as few rows as in a test, it would not take the trouble to use an index.

use orderdesk_application::Scope;
use orderdesk_application::query::{
    Field as _, Filter, Key, Listed as _, Order as ListOrder, Query, Selection,
};
use orderdesk_application::views::OrderField;
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, Item, Membership, Message, Order, Organization, User,
};

use crate::Postgres;
use crate::listing::{page, rows};
use crate::plan::plan;
use crate::row::Cells as _;
use crate::session::Session;
use crate::table::Table;
use crate::tests::checks::newest;
use crate::tests::messages::Texts;
use crate::tests::people::People;
use crate::tests::{Bench, every_filter, filters, orders};

/// What the engine would do for a page.
async fn steps<E: Table>(session: &mut Session<Postgres>, query: &Query<E::Field>) -> Vec<String> {
    let branches = plan::<Postgres, E>(session, query, 0).await.unwrap();
    let statement = page::<Postgres, E>(query, &branches).explained("EXPLAIN ");
    let rows = session.fetch(statement).await.unwrap();
    rows.iter().map(|row| row.text(0).unwrap().unwrap().to_owned()).collect()
}

pub(super) fn has(steps: &[String], node: &str) -> bool {
    steps.iter().any(|step| step.contains(node))
}

/// Whether rows are sorted that did not come sorted at least by the first key.
fn sorts(steps: &[String]) -> bool {
    steps.iter().any(|step| step.trim_start_matches([' ', '-', '>']).starts_with("Sort  ("))
}

/// Makes sure that for every order of the API there is an index in that order.
async fn comes_sorted<E: Table>(session: &mut Session<Postgres>, scope: &Scope) {
    for field in E::Field::ALL.iter().copied().filter(|field| field.spec().orders) {
        for descending in [false, true] {
            let order = ListOrder::new(&[Key { field, descending }]).unwrap();
            let selection = Selection::new(scope, Filter::everything());
            let query = Query { order, ..Query::first(selection, 21) };
            let steps = steps::<E>(session, &query).await;
            assert!(!sorts(&steps) && !has(&steps, "Seq Scan"), "{field:?}: {steps:#?}");
        }
    }
}

#[tokio::test]
async fn every_order_is_an_index_in_that_order() {
    let bench = Bench::postgres(60).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    session.run("ANALYZE").await.unwrap();
    session.run("SET enable_seqscan = off; SET enable_sort = off").await.unwrap();
    let here = &bench.shop.scope();
    comes_sorted::<Order>(session, here).await;
    comes_sorted::<Customer>(session, here).await;
    comes_sorted::<Item>(session, here).await;
    comes_sorted::<Membership>(session, here).await;
    comes_sorted::<AuditEntry>(session, here).await;
    comes_sorted::<Message>(session, here).await;
    comes_sorted::<AuditEntry>(session, &Scope::Everything).await;
    comes_sorted::<Organization>(session, &Scope::Everything).await;
    comes_sorted::<User>(session, &Scope::Everything).await;
    let user = Some(bench.shop.owner.id());
    let own = Scope::Limited { organizations: Vec::new(), customers: Vec::new(), user };
    comes_sorted::<ApiToken>(session, &own).await;
    comes_sorted::<Membership>(session, &own).await;
}

#[tokio::test]
async fn no_filter_reads_a_table_from_end_to_end() {
    let bench = Bench::postgres(60).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    session.run("ANALYZE").await.unwrap();
    session.run("SET enable_seqscan = off").await.unwrap();
    let all = Query::first(Selection::new(&bench.shop.scope(), Filter::everything()), 100);
    let all = rows::<Postgres, Order>(session, &all, 0).await.unwrap();
    let sample = all.iter().find(|details| {
        details.order.state().time_closed().is_some() && details.order.line().item_id.is_some()
    });
    let sample = sample.unwrap();
    assert_eq!(sample.value(OrderField::Id), sample.order.id().uuid().into());
    for (filter, _) in filters(sample) {
        let selection = Selection::new(&bench.shop.scope(), filter.clone());
        for order in orders() {
            for after in [None, Some(order.position_of(sample))] {
                let mut query = Query::first(selection.clone(), 21);
                query.order = order.clone();
                query.after = after;
                let steps = steps::<Order>(session, &query).await;
                assert!(!has(&steps, "Seq Scan"), "{query:#?}: {steps:#?}");
            }
        }
    }
}

#[tokio::test]
async fn no_filter_of_the_audit_reads_it_from_end_to_end() {
    let bench = Bench::postgres(1).await;
    let people = People::move_in(&bench).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    session.run("ANALYZE").await.unwrap();
    session.run("SET enable_seqscan = off; SET enable_sort = off").await.unwrap();
    let here = &people.scopes()[1];
    let all = newest::<AuditEntry>(here, Filter::everything());
    let all = rows::<Postgres, AuditEntry>(session, &all, 0).await.unwrap();
    for (filter, lookup) in every_filter(&all[all.len() / 2], "") {
        let steps = steps::<AuditEntry>(session, &newest::<AuditEntry>(here, filter)).await;
        assert!(has(&steps, "Index") && !has(&steps, "Seq Scan on audit_entries"), "{lookup:?}: {steps:#?}");
    }
}

#[tokio::test]
async fn no_filter_of_messages_reads_them_from_end_to_end() {
    let bench = Bench::postgres(1).await;
    let texts = Texts::move_in(&bench).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    session.run("ANALYZE").await.unwrap();
    session.run("SET enable_seqscan = off; SET enable_sort = off").await.unwrap();
    for scope in &texts.scopes()[1..] {
        let all = newest::<Message>(scope, Filter::everything());
        let all = rows::<Postgres, Message>(session, &all, 0).await.unwrap();
        for (filter, lookup) in every_filter(&all[all.len() / 2], "") {
            let steps = steps::<Message>(session, &newest::<Message>(scope, filter)).await;
            assert!(has(&steps, "Index") && !has(&steps, "Seq Scan on messages"), "{lookup:?}: {steps:#?}");
        }
    }
}

#[tokio::test]
async fn what_is_asked_for_by_id_stays_prepared_whatever_the_caller_may_see() {
    let bench = Bench::postgres(1).await;
    let people = People::move_in(&bench).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    for scope in people.scopes() {
        let query = Query::first(Selection::id(&scope, bench.shop.owner.id().uuid()), 1);
        let branches = plan::<Postgres, Membership>(session, &query, 0).await.unwrap();
        assert!(page::<Postgres, Membership>(&query, &branches).recurs(), "{scope:?}");
    }
}

#[tokio::test]
async fn text_is_found_by_what_it_contains() {
    let bench = Bench::postgres(60).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    session.run("ANALYZE").await.unwrap();
    // What is left are the indexes that tell which rows there are, in no order.
    session.run("SET enable_seqscan = off; SET enable_indexscan = off").await.unwrap();
    let filter = Filter::contains(OrderField::Item, "nowhere").unwrap();
    let query = Query::first(Selection::new(&Scope::Everything, filter), 21);
    let steps = steps::<Order>(session, &query).await;
    assert!(has(&steps, "Bitmap Index Scan on orders_by_trigrams"), "{steps:#?}");
}
