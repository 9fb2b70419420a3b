//! Workers, writers and those who delete, all at once: no message is given to two, and none is lost.

use std::collections::BTreeSet;
use std::slice::from_ref;
use std::sync::Arc;

use futures_util::FutureExt as _;
use orderdesk_application::ports::{Store, StoreError, Unique};
use orderdesk_domain::{
    Customer, FailureCode, Message, MessageAttempt, MessageId, MessageStatus, MessageTemplate, Organization,
    Timestamp,
};
use tokio::task::yield_now;

use crate::Harness;
use crate::builders::Maker;
use crate::kinds::{
    Writable, append_attempts, change, count, delete, everything, find, insert, keep, stored, update,
};
use crate::outcome::{persist, race};
use crate::shop::Shop;
use crate::suite::account_races::belonging_against_departure;

/// How many workers claim at once.
const WORKERS: usize = 8;

/// How often a race is run.
const ROUNDS: usize = 25;

/// Claims until nothing comes any more, and says what came.
async fn work_off(store: &dyn Store, limit: u32) -> Vec<Message> {
    let mut given = Vec::new();
    loop {
        let some = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, limit).await.unwrap();
        if some.is_empty() {
            return given;
        }
        given.extend(some);
    }
}

/// Asserts that no message was given twice, and answers which were.
fn given_once(given: &[Message]) -> BTreeSet<MessageId> {
    let ids: BTreeSet<_> = given.iter().map(Message::id).collect();
    assert_eq!(ids.len(), given.len(), "a message was given to two");
    ids
}

pub async fn eight_workers_get_each_of_200_messages_once(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    for limit in [1, 7, 100] {
        let messages: Vec<_> = (0..200).map(|_| make.message(&shop.customer)).collect();
        insert(&*store, &messages).await.unwrap();
        let worker = |_| {
            let store = Arc::clone(&store);
            async move { work_off(&*store, limit).await }
        };
        let mut given: Vec<_> = race((0..WORKERS).map(worker)).await.concat();
        // Who comes to nothing because of others may go; what is left is there for the next one.
        given.extend(work_off(&*store, limit).await);
        assert_eq!(given_once(&given), messages.iter().map(Message::id).collect(), "by {limit}");
        for message in given {
            assert_eq!(message.version().number(), 2);
            assert_eq!(stored(&*store, &message).await, Some(message));
        }
    }
}

pub async fn workers_among_writers_and_deletions_get_each_message_once(harness: &impl Harness) {
    /// How many messages are written at once, and how often.
    const WRITTEN: (usize, usize) = (10, 12);

    let store = harness.fresh().await;
    let make = Arc::new(Maker::default());
    let shop = Shop::open(&*store, &make).await;
    // Half of all messages are to customers who go, each with what they have been told.
    let going: Vec<_> = (0..WRITTEN.1).map(|_| Customer::another(&shop, &make)).collect();
    insert(&*store, &going).await.unwrap();
    let mut doomed = Vec::new();
    for customer in &going {
        let theirs: Vec<_> = (0..WRITTEN.0).map(|_| make.message(customer)).collect();
        insert(&*store, &theirs).await.unwrap();
        doomed.extend(theirs);
    }
    let written: Vec<_> = (0..WRITTEN.0 * WRITTEN.1).map(|_| make.message(&shop.customer)).collect();

    let mut racers: Vec<_> = (0..4)
        .map(|_| {
            let store = Arc::clone(&store);
            async move {
                let mut given = Vec::new();
                for _ in 0..40 {
                    given
                        .extend(store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 7).await.unwrap());
                    yield_now().await;
                }
                given
            }
            .boxed()
        })
        .collect();
    racers.push({
        let (store, written) = (Arc::clone(&store), written.clone());
        async move {
            for some in written.chunks(WRITTEN.0) {
                persist(|| insert(&*store, some)).await.unwrap();
            }
            Vec::new()
        }
        .boxed()
    });
    racers.push({
        let store = Arc::clone(&store);
        async move {
            for customer in &going {
                assert_eq!(persist(|| delete(&*store, customer)).await.unwrap(), 1);
            }
            Vec::new()
        }
        .boxed()
    });
    let mut given = race(racers).await.concat();
    given.extend(work_off(&*store, 100).await);

    let ids = given_once(&given);
    let known: BTreeSet<_> = written.iter().chain(&doomed).map(Message::id).collect();
    assert!(ids.is_subset(&known));
    assert!(written.iter().all(|message| ids.contains(&message.id())), "none is lost");
    let left = everything::<Message>(&*store).await;
    assert_eq!(left.count, Some(written.len() as u64));
    for details in left.rows {
        let message = details.message;
        assert_eq!((message.status(), message.version().number()), (MessageStatus::Sending, 2));
    }
}

