use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds).unwrap()
}

fn letter() -> Letter {
    Letter {
        organization: OrganizationId::new(Uuid::from_u128(1)),
        order: OrderId::new(Uuid::from_u128(2)),
        customer: CustomerId::new(Uuid::from_u128(3)),
        event: MessageEvent::OrderPlaced,
        to: PhoneNumber::parse("+254712345678").unwrap(),
        text: MessageText::compose("Thank you").unwrap(),
    }
}

fn queued() -> Message {
    Message::queue(MessageId::new(Uuid::from_u128(1_000 << 80)), letter(), at(90_000))
}

fn sending() -> Message {
    let mut message = queued();
    message.claim(at(5_000), at(1_500)).unwrap();
    message
}

fn reference(text: &str) -> GatewayReference {
    GatewayReference::parse(text).unwrap()
}

fn report(text: &str, delivery: Delivery) -> DeliveryReport {
    let reference = reference(text);
    DeliveryReport {
        gateway: Gateway::Twilio,
        reference,
        message: None,
        number: None,
        delivery,
        at: at(7_000),
    }
}

fn refused() -> Failure {
    FailureCode::Refused.into()
}

#[test]
fn a_new_message_is_due_at_once() {
    let message = queued();
    assert_eq!(message.course().state, MessageState::Queued { due: at(1_000) });
    assert_eq!((message.updated_at(), message.version()), (at(1_000), Version::FIRST));
}

#[test]
fn a_message_that_a_gateway_takes_over_is_sent() {
    let mut message = sending();
    assert_eq!(message.course().state, MessageState::Sending { until: at(5_000) });
    let cost = Cost::from_millionths(800_000, crate::Currency::parse("KES").unwrap());
    message.accept(Gateway::Twilio, Some(reference("SM1")), cost, at(2_000)).unwrap();
    let course = message.course();
    assert_eq!((course.state.clone(), course.attempts, course.cost), (MessageState::Sent, 1, cost));
    assert_eq!((course.gateway, course.reference.clone()), (Some(Gateway::Twilio), Some(reference("SM1"))));
    assert_eq!((message.updated_at(), message.version().number()), (at(2_000), 3));
}

#[test]
fn a_message_that_is_put_off_waits_until_it_is_due_again() {
    let mut message = sending();
    message.defer(Gateway::Twilio, at(9_000), at(2_000)).unwrap();
    let course = message.course();
    assert_eq!(course.state, MessageState::Queued { due: at(9_000) });
    assert_eq!((course.attempts, course.deferrals), (1, 1));
}

#[test]
fn nothing_is_held_against_a_message_that_is_put_back() {
    let mut message = sending();
    message.put_back(None, at(9_000), at(2_000)).unwrap();
    let course = message.course();
    assert_eq!((course.attempts, course.deferrals, course.gateway), (0, 0, None));
    message.claim(at(20_000), at(9_000)).unwrap();
    message.put_back(Some(Gateway::Twilio), at(30_000), at(9_500)).unwrap();
    assert_eq!((message.course().attempts, message.course().deferrals), (1, 0));
}

#[test]
fn what_nobody_knows_is_sent_again_only_if_somebody_wants_that() {
    let mut message = sending();
    message.lose(Some(Gateway::Twilio), FailureCode::NoAnswer.into(), at(2_000)).unwrap();
    assert_eq!(message.status(), MessageStatus::Unknown);
    assert_eq!(message.requeue(false, at(99_000), at(3_000)), Err(MessageRefusal::Unconfirmed));
    assert_eq!(message.requeue(true, at(99_000), at(3_000)), Ok(()));
    let course = message.course();
    assert_eq!(
        (course.state.clone(), course.expires_at),
        (MessageState::Queued { due: at(3_000) }, at(99_000))
    );
    assert_eq!((course.gateway, course.attempts), (None, 1));
}

#[test]
fn what_failed_is_sent_again_and_its_pauses_begin_anew() {
    let mut message = sending();
    message.defer(Gateway::Twilio, at(3_000), at(2_000)).unwrap();
    message.claim(at(9_000), at(3_000)).unwrap();
    message.fail(Some(Gateway::Twilio), refused(), at(4_000)).unwrap();
    message.requeue(false, at(99_000), at(5_000)).unwrap();
    assert_eq!((message.course().attempts, message.course().deferrals), (2, 0));
}

#[test]
fn only_what_failed_or_is_unknown_can_be_sent_again() {
    for message in [queued(), sending()] {
        let status = message.status();
        let refusal = Err(MessageRefusal::NotFailed { status });
        assert_eq!(message.clone().requeue(true, at(99_000), at(3_000)), refusal);
    }
}

#[test]
fn an_answer_that_comes_late_settles_what_was_unknown() {
    let mut message = sending();
    message.lose(None, FailureCode::WorkerLost.into(), at(5_000)).unwrap();
    message.accept(Gateway::Twilio, Some(reference("SM1")), None, at(6_000)).unwrap();
    assert_eq!((message.status(), message.course().attempts), (MessageStatus::Sent, 1));
}

