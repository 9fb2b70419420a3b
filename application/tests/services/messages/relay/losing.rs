//! Workers that are lost, answers that come late, and reports that come early.

use orderdesk_application::ports::{Clock as _, Verdict};
use orderdesk_application::services::Precondition;
use orderdesk_contract::builders::reference;
use orderdesk_contract::kinds::{count, delete, stored, update};
use orderdesk_domain::{
    AttemptOutcome, Delivery, DeliveryReport, FailureCode, Gateway, GatewayReference, Message,
    MessageAttempt, MessageState, MessageStatus, PhoneNumber,
};

use super::{unknown, unsent};
use crate::common::{LEASE, Office, Running, WANTED, done, pass};

/// Somebody takes a message and is never heard of again.
async fn take(office: &Office) -> Message {
    let message = office.order().await;
    let now = office.desk.clock.now();
    let taken = office.desk.store.outbox().claim(now, office.desk.clock.later(LEASE), 1).await.unwrap();
    assert_eq!(taken.first().map(Message::id), Some(message.id()));
    message
}

/// A report comes about what the gateway calls so.
async fn report(office: &Office, reference: GatewayReference, number: Option<PhoneNumber>) {
    let report = DeliveryReport {
        gateway: Gateway::AfricasTalking,
        reference,
        message: None,
        number,
        delivery: Delivery::Delivered,
        at: office.desk.clock.now(),
    };
    let mut work = office.desk.store.begin().await.unwrap();
    work.messaging().keep_report(&report).await.unwrap();
    work.commit().await.unwrap();
}

async fn is_kept(office: &Office, reference: &GatewayReference) -> bool {
    let outbox = office.desk.store.outbox();
    outbox.kept_report(Gateway::AfricasTalking, reference).await.unwrap().is_some()
}

#[tokio::test(start_paused = true)]
async fn of_what_a_lost_worker_had_nobody_knows() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    let message = take(&office).await;
    let relay = office.send();
    pass(LEASE.unsigned_abs() - 1).await;
    assert_eq!(office.now(&message).await.status(), MessageStatus::Sending);
    pass(1_001).await;
    let lost = office.now(&message).await;
    assert_eq!(lost.course().state, unknown(FailureCode::WorkerLost));
    assert_eq!((lost.course().attempts, lost.course().gateway), (1, None));
    let [attempt] = office.attempts(&message).await.try_into().unwrap();
    assert_eq!((attempt.outcome, attempt.gateway), (AttemptOutcome::Lost, None));
    assert_eq!(attempt.id.created_at(), message.id().created_at(), "when it was taken");
    assert_eq!(attempt.finished_at, lost.updated_at());
    pass(WANTED.unsigned_abs() + 60_000).await;
    assert_eq!((office.now(&message).await, office.gateway.asked()), (lost, 0), "never sent again unasked");
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_is_killed_while_a_gateway_has_a_message_does_not_make_others_send_it() {
    let office = Office::new().await;
    office.gateway.close();
    let message = office.order().await;
    let relay = office.send();
    pass(1).await;
    assert_eq!(office.gateway.asked(), 1);
    relay.kill().await;
    office.gateway.open();
    let relay = office.send();
    pass(LEASE.unsigned_abs() + 1_000).await;
    assert_eq!(office.state(&message).await, unknown(FailureCode::WorkerLost));
    assert_eq!(office.gateway.asked(), 1);
    // Unless somebody wants that.
    let (caller, id) = (office.shop.caller(), message.id());
    office.desk.messages().send_again(&caller, id, true, None).await.unwrap();
    pass(1).await;
    assert_eq!((office.now(&message).await.status(), office.gateway.asked()), (MessageStatus::Sent, 2));
    relay.stop().await.unwrap();
}

