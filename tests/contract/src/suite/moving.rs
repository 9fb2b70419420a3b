//! Moving: a snapshot shows everything that there was at one moment, and an empty store is filled with all of it or
//! with nothing.

use std::slice::from_ref;

use orderdesk_application::ports::{Filling, Presented, Record, RecordKind, Store, StoreError, Unique};
use orderdesk_domain::{
    Customer, Item, ItemId, Order, OrderEvent, OrderEventId, OrderId, OrderLine, OrderStatus, Organization,
    OrganizationId, Standing, TokenSecret, User, UserId,
};
use uuid::Uuid;

use crate::Harness;
use crate::builders::{Maker, free_line, item_name, odd_texts, person, price, quantity};
use crate::kinds::{count, everything, find, keep, place, stored, update};
use crate::outcome::assert_fails;
use crate::records::{all, held, pages, whole};
use crate::shop::Shop;

/// A store with some of everything, and a token of the first shop's owner.
async fn furnish(store: &dyn Store, make: &Maker) -> (Shop, TokenSecret) {
    let [shop, other] = [Shop::open(store, make).await, Shop::open(store, make).await];
    let (token, secret) = make.token(shop.owner.id());
    let mut work = store.begin().await.unwrap();
    work.access().install(make.now()).await.unwrap();
    work.api_tokens().insert(&[token, make.token(other.owner.id()).0]).await.unwrap();
    let elsewhere = make.membership(other.organization.id(), shop.owner.id(), Standing::Viewer);
    work.memberships().insert(&[elsewhere]).await.unwrap();
    work.audit_entries().append(&[make.audit_entry(None), make.audit_entry(None)]).await.unwrap();
    work.commit().await.unwrap();

    for odd in odd_texts().into_iter().step_by(7) {
        let mut profile = make.profile();
        profile.first_name = person(&odd);
        let id = orderdesk_domain::CustomerId::new(make.id());
        let customer = Customer::register(id, shop.organization.id(), profile, Some(shop.owner.id()));
        keep(store, &customer).await;
        let (order, placed) = make.order(&customer, OrderLine { item: item_name(&odd), ..shop.line() });
        place(store, &[(order.clone(), placed)]).await.unwrap();
        let mut later = order.clone();
        let line = OrderLine { quantity: quantity(7), price: price("0.25", "USD"), ..free_line("Salt") };
        let by = Some(shop.owner.id());
        let events = [
            later.amend(line, make.act(by)).unwrap().unwrap(),
            later.transition(OrderStatus::Closed, make.act(by)).unwrap().unwrap(),
        ];
        update(store, &order, &later).await.unwrap();
        let mut work = store.begin().await.unwrap();
        work.order_events().append(&events).await.unwrap();
        work.commit().await.unwrap();
    }
    // Of any age, the extremes among them.
    for id in [Uuid::nil(), Uuid::from_u128(1), Uuid::max()] {
        let (order, placed) = other.order(make);
        let order = Order::restore(
            OrderId::new(id),
            order.organization(),
            order.customer(),
            order.line().clone(),
            order.state(),
            None,
            order.updated_at(),
            order.version(),
        );
        let placed = OrderEvent { id: OrderEventId::new(id), order: order.id(), ..placed };
        place(store, &[(order, placed)]).await.unwrap();
    }
    (shop, secret)
}

/// Adds `records`, at most `step` at once, all of one kind.
async fn add(filling: &mut dyn Filling, records: &[Record], step: usize) {
    for same in records.chunk_by(|one, other| one.kind() == other.kind()) {
        for some in same.chunks(step) {
            filling.add(some.to_vec()).await.unwrap();
        }
    }
}

/// A store that was filled with `records`.
async fn filled(harness: &impl Harness, records: &[Record]) -> std::sync::Arc<dyn Store> {
    let store = harness.fresh().await;
    let mut filling = store.fill().await.unwrap();
    add(&mut *filling, records, 100).await;
    filling.finish().await.unwrap();
    store
}

