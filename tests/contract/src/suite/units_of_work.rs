//! Units of work: all of one or nothing, and nothing at all after an error.

use std::slice::from_ref;

use futures_util::future::join;
use orderdesk_application::Scope;
use orderdesk_application::ports::{Store, StoreError, Unique};
use orderdesk_application::query::Selection;
use orderdesk_domain::{Customer, Item, Order, OrderEvent};
use tokio::task::yield_now;

use crate::Harness;
use crate::builders::{Maker, unknown_digest};
use crate::kinds::{Writable, change, count, counted, for_every_kind, insert, keep, place, stored, update};
use crate::outcome::assert_fails;
use crate::shop::Shop;

pub async fn own_writes_are_visible_inside(harness: &impl Harness) {
    async fn check<K: Writable>(store: &dyn Store) {
        let make = Maker::default();
        let shop = Shop::open(store, &make).await;
        let before = count::<K>(store).await;
        let mut work = store.begin().await.unwrap();
        let repository = K::repository(&mut *work);
        let object = K::another(&shop, &make);
        let only = Selection::id(&Scope::Everything, object.id());

        repository.insert(from_ref(&object)).await.unwrap();
        let found = repository.find(&Scope::Everything, object.id()).await.unwrap().unwrap();
        assert_eq!(K::of(&found), &object);
        let all = repository.list(&counted(&Scope::Everything)).await.unwrap();
        assert_eq!(all.count, Some(before + 1));
        assert_eq!(all.rows.first(), Some(&found), "the newest comes first");

        let changed = object.changed(&make);
        repository.update(&[change(&object, &changed)]).await.unwrap();
        let found = repository.find(&Scope::Everything, object.id()).await.unwrap().unwrap();
        assert_eq!(K::of(&found), &changed);

        assert_eq!(repository.count(&only).await.unwrap(), 1);
        assert_eq!(repository.delete(&only).await.unwrap(), 1);
        assert_eq!(repository.count(&only).await.unwrap(), 0);
        assert_eq!(repository.delete(&only).await.unwrap(), 0);
        work.commit().await.unwrap();
        assert_eq!(count::<K>(store).await, before);
    }
    for_every_kind!(harness, check);
}

pub async fn a_dropped_unit_of_work_leaves_nothing(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    drop(everything_at_once(store, &make, &shop).await);
    assert_untouched(store, &make, &shop).await;
}

pub async fn a_unit_of_work_rolled_back_leaves_nothing(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    everything_at_once(store, &make, &shop).await.rollback().await.unwrap();
    assert_untouched(store, &make, &shop).await;
}

/// A unit of work that has added, changed and deleted something of every kind.
async fn everything_at_once(
    store: &dyn Store,
    make: &Maker,
    shop: &Shop,
) -> Box<dyn orderdesk_application::ports::UnitOfWork> {
    let mut work = store.begin().await.unwrap();
    let doomed = Customer::another(shop, make);
    work.accounts().add_user(&make.user()).await.unwrap();
    work.accounts().add_organization(&make.organization()).await.unwrap();
    work.customers().insert(&[Customer::another(shop, make), doomed.clone()]).await.unwrap();
    work.customers().update(&[change(&shop.customer, &shop.customer.changed(make))]).await.unwrap();
    work.customers().delete(&Selection::id(&Scope::Everything, doomed.id().uuid())).await.unwrap();
    work.items().insert(&[Item::another(shop, make)]).await.unwrap();
    let (order, event) = shop.order(make);
    work.orders().insert(from_ref(&order)).await.unwrap();
    work.order_events().append(&[event]).await.unwrap();
    work.orders().update(&[change(&order, &order.changed(make))]).await.unwrap();
    work
}

/// Asserts that the shop is as it was opened, and that its store can be written.
async fn assert_untouched(store: &dyn Store, make: &Maker, shop: &Shop) {
    assert_eq!(count::<Customer>(store).await, 1);
    assert_eq!(count::<Item>(store).await, 1);
    assert_eq!(count::<Order>(store).await, 0);
    assert_eq!(count::<OrderEvent>(store).await, 0);
    assert_eq!(stored(store, &shop.customer).await.as_ref(), Some(&shop.customer));
    place(store, &[shop.order(make)]).await.unwrap();
    assert_eq!(count::<Order>(store).await, 1);
}

