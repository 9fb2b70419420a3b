//! Messaging: messages by what gateways call them, numbers that get no texts, and gateways that send nothing.

use std::slice::from_ref;
use std::sync::Arc;

use orderdesk_application::ports::{Backlog, Record, Store};
use orderdesk_domain::{
    Course, DeliveryReport, Gateway, Hold, Letter, Message, MessageId, MessageState, OptOut, PhoneNumber,
    Timestamp,
};

use crate::Harness;
use crate::builders::{Maker, id_at, message_states, phone, reference, remark, time, version};
use crate::kinds::{change, committed, insert, keep, update};
use crate::outcome::{persist, race};
use crate::records::held;
use crate::shop::Shop;
use crate::suite::reports::kept;

/// With another gateway and reference.
fn called(message: &Message, gateway: Option<Gateway>, name: &str) -> Message {
    let course = Course { gateway, reference: Some(reference(name)), ..message.course().clone() };
    Message::restore(message.id(), message.letter().clone(), course, message.updated_at(), message.version())
}

pub async fn a_message_is_found_by_what_its_gateway_calls_it(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (here, there) = (Some(Gateway::AfricasTalking), Some(Gateway::Twilio));
    let message = |gateway, name| called(&make.message_in(&shop.customer, MessageState::Sent), gateway, name);
    let messages = [
        message(here, "x1"),
        message(there, "x1"),
        message(here, "X1"),
        message(here, "x1%"),
        message(here, "twice"),
        message(here, "twice"),
        message(None, "nobody's"),
        make.message(&shop.customer),
    ];
    insert(store, &messages).await.unwrap();
    let find = async |gateway, name| {
        let mut work = store.begin().await.unwrap();
        work.messaging().called(gateway, &reference(name)).await.unwrap()
    };
    let (at, twilio) = (Gateway::AfricasTalking, Gateway::Twilio);
    for (gateway, name, expected) in [
        (at, "x1", Some(&messages[0])),
        (twilio, "x1", Some(&messages[1])),
        (at, "X1", Some(&messages[2])),
        (at, "x1%", Some(&messages[3])),
        (at, "twice", Some(&messages[5])),
        (Gateway::Console, "x1", None),
        (twilio, "X1", None),
        (at, "x", None),
        (at, "nobody's", None),
    ] {
        assert_eq!(find(gateway, name).await.as_ref(), expected, "{gateway:?} {name}");
    }

    // It is known under its new name in the same unit of work, and no more under the old one.
    let renamed = {
        let next = called(&messages[0], there, "y1");
        let next_version = version(next.version().number() + 1);
        let (letter, course) = (next.letter().clone(), next.course().clone());
        Message::restore(next.id(), letter, course, next.updated_at(), next_version)
    };
    let mut work = store.begin().await.unwrap();
    work.messages().update(&[change(&messages[0], &renamed)]).await.unwrap();
    assert_eq!(work.messaging().called(twilio, &reference("y1")).await.unwrap().as_ref(), Some(&renamed));
    assert_eq!(work.messaging().called(at, &reference("x1")).await.unwrap(), None);
    drop(work);
    assert_eq!(find(at, "x1").await.as_ref(), Some(&messages[0]));
}

