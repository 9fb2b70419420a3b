//! What is asked of the lists of every kind of object: that both ways of finding them find what the query means, and
//! that there is an index behind what clients may ask for.

use std::fmt::Debug;

use orderdesk_application::Scope;
use orderdesk_application::query::{Entity, Filter, Listed as _, Query, Selection, Test};

use crate::listing::{count, rows};
use crate::plan::FEW;
use crate::session::Session;
use crate::sqlite::Sqlite;
use crate::table::Table;
use crate::tests::plans::{explained, scans, sorts};
use crate::tests::{every_filter, single_orders};

/// A query for the newest of what `scope` shows.
pub(super) fn newest<E: Entity>(scope: &Scope, filter: Filter<E::Field>) -> Query<E::Field> {
    Query::first(Selection::new(scope, filter), 21)
}

/// Asks for every filter, alone and with another one, in every order, page by page.
pub(super) async fn lists_mean_what_they_say<E>(session: &mut Session<Sqlite>, scopes: &[Scope])
where
    E: Table + Entity<Details: Debug + PartialEq>,
{
    const PAGE: u32 = 7;
    let everything = Query::first(Selection::new(&Scope::Everything, Filter::everything()), 1_000);
    let all = rows::<Sqlite, E>(session, &everything, 0).await.unwrap();
    assert!(all.len() >= 3);
    let samples = [&all[0], &all[all.len() / 2]];
    let filters: Vec<_> = samples.iter().flat_map(|sample| every_filter(*sample, "s")).collect();
    let mut found_any = 0;
    for (number, (filter, _)) in filters.iter().enumerate() {
        let (other, _) = filters[(number * 7 + 3) % filters.len()].clone();
        let both = filter.clone().and(other.clone());
        for filter in [filter.clone(), both, Filter::Any(vec![filter.clone(), other])] {
            for scope in scopes {
                let selection = Selection::new(scope, filter.clone());
                let kept = all.iter().filter(|details| selection.filter().keeps(*details));
                let kept: Vec<_> = kept.collect();
                found_any += usize::from(!kept.is_empty());
                assert_eq!(count::<Sqlite, E>(session, &selection).await.unwrap(), kept.len() as u64);
                for order in single_orders::<E::Field>() {
                    let mut expected = kept.clone();
                    expected.sort_by(|one, other| order.compare(*one, *other));
                    for few in [0, 1_000] {
                        let first = Query::first(selection.clone(), PAGE);
                        let mut query = Query { order: order.clone(), ..first };
                        let mut found: Vec<E::Details> = Vec::new();
                        loop {
                            let page = rows::<Sqlite, E>(session, &query, few).await.unwrap();
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
    assert!(found_any > filters.len(), "{found_any} of {} filters found anything", filters.len());
}

/// Makes sure that for every order of the API there is an index in that order, through one whose way is told.
pub(super) async fn comes_in_order<E: Table>(session: &mut Session<Sqlite>, scope: &Scope, index: &str) {
    for order in single_orders::<E::Field>() {
        let query = Query { order: order.clone(), ..newest::<E>(scope, Filter::everything()) };
        let steps = explained::<E>(session, &query, FEW).await;
        assert!(steps[0].contains(index), "{order:?}: {steps:#?}");
        assert!(!sorts(&steps), "{order:?}: {steps:#?}");
        let found = rows::<Sqlite, E>(session, &query, FEW).await.unwrap();
        let query = Query { after: found.first().map(|first| order.position_of(first)), ..query };
        let steps = explained::<E>(session, &query, FEW).await;
        assert!(!scans(&steps) && !sorts(&steps), "{order:?}: {steps:#?}");
    }
}

/// Makes sure that no filter of the API reads a table from end to end, in whatever order.
pub(super) async fn is_never_read_from_end_to_end<E: Table>(session: &mut Session<Sqlite>, scope: &Scope) {
    let all = newest::<E>(scope, Filter::everything());
    let all = rows::<Sqlite, E>(session, &all, FEW).await.unwrap();
    for (filter, lookup) in every_filter(&all[all.len() / 2], "s") {
        for order in single_orders::<E::Field>() {
            for few in [0, 1_000] {
                let query = Query { order: order.clone(), ..newest::<E>(scope, filter.clone()) };
                let steps = explained::<E>(session, &query, few).await;
                assert!(!scans(&steps), "{few} are few: {lookup:?} {order:?}: {steps:#?}");
            }
        }
    }
}

/// Makes sure that what has a certain value in these fields is found through these indexes, and need not be sorted.
pub(super) async fn comes_newest_first<E: Table>(
    session: &mut Session<Sqlite>,
    scope: &Scope,
    ways: &[(E::Field, &str)],
) {
    let all = newest::<E>(scope, Filter::everything());
    let all = rows::<Sqlite, E>(session, &all, FEW).await.unwrap();
    for (field, way) in ways {
        let mut values = all.iter().map(|details| details.value(*field));
        let value = values.find(|value| Filter::new(*field, Test::Equals(value.clone())).is_ok());
        let filter = Filter::new(*field, Test::Equals(value.unwrap())).unwrap();
        let mut query = newest::<E>(scope, filter);
        for after in [None, Some(query.order.position_of(&all[1]))] {
            query.after = after;
            let steps = explained::<E>(session, &query, 0).await;
            assert!(steps.iter().any(|step| step.contains(way)), "{field:?}: {steps:#?}");
            assert!(!sorts(&steps), "{field:?}: {steps:#?}");
        }
    }
}
