//! The outbox: what is due is given to one worker and no other, the first due first, and what waits is known.

use orderdesk_application::ports::Backlog;
use orderdesk_domain::{
    Course, Customer, Failure, FailureCode, Gateway, Letter, Message, MessageId, MessageState, OrderId,
    Timestamp, Version,
};
use uuid::Uuid;

use crate::Harness;
use crate::builders::{Maker, cost, id_at, message_states, reference, remark, time, version};
use crate::kinds::{delete, insert, keep, stored, update};
use crate::shop::Shop;

/// When a test takes place.
const NOW: i64 = 1_780_000_000_000;

/// Queued and due then, with an id that does not say so.
fn due(make: &Maker, customer: &Customer, due: i64) -> Message {
    make.message_in(customer, MessageState::Queued { due: time(due) })
}

/// With another time at which nobody wants it any more.
fn expiring(message: &Message, at: i64) -> Message {
    let course = Course { expires_at: time(at), ..message.course().clone() };
    let letter = message.letter().clone();
    Message::restore(message.id(), letter, course, message.updated_at(), message.version())
}

fn ids(messages: &[Message]) -> Vec<MessageId> {
    messages.iter().map(Message::id).collect()
}

fn sorted(messages: &[Message]) -> Vec<MessageId> {
    let mut ids = ids(messages);
    ids.sort_unstable();
    ids
}

/// What a claim at [`NOW`] makes of a message, by the message's own account.
fn claimed(message: &Message, until: i64) -> Message {
    let mut claimed = message.clone();
    claimed.claim(time(until), time(NOW)).unwrap();
    claimed
}

pub async fn a_claim_does_what_a_message_says_it_does(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let plain = due(&make, &shop.customer, NOW - 1);
    let full = Course {
        attempts: 7,
        deferrals: 3,
        gateway: Some(Gateway::Twilio),
        reference: Some(reference("SM1")),
        cost: Some(cost(7_500, "USD")),
        ..plain.course().clone()
    };
    let times = [Timestamp::EARLIEST, time(NOW - 1), time(NOW), time(NOW + 1), Timestamp::LATEST];
    let mut messages = Vec::new();
    for updated_at in times {
        for course in [plain.course(), &full] {
            for version in [Version::FIRST, version(41)] {
                let id = MessageId::new(make.id());
                let letter = make.letter(&shop.customer);
                messages.push(Message::restore(id, letter, course.clone(), updated_at, version));
            }
        }
    }
    // It is not asked how old it is: whoever gets it sees that nobody wants it any more.
    messages.push(expiring(&due(&make, &shop.customer, NOW - 1), NOW - 1));
    insert(store, &messages).await.unwrap();

    let given = store.outbox().claim(time(NOW), time(NOW + 30_000), 100).await.unwrap();
    let expected: Vec<_> = messages.iter().map(|message| claimed(message, NOW + 30_000)).collect();
    assert_eq!(given, expected);
    for message in expected {
        assert_eq!(stored(store, &message).await.as_ref(), Some(&message));
    }
}

pub async fn what_has_been_due_for_longest_is_given_first(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let dues = [NOW, NOW - 5, NOW - 1, NOW - 5, NOW - 3, NOW, NOW - 5];
    let mut messages: Vec<_> = dues.map(|at| due(&make, &shop.customer, at)).to_vec();
    messages.push(make.message_in(&shop.customer, MessageState::Queued { due: Timestamp::EARLIEST }));
    // Of those that are due together the smallest id comes first, however late it was written.
    for id in [Uuid::nil(), id_at(1, 0), Uuid::max()] {
        let letter = Letter { order: OrderId::new(make.id()), ..make.letter(&shop.customer) };
        let course = messages[1].course().clone();
        messages.push(Message::restore(MessageId::new(id), letter, course, time(NOW), Version::FIRST));
    }
    insert(store, &messages).await.unwrap();
    let mut expected = messages.clone();
    expected.sort_by_key(|message| (message.course().state.due(), message.id()));

    let mut given = Vec::new();
    for limit in [1, 3, 2, 100] {
        let some = store.outbox().claim(time(NOW), time(NOW + 1), limit).await.unwrap();
        assert!(some.len() <= limit as usize);
        given.extend(some);
    }
    assert_eq!(ids(&given), ids(&expected));
    assert_eq!(store.outbox().claim(time(NOW), time(NOW + 1), 100).await.unwrap(), [], "each is given once");
}

