//! Versions: of two who changed the same object, the second is told.

use orderdesk_application::ports::{Store, StoreError};

use crate::Harness;
use crate::builders::Maker;
use crate::kinds::{Changeable, change, delete, for_every_kind, insert, keep, stored, update};
use crate::outcome::assert_fails;
use crate::shop::Shop;

pub async fn a_stale_version_is_a_conflict(harness: &impl Harness) {
    async fn check<K: Changeable>(store: &dyn Store) {
        let make = Maker::default();
        let shop = Shop::open(store, &make).await;
        let first = K::another(&shop, &make);
        keep(store, &first).await;
        let second = first.changed(&make);
        update(store, &first, &second).await.unwrap();

        assert_fails!(update(store, &first, &first.changed(&make)).await, StoreError::Conflict);
        // Nor does a version help that nobody can have read.
        let third = second.changed(&make);
        assert_fails!(update(store, &third, &third.changed(&make)).await, StoreError::Conflict);

        assert_eq!(stored(store, &first).await, Some(second.clone()));
        update(store, &second, &third).await.unwrap();
        assert_eq!(stored(store, &first).await, Some(third));
    }
    for_every_kind!(harness, check);
}

pub async fn an_update_of_what_is_not_there_is_a_conflict(harness: &impl Harness) {
    async fn check<K: Changeable>(store: &dyn Store) {
        let make = Maker::default();
        let shop = Shop::open(store, &make).await;
        let never = K::another(&shop, &make);
        assert_fails!(update(store, &never, &never.changed(&make)).await, StoreError::Conflict);

        let gone = K::another(&shop, &make);
        keep(store, &gone).await;
        assert_eq!(delete(store, &gone).await.unwrap(), 1);
        assert_fails!(update(store, &gone, &gone.changed(&make)).await, StoreError::Conflict);
        assert_eq!(stored(store, &gone).await, None);
    }
    for_every_kind!(harness, check);
}

pub async fn of_several_updates_one_stale_stops_all(harness: &impl Harness) {
    async fn check<K: Changeable>(store: &dyn Store) {
        let make = Maker::default();
        let shop = Shop::open(store, &make).await;
        let objects: Vec<_> = (0..3).map(|_| K::another(&shop, &make)).collect();
        insert(store, &objects).await.unwrap();
        let newer = objects[1].changed(&make);
        update(store, &objects[1], &newer).await.unwrap();

        let mut work = store.begin().await.unwrap();
        let changes: Vec<_> = objects.iter().map(|object| change(object, &object.changed(&make))).collect();
        assert_fails!(K::repository(&mut *work).update(&changes).await, StoreError::Conflict);
        assert!(work.commit().await.is_err());

        for expected in [&objects[0], &newer, &objects[2]] {
            assert_eq!(stored(store, expected).await.as_ref(), Some(expected));
        }
    }
    for_every_kind!(harness, check);
}
