//! Where each answer of a gateway leads.

use orderdesk_application::ports::{Answer, Clock as _, Verdict};
use orderdesk_contract::builders::{cost, reference, remark};
use orderdesk_contract::kinds::insert;
use orderdesk_domain::{
    AttemptOutcome, Failure, FailureCode, Gateway, MessageState, MessageStatus, Timestamp,
};

use super::unsent;
use crate::common::{Office, WANTED, pass};

#[tokio::test(start_paused = true)]
async fn what_a_gateway_takes_over_is_sent() {
    let office = Office::new().await;
    let relay = office.send();
    pass(12_345).await;
    let message = office.order().await;
    let placed = office.desk.clock.now();
    pass(1).await;
    let [heard] = office.gateway.heard().try_into().unwrap();
    assert_eq!((heard.message, heard.at), (message.id(), placed), "nobody waits");
    assert_eq!((&heard.to, heard.text.as_str()), (&message.letter().to, message.letter().text.as_str()));

    let sent = office.now(&message).await;
    let course = sent.course();
    assert_eq!((course.state.clone(), course.attempts, course.deferrals), (MessageState::Sent, 1, 0));
    assert_eq!(course.gateway, Some(Gateway::AfricasTalking));
    assert_eq!(course.reference, Some(office.gateway.reference(1)));
    assert_eq!((course.cost, sent.version().number()), (Some(cost(800_000, "KES")), 3));
    let [attempt] = office.attempts(&message).await.try_into().unwrap();
    assert_eq!((attempt.outcome, attempt.gateway), (AttemptOutcome::Accepted, course.gateway));
    assert_eq!((&attempt.reference, attempt.cost), (&course.reference, course.cost));
    assert_eq!((attempt.id.created_at(), attempt.finished_at), (placed, placed));
    assert_eq!((attempt.code, attempt.error), (None, None));

    pass(60_000).await;
    assert_eq!(office.gateway.asked(), 1, "once");
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_gateway_may_call_a_message_nothing_and_charge_nothing() {
    let office = Office::new().await;
    office.gateway.answers([Verdict::Accepted { reference: None, cost: None }]);
    let message = office.order().await;
    let relay = office.send();
    pass(1).await;
    let course = office.now(&message).await.course().clone();
    assert_eq!((course.state, course.reference, course.cost), (MessageState::Sent, None, None));
    assert_eq!(course.gateway, Some(Gateway::AfricasTalking));
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_a_gateway_refuses_has_failed() {
    for code in
        [FailureCode::InvalidNumber, FailureCode::NotServed, FailureCode::OptedOut, FailureCode::Refused]
    {
        for (own_code, words, told) in [
            (Some("406"), Some("In the blacklist"), Some("In the blacklist")),
            (Some("406"), None, Some("406")),
            (None, None, None),
        ] {
            let office = Office::new().await;
            let (own_code, words, told) = (own_code.map(remark), words.map(remark), told.map(remark));
            let verdict = Verdict::Refused(code);
            office.gateway.says(Answer { verdict, code: own_code.clone(), remark: words.clone() });
            let message = office.order().await;
            let relay = office.send();
            pass(1).await;
            let failed = office.now(&message).await;
            let course = failed.course();
            assert_eq!(course.state, MessageState::Failed(Failure { code, remark: told }));
            assert_eq!((course.attempts, course.gateway), (1, Some(Gateway::AfricasTalking)));
            let [attempt] = office.attempts(&message).await.try_into().unwrap();
            assert_eq!((attempt.outcome, attempt.reference), (AttemptOutcome::Refused, None));
            assert_eq!((attempt.code, attempt.error), (own_code, words));
            pass(600_000).await;
            assert_eq!(office.gateway.asked(), 1, "{code:?}");
            relay.stop().await.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn where_no_answer_came_nobody_knows_and_nothing_is_sent_again() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    let words = remark("The connection was closed before an answer came.");
    office.gateway.says(Answer { verdict: Verdict::Unanswered, code: None, remark: Some(words.clone()) });
    let message = office.order().await;
    let relay = office.send();
    pass(1).await;
    let failure = Failure { code: FailureCode::NoAnswer, remark: Some(words.clone()) };
    let lost = office.now(&message).await;
    assert_eq!(lost.course().state, MessageState::Unknown(failure));
    assert_eq!((lost.course().attempts, lost.course().gateway), (1, Some(Gateway::AfricasTalking)));
    let [attempt] = office.attempts(&message).await.try_into().unwrap();
    assert_eq!((attempt.outcome, attempt.error), (AttemptOutcome::Unanswered, Some(words)));
    pass(WANTED.unsigned_abs() + 60_000).await;
    assert_eq!(office.gateway.asked(), 1);
    assert_eq!(office.now(&message).await, lost);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_a_gateway_puts_off_is_tried_again_later() {
    let office = Office::new().await;
    office.gateway.answers([Verdict::Later { attempts: None }]);
    let message = office.order().await;
    let relay = office.send();
    pass(1).await;
    let put_off = office.now(&message).await;
    let MessageState::Queued { due } = put_off.course().state else { panic!("{:?}", put_off.course()) };
    let waits = due.milliseconds() - message.id().created_at().milliseconds();
    assert!((2_500..5_000).contains(&waits), "{waits}");
    assert_eq!((put_off.course().attempts, put_off.course().deferrals), (1, 1));
    assert_eq!(put_off.course().expires_at, message.course().expires_at);
    let [attempt] = office.attempts(&message).await.try_into().unwrap();
    assert_eq!(attempt.outcome, AttemptOutcome::Deferred);
    pass(waits.unsigned_abs() - 2).await;
    assert_eq!(office.gateway.asked(), 1, "not before it is due");
    pass(2).await;
    let heard = office.gateway.heard();
    assert_eq!((heard.len(), heard[1].at), (2, due), "and not after");
    let sent = office.now(&message).await;
    assert_eq!((sent.status(), sent.course().attempts), (MessageStatus::Sent, 2));
    assert_eq!(office.attempts(&message).await.len(), 2);
    relay.stop().await.unwrap();
}

/// Half to all of five seconds, then of ten, and so on up to a quarter of an hour, until nobody wants it any more.
#[tokio::test(start_paused = true)]
async fn the_pauses_grow_up_to_a_quarter_of_an_hour_and_the_message_up_to_its_age() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    office.gateway.always(Verdict::Later { attempts: None });
    let message = office.order().await;
    let relay = office.send();
    pass(WANTED.unsigned_abs() + 60_000).await;
    let times: Vec<_> = office.gateway.heard().iter().map(|it| it.at.milliseconds()).collect();
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (pause, number) in pauses.iter().zip(0_u32..) {
        let longest = (5_000 << number.min(10)).min(900_000);
        assert!((longest / 2..longest + 10).contains(pause), "{pause} after {number}");
    }
    assert!((30..60).contains(&times.len()), "{}", times.len());
    let failed = office.now(&message).await;
    assert_eq!(failed.course().state, unsent(FailureCode::TooOld));
    let expires_at = message.course().expires_at.milliseconds();
    assert!(times.iter().all(|time| *time < expires_at));
    assert!(
        failed.updated_at() < message.course().expires_at,
        "it was known before that it would be too late"
    );
    assert_eq!(failed.course().attempts as usize, times.len());
    assert_eq!(office.attempts(&message).await.len(), times.len());
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn those_that_are_put_off_together_do_not_come_back_together() {
    let office = Office::new().await;
    office.gateway.answers([Verdict::Later { attempts: None }, Verdict::Later { attempts: None }]);
    office.desk.randomness.draw_next([0, 2_000]);
    office.queue(2).await;
    let relay = office.send();
    pass(10_000).await;
    let times: Vec<_> = office.gateway.heard().iter().map(|it| it.at.milliseconds()).collect();
    assert_eq!(times.len(), 4);
    assert_eq!(times[3] - times[2], 2_000);
    relay.stop().await.unwrap();
}

/// Some answers are worth one more try, and not a day of them.
#[tokio::test(start_paused = true)]
async fn what_a_gateway_puts_off_a_limited_number_of_times_has_failed_then() {
    for most in [1, 3] {
        let office = Office::new().await;
        office.gateway.always(Verdict::Later { attempts: Some(most) });
        let message = office.order().await;
        let relay = office.send();
        pass(60_000).await;
        assert_eq!(office.gateway.asked(), most as usize);
        let course = office.now(&message).await.course().clone();
        assert_eq!((course.state, course.attempts), (unsent(FailureCode::Refused), most));
        relay.stop().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_grown_too_old_is_not_sent() {
    let office = Office::new().await;
    let (old, young) = (office.order().await, office.message(&office.shop.customer));
    office.desk.clock.advance(WANTED);
    insert(&*office.desk.store, std::slice::from_ref(&young)).await.unwrap();
    let another = office.order().await;
    let relay = office.send();
    pass(1).await;
    assert_eq!(office.state(&old).await, unsent(FailureCode::TooOld));
    assert_eq!(office.state(&young).await, unsent(FailureCode::TooOld));
    assert_eq!(office.now(&another).await.status(), MessageStatus::Sent);
    assert_eq!((office.gateway.asked(), office.attempts(&old).await.len()), (1, 0));
    assert_eq!(
        (office.now(&old).await.course().attempts, office.now(&old).await.course().gateway),
        (0, None)
    );
    relay.stop().await.unwrap();
}

/// What one attempt has cost is not forgotten with the next.
#[tokio::test(start_paused = true)]
async fn costs_add_up_over_attempts() {
    let office = Office::new().await;
    let accepted = |name, cost| Verdict::Accepted { reference: Some(reference(name)), cost: Some(cost) };
    office.gateway.answers([accepted("AT1", cost(800_000, "KES")), accepted("AT2", cost(900_000, "KES"))]);
    let message = office.order().await;
    let relay = office.send();
    pass(1).await;
    fail(&office, &message).await;
    let id = message.id();
    office.desk.messages().send_again(&office.shop.caller(), id, false, None).await.unwrap();
    pass(1).await;
    let sent = office.now(&message).await;
    assert_eq!((sent.status(), sent.course().attempts), (MessageStatus::Sent, 2), "at once");
    assert_eq!(sent.course().cost, Some(cost(1_700_000, "KES")));
    assert_eq!(sent.course().reference, Some(reference("AT2")));
    relay.stop().await.unwrap();
}

/// A report has come that it could not be delivered.
async fn fail(office: &Office, message: &orderdesk_domain::Message) {
    let was = office.now(message).await;
    let mut now = was.clone();
    let failure = Failure::from(FailureCode::Undelivered);
    assert!(now.settle(&orderdesk_domain::DeliveryReport {
        gateway: Gateway::AfricasTalking,
        reference: reference("AT1"),
        message: None,
        number: None,
        delivery: orderdesk_domain::Delivery::Failed(failure),
        at: Timestamp::EARLIEST,
    }));
    orderdesk_contract::kinds::update(&*office.desk.store, &was, &now).await.unwrap();
}

/// Nothing is sent where there is nothing to send it through.
#[tokio::test(start_paused = true)]
async fn without_a_gateway_messages_wait_until_they_are_too_old() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    let message = office.order().await;
    let relay = office.send_through(&[]);
    pass(60_000).await;
    assert_eq!(office.now(&message).await, message);
    pass(WANTED.unsigned_abs()).await;
    assert_eq!(office.state(&message).await, unsent(FailureCode::TooOld));
    relay.stop().await.unwrap();
}
