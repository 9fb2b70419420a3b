//! Both ways of finding a list find the same, and it is what the query means.

use orderdesk_application::Scope;
use orderdesk_application::query::{Filter, Query, Selection};
use orderdesk_application::views::OrderDetails;
use orderdesk_domain::Order;

use crate::listing::{count, rows};
use crate::sqlite::Sqlite;
use crate::tests::{Bench, filters, orders};

const PAGE: u32 = 9;

#[tokio::test]
async fn looked_up_or_walked_a_list_is_the_same_page_by_page() {
    let bench = Bench::sqlite(60).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let all = Query::first(Selection::new(&Scope::Everything, Filter::everything()), 100);
    let all = rows::<Sqlite, Order>(session, &all, 0).await.unwrap();
    assert_eq!(all.len(), 60);

    // An order that was closed, of the catalogue, so that it has a value in every field.
    let sample = all.iter().find(|details| {
        details.order.state().time_closed().is_some() && details.order.line().item_id.is_some()
    });
    let filters: Vec<_> = filters(sample.unwrap()).into_iter().map(|(filter, _)| filter).collect();
    let scope = bench.shop.scope();
    for (number, filter) in filters.iter().enumerate() {
        let other = filters[(number * 7 + 3) % filters.len()].clone();
        for filter in
            [filter.clone(), filter.clone().and(other.clone()), Filter::Any(vec![filter.clone(), other])]
        {
            let selection = Selection::new(&scope, filter);
            for order in orders() {
                let mut expected: Vec<_> =
                    all.iter().filter(|details| selection.filter().keeps(*details)).collect();
                expected.sort_by(|one, other| order.compare(*one, *other));
                for few in [0, 1000] {
                    let mut query = Query { order: order.clone(), ..Query::first(selection.clone(), PAGE) };
                    let mut found: Vec<OrderDetails> = Vec::new();
                    loop {
                        let page = rows::<Sqlite, Order>(session, &query, few).await.unwrap();
                        query.after = page.last().map(|last| order.position_of(last));
                        let more = page.len() == PAGE as usize;
                        found.extend(page);
                        if !more {
                            break;
                        }
                    }
                    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{few} are few: {query:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_search_may_have_as_many_words_as_a_request_can_hold() {
    let bench = Bench::sqlite(6).await;
    let session = &mut *bench.store.readers().lease().await.unwrap();
    let search = Filter::search(&"so ".repeat(5000));
    let query = Query::first(Selection::new(&bench.shop.scope(), search), 21);
    let found = rows::<Sqlite, Order>(session, &query, 0).await.unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(count::<Sqlite, Order>(session, &query.selection).await.unwrap(), 3);
}