pub async fn an_error_finishes_the_unit_of_work(harness: &impl Harness) {
    async fn check<K: Writable>(store: &dyn Store) {
        let make = Maker::default();
        let shop = Shop::open(store, &make).await;
        let old = K::another(&shop, &make);
        keep(store, &old).await;
        let new = K::another(&shop, &make);

        let mut work = store.begin().await.unwrap();
        let repository = K::repository(&mut *work);
        repository.insert(from_ref(&new)).await.unwrap();
        let again = repository.insert(from_ref(&old)).await;
        assert_fails!(again, StoreError::AlreadyExists(Unique::Id));
        assert!(repository.insert(&[K::another(&shop, &make)]).await.is_err());
        assert!(repository.update(&[change(&old, &old.changed(&make))]).await.is_err());
        let selection = Selection::id(&Scope::Everything, old.id());
        assert!(repository.count(&selection).await.is_err());
        assert!(repository.delete(&selection).await.is_err());
        assert!(repository.list(&counted(&Scope::Everything)).await.is_err());
        assert!(work.accounts().add_user(&make.user()).await.is_err());
        assert!(work.commit().await.is_err());

        assert_eq!(stored(store, &new).await, None);
        assert_eq!(stored(store, &old).await, Some(old.clone()));

        // A finished unit of work may also be rolled back, and stands in nobody's way.
        let mut work = store.begin().await.unwrap();
        let repository = K::repository(&mut *work);
        assert_fails!(repository.update(&[change(&new, &new.changed(&make))]).await, StoreError::Conflict);
        work.rollback().await.unwrap();
        update(store, &old, &old.changed(&make)).await.unwrap();
    }
    for_every_kind!(harness, check);
}

pub async fn a_slice_that_fails_leaves_nothing(harness: &impl Harness) {
    async fn check<K: Writable>(store: &dyn Store) {
        let make = Maker::default();
        let shop = Shop::open(store, &make).await;
        let before = count::<K>(store).await;
        let twice = K::another(&shop, &make);
        let slice = [K::another(&shop, &make), twice.clone(), K::another(&shop, &make), twice];
        assert_fails!(insert(store, &slice).await, StoreError::AlreadyExists(Unique::Id));
        assert_eq!(count::<K>(store).await, before);
    }
    for_every_kind!(harness, check);
}

pub async fn nothing_at_all_can_be_written_and_committed(harness: &impl Harness) {
    async fn check<K: Writable>(store: &dyn Store) {
        let mut work = store.begin().await.unwrap();
        K::repository(&mut *work).insert(&[]).await.unwrap();
        K::repository(&mut *work).update(&[]).await.unwrap();
        let nothing = Selection::ids(&Scope::Everything, []);
        assert_eq!(K::repository(&mut *work).delete(&nothing).await.unwrap(), 0);
        work.order_events().append(&[]).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(count::<K>(store).await, 0);
    }
    for_every_kind!(harness, check);
}

pub async fn a_store_is_ready_until_it_is_closed_after_the_work_in_progress(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    store.ready().await.unwrap();

    let mut work = store.begin().await.unwrap();
    work.items().insert(&[Item::another(&shop, &make)]).await.unwrap();
    let (closed, committed) = join(store.close(), async {
        yield_now().await;
        work.commit().await
    })
    .await;
    committed.unwrap();
    closed.unwrap();

    assert_fails!(store.ready().await, StoreError::Unavailable(_));
    assert_fails!(store.begin().await.map(drop), StoreError::Unavailable(_));
    let query = counted(&Scope::Everything);
    assert_fails!(store.customers().list(&query).await, StoreError::Unavailable(_));
    assert_fails!(store.credentials().principal(&unknown_digest()).await, StoreError::Unavailable(_));
}