/// Hundreds may have been in flight when a machine went down.
#[tokio::test(start_paused = true)]
async fn many_that_are_lost_together_are_looked_after_together() {
    let office = Office::new().await;
    office.queue(250).await;
    let (now, until) = (office.desk.clock.now(), office.desk.clock.later(LEASE));
    assert_eq!(office.desk.store.outbox().claim(now, until, 250).await.unwrap().len(), 250);
    let elsewhere = office.desk.elsewhere();
    let other = Running::start(elsewhere.ports(), &[], 1);
    let relay = office.send();
    pass(LEASE.unsigned_abs() + 1_001).await;
    assert_eq!(office.count(MessageStatus::Unknown).await, 250);
    assert_eq!(count::<MessageAttempt>(&*office.desk.store).await, 250);
    relay.stop().await.unwrap();
    other.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_late_settles_what_is_unknown() {
    let office = Office::new().await;
    office.gateway.close();
    let message = office.order().await;
    let relay = office.send();
    pass(LEASE.unsigned_abs() + 2_000).await;
    assert_eq!(office.state(&message).await, unknown(FailureCode::WorkerLost));
    office.gateway.open();
    pass(1).await;
    let course = office.now(&message).await.course().clone();
    assert_eq!((course.state, course.attempts), (MessageState::Sent, 1));
    assert_eq!(course.gateway, Some(Gateway::AfricasTalking));
    assert_eq!(course.reference, Some(office.gateway.reference(1)));
    assert!(course.cost.is_some());
    let outcomes: Vec<_> = office.attempts(&message).await.into_iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes.len(), 2);
    assert!(outcomes.contains(&AttemptOutcome::Lost) && outcomes.contains(&AttemptOutcome::Accepted));
    relay.stop().await.unwrap();
}

/// A late answer that does not say that the message is sent leaves it to somebody to send it again.
#[tokio::test(start_paused = true)]
async fn another_answer_that_comes_late_is_kept_as_what_was_tried() {
    for verdict in [
        Verdict::Unanswered,
        Verdict::Later { attempts: None },
        Verdict::Refused(FailureCode::Refused),
        Verdict::Held,
    ] {
        let office = Office::new().await;
        office.gateway.answers([verdict.clone()]);
        office.gateway.close();
        let message = office.order().await;
        let relay = office.send();
        pass(LEASE.unsigned_abs() + 2_000).await;
        let lost = office.now(&message).await;
        office.gateway.open();
        pass(200_000).await;
        assert_eq!(office.now(&message).await, lost, "{verdict:?}");
        assert_eq!((office.attempts(&message).await.len(), office.gateway.asked()), (2, 1), "{verdict:?}");
        relay.stop().await.unwrap();
    }
}

