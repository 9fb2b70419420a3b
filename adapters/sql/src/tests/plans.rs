//! What SQLite means to do, by `EXPLAIN QUERY PLAN`: no table is read from end to end for a page of a list.

use orderdesk_application::Scope;
use orderdesk_application::query::{
    Comparison, Field as _, Filter, Key, Listed as _, Order as ListOrder, Query, Selection, Test,
};
use orderdesk_application::views::OrderField;
use orderdesk_domain::Order;

use crate::dialect::Dialect as _;
use crate::listing::{page, rows, where_selected};
use crate::plan::plan;
use crate::row::Cells as _;
use crate::session::Session;
use crate::sqlite::Sqlite;
use crate::statement::Statement;
use crate::table::Table;
use crate::tests::{Bench, filters, orders};

/// What the engine would do for a page.
pub(super) async fn explained<E: Table>(
    session: &mut Session<Sqlite>,
    query: &Query<E::Field>,
    few: u32,
) -> Vec<String> {
    let branches = plan::<Sqlite, E>(session, query, few).await.unwrap();
    steps(session, page::<Sqlite, E>(query, &branches)).await
}

pub(super) async fn steps(session: &mut Session<Sqlite>, statement: Statement) -> Vec<String> {
    let rows = session.fetch(statement.explained("EXPLAIN QUERY PLAN ")).await.unwrap();
    rows.iter().map(|row| row.text(3).unwrap().unwrap().to_owned()).collect()
}

/// Whether a table is read from end to end. What a statement makes for itself may be.
pub(super) fn scans(steps: &[String]) -> bool {
    let made = [
        "SCAN branch",
        "SCAN CONSTANT ROW",
        "SCAN ends",
        "SCAN exception",
        "SCAN changed",
        "SCAN 2 CONSTANT",
    ];
    steps.iter().any(|step| step.starts_with("SCAN") && !made.iter().any(|made| step.starts_with(made)))
}

pub(super) fn sorts(steps: &[String]) -> bool {
    steps.iter().any(|step| step.contains("TEMP B-TREE"))
}

#[tokio::test]
async fn every_order_is_an_index_in_that_order() {
    let bench = Bench::sqlite(60).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    for (field, index) in [
        (OrderField::TimePlaced, "PRIMARY KEY (organization_id=?"),
        (OrderField::Item, "INDEX orders_by_item (organization_id=?"),
        (OrderField::Quantity, "INDEX orders_by_quantity (organization_id=?"),
        (OrderField::PricePerUnit, "INDEX orders_by_price (organization_id=?"),
        (OrderField::Status, "INDEX orders_by_status (organization_id=?"),
        (OrderField::TimeClosed, "INDEX orders_by_time_closed (organization_id=?"),
    ] {
        for descending in [false, true] {
            let order = ListOrder::new(&[Key { field, descending }]).unwrap();
            let mut query = Query::first(Selection::new(&bench.shop.scope(), Filter::everything()), 21);
            query.order = order.clone();
            let steps = explained::<Order>(session, &query, 0).await;
            assert!(steps.contains(&format!("SEARCH o USING {index})")), "{field:?}: {steps:#?}");
            assert!(!sorts(&steps), "{field:?}: {steps:#?}");

            let found = rows::<Sqlite, Order>(session, &query, 0).await.unwrap();
            query.after = Some(order.position_of(&found[10]));
            let steps = explained::<Order>(session, &query, 0).await;
            let place = steps.iter().find(|step| step.contains(index)).unwrap();
            assert!(
                place.contains(if descending { "<" } else { ">" }),
                "{field:?} goes on from a place: {steps:#?}"
            );
            assert!(!sorts(&steps), "{field:?}: {steps:#?}");
        }
    }
    let fields = OrderField::ALL.iter().filter(|field| field.spec().orders).count();
    assert_eq!(fields, 6, "every order that the API offers is in the list above");
}

#[tokio::test]
async fn no_filter_reads_a_table_from_end_to_end() {
    let bench = Bench::sqlite(60).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let all = Query::first(Selection::new(&bench.shop.scope(), Filter::everything()), 100);
    let all = rows::<Sqlite, Order>(session, &all, 0).await.unwrap();
    let sample = all.iter().find(|details| {
        details.order.state().time_closed().is_some() && details.order.line().item_id.is_some()
    });
    let sample = sample.unwrap();
    for (filter, is_indexed) in filters(sample) {
        let selection = Selection::new(&bench.shop.scope(), filter.clone());
        for order in orders() {
            for after in [None, Some(order.position_of(sample))] {
                let mut query = Query::first(selection.clone(), 21);
                query.order = order.clone();
                query.after = after;
                for few in [0, 1000] {
                    let steps = explained::<Order>(session, &query, few).await;
                    assert!(!scans(&steps), "{few} are few: {query:#?}: {steps:#?}");
                }
                // Few rows are looked up through their own index: nothing is walked but what bears a condition.
                let steps = explained::<Order>(session, &query, 1000).await;
                let walks = steps
                    .iter()
                    .any(|step| step.starts_with("SEARCH o") && step.ends_with("(organization_id=?)"));
                let by_organization = format!("{filter:?}").contains("Organization");
                assert!(!is_indexed || by_organization || !walks, "{query:#?}: {steps:#?}");
            }
        }
    }
}

