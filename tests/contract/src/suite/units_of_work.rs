//! Units of work: all of one or nothing, and nothing at all after an error.

use std::slice::from_ref;

use futures_util::future::join;
use orderdesk_application::Scope;
use orderdesk_application::ports::{Hit, Presented, Store, StoreError, Unique, UnitOfWork};
use orderdesk_application::query::Selection;
use orderdesk_domain::{
    Customer, Gateway, Hold, Item, Membership, Message, MessageTemplate, Order, Organization, Timestamp, User,
};
use tokio::task::yield_now;

use crate::Harness;
use crate::builders::{Maker, unknown_digest};
use crate::kinds::{
    Changeable, Writable, change, count, counted, for_every_kind, insert, keep, place, stored, update,
};
use crate::outcome::assert_fails;
use crate::records::held;
use crate::shop::Shop;

pub async fn own_writes_are_visible_inside(harness: &impl Harness) {
    async fn check<K: Changeable>(store: &dyn Store) {
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
    leaves_nothing(harness, async |work| drop(work)).await;
}

pub async fn a_unit_of_work_rolled_back_leaves_nothing(harness: &impl Harness) {
    leaves_nothing(harness, async |work: Box<dyn UnitOfWork>| work.rollback().await.unwrap()).await;
}

/// Asserts that after a unit of work that came to this end everything is as it was, and can be written.
async fn leaves_nothing(harness: &impl Harness, end: impl AsyncFnOnce(Box<dyn UnitOfWork>)) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let before = held(store).await;
    let (session, answer) = (make.session(shop.owner.id()).0, make.answer(shop.owner.id()));
    let report = make.report();
    let hold = Hold { gateway: Gateway::Twilio, remark: None, since: make.now(), until: make.now() };
    let mut work = store.begin().await.unwrap();
    everything_at_once(&mut *work, &make, &shop).await;
    work.access().add_session(&session).await.unwrap();
    work.access().keep_answer(&answer).await.unwrap();
    work.messaging().keep_report(&report).await.unwrap();
    work.messaging().hold(&hold).await.unwrap();
    end(work).await;

    assert_eq!(held(store).await, before);
    let credentials = store.credentials();
    assert_eq!(credentials.bearer(Presented::Session(&session.digest)).await.unwrap(), None);
    let kept = credentials.kept_answer(answer.user, &answer.key, Timestamp::EARLIEST).await.unwrap();
    assert_eq!(kept, None);
    let kept = store.outbox().kept_report(report.gateway, &report.reference).await.unwrap();
    assert_eq!(kept, None);
    assert_eq!(store.outbox().holds().await.unwrap(), []);
    place(store, &[shop.order(&make)]).await.unwrap();
    assert_eq!(count::<Order>(store).await, 1);
}

/// Adds, changes and deletes something of every kind.
async fn everything_at_once(work: &mut (dyn UnitOfWork + 'static), make: &Maker, shop: &Shop) {
    /// Adds two of a kind, changes one of them and deletes the other.
    async fn write<K: Changeable>(work: &mut (dyn UnitOfWork + 'static), make: &Maker, shop: &Shop) {
        let (one, other) = (K::another(shop, make), K::another(shop, make));
        let repository = K::repository(work);
        repository.insert(&[one.clone(), other.clone()]).await.unwrap();
        repository.update(&[change(&one, &one.changed(make))]).await.unwrap();
        repository.delete(&Selection::id(&Scope::Everything, other.id())).await.unwrap();
    }

    work.access().install(make.now()).await.unwrap();
    write::<Organization>(work, make, shop).await;
    write::<User>(work, make, shop).await;
    write::<Membership>(work, make, shop).await;
    write::<Customer>(work, make, shop).await;
    write::<Item>(work, make, shop).await;
    write::<Order>(work, make, shop).await;
    write::<Message>(work, make, shop).await;
    write::<MessageTemplate>(work, make, shop).await;
    work.customers().update(&[change(&shop.customer, &shop.customer.changed(make))]).await.unwrap();
    work.memberships().delete(&Selection::id(&Scope::Everything, shop.membership.id().uuid())).await.unwrap();
    work.api_tokens().insert(&[make.token(shop.owner.id()).0]).await.unwrap();
    let (order, event) = shop.order(make);
    work.orders().insert(&[order]).await.unwrap();
    work.order_events().append(&[event]).await.unwrap();
    work.audit_entries().append(&[make.audit_entry(Some(shop.organization.id()))]).await.unwrap();
    let message = make.message(&shop.customer);
    work.messages().insert(from_ref(&message)).await.unwrap();
    work.message_attempts().append(&[make.attempt(message.id())]).await.unwrap();
    work.messaging().opt_out(&make.opt_out(&make.phone())).await.unwrap();
}

pub async fn an_error_finishes_the_unit_of_work(harness: &impl Harness) {
    async fn check<K: Changeable>(store: &dyn Store) {
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
        assert!(work.access().install(make.now()).await.is_err());
        assert!(work.messaging().opt_out(&make.opt_out(&make.phone())).await.is_err());
        let attempt = make.attempt(make.message(&shop.customer).id());
        assert!(work.message_attempts().append(&[attempt]).await.is_err());
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
    async fn check<K: Changeable>(store: &dyn Store) {
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
    async fn check<K: Changeable>(store: &dyn Store) {
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
    let presented = store.credentials().bearer(Presented::Token(&unknown_digest())).await;
    assert_fails!(presented, StoreError::Unavailable(_));
    let hit = Hit { key: "somebody".to_owned(), period: 1 };
    let counted = store.rate_limiter().count(&[hit], make.now()).await;
    assert_fails!(counted, StoreError::Unavailable(_));
    let outbox = store.outbox();
    let claimed = outbox.claim(make.now(), make.now(), 1).await;
    assert_fails!(claimed, StoreError::Unavailable(_));
    assert_fails!(outbox.next_due().await, StoreError::Unavailable(_));
    assert_fails!(outbox.holds().await, StoreError::Unavailable(_));
}