pub async fn what_is_open_to_a_number_is_found_newest_first(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (to, other) = (phone("+254712345678"), phone("+254712345679"));
    let began = 1_780_000_000_000_u64;
    let message = |number: u64, state, to: &PhoneNumber| {
        let letter = Letter { to: to.clone(), ..make.letter(&shop.customer) };
        let course = make.message_in(&shop.customer, state).course().clone();
        let id = MessageId::new(id_at(began + number, number));
        Message::restore(id, letter, course, make.now(), version(2))
    };
    let states = message_states(make.now());
    let unsettled =
        |state: &MessageState| matches!(state, MessageState::Sending { .. } | MessageState::Unknown(_));
    let messages: Vec<_> =
        (0..).zip(&states).map(|(number, state)| message(number, state.clone(), &to)).collect();
    insert(store, &messages).await.unwrap();
    let mut others: Vec<_> =
        (100..).zip(&states).map(|(number, state)| message(number, state.clone(), &other)).collect();
    insert(store, &others).await.unwrap();

    let mut expected: Vec<_> =
        messages.iter().filter(|message| unsettled(&message.course().state)).cloned().collect();
    expected.reverse();
    let find = async |number: &PhoneNumber, since: Timestamp, limit: u32| {
        let mut work = store.begin().await.unwrap();
        work.messaging().unsettled(number, since, limit).await.unwrap()
    };
    assert_eq!(find(&to, Timestamp::EARLIEST, 100).await, expected);
    for limit in [0, 1, 3] {
        let first = find(&to, Timestamp::EARLIEST, u32::try_from(limit).unwrap()).await;
        assert_eq!(first, expected[..limit]);
    }
    // The third newest is of this millisecond, and no older one is.
    let third = expected[2].id().created_at();
    assert_eq!(find(&to, third, 100).await, expected[..3]);
    assert_eq!(find(&to, time(third.milliseconds() + 1), 100).await, expected[..2]);
    assert_eq!(find(&to, Timestamp::LATEST, 100).await, []);
    assert_eq!(find(&phone("+16502530000"), Timestamp::EARLIEST, 100).await, []);
    others.retain(|message| unsettled(&message.course().state));
    assert_eq!(find(&other, Timestamp::EARLIEST, 100).await.len(), others.len());

    let open = expected[0].clone();
    let mut settled = open.clone();
    assert!(settled.settle(&make.report()));
    update(store, &open, &settled).await.unwrap();
    assert_eq!(find(&to, Timestamp::EARLIEST, 100).await, expected[1..], "what is settled is not open");
}

/// Those of `numbers` that are marked, in no order.
async fn marked(store: &dyn Store, numbers: &[PhoneNumber]) -> Vec<PhoneNumber> {
    let mut found = store.outbox().opted_out(numbers).await.unwrap();
    found.sort_by(|left, right| left.as_str().cmp(right.as_str()));
    found
}

/// The marks, as they are kept.
async fn opt_outs(store: &dyn Store) -> Vec<OptOut> {
    let records = held(store).await.into_iter();
    let opt_outs = records.filter_map(|record| match record {
        Record::OptOut(opt_out) => Some(opt_out),
        _ => None,
    });
    opt_outs.collect()
}

pub async fn a_number_whose_owner_wants_no_texts_is_marked_until_they_do(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let numbers = [make.phone(), make.phone(), make.phone(), phone("+16502530000")];
    let [first, second, _, _] = &numbers;
    assert_eq!(marked(store, &numbers).await, []);
    let told = make.opt_out(first);
    let others = OptOut { gateway: Gateway::Twilio, ..make.opt_out(second) };
    committed(store, async |work| {
        work.messaging().opt_out(&told).await?;
        work.messaging().opt_out(&others).await
    })
    .await;
    assert_eq!(marked(store, &numbers).await, numbers[..2]);
    assert_eq!(marked(store, &numbers[1..3]).await, numbers[1..2]);
    assert_eq!(marked(store, &numbers[2..]).await, []);
    assert_eq!(marked(store, &[]).await, []);

    // Who says so again has said so since then.
    let again = OptOut { gateway: Gateway::Twilio, ..make.opt_out(first) };
    committed(store, async |work| work.messaging().opt_out(&again).await).await;
    assert_eq!(opt_outs(store).await, [told, others.clone()]);

    for _ in 0..2 {
        committed(store, async |work| work.messaging().opt_in(first).await).await;
        assert_eq!(marked(store, &numbers).await, numbers[1..2]);
        assert_eq!(opt_outs(store).await, from_ref(&others));
    }
    let anew = make.opt_out(first);
    committed(store, async |work| work.messaging().opt_out(&anew).await).await;
    assert_eq!(opt_outs(store).await, [others, anew]);
}

pub async fn a_thousand_numbers_can_be_asked_for_at_once(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let numbers: Vec<_> = (0..1_000).map(|_| make.phone()).collect();
    committed(store, async |work| {
        for number in numbers.iter().step_by(100) {
            work.messaging().opt_out(&make.opt_out(number)).await?;
        }
        Ok(())
    })
    .await;
    let expected: Vec<_> = numbers.iter().step_by(100).cloned().collect();
    assert_eq!(marked(store, &numbers).await, expected);
}