#[test]
fn a_report_settles_what_was_sent_and_what_is_unknown_and_nothing_else() {
    let mut sent = sending();
    sent.accept(Gateway::Twilio, Some(reference("SM1")), None, at(2_000)).unwrap();
    let mut unknown = sending();
    unknown.lose(Some(Gateway::Twilio), FailureCode::NoAnswer.into(), at(2_000)).unwrap();
    for message in [sent, unknown] {
        let mut delivered = message.clone();
        assert!(delivered.settle(&report("SM1", Delivery::Delivered)));
        assert_eq!(delivered.status(), MessageStatus::Delivered);
        assert!(!delivered.settle(&report("SM1", Delivery::Failed(refused()))), "delivered is final");
        let mut failed = message;
        assert!(failed.settle(&report("SM1", Delivery::Failed(refused()))));
        assert_eq!(failed.course().state, MessageState::Failed(refused()));
        assert!(!failed.settle(&report("SM1", Delivery::Delivered)));
    }
    for mut message in [queued(), sending()] {
        assert!(!message.settle(&report("SM1", Delivery::Delivered)));
    }
}

#[test]
fn what_is_queued_can_grow_too_old_and_nothing_else_becomes_of_it_unasked() {
    let mut message = queued();
    assert!(message.clone().fail(Some(Gateway::Twilio), refused(), at(2_000)).is_err());
    message.fail(None, FailureCode::TooOld.into(), at(90_000)).unwrap();
    assert_eq!((message.status(), message.course().attempts), (MessageStatus::Failed, 0));
    assert!(message.fail(None, refused(), at(91_000)).is_err());
}

#[test]
fn costs_in_another_currency_are_not_added() {
    let cost = |amount, code| Cost::from_millionths(amount, crate::Currency::parse(code).unwrap());
    let mut message = sending();
    for (more, sum) in [(cost(5, "KES"), 5), (cost(7, "KES"), 12), (cost(9, "USD"), 12), (None, 12)] {
        message.accept(Gateway::Twilio, None, more, at(2_000)).unwrap();
        assert_eq!(message.course().cost, cost(sum, "KES"));
        message.settle(&report("SM1", Delivery::Failed(refused())));
        message.requeue(false, at(99_000), at(3_000)).unwrap();
        message.claim(at(9_000), at(3_000)).unwrap();
    }
}

#[test]
fn what_had_not_been_sent_is_not_sent_from_where_it_is_moved_to() {
    assert_eq!(queued().moved().course().state, MessageState::Failed(FailureCode::Moved.into()));
    assert_eq!(sending().moved().course().state, MessageState::Unknown(FailureCode::WorkerLost.into()));
    let mut sent = sending();
    sent.accept(Gateway::Twilio, None, None, at(2_000)).unwrap();
    assert_eq!(sent.clone().moved(), sent);
}

#[test]
fn a_state_is_made_of_parts_that_go_together() {
    let failure = Some(refused());
    for (status, due, failure) in [
        (MessageStatus::Queued, None, None),
        (MessageStatus::Sending, None, None),
        (MessageStatus::Sent, Some(at(1)), None),
        (MessageStatus::Failed, None, None),
        (MessageStatus::Delivered, None, failure.clone()),
        (MessageStatus::Unknown, Some(at(1)), failure),
    ] {
        assert_eq!(MessageState::new(status, due, failure), None, "{status:?}");
    }
}

proptest! {
    /// Whatever happens to a message in whatever order: it is given to a gateway only while one worker has it, no
    /// version comes twice, and delivered is the end.
    #[test]
    fn no_course_of_events_breaks_the_rules(steps in prop::collection::vec(0..9_u8, 0..30)) {
        let mut message = queued();
        for (step, now) in steps.into_iter().zip((2_000..).step_by(1_000)) {
            let before = message.clone();
            let now = at(now);
            let gateway = Gateway::AfricasTalking;
            let changed = match step {
                0 => message.claim(at(now.milliseconds() + 500), now).is_ok(),
                1 => message.accept(gateway, Some(reference("AT1")), None, now).is_ok(),
                2 => message.fail(Some(gateway), refused(), now).is_ok(),
                3 => message.defer(gateway, now, now).is_ok(),
                4 => message.put_back(None, now, now).is_ok(),
                5 => message.lose(Some(gateway), FailureCode::NoAnswer.into(), now).is_ok(),
                6 => message.settle(&report("AT1", Delivery::Delivered)),
                7 => message.settle(&report("AT1", Delivery::Failed(refused()))),
                _ => message.requeue(false, at(999_000), now).is_ok(),
            };
            prop_assert_eq!(changed, message != before);
            prop_assert_eq!(message.version().number(), before.version().number() + i64::from(changed));
            if before.status() == MessageStatus::Delivered {
                prop_assert!(!changed);
            }
            if message.course().attempts > before.course().attempts {
                prop_assert_eq!(before.status(), MessageStatus::Sending);
            }
            let course = message.course();
            let state = MessageState::new(message.status(), course.state.due(), course.state.failure().cloned());
            prop_assert_eq!(state, Some(course.state.clone()));
        }
    }
}