pub async fn only_what_is_queued_and_due_is_given(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let outbox = store.outbox();
    assert_eq!(outbox.claim(Timestamp::LATEST, Timestamp::LATEST, 100).await.unwrap(), []);
    // Of everything that is not queued even a lease that ended long ago gives nobody the right to send it.
    let others = message_states(time(NOW - 100)).into_iter();
    let others = others.filter(|state| !matches!(state, MessageState::Queued { .. }));
    let others: Vec<_> = others.map(|state| make.message_in(&shop.customer, state)).collect();
    let [now, later, last] =
        [NOW, NOW + 1, Timestamp::LATEST.milliseconds()].map(|at| due(&make, &shop.customer, at));
    insert(store, &others).await.unwrap();
    insert(store, &[now.clone(), later.clone(), last.clone()]).await.unwrap();

    assert_eq!(outbox.claim(time(NOW - 1), time(NOW), 100).await.unwrap(), []);
    assert_eq!(outbox.claim(time(NOW), time(NOW), 0).await.unwrap(), []);
    assert_eq!(ids(&outbox.claim(time(NOW), time(NOW), 100).await.unwrap()), [now.id()]);
    assert_eq!(outbox.claim(time(NOW), time(NOW), 100).await.unwrap(), []);
    assert_eq!(ids(&outbox.claim(time(NOW + 1), time(NOW + 1), 100).await.unwrap()), [later.id()]);
    let until = Timestamp::LATEST;
    assert_eq!(ids(&outbox.claim(Timestamp::LATEST, until, 100).await.unwrap()), [last.id()]);
    for other in others {
        assert_eq!(stored(store, &other).await.as_ref(), Some(&other), "it stays as it is");
    }
}

pub async fn a_thousand_messages_are_given_in_one_call(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let messages: Vec<_> = (0..1_500).map(|number| due(&make, &shop.customer, NOW - number)).collect();
    insert(store, &messages).await.unwrap();
    let given = store.outbox().claim(time(NOW), time(NOW + 1), 1_000).await.unwrap();
    assert!(given.iter().map(Message::id).eq(messages.iter().rev().take(1_000).map(Message::id)));
    assert_eq!(store.outbox().backlog().await.unwrap().queued, 500);
    let rest = store.outbox().claim(time(NOW), time(NOW + 1), 1_000).await.unwrap();
    assert!(rest.iter().map(Message::id).eq(messages.iter().rev().skip(1_000).map(Message::id)));
}

pub async fn what_was_given_is_settled_or_put_back_and_given_again(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let outbox = store.outbox();
    let messages = [due(&make, &shop.customer, NOW - 3), due(&make, &shop.customer, NOW - 2)];
    insert(store, &messages).await.unwrap();
    let given = outbox.claim(time(NOW), time(NOW + 10), 10).await.unwrap();
    let (mut sent, mut deferred) = (given[0].clone(), given[1].clone());
    sent.accept(Gateway::Twilio, Some(reference("SM1")), Some(cost(7_500, "USD")), time(NOW + 1)).unwrap();
    deferred.defer(Gateway::Twilio, time(NOW + 5), time(NOW + 1)).unwrap();
    update(store, &given[0], &sent).await.unwrap();
    update(store, &given[1], &deferred).await.unwrap();
    assert_eq!(outbox.claim(time(NOW + 4), time(NOW + 20), 10).await.unwrap(), []);
    let again = outbox.claim(time(NOW + 5), time(NOW + 20), 10).await.unwrap();
    let mut expected = deferred;
    expected.claim(time(NOW + 20), time(NOW + 5)).unwrap();
    assert_eq!(again, [expected]);
    assert_eq!(stored(store, &sent).await.as_ref(), Some(&sent));
    assert_eq!(delete(store, &sent).await.unwrap(), 1);
    assert_eq!(delete(store, &again[0]).await.unwrap(), 1);
    assert_eq!(outbox.claim(Timestamp::LATEST, Timestamp::LATEST, 10).await.unwrap(), []);
}

