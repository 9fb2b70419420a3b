//! Bulk: what one request may carry goes through in one call.

use orderdesk_application::Scope;
use orderdesk_application::ports::Store;
use orderdesk_application::query::{Filter, Query, Selection, Test, Value};
use orderdesk_application::views::OrderField;
use orderdesk_domain::{AuditEntry, Customer, Order, OrderEvent, OrderEventId};
use uuid::Uuid;

use crate::Harness;
use crate::builders::Maker;
use crate::kinds::{Changeable, change, count, everything, for_every_numerous_kind, insert, keep};
use crate::shop::Shop;

/// The most objects that one request may change.
const ROWS: usize = 1000;

pub async fn a_thousand_rows_go_through_in_one_call(harness: &impl Harness) {
    async fn check<K: Changeable>(store: &dyn Store) {
        let make = Maker::default();
        let shop = Shop::open(store, &make).await;
        let before = count::<K>(store).await;
        let objects: Vec<_> = (0..ROWS).map(|_| K::another(&shop, &make)).collect();
        insert(store, &objects).await.unwrap();
        assert_eq!(count::<K>(store).await, before + ROWS as u64);

        let changed: Vec<_> = objects.iter().map(|object| object.changed(&make)).collect();
        let changes: Vec<_> = objects.iter().zip(&changed).map(|(was, now)| change(was, now)).collect();
        let ids = Selection::ids(&Scope::Everything, objects.iter().map(K::id));
        let query = Query { counted: true, ..Query::first(ids.clone(), 1000) };
        let mut work = store.begin().await.unwrap();
        K::repository(&mut *work).update(&changes).await.unwrap();
        work.commit().await.unwrap();
        let found = K::reader(store).list(&query).await.unwrap();
        assert_eq!(found.count, Some(ROWS as u64));
        // The newest come first.
        assert!(found.rows.iter().map(K::of).eq(changed.iter().rev()));

        let mut work = store.begin().await.unwrap();
        assert_eq!(K::repository(&mut *work).delete(&ids).await.unwrap(), ROWS as u64);
        work.commit().await.unwrap();
        assert_eq!(count::<K>(store).await, before);
    }
    for_every_numerous_kind!(harness, check);

    let store = &*harness.fresh().await;
    let make = Maker::default();
    let (order, event) = Shop::open(store, &make).await.order(&make);
    let entry = |_| OrderEvent { id: OrderEventId::new(make.id()), ..event.clone() };
    let entries: Vec<_> = (0..ROWS).map(entry).collect();
    let mut work = store.begin().await.unwrap();
    work.orders().insert(&[order]).await.unwrap();
    work.order_events().append(&entries).await.unwrap();
    work.commit().await.unwrap();
    let found = everything::<OrderEvent>(store).await.rows;
    assert!(found.iter().map(|details| &details.event).eq(entries.iter().rev()));

    let entries: Vec<_> = (0..ROWS).map(|_| make.audit_entry(None)).collect();
    let mut work = store.begin().await.unwrap();
    work.audit_entries().append(&entries).await.unwrap();
    work.commit().await.unwrap();
    let found = everything::<AuditEntry>(store).await.rows;
    assert!(found.iter().map(|details| &details.entry).eq(entries.iter().rev()));
}

/// A request to delete by filter names as many in the end.
pub async fn ten_thousand_ids_can_be_asked_for_at_once(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (order, _) = shop.order(&make);
    keep(store, &order).await;
    let unknown = (0..9_999).map(|_| make.id());
    let ids: Vec<Uuid> = unknown.chain([shop.customer.id().uuid()]).collect();
    let selection = Selection::ids(&Scope::Everything, ids.iter().copied());
    let found = store.customers().list(&Query::first(selection, 10_000)).await.unwrap();
    assert_eq!(found.rows, [shop.customer_details(&shop.customer)]);

    let theirs = Filter::new(OrderField::Customer, Test::In(ids.into_iter().map(Value::Id).collect()));
    let mut work = store.begin().await.unwrap();
    let theirs = Selection::new(&Scope::Everything, theirs.unwrap());
    assert_eq!(work.orders().count(&theirs).await.unwrap(), 1);
    assert_eq!(work.orders().delete(&theirs).await.unwrap(), 1);
    work.commit().await.unwrap();
    assert_eq!(count::<Order>(store).await, 0);
    assert_eq!(count::<Customer>(store).await, 1);
}