/// What was sent again in the meantime is another matter: it must not be taken for sent because of the first time.
#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_too_late_settles_nothing() {
    let office = Office::new().await;
    office.gateway.close();
    let message = office.order().await;
    let relay = office.send();
    pass(LEASE.unsigned_abs() + 2_000).await;
    let (caller, id) = (office.shop.caller(), message.id());
    // Another worker has it at once.
    let queued = office.desk.messages().send_again(&caller, id, true, None).await.unwrap();
    let queued = done(queued).message;
    let mut waiting = queued.clone();
    waiting.claim(office.desk.clock.later(LEASE), office.desk.clock.now()).unwrap();
    update(&*office.desk.store, &queued, &waiting).await.unwrap();
    office.gateway.open();
    pass(1).await;
    assert_eq!(office.now(&message).await, waiting);
    assert_eq!(office.attempts(&message).await.len(), 2);
    assert_eq!(office.gateway.asked(), 1);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_what_has_gone_is_no_trouble() {
    for after in [1, LEASE.unsigned_abs() + 2_000] {
        let office = Office::new().await;
        office.gateway.close();
        let message = office.order().await;
        let relay = office.send();
        pass(after).await;
        let (caller, any) = (office.shop.caller(), Precondition::default());
        office.desk.orders().delete(&caller, message.letter().order, &any).await.unwrap();
        assert!(stored(&*office.desk.store, &message).await.is_some(), "it is being sent");
        office.desk.customers().delete(&caller, office.shop.customer.id(), &any).await.unwrap();
        assert_eq!(stored(&*office.desk.store, &message).await, None);
        office.gateway.open();
        pass(1).await;
        let begun = office.store.begun();
        pass(400).await;
        assert_eq!(
            (office.store.begun(), count::<MessageAttempt>(&*office.desk.store).await),
            (0, 0),
            "{begun}"
        );
        relay.stop().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_goes_before_it_is_taken_is_not_sent() {
    let office = Office::new().await;
    let message = office.order().await;
    delete(&*office.desk.store, &message).await.unwrap();
    let relay = office.send();
    pass(1_000).await;
    assert_eq!(office.gateway.asked(), 0);
    relay.stop().await.unwrap();
}

/// Some gateways report faster than they answer.
#[tokio::test(start_paused = true)]
async fn a_report_that_comes_before_the_answer_settles_the_message_after_it() {
    let office = Office::new().await;
    office.gateway.close();
    let message = office.order().await;
    let relay = office.send();
    pass(1).await;
    for number in [Some(message.letter().to.clone()), None] {
        report(&office, office.gateway.reference(1), number).await;
    }
    assert_eq!(office.now(&message).await.status(), MessageStatus::Sending);
    office.gateway.open();
    pass(1).await;
    let course = office.now(&message).await.course().clone();
    assert_eq!(
        (course.state, course.reference),
        (MessageState::Delivered, Some(office.gateway.reference(1)))
    );
    assert!(!is_kept(&office, &office.gateway.reference(1)).await);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_report_about_another_message_settles_nothing() {
    let office = Office::new().await;
    office.gateway.close();
    let message = office.order().await;
    let relay = office.send();
    pass(1).await;
    report(&office, reference("other"), Some(message.letter().to.clone())).await;
    office.gateway.open();
    pass(1).await;
    assert_eq!(office.now(&message).await.status(), MessageStatus::Sent);
    assert!(is_kept(&office, &reference("other")).await);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_report_that_came_before_its_answer_was_lost_settles_the_message_by_its_number() {
    let office = Office::new().await;
    office.gateway.close();
    office.gateway.answers([Verdict::Unanswered]);
    let message = office.order().await;
    let relay = office.send();
    pass(1).await;
    report(&office, reference("AT1"), Some(message.letter().to.clone())).await;
    office.gateway.open();
    pass(1).await;
    let course = office.now(&message).await.course().clone();
    assert_eq!((course.state, course.reference), (MessageState::Delivered, Some(reference("AT1"))));
    assert!(!is_kept(&office, &reference("AT1")).await);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_report_that_came_before_its_worker_was_lost_settles_the_message_by_its_number() {
    let office = Office::new().await;
    let message = take(&office).await;
    report(&office, reference("AT1"), Some(message.letter().to.clone())).await;
    let relay = office.send();
    pass(LEASE.unsigned_abs() + 1_001).await;
    assert_eq!(office.state(&message).await, MessageState::Delivered);
    assert!(!is_kept(&office, &reference("AT1")).await);
    relay.stop().await.unwrap();
}

/// The report says nothing of the number, and the answer comes after the worker has been given up.
#[tokio::test(start_paused = true)]
async fn a_report_that_came_before_a_late_answer_settles_the_message_after_it() {
    let office = Office::new().await;
    office.gateway.close();
    let message = office.order().await;
    let relay = office.send();
    pass(1).await;
    report(&office, office.gateway.reference(1), None).await;
    pass(LEASE.unsigned_abs() + 2_000).await;
    assert_eq!(office.state(&message).await, unknown(FailureCode::WorkerLost));
    office.gateway.open();
    pass(1).await;
    assert_eq!(office.state(&message).await, MessageState::Delivered);
    relay.stop().await.unwrap();
}

/// Somebody else has been quicker between the look and the deed.
#[tokio::test(start_paused = true)]
async fn what_somebody_else_looks_after_is_left_to_them() {
    let office = Office::new().await;
    let message = take(&office).await;
    pass(LEASE.unsigned_abs() + 1).await;
    let (store, taken) = (office.store.clone(), office.now(&message).await);
    office.store.meanwhile(async move {
        let mut sent = taken.clone();
        let at = sent.updated_at();
        sent.accept(Gateway::AfricasTalking, Some(reference("AT1")), None, at).unwrap();
        update(&*store, &taken, &sent).await.unwrap();
    });
    let relay = office.send();
    pass(5_000).await;
    let sent = office.now(&message).await;
    assert_eq!((sent.status(), sent.version().number()), (MessageStatus::Sent, 3));
    assert_eq!(office.attempts(&message).await, []);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_and_too_old_fails_although_nobody_takes_it() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    office.gateway.answers([Verdict::Held]);
    let relay = office.send();
    let message = office.order().await;
    pass(1).await;
    office.gateway.always(Verdict::Held);
    pass(WANTED.unsigned_abs() + 2_000).await;
    assert_eq!(office.state(&message).await, unsent(FailureCode::TooOld));
    relay.stop().await.unwrap();
}

/// Reports about what nobody has heard of are forgotten after three days.
#[tokio::test(start_paused = true)]
async fn reports_that_nobody_asks_for_are_forgotten() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    report(&office, reference("old"), None).await;
    office.desk.clock.advance(72 * 60 * 60 * 1_000 - 300_000);
    report(&office, reference("young"), None).await;
    let relay = office.send();
    pass(590_000).await;
    assert!(is_kept(&office, &reference("old")).await);
    pass(20_000).await;
    assert!(!is_kept(&office, &reference("old")).await);
    assert!(is_kept(&office, &reference("young")).await);
    relay.stop().await.unwrap();
}