pub async fn a_snapshot_shows_everything_in_order_whatever_the_size_of_its_pages(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    furnish(store, &make).await;
    let snapshot = &mut *store.snapshot().await.unwrap();
    for kind in RecordKind::ALL {
        let whole = whole(snapshot, kind).await;
        assert!(whole.iter().all(|record| record.kind() == kind), "{kind:?}");
        assert_eq!(snapshot.count(kind).await.unwrap(), whole.len() as u64, "{kind:?}");
        let ascend = whole.windows(2).all(|pair| pair[0].key() < pair[1].key());
        assert!(ascend && !whole.is_empty(), "{kind:?}");
        for limit in [1, 2, 3, 7] {
            assert_eq!(pages(snapshot, kind, limit).await, whole, "{kind:?} by {limit}");
        }
    }
    assert_eq!(snapshot.count(RecordKind::Installation).await.unwrap(), 1);
    assert_eq!(snapshot.count(RecordKind::Order).await.unwrap(), count::<Order>(store).await);
    let details = everything::<OrderEvent>(store).await;
    assert_eq!(snapshot.count(RecordKind::OrderEvent).await.unwrap(), details.count.unwrap());
}

pub async fn a_snapshot_of_an_empty_store_is_empty(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    assert_eq!(held(store).await, []);
    let snapshot = &mut *store.snapshot().await.unwrap();
    for kind in RecordKind::ALL {
        assert_eq!(snapshot.count(kind).await.unwrap(), 0, "{kind:?}");
    }
}

pub async fn a_snapshot_does_not_see_what_is_written_later(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let (shop, _) = furnish(store, &make).await;
    let before = held(store).await;
    let mut snapshot = store.snapshot().await.unwrap();

    place(store, &[shop.order(&make)]).await.unwrap();
    let mut renamed = shop.customer.clone();
    assert!(renamed.revise(make.profile(), make.now()));
    update(store, &shop.customer, &renamed).await.unwrap();
    let mut work = store.begin().await.unwrap();
    let user = make.user();
    work.users().insert(from_ref(&user)).await.unwrap();
    work.api_tokens().insert(&[make.token(user.id()).0]).await.unwrap();
    work.commit().await.unwrap();

    assert_eq!(all(&mut *snapshot).await, before);
    drop(snapshot);
    let after = held(store).await;
    assert_eq!(after.len(), before.len() + 4);
    assert!(after.contains(&Record::Customer(renamed)));
}

pub async fn a_filled_store_shows_what_the_source_showed(harness: &impl Harness) {
    let source = &*harness.fresh().await;
    let make = Maker::default();
    furnish(source, &make).await;
    let records = held(source).await;
    for step in [1, 3, 1000] {
        let target = &*harness.fresh().await;
        let mut filling = target.fill().await.unwrap();
        add(&mut *filling, &records, step).await;
        let mut shown = Vec::new();
        for kind in RecordKind::ALL {
            let kept = pages(&mut *filling, kind, 5).await;
            assert_eq!(filling.count(kind).await.unwrap(), kept.len() as u64, "{kind:?}");
            shown.extend(kept);
        }
        assert_eq!(shown, records, "the filling itself, {step} at once");
        filling.finish().await.unwrap();
        assert_eq!(held(target).await, records, "the store, {step} at once");
    }
}

pub async fn what_was_moved_works(harness: &impl Harness) {
    let source = &*harness.fresh().await;
    let make = Maker::default();
    let (shop, secret) = furnish(source, &make).await;
    let target = &*filled(harness, &held(source).await).await;

    let digest = secret.digest();
    let was = source.credentials().bearer(Presented::Token(&digest)).await.unwrap();
    let is = target.credentials().bearer(Presented::Token(&digest)).await.unwrap();
    assert_eq!(is.as_ref().unwrap().memberships.len(), 2);
    assert_eq!(is, was);
    assert_eq!(everything::<Customer>(target).await, everything::<Customer>(source).await);
    assert_eq!(everything::<Item>(target).await, everything::<Item>(source).await);
    assert_eq!(everything::<Order>(target).await, everything::<Order>(source).await);
    assert_eq!(everything::<OrderEvent>(target).await, everything::<OrderEvent>(source).await);

    let (order, event) = shop.order(&make);
    place(target, &[(order.clone(), event.clone())]).await.unwrap();
    let found = find::<Order>(target, order.id().uuid()).await;
    assert_eq!(found, Some(shop.order_details(&order, &shop.customer)));
    let mut renamed = shop.customer.clone();
    assert!(renamed.revise(make.profile(), make.now()));
    update(target, &shop.customer, &renamed).await.unwrap();
    let mut work = target.begin().await.unwrap();
    assert_fails!(work.access().install(make.now()).await, StoreError::AlreadyExists(Unique::Installation));
    drop(work);
    let mut work = target.begin().await.unwrap();
    let mut twin = make.customer(shop.organization.id());
    twin.revise(renamed.profile().clone(), make.now());
    let insertion = work.customers().insert(&[twin]).await;
    assert_fails!(insertion, StoreError::AlreadyExists(Unique::CustomerCode));
}