#[tokio::test]
async fn what_equals_a_value_comes_newest_first_without_sorting() {
    let bench = Bench::sqlite(60).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let all = Query::first(Selection::new(&bench.shop.scope(), Filter::everything()), 100);
    let all = rows::<Sqlite, Order>(session, &all, 0).await.unwrap();
    for (field, index) in [
        (OrderField::Customer, "orders_by_customer (customer_id=?"),
        (OrderField::CustomerCode, "orders_by_customer (customer_id=?"),
        (OrderField::Item, "orders_by_item (organization_id=? AND item_folded=? AND item=?"),
        (OrderField::Quantity, "orders_by_quantity (organization_id=? AND quantity=?"),
        (OrderField::PricePerUnit, "orders_by_price (organization_id=? AND price_per_unit=?"),
        (OrderField::Status, "orders_by_status (organization_id=? AND status=?"),
    ] {
        let filter = Filter::new(field, Test::Equals(all[20].value(field))).unwrap();
        let mut query = Query::first(Selection::new(&bench.shop.scope(), filter), 21);
        for after in [None, Some(query.order.position_of(&all[30]))] {
            query.after = after;
            let steps = explained::<Order>(session, &query, 0).await;
            assert!(steps.iter().any(|step| step.contains(index)), "{field:?}: {steps:#?}");
            assert!(!sorts(&steps), "{field:?}: {steps:#?}");
        }
    }
}

#[tokio::test]
async fn a_stretch_of_time_is_a_stretch_of_an_index() {
    let bench = Bench::sqlite(60).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let all = Query::first(Selection::new(&bench.shop.scope(), Filter::everything()), 100);
    let all = rows::<Sqlite, Order>(session, &all, 0).await.unwrap();
    let bound = |field, comparison, row: usize| {
        Filter::new(field, Test::Compare(comparison, all[row].value(field))).unwrap()
    };
    let closed = all.iter().position(|details| details.order.state().time_closed().is_some()).unwrap();
    for (field, row, stretch) in [
        (
            OrderField::TimeClosed,
            closed,
            "(organization_id=? AND time_closed_or_lowest>? AND time_closed_or_lowest<?)",
        ),
        (OrderField::Quantity, 1, "(organization_id=? AND quantity>? AND quantity<?)"),
    ] {
        let filter = bound(field, Comparison::AtLeast, row).and(bound(field, Comparison::AtMost, row));
        let query = Query::first(Selection::new(&bench.shop.scope(), filter), 21);
        let steps = explained::<Order>(session, &query, 1000).await;
        assert!(steps.iter().any(|step| step.ends_with(stretch)), "{field:?}: {steps:#?}");
    }
}

#[tokio::test]
async fn changes_and_checks_of_references_go_through_indexes() {
    let bench = Bench::sqlite(1).await;
    // The writer has seen the schema come into being, statistics and all.
    let session = &mut *bench.store.writers().lease().await.unwrap();
    let scope = bench.shop.scope();
    let mut deletion = Statement::new("DELETE FROM orders AS o");
    let ids =
        Selection::<OrderField>::ids(&scope, [bench.shop.item.id().uuid(), bench.shop.customer.id().uuid()]);
    where_selected::<Sqlite, Order>(&mut deletion, ids.filter());
    for statement in [
        deletion,
        Statement::new("DELETE FROM customers WHERE id = x'00'"),
        Statement::new("DELETE FROM items WHERE id = x'00'"),
        Statement::new(
            "WITH changed (id, was, quantity) AS (VALUES (x'00', 1, 1), (x'01', 1, 1)) UPDATE orders \
             SET quantity = changed.quantity FROM changed WHERE orders.id = changed.id AND orders.version = changed.was",
        ),
        Statement::new(
            "SELECT count(*) FROM orders AS o WHERE o.organization_id = x'00' AND o.customer_id = x'00'",
        ),
    ] {
        let steps = steps(session, statement.clone()).await;
        assert!(!scans(&steps), "{statement:?}: {steps:#?}");
    }
    let everything = Selection::<OrderField>::new(&Scope::Everything, Filter::everything());
    let newest = Query::first(everything, 21);
    let steps = explained::<Order>(session, &newest, 0).await;
    assert!(!sorts(&steps), "{steps:#?}");
    assert_eq!(Sqlite::HIDE, Some("+"));
}