pub async fn it_is_known_when_something_is_due_next_and_how_much_waits(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let outbox = store.outbox();
    assert_eq!(outbox.next_due().await.unwrap(), None);
    assert_eq!(outbox.backlog().await.unwrap(), Backlog::default());

    // What is not queued is due never, though leases end.
    let others = message_states(time(NOW - 100)).into_iter();
    let others: Vec<_> = others
        .filter(|state| !matches!(state, MessageState::Queued { .. }))
        .map(|state| make.message_in(&shop.customer, state))
        .collect();
    insert(store, &others).await.unwrap();
    assert_eq!(outbox.next_due().await.unwrap(), None);
    let backlog = Backlog { queued: 0, sending: 1, first_due: None };
    assert_eq!(outbox.backlog().await.unwrap(), backlog);

    let dues = [NOW + 7, NOW - 7, NOW, Timestamp::LATEST.milliseconds(), -1];
    let messages = dues.map(|at| due(&make, &shop.customer, at));
    for (number, message) in (1..).zip(&messages) {
        keep(store, message).await;
        let first = dues[..number].iter().copied().min().map(time);
        assert_eq!(outbox.next_due().await.unwrap(), first);
        let backlog = Backlog { queued: number as u64, sending: 1, first_due: first };
        assert_eq!(outbox.backlog().await.unwrap(), backlog);
    }
    assert_eq!(outbox.claim(time(NOW), time(NOW + 1), 10).await.unwrap().len(), 3);
    assert_eq!(outbox.next_due().await.unwrap(), Some(time(NOW + 7)));
    let backlog = Backlog { queued: 2, sending: 4, first_due: Some(time(NOW + 7)) };
    assert_eq!(outbox.backlog().await.unwrap(), backlog);
}

pub async fn what_somebody_has_to_look_after_is_known(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let outbox = store.outbox();
    assert_eq!(outbox.overdue(Timestamp::LATEST, 100).await.unwrap(), []);
    let sending = |until| make.message_in(&shop.customer, MessageState::Sending { until: time(until) });
    let queued = |at, expires_at| expiring(&due(&make, &shop.customer, at), expires_at);
    let overdue = [
        sending(-1),
        sending(NOW - 1),
        sending(NOW),
        queued(NOW - 5, NOW - 1),
        queued(NOW - 5, NOW),
        // Due later, for the night is quiet, and by then nobody wants it.
        queued(NOW + 5, NOW),
        queued(Timestamp::LATEST.milliseconds(), Timestamp::EARLIEST.milliseconds()),
    ];
    let in_time = [
        sending(NOW + 1),
        // Being sent, it may arrive late: it is for the worker to say.
        expiring(&sending(NOW + 1), NOW - 1),
        queued(NOW - 5, NOW + 1),
        queued(NOW, NOW + 1),
        queued(NOW + 1, Timestamp::LATEST.milliseconds()),
    ];
    let settled = message_states(time(NOW - 9)).into_iter();
    let settled = settled.filter(|state| state.due().is_none());
    let settled: Vec<_> =
        settled.map(|state| expiring(&make.message_in(&shop.customer, state), NOW - 9)).collect();
    insert(store, &overdue).await.unwrap();
    insert(store, &in_time).await.unwrap();
    insert(store, &settled).await.unwrap();

    let found = outbox.overdue(time(NOW), 100).await.unwrap();
    assert_eq!(sorted(&found), sorted(&overdue), "each once");
    for message in &found {
        assert!(overdue.contains(message), "as it is: {message:?}");
    }
    for limit in 0..=overdue.len() {
        let found = outbox.overdue(time(NOW), u32::try_from(limit).unwrap()).await.unwrap();
        let mut known = sorted(&found);
        known.dedup();
        assert_eq!(known.len(), limit);
        assert!(found.iter().all(|message| overdue.contains(message)));
    }
    // What one of them looks after is nobody's business any more.
    let mut lost = overdue[1].clone();
    lost.lose(None, FailureCode::WorkerLost.into(), time(NOW)).unwrap();
    update(store, &overdue[1], &lost).await.unwrap();
    let mut old = overdue[3].clone();
    let failure = Failure { code: FailureCode::TooOld, remark: Some(remark("after a day")) };
    old.fail(None, failure, time(NOW)).unwrap();
    update(store, &overdue[3], &old).await.unwrap();
    let found = outbox.overdue(time(NOW), 100).await.unwrap();
    assert_eq!(found.len(), overdue.len() - 2);
    assert!(!sorted(&found).contains(&lost.id()) && !sorted(&found).contains(&old.id()));
}