pub async fn a_store_that_holds_anything_is_not_filled_and_stays_as_it_is(harness: &impl Harness) {
    let make = Maker::default();
    let store = &*harness.fresh().await;
    let shop = Shop::open(store, &make).await;
    let before = held(store).await;
    assert_fails!(store.fill().await.map(drop), StoreError::NotEmpty);
    assert_eq!(held(store).await, before);
    place(store, &[shop.order(&make)]).await.unwrap();

    let store = &*harness.fresh().await;
    let mut work = store.begin().await.unwrap();
    work.access().install(make.now()).await.unwrap();
    work.commit().await.unwrap();
    assert_fails!(store.fill().await.map(drop), StoreError::NotEmpty, "there is no more than the mark");

    let store = &*harness.fresh().await;
    let mut work = store.begin().await.unwrap();
    work.users().insert(&[make.user()]).await.unwrap();
    work.commit().await.unwrap();
    assert_fails!(store.fill().await.map(drop), StoreError::NotEmpty, "there is no more than a user");
}

pub async fn a_filling_that_is_dropped_leaves_nothing_and_can_be_done_again(harness: &impl Harness) {
    let source = &*harness.fresh().await;
    furnish(source, &Maker::default()).await;
    let records = held(source).await;
    let target = &*harness.fresh().await;
    for parts in [0, 1, 2] {
        let mut filling = target.fill().await.unwrap();
        add(&mut *filling, &records[..records.len() * parts / 2], 10).await;
        drop(filling);
    }
    let mut filling = target.fill().await.unwrap();
    add(&mut *filling, &records, 10).await;
    filling.finish().await.unwrap();
    assert_eq!(held(target).await, records);
}

pub async fn an_empty_filling_leaves_an_empty_store_that_works(harness: &impl Harness) {
    let store = &*filled(harness, &[]).await;
    assert_eq!(held(store).await, []);
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    assert_eq!(stored(store, &shop.customer).await.as_ref(), Some(&shop.customer));
}

/// What a shop and its order are as records.
struct Records {
    make: Maker,
    organization: Organization,
    user: User,
    customer: Customer,
    item: Item,
    order: Order,
    event: OrderEvent,
}

impl Records {
    fn new() -> Self {
        let make = Maker::default();
        let (organization, user) = (make.organization(), make.user());
        let (customer, item) = (make.customer(organization.id()), make.item(organization.id()));
        let (order, event) = make.order(&customer, OrderLine::of(&item, quantity(1)));
        Self { make, organization, user, customer, item, order, event }
    }

    fn all(&self) -> Vec<Record> {
        vec![
            Record::Organization(self.organization.clone()),
            Record::User(self.user.clone()),
            Record::Customer(self.customer.clone()),
            Record::Item(self.item.clone()),
            Record::Order(self.order.clone()),
            Record::OrderEvent(self.event.clone()),
        ]
    }
}

/// Adds `records`, then the last one, which must fail, and answers how. The store is filled no further.
async fn refused(harness: &impl Harness, records: &[Record], last: Record) -> StoreError {
    let store = &*harness.fresh().await;
    let mut filling = store.fill().await.unwrap();
    add(&mut *filling, records, 100).await;
    let error = filling.add(vec![last]).await.unwrap_err();
    drop(filling);
    // Of all that came before nothing is left, so that all of it can come again.
    let mut filling = store.fill().await.unwrap();
    add(&mut *filling, records, 100).await;
    filling.finish().await.unwrap();
    assert_eq!(held(store).await.len(), records.len());
    error
}