pub async fn of_several_who_mark_a_number_at_once_one_does_and_none_fails(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Arc::new(Maker::default());
    for round in 1..=10 {
        let number = make.phone();
        let report = make.report();
        let mark = |_| {
            let (store, opt_out) = (Arc::clone(&store), make.opt_out(&number));
            let report = DeliveryReport { at: make.now(), ..report.clone() };
            let hold = Hold { gateway: Gateway::Twilio, remark: None, since: make.now(), until: make.now() };
            async move {
                let attempt = || async {
                    let mut work = store.begin().await?;
                    work.messaging().opt_out(&opt_out).await?;
                    work.messaging().keep_report(&report).await?;
                    work.messaging().hold(&hold).await?;
                    work.commit().await
                };
                persist(attempt).await
            }
        };
        for outcome in race((0..6).map(mark)).await {
            outcome.unwrap();
        }
        assert_eq!(opt_outs(&*store).await.len(), round);
        assert_eq!(store.outbox().holds().await.unwrap().len(), 1);
        assert!(kept(&*store, &report).await.is_some());
    }
}

/// The holds, by gateway.
async fn holds(store: &dyn Store) -> Vec<Hold> {
    let mut holds = store.outbox().holds().await.unwrap();
    holds.sort_by_key(|hold| hold.gateway);
    holds
}

pub async fn a_gateway_is_held_since_it_was_held_first_until_it_is_released(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    assert_eq!(holds(store).await, []);
    let hold = |gateway, note: Option<&str>, since, until| Hold {
        gateway,
        remark: note.map(remark),
        since: time(since),
        until: time(until),
    };
    let first = hold(Gateway::AfricasTalking, Some("InsufficientBalance '%_ \u{1f9ba}"), 1_000, 2_000);
    let other =
        hold(Gateway::Twilio, None, Timestamp::EARLIEST.milliseconds(), Timestamp::LATEST.milliseconds());
    committed(store, async |work| {
        work.messaging().hold(&first).await?;
        work.messaging().hold(&other).await
    })
    .await;
    assert_eq!(holds(store).await, [first.clone(), other.clone()]);
    for (note, since, until) in
        [(Some("no key"), 1_500, 3_000), (None, 500, 2_500), (Some("402"), 9_000, 9_001)]
    {
        let longer = hold(Gateway::AfricasTalking, note, since, until);
        committed(store, async |work| work.messaging().hold(&longer).await).await;
        assert_eq!(holds(store).await, [Hold { since: first.since, ..longer }, other.clone()]);
    }
    for _ in 0..2 {
        committed(store, async |work| work.messaging().release(Gateway::AfricasTalking).await).await;
        assert_eq!(holds(store).await, from_ref(&other));
    }
    let again = hold(Gateway::AfricasTalking, None, 7_000, 8_000);
    committed(store, async |work| work.messaging().hold(&again).await).await;
    assert_eq!(holds(store).await, [again, other]);
}

pub async fn nothing_of_a_unit_of_work_that_is_dropped_is_known_to_the_outbox(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let number = make.phone();
    let report = DeliveryReport { number: Some(number.clone()), ..make.report() };
    let kept_before = make.report();
    committed(store, async |work| work.messaging().keep_report(&kept_before).await).await;
    let mut work = store.begin().await.unwrap();
    work.messages().insert(&[make.message(&shop.customer)]).await.unwrap();
    let messaging = work.messaging();
    messaging.opt_out(&make.opt_out(&number)).await.unwrap();
    messaging.keep_report(&report).await.unwrap();
    messaging.drop_report(kept_before.gateway, &kept_before.reference).await.unwrap();
    let hold = Hold { gateway: Gateway::Twilio, remark: None, since: time(0), until: time(1) };
    messaging.hold(&hold).await.unwrap();
    let outbox = store.outbox();
    let unknown = async || {
        assert_eq!(outbox.next_due().await.unwrap(), None);
        assert_eq!(outbox.backlog().await.unwrap(), Backlog::default());
        assert_eq!(outbox.overdue(Timestamp::LATEST, 9).await.unwrap(), []);
        assert_eq!(marked(store, from_ref(&number)).await, []);
        assert_eq!(kept(store, &report).await, None);
        assert_eq!(outbox.kept_reports_to(&number, 9).await.unwrap(), []);
        assert_eq!(kept(store, &kept_before).await.as_ref(), Some(&kept_before));
        assert_eq!(holds(store).await, []);
    };
    drop(work);
    unknown().await;
    assert_eq!(outbox.claim(Timestamp::LATEST, Timestamp::LATEST, 9).await.unwrap(), []);
    keep(store, &make.message(&shop.customer)).await;
    assert_eq!(outbox.claim(Timestamp::LATEST, Timestamp::LATEST, 9).await.unwrap().len(), 1);
}