pub async fn a_message_is_given_to_a_worker_or_changed_and_never_both(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    for round in 0..ROUNDS {
        let message = make.message(&shop.customer);
        keep(&*store, &message).await;
        let mut failed = message.clone();
        failed.fail(None, FailureCode::TooOld.into(), make.now()).unwrap();
        let claiming = {
            let store = Arc::clone(&store);
            async move {
                let given = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 10).await;
                given.map(|given| given.into_iter().next())
            }
            .boxed()
        };
        let failing = {
            let (store, message, failed) = (Arc::clone(&store), message.clone(), failed.clone());
            async move { persist(|| update(&*store, &message, &failed)).await.map(|()| None) }.boxed()
        };
        let mut outcomes = race([claiming, failing]).await;
        let (changed, given) = (outcomes.pop().unwrap(), outcomes.pop().unwrap().unwrap());
        let now = stored(&*store, &message).await.unwrap();
        match (given, changed) {
            (Some(given), Err(StoreError::Conflict)) => assert_eq!(now, given, "round {round}"),
            (None, Ok(_)) => assert_eq!(now, failed, "round {round}"),
            outcomes => panic!("round {round}: {outcomes:?}"),
        }
    }
}

pub async fn of_several_messages_about_one_event_one_is_kept(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    for round in 1..=10 {
        let letter = make.letter(&shop.customer);
        let rival = |_| {
            let message = Message::queue(MessageId::new(make.id()), letter.clone(), make.now());
            let store = Arc::clone(&store);
            async move { persist(|| insert(&*store, from_ref(&message))).await }
        };
        let outcomes = race((0..4).map(rival)).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        for error in outcomes.into_iter().filter_map(Result::err) {
            assert!(matches!(error, StoreError::AlreadyExists(Unique::Message)), "{error:?}");
        }
        assert_eq!(count::<Message>(&*store).await, round);
    }
}

pub async fn no_message_outlives_its_customer_and_no_template_its_organization(harness: &impl Harness) {
    belonging_against_departure::<Message, Customer>(harness, |make, _, customer| make.message(customer))
        .await;
    belonging_against_departure::<MessageTemplate, Organization>(harness, |make, _, organization| {
        make.template(organization.id())
    })
    .await;
}

pub async fn no_attempt_outlives_its_message(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    for round in 0..ROUNDS {
        // It goes by itself, or with its customer.
        let customer = Customer::another(&shop, &make);
        keep(&*store, &customer).await;
        let message = make.message(&customer);
        keep(&*store, &message).await;
        let attempt = make.attempt(message.id());
        let appending = {
            let (store, attempt) = (Arc::clone(&store), attempt.clone());
            async move { persist(|| append_attempts(&*store, from_ref(&attempt))).await.map(|()| 0) }.boxed()
        };
        let deleting = {
            let (store, customer, message) = (Arc::clone(&store), customer.clone(), message.clone());
            async move {
                if round % 2 == 0 {
                    persist(|| delete(&*store, &message)).await
                } else {
                    persist(|| delete(&*store, &customer)).await
                }
            }
            .boxed()
        };
        let mut outcomes = race([appending, deleting]).await;
        assert_eq!(outcomes.pop().unwrap().unwrap(), 1);
        match outcomes.pop().unwrap() {
            Ok(_) | Err(StoreError::Referenced) => {}
            outcome => panic!("round {round}: {outcome:?}"),
        }
        assert!(find::<MessageAttempt>(&*store, attempt.id.uuid()).await.is_none(), "round {round}");
        assert!(stored(&*store, &message).await.is_none(), "round {round}");
    }
    assert_eq!(count::<MessageAttempt>(&*store).await, 0);
}

/// A worker writes down what became of a message while the customer goes with all messages.
pub async fn whoever_writes_down_what_became_of_a_message_that_goes_is_told(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    for round in 0..ROUNDS {
        let customer = Customer::another(&shop, &make);
        keep(&*store, &customer).await;
        keep(&*store, &make.message(&customer)).await;
        let given = store.outbox().claim(Timestamp::LATEST, Timestamp::LATEST, 1).await.unwrap().remove(0);
        let mut failed = given.clone();
        failed.fail(None, FailureCode::OptedOut.into(), make.now()).unwrap();
        let attempt = make.attempt(given.id());
        let recording = {
            let (store, given) = (Arc::clone(&store), given.clone());
            async move {
                let record = || async {
                    let mut work = store.begin().await?;
                    work.messages().update(&[change(&given, &failed)]).await?;
                    work.message_attempts().append(from_ref(&attempt)).await?;
                    work.commit().await
                };
                persist(record).await.map(|()| 0)
            }
            .boxed()
        };
        let deleting = {
            let store = Arc::clone(&store);
            async move { persist(|| delete(&*store, &customer)).await }.boxed()
        };
        let mut outcomes = race([recording, deleting]).await;
        assert_eq!(outcomes.pop().unwrap().unwrap(), 1);
        match outcomes.pop().unwrap() {
            Ok(_) | Err(StoreError::Conflict) => {}
            outcome => panic!("round {round}: {outcome:?}"),
        }
        assert_eq!(stored(&*store, &given).await, None, "round {round}");
        assert_eq!(count::<MessageAttempt>(&*store).await, 0, "round {round}");
    }
}