pub async fn a_record_that_refers_to_nothing_is_not_taken(harness: &impl Harness) {
    let it = Records::new();
    let make = &it.make;
    let (nobody, nowhere) = (UserId::new(make.id()), OrganizationId::new(make.id()));
    let (user, organization) = (it.user.id(), it.organization.id());
    let membership =
        |user, organization| Record::Membership(make.membership(organization, user, Standing::Member));
    let other = make.organization();
    let elsewhere = make.item(other.id());
    let (stranger, placed) = make.order(&make.customer(organization), free_line("Soap"));
    let line = |id| OrderLine { item_id: Some(id), ..free_line("Soap") };
    let (unlisted, _) = make.order(&it.customer, line(ItemId::new(make.id())));
    let (foreign, _) = make.order(&it.customer, line(elsewhere.id()));
    let author = Customer::register(it.customer.id(), organization, make.profile(), Some(nobody));
    let actor = OrderEvent { by: Some(nobody), ..it.event.clone() };
    let all = it.all();
    let foreign_item = [&all[..1], &[Record::Organization(other)], &all[1..4], &[Record::Item(elsewhere)]];
    for (before, last) in [
        (all[..2].to_vec(), membership(nobody, organization)),
        (all[..2].to_vec(), membership(user, nowhere)),
        (all[..2].to_vec(), Record::ApiToken(make.token(nobody).0)),
        (all[..2].to_vec(), Record::Customer(make.customer(nowhere))),
        (all[..2].to_vec(), Record::Customer(author)),
        (all[..3].to_vec(), Record::Item(make.item(nowhere))),
        (all[..4].to_vec(), Record::Order(stranger)),
        (all[..4].to_vec(), Record::Order(unlisted)),
        (foreign_item.concat(), Record::Order(foreign)),
        (all[..5].to_vec(), Record::OrderEvent(placed)),
        (all[..5].to_vec(), Record::OrderEvent(actor)),
    ] {
        let kind = last.kind();
        assert_fails!(
            Err::<(), _>(refused(harness, &before, last).await),
            StoreError::Referenced,
            "{kind:?}"
        );
    }
}

pub async fn a_record_that_is_there_already_is_not_taken(harness: &impl Harness) {
    let it = Records::new();
    let all = it.all();
    let organization = it.organization.id();
    let mut namesake = it.make.customer(organization);
    namesake.revise(it.customer.profile().clone(), it.make.now());
    let mut copy = it.make.item(organization);
    copy.revise(it.item.listing().clone(), it.make.now());
    let (token, _) = it.make.token(it.user.id());
    let again =
        orderdesk_domain::ApiToken { id: orderdesk_domain::TokenId::new(it.make.id()), ..token.clone() };
    let tokens = [&all[..2], &[Record::ApiToken(token)]].concat();
    let membership = || Record::Membership(it.make.membership(organization, it.user.id(), Standing::Member));
    let members = [&all[..2], &[membership()]].concat();
    let installed = Record::Installation(it.make.now());
    for (before, last, unique) in [
        (vec![installed.clone()], installed, Unique::Installation),
        (all[..1].to_vec(), all[0].clone(), Unique::Id),
        (all[..2].to_vec(), all[1].clone(), Unique::Id),
        (members, membership(), Unique::Membership),
        (tokens, Record::ApiToken(again), Unique::Id),
        (all[..3].to_vec(), all[2].clone(), Unique::Id),
        (all[..3].to_vec(), Record::Customer(namesake), Unique::CustomerCode),
        (all[..4].to_vec(), Record::Item(copy), Unique::ItemName),
        (all[..5].to_vec(), all[4].clone(), Unique::Id),
        (all.clone(), all[5].clone(), Unique::Id),
    ] {
        let kind = last.kind();
        match refused(harness, &before, last).await {
            StoreError::AlreadyExists(found) if found == unique => {}
            other => panic!("{kind:?}: expected {unique:?}, got {other:?}"),
        }
    }
}

pub async fn history_may_name_an_item_that_is_gone(harness: &impl Harness) {
    let it = Records::new();
    let line = OrderLine { item_id: Some(ItemId::new(it.make.id())), ..it.event.line.clone() };
    let event = OrderEvent { line, ..it.event.clone() };
    let records = [&it.all()[..5], &[Record::OrderEvent(event)]].concat();
    let store = &*filled(harness, &records).await;
    assert_eq!(held(store).await, records);
}
