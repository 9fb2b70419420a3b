//! Moving: a snapshot shows everything that there was at one moment, and an empty store is filled with all of it or
//! with nothing.

use std::slice::from_ref;

use orderdesk_application::ports::{Hit, Presented, Record, RecordKind, Store, StoreError, Unique};
use orderdesk_domain::{
    Account, Actor, ApiToken, AttemptOutcome, AuditEntry, Charter, Credential, Customer, CustomerId, Gateway,
    Hold, Item, Membership, Message, MessageAttempt, MessageId, MessageTemplate, Order, OrderEvent,
    OrderEventId, OrderId, OrderLine, OrderStatus, Organization, SessionId, Standing, Timestamp, TokenSecret,
    User, UserId,
};
use uuid::Uuid;

use crate::Harness;
use crate::builders::{
    Maker, cost, free_line, item_name, message_states, odd_texts, person, price, quantity, quiet_hours,
    remark, scopes, time,
};
use crate::kinds::{change, committed, count, everything, find, keep, place, stored, update};
use crate::outcome::assert_fails;
use crate::records::{add, all, filled, held, pages, whole};
use crate::shop::Shop;

/// A store with some of everything, and a token of the first shop's owner.
async fn furnish(store: &dyn Store, make: &Maker) -> (Shop, TokenSecret) {
    let [shop, other] = [Shop::open(store, make).await, Shop::open(store, make).await];
    let (token, secret) = make.token(shop.owner.id());
    let bound = ApiToken {
        organization: Some(other.organization.id()),
        scopes: scopes("orders:read items:write"),
        expires_at: Some(Timestamp::LATEST),
        last_used_at: Some(make.now()),
        ..make.token(other.owner.id()).0
    };
    let account = Account { email: Some(make.email()), is_staff: true, is_active: false, ..make.account() };
    let known = User::enrol(UserId::new(make.id()), Some(make.identity()), account);
    let mut grown = other.organization.clone();
    grown.admit(Standing::Viewer, make.now());
    let memberships = [
        make.membership(other.organization.id(), shop.owner.id(), Standing::Viewer),
        make.membership(shop.organization.id(), known.id(), Standing::Guest(shop.customer.id())),
        make.invitation(other.organization.id(), Standing::Admin),
    ];
    let actor = |credential| Actor {
        user: Some(shop.owner.id()),
        credential,
        address: Some("2001:db8::1".parse().unwrap()),
    };
    let credentials = [
        Credential::Token(bound.id),
        Credential::Session(SessionId::new(make.id())),
        Credential::Issuer(make.identity().issuer),
        Credential::Local,
    ];
    let entry = |credential| AuditEntry {
        actor: actor(credential),
        before: None,
        ..make.audit_entry(Some(shop.organization.id()))
    };
    let mut entries = credentials.map(entry).to_vec();
    entries.push(AuditEntry { after: None, ..make.audit_entry(None) });
    let mut work = store.begin().await.unwrap();
    work.access().install(make.now()).await.unwrap();
    work.users().insert(&[known]).await.unwrap();
    work.organizations().update(&[change(&other.organization, &grown)]).await.unwrap();
    work.api_tokens().insert(&[token, bound]).await.unwrap();
    work.memberships().insert(&memberships).await.unwrap();
    work.audit_entries().append(&entries).await.unwrap();
    work.commit().await.unwrap();

    for odd in odd_texts().into_iter().step_by(7) {
        let mut profile = make.profile();
        profile.first_name = person(&odd);
        let id = CustomerId::new(make.id());
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
    post(store, make, &shop, &other).await;
    (shop, secret)
}

/// Messages that stand anywhere, with attempts; templates; numbers that get none; and quiet hours.
async fn post(store: &dyn Store, make: &Maker, shop: &Shop, other: &Shop) {
    let states = message_states(make.now());
    let mut messages: Vec<_> =
        states.into_iter().map(|state| make.message_in(&shop.customer, state)).collect();
    for id in [Uuid::nil(), Uuid::max()] {
        let message = make.message(&other.customer);
        let (letter, course) = (message.letter().clone(), message.course().clone());
        messages.push(Message::restore(MessageId::new(id), letter, course, make.now(), message.version()));
    }
    let mut attempts: Vec<_> = messages.iter().map(|message| make.attempt(message.id())).collect();
    let lost = MessageAttempt {
        gateway: None,
        outcome: AttemptOutcome::Lost,
        reference: None,
        ..make.attempt(messages[0].id())
    };
    let told = MessageAttempt {
        outcome: AttemptOutcome::Held,
        code: Some(remark("405")),
        cost: Some(cost(7_500, "USD")),
        error: Some(remark("InsufficientBalance")),
        ..make.attempt(messages[0].id())
    };
    attempts.extend([lost, told]);
    let templates = [make.template(shop.organization.id()), make.template(other.organization.id())];
    let was = everything::<Organization>(store).await.rows.pop().unwrap().organization;
    let mut quiet = was.clone();
    let hours = Some(quiet_hours("21:00-07:00"));
    assert!(quiet.revise(Charter { quiet_hours: hours, ..was.charter().clone() }, make.now()));

    let mut work = store.begin().await.unwrap();
    work.messages().insert(&messages).await.unwrap();
    work.message_attempts().append(&attempts).await.unwrap();
    work.message_templates().insert(&templates).await.unwrap();
    for _ in 0..3 {
        work.messaging().opt_out(&make.opt_out(&make.phone())).await.unwrap();
    }
    work.organizations().update(&[change(&was, &quiet)]).await.unwrap();
    work.commit().await.unwrap();
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
    assert_eq!(everything::<Organization>(target).await, everything::<Organization>(source).await);
    assert_eq!(everything::<User>(target).await, everything::<User>(source).await);
    assert_eq!(everything::<Membership>(target).await, everything::<Membership>(source).await);
    assert_eq!(everything::<ApiToken>(target).await, everything::<ApiToken>(source).await);
    assert_eq!(everything::<AuditEntry>(target).await, everything::<AuditEntry>(source).await);
    assert_eq!(everything::<Message>(target).await, everything::<Message>(source).await);
    assert_eq!(everything::<MessageAttempt>(target).await, everything::<MessageAttempt>(source).await);
    assert_eq!(everything::<MessageTemplate>(target).await, everything::<MessageTemplate>(source).await);

    the_outbox_works(source, target).await;

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

/// Asserts that messages wait, are found and are given to workers in `target` as they are in `source`.
async fn the_outbox_works(source: &dyn Store, target: &dyn Store) {
    let numbers: Vec<_> = held(source)
        .await
        .into_iter()
        .filter_map(|record| match record {
            Record::OptOut(opt_out) => Some(opt_out.number),
            _ => None,
        })
        .collect();
    assert_eq!(target.outbox().opted_out(&numbers).await.unwrap().len(), numbers.len());
    let backlog = source.outbox().backlog().await.unwrap();
    assert_eq!((backlog.queued, backlog.sending), (3, 1));
    assert_eq!(target.outbox().backlog().await.unwrap(), backlog);
    let sent = everything::<Message>(source).await.rows.into_iter().map(|details| details.message);
    let sent = sent.rev().find(|message| message.course().reference.is_some()).unwrap();
    let (gateway, reference) = (sent.course().gateway.unwrap(), sent.course().reference.clone().unwrap());
    let mut work = target.begin().await.unwrap();
    assert_eq!(work.messaging().called(gateway, &reference).await.unwrap(), Some(sent));
    drop(work);
    for message in target.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 100).await.unwrap() {
        let was = stored(source, &message).await.unwrap();
        assert!(was.clone().claim(Timestamp::LATEST, Timestamp::LATEST).is_ok());
        assert_eq!(message.version().number(), was.version().number() + 1);
    }
    assert_eq!(target.outbox().backlog().await.unwrap().queued, 0);
}

pub async fn what_is_of_the_day_is_not_moved(harness: &impl Harness) {
    let source = &*harness.fresh().await;
    let make = Maker::default();
    let (shop, _) = furnish(source, &make).await;
    let (session, _) = make.session(shop.owner.id());
    let answer = make.answer(shop.owner.id());
    let hit = [Hit { key: "user 1".to_owned(), period: 1_000 }];
    let mut work = source.begin().await.unwrap();
    work.access().add_session(&session).await.unwrap();
    work.access().keep_answer(&answer).await.unwrap();
    work.commit().await.unwrap();
    source.rate_limiter().count(&hit, time(0)).await.unwrap();
    let report = make.report();
    let hold = Hold { gateway: Gateway::Twilio, remark: None, since: make.now(), until: make.now() };
    committed(source, async |work| {
        work.messaging().keep_report(&report).await?;
        work.messaging().hold(&hold).await
    })
    .await;

    let target = &*filled(harness, &held(source).await).await;
    let credentials = target.credentials();
    assert_eq!(credentials.bearer(Presented::Session(&session.digest)).await.unwrap(), None);
    let kept = credentials.kept_answer(answer.user, &answer.key, Timestamp::EARLIEST).await.unwrap();
    assert_eq!(kept, None);
    assert_eq!(target.rate_limiter().count(&hit, time(0)).await.unwrap()[0].calls, 1);
    assert_eq!(target.outbox().holds().await.unwrap(), []);
    let kept = target.outbox().kept_report(report.gateway, &report.reference).await.unwrap();
    assert_eq!(kept, None);
    // And it works there.
    let mut work = target.begin().await.unwrap();
    work.access().add_session(&session).await.unwrap();
    work.access().keep_answer(&answer).await.unwrap();
    work.commit().await.unwrap();
    assert!(credentials.bearer(Presented::Session(&session.digest)).await.unwrap().is_some());
}

pub async fn what_is_of_the_day_does_not_keep_a_store_from_being_filled(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let hit = [Hit { key: "user 1".to_owned(), period: 1_000 }];
    store.rate_limiter().count(&hit, time(0)).await.unwrap();
    let make = Maker::default();
    let hold = Hold { gateway: Gateway::Twilio, remark: None, since: make.now(), until: make.now() };
    committed(store, async |work| {
        work.messaging().keep_report(&make.report()).await?;
        work.messaging().hold(&hold).await
    })
    .await;
    let filling = store.fill().await.unwrap();
    filling.finish().await.unwrap();
    assert_eq!(held(store).await, []);
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

    let store = &*harness.fresh().await;
    let mut work = store.begin().await.unwrap();
    work.audit_entries().append(&[make.audit_entry(None)]).await.unwrap();
    work.commit().await.unwrap();
    assert_fails!(store.fill().await.map(drop), StoreError::NotEmpty, "there is no more than an entry");

    let store = &*harness.fresh().await;
    let number = make.phone();
    committed(store, async |work| work.messaging().opt_out(&make.opt_out(&number)).await).await;
    assert_fails!(store.fill().await.map(drop), StoreError::NotEmpty, "there is no more than a number");
    assert_eq!(store.outbox().opted_out(from_ref(&number)).await.unwrap(), [number]);
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
