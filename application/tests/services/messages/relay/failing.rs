//! A store that fails while messages are sent.

use orderdesk_application::ports::{Clock as _, StoreError, Verdict};
use orderdesk_domain::{
    AttemptOutcome, Delivery, DeliveryReport, FailureCode, Gateway, Message, MessageState, MessageStatus,
};

use super::unknown;
use crate::common::{LEASE, Office, Step, pass};

fn away() -> StoreError {
    StoreError::Unavailable("no route".into())
}

/// A gateway has `message`, and answers once it is opened.
async fn in_flight(office: &Office) -> Message {
    office.gateway.close();
    let message = office.order().await;
    pass(1).await;
    assert_eq!(office.gateway.asked(), 1);
    message
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_written_down_is_written_down_later() {
    for step in [Step::Begin, Step::Update, Step::Attempt, Step::Commit] {
        for error in
            [away, || StoreError::Retry("deadlock".into()), || StoreError::Backend("disk full".into())]
        {
            let office = Office::new().await;
            let relay = office.send();
            let message = in_flight(&office).await;
            office.store.fail(step, 12, error);
            office.gateway.open();
            pass(1).await;
            assert_eq!(office.now(&message).await.status(), MessageStatus::Sending, "{step:?}");
            pass(60_000).await;
            assert!(office.store.is_spent(), "{step:?}");
            let course = office.now(&message).await.course().clone();
            assert_eq!((course.state, course.attempts), (MessageState::Sent, 1), "{step:?}");
            assert_eq!(course.reference, Some(office.gateway.reference(1)));
            assert_eq!((office.gateway.asked(), office.attempts(&message).await.len()), (1, 1), "{step:?}");
            relay.stop().await.unwrap();
        }
    }
}

/// The store fell silent at the very moment: what it was told to keep it has kept.
#[tokio::test(start_paused = true)]
async fn what_was_written_down_without_word_of_it_is_not_written_twice() {
    for verdict in [
        Verdict::Accepted { reference: None, cost: None },
        Verdict::Refused(FailureCode::Refused),
        Verdict::Unanswered,
        Verdict::Later { attempts: None },
    ] {
        let office = Office::new().await;
        let relay = office.send();
        let message = in_flight(&office).await;
        office.gateway.answers([verdict.clone()]);
        office.store.fail(Step::Committed, 1, away);
        office.gateway.open();
        pass(1_000).await;
        let told = office.now(&message).await;
        assert!(office.store.is_spent());
        assert_eq!((told.version().number(), told.course().attempts), (3, 1), "{verdict:?}");
        assert_eq!(office.attempts(&message).await.len(), 1);
        // Nobody goes on trying: the place is free for another.
        let begun = office.store.begun();
        pass(1_400).await;
        assert!(begun < 20 && office.store.begun() == 0, "{verdict:?}");
        relay.stop().await.unwrap();
    }
}

/// A report that came too early is looked for after the answer has been written down, and until it could be.
#[tokio::test(start_paused = true)]
async fn a_report_that_is_kept_is_not_forgotten_when_the_store_fails_in_between() {
    for (step, times) in [(Step::KeptReport, 3), (Step::Messaging, 1), (Step::Committed, 1)] {
        let office = Office::new().await;
        let relay = office.send();
        let message = in_flight(&office).await;
        keep(&office, &message, 1).await;
        office.store.fail(step, times, away);
        office.gateway.open();
        pass(10_000).await;
        assert!(office.store.is_spent(), "{step:?}");
        assert_eq!(office.state(&message).await, MessageState::Delivered, "{step:?}");
        assert_eq!(office.attempts(&message).await.len(), 1, "{step:?}");
        relay.stop().await.unwrap();
    }
}

/// A report has come about what the gateway calls its so-manieth message.
async fn keep(office: &Office, message: &Message, number: usize) {
    let report = DeliveryReport {
        gateway: Gateway::AfricasTalking,
        reference: office.gateway.reference(number),
        message: None,
        number: Some(message.letter().to.clone()),
        delivery: Delivery::Delivered,
        at: office.desk.clock.now(),
    };
    let mut work = office.desk.store.begin().await.unwrap();
    work.messaging().keep_report(&report).await.unwrap();
    work.commit().await.unwrap();
    office.store.begun();
}

#[tokio::test(start_paused = true)]
async fn who_cannot_take_messages_tries_again() {
    for step in [Step::Claim, Step::NextDue, Step::Overdue, Step::Listen] {
        let office = Office::new().await;
        office.store.fail(step, 3, away);
        let relay = office.send();
        let message = office.order().await;
        pass(5_000).await;
        assert!(step == Step::Listen || office.store.is_spent(), "{step:?}");
        assert_eq!(office.now(&message).await.status(), MessageStatus::Sent, "{step:?}");
        assert!(!relay.is_over());
        relay.stop().await.unwrap();
    }
}

/// A store that is away is not asked as fast as one can ask.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_asked_once_a_second() {
    let office = Office::new().await;
    office.store.fail(Step::Claim, 10, away);
    let message = office.order().await;
    let relay = office.send();
    pass(9_500).await;
    assert_eq!((office.gateway.asked(), office.store.is_spent()), (0, true));
    pass(1_000).await;
    assert_eq!(office.now(&message).await.status(), MessageStatus::Sent);
    relay.stop().await.unwrap();
}

