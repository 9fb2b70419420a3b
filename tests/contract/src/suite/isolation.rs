//! Isolation: readers see what is committed, all of it at once, and wait for no writer.

use std::slice::from_ref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join;
use orderdesk_application::Scope;
use orderdesk_application::ports::{Backlog, Presented, Store};
use orderdesk_application::query::{Rows, Selection};
use orderdesk_application::views::{ItemDetails, OrderDetails};
use orderdesk_domain::{
    AuditEntry, Gateway, Hold, Item, Message, MessageAttempt, MessageTemplate, Order, OrderEvent, OrderLine,
    Profile, Timestamp,
};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::Harness;
use crate::builders::{Maker, item_name, person};
use crate::kinds::{Changeable, Readable, change, count, everything, insert, place, stored};
use crate::outcome::persist;
use crate::shop::Shop;

/// Far less than a writer may keep another waiting.
const AT_ONCE: Duration = Duration::from_secs(2);

/// How often something is written under the eyes of the readers.
const ROUNDS: usize = 100;

pub async fn nothing_uncommitted_is_visible_and_no_reader_waits(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (order, event) = shop.order(&make);
    let changed = shop.customer.changed(&make);
    let user = make.user();
    let (token, _) = make.token(user.id());
    let presented = Presented::Token(&token.digest);
    let answer = make.answer(shop.owner.id());
    let (message, number, report) = (make.message(&shop.customer), make.phone(), make.report());
    let hold = Hold { gateway: Gateway::Twilio, remark: None, since: make.now(), until: make.now() };
    let outbox = store.outbox();
    let kept = async || {
        let (user, since) = (answer.user, Timestamp::EARLIEST);
        store.credentials().kept_answer(user, &answer.key, since).await.unwrap().is_some()
    };

    let mut work = store.begin().await.unwrap();
    work.customers().update(&[change(&shop.customer, &changed)]).await.unwrap();
    work.items().insert(&[make.item(shop.organization.id())]).await.unwrap();
    work.orders().insert(&[order]).await.unwrap();
    work.order_events().append(&[event]).await.unwrap();
    work.users().insert(from_ref(&user)).await.unwrap();
    work.api_tokens().insert(from_ref(&token)).await.unwrap();
    work.audit_entries().append(&[make.audit_entry(None)]).await.unwrap();
    work.access().keep_answer(&answer).await.unwrap();
    work.messages().insert(from_ref(&message)).await.unwrap();
    work.message_attempts().append(&[make.attempt(message.id())]).await.unwrap();
    work.message_templates().insert(&[make.template(shop.organization.id())]).await.unwrap();
    work.messaging().opt_out(&make.opt_out(&number)).await.unwrap();
    work.messaging().keep_report(&report).await.unwrap();
    work.messaging().hold(&hold).await.unwrap();
    let readers_look = async {
        assert_eq!(stored(store, &shop.customer).await.as_ref(), Some(&shop.customer));
        assert_eq!(count::<Item>(store).await, 1);
        assert_eq!(count::<Order>(store).await, 0);
        assert_eq!(count::<OrderEvent>(store).await, 0);
        assert_eq!(count::<AuditEntry>(store).await, 0);
        assert_eq!(store.credentials().bearer(presented).await.unwrap(), None);
        assert!(!kept().await);
        assert_eq!(count::<Message>(store).await, 0);
        assert_eq!(count::<MessageAttempt>(store).await, 0);
        assert_eq!(count::<MessageTemplate>(store).await, 0);
        assert_eq!(outbox.next_due().await.unwrap(), None);
        assert_eq!(outbox.backlog().await.unwrap(), Backlog::default());
        assert_eq!(outbox.overdue(Timestamp::LATEST, 9).await.unwrap(), []);
        assert_eq!(outbox.opted_out(from_ref(&number)).await.unwrap(), []);
        assert_eq!(outbox.holds().await.unwrap(), []);
        assert_eq!(outbox.kept_report(report.gateway, &report.reference).await.unwrap(), None);
    };
    timeout(AT_ONCE, readers_look).await.unwrap();
    work.commit().await.unwrap();

    assert_eq!(stored(store, &shop.customer).await, Some(changed));
    assert_eq!(count::<Item>(store).await, 2);
    assert_eq!(count::<Order>(store).await, 1);
    assert_eq!(count::<OrderEvent>(store).await, 1);
    assert_eq!(count::<AuditEntry>(store).await, 1);
    assert!(store.credentials().bearer(presented).await.unwrap().is_some());
    assert!(kept().await);
    assert_eq!(count::<MessageAttempt>(store).await, 1);
    assert_eq!(count::<MessageTemplate>(store).await, 1);
    assert_eq!(outbox.next_due().await.unwrap(), message.course().state.due());
    assert_eq!(outbox.opted_out(from_ref(&number)).await.unwrap(), [number]);
    assert_eq!(outbox.holds().await.unwrap(), [hold]);
    assert_eq!(outbox.kept_report(report.gateway, &report.reference).await.unwrap(), Some(report));
    let given = outbox.claim(Timestamp::LATEST, Timestamp::LATEST, 9).await.unwrap();
    assert_eq!(given.iter().map(Message::id).collect::<Vec<_>>(), [message.id()]);
}

/// Two readers look at everything over and over while `write` runs again and again: one of them between any two
/// steps of the writer, the other, a task of its own, at any moment.
async fn while_readers_look<E: Readable>(
    store: &Arc<dyn Store>,
    look: fn(Rows<E::Details>),
    mut write: impl AsyncFnMut(usize),
) {
    let done = Arc::new(AtomicBool::new(false));
    let reader = || {
        let (store, done) = (Arc::clone(store), Arc::clone(&done));
        async move {
            while !done.load(Ordering::Relaxed) {
                look(everything::<E>(&*store).await);
                yield_now().await;
            }
        }
    };
    let writer = async {
        for round in 0..ROUNDS {
            write(round).await;
            yield_now().await;
        }
        done.store(true, Ordering::Relaxed);
    };
    let elsewhere = tokio::spawn(reader());
    join(writer, reader()).await;
    elsewhere.await.unwrap();
}

pub async fn a_count_and_its_rows_are_of_one_snapshot(harness: &impl Harness) {
    let store = &harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&**store, &make).await;
    let shelf: Vec<_> = (0..7).map(|_| make.item(shop.organization.id())).collect();
    let all = Selection::ids(&Scope::Everything, shelf.iter().map(|item| item.id().uuid()));

    let look = |seen: Rows<ItemDetails>| {
        assert_eq!(seen.count, Some(seen.rows.len() as u64));
        assert!([1, 8].contains(&seen.rows.len()), "{} of 1 or 8 items were seen", seen.rows.len());
    };
    let fill_or_clear = async |round: usize| {
        if round.is_multiple_of(2) {
            return persist(|| insert(&**store, &shelf)).await.unwrap();
        }
        let clear = || async {
            let mut work = store.begin().await?;
            work.items().delete(&all).await?;
            work.commit().await
        };
        persist(clear).await.unwrap();
    };
    while_readers_look::<Item>(store, look, fill_or_clear).await;
}

pub async fn a_row_and_what_it_refers_to_are_of_one_snapshot(harness: &impl Harness) {
    let store = &harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&**store, &make).await;
    let (mut customer, (mut order, event)) = (shop.customer.clone(), shop.order(&make));
    let first_name = customer.profile().first_name.as_str().to_owned();
    let line = OrderLine { item: item_name(&first_name), ..shop.line() };
    order.amend(line, make.act(None)).unwrap();
    place(&**store, &[(order.clone(), event)]).await.unwrap();

    // Customer and order change their names together, so nobody ever sees two names.
    let look = |seen: Rows<OrderDetails>| {
        for OrderDetails { order, customer, .. } in seen.rows {
            assert_eq!(order.line().item.as_str(), customer.first_name.as_str());
        }
    };
    let rename_both = async |round: usize| {
        let name = format!("Name {round}");
        let (customer_was, order_was) = (customer.clone(), order.clone());
        let profile = Profile { first_name: person(&name), ..customer.profile().clone() };
        customer.revise(profile, make.now());
        order.amend(OrderLine { item: item_name(&name), ..shop.line() }, make.act(None)).unwrap();
        let changes = (change(&customer_was, &customer), change(&order_was, &order));
        let rename = || async {
            let mut work = store.begin().await?;
            work.customers().update(from_ref(&changes.0)).await?;
            work.orders().update(from_ref(&changes.1)).await?;
            work.commit().await
        };
        persist(rename).await.unwrap();
    };
    while_readers_look::<Order>(store, look, rename_both).await;
}