/// Somebody else has given the worker up meanwhile; what the gateway has said is known in the end all the same.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_longer_than_the_lease_hears_of_it_late() {
    let office = Office::new().await;
    let relay = office.send();
    let message = in_flight(&office).await;
    office.gateway.open();
    office.store.fail(Step::Attempt, 30, away);
    pass(LEASE.unsigned_abs() - 1_000).await;
    assert_eq!(office.now(&message).await.status(), MessageStatus::Sending);
    pass(2_000).await;
    assert_eq!(office.now(&message).await.status(), MessageStatus::Sending, "nor can it be given up");
    pass(60_000).await;
    let course = office.now(&message).await.course().clone();
    assert_eq!((course.state, course.attempts), (MessageState::Sent, 1));
    assert_eq!(course.reference, Some(office.gateway.reference(1)));
    relay.stop().await.unwrap();
}

/// Nothing is held up for ever by one message.
#[tokio::test(start_paused = true)]
async fn who_cannot_write_anything_down_gives_up_after_a_while() {
    let office = Office::new().await;
    let relay = office.send();
    let message = in_flight(&office).await;
    office.store.fail(Step::Attempt, usize::from(u16::MAX), away);
    office.gateway.open();
    let stopped = relay.stop();
    pass(LEASE.unsigned_abs()).await;
    assert!(!stopped.is_finished());
    pass(70_000).await;
    assert!(stopped.is_finished());
    assert_eq!(office.now(&message).await.status(), MessageStatus::Sending);
    assert_eq!(office.gateway.asked(), 1);
}

/// What nobody knows is written down although something else in the store cannot be read.
#[tokio::test(start_paused = true)]
async fn the_keeper_outlasts_a_store_that_fails() {
    let office = Office::new().await;
    let messages = office.queue(3).await;
    let now = office.desk.clock.now();
    office.desk.store.outbox().claim(now, office.desk.clock.later(LEASE), 3).await.unwrap();
    let relay = office.send();
    pass(LEASE.unsigned_abs() - 1_500).await;
    for (step, error) in [
        (Step::Overdue, away as fn() -> StoreError),
        (Step::Update, || StoreError::Conflict),
        (Step::Commit, away),
        (Step::KeptReport, away),
    ] {
        office.store.fail(step, 1, error);
    }
    pass(10_000).await;
    assert!(office.store.is_spent());
    for message in &messages {
        assert_eq!(office.state(message).await, unknown(FailureCode::WorkerLost));
        let [attempt] = office.attempts(message).await.try_into().unwrap();
        assert_eq!(attempt.outcome, AttemptOutcome::Lost);
    }
    relay.stop().await.unwrap();
}
