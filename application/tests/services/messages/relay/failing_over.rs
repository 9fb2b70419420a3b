//! Asking another gateway: only where the first is known not to have taken the message over.

use orderdesk_application::ports::{Clock as _, Verdict};
use orderdesk_contract::builders::cost;
use orderdesk_domain::{AttemptOutcome, FailureCode, Gateway, MessageState, MessageStatus};

use super::{unknown, unsent};
use crate::common::{Office, pass};

const LATER: Verdict = Verdict::Later { attempts: None };

const fn refused(code: FailureCode) -> Verdict {
    Verdict::Refused(code)
}

#[tokio::test(start_paused = true)]
async fn what_the_first_has_not_taken_over_the_second_does_at_once() {
    for (verdict, outcome) in [
        (LATER, AttemptOutcome::Deferred),
        (Verdict::Later { attempts: Some(1) }, AttemptOutcome::Deferred),
        (Verdict::Held, AttemptOutcome::Held),
        (refused(FailureCode::NotServed), AttemptOutcome::Refused),
    ] {
        let office = Office::new().await;
        let (first, second) = (&office.gateway, office.another());
        first.answers([verdict]);
        let message = office.order().await;
        let relay = office.send_through(&[first.clone(), second.clone()]);
        pass(1).await;
        let course = office.now(&message).await.course().clone();
        assert_eq!((course.state, course.attempts, course.deferrals), (MessageState::Sent, 2, 0));
        assert_eq!(course.gateway, Some(Gateway::Twilio));
        assert_eq!((course.reference, course.cost), (Some(second.reference(1)), Some(cost(800_000, "KES"))));
        let attempts = office.attempts(&message).await;
        let told: Vec<_> = attempts.iter().map(|it| (it.gateway, it.outcome)).collect();
        let accepted = (Some(Gateway::Twilio), AttemptOutcome::Accepted);
        assert_eq!(told, [(Some(Gateway::AfricasTalking), outcome), accepted]);
        relay.stop().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_first_has_or_may_have_or_refuses_the_second_never_hears_of() {
    for (verdict, state) in [
        (Verdict::Accepted { reference: None, cost: None }, MessageState::Sent),
        (Verdict::Unanswered, unknown(FailureCode::NoAnswer)),
        (refused(FailureCode::Refused), unsent(FailureCode::Refused)),
        (refused(FailureCode::InvalidNumber), unsent(FailureCode::InvalidNumber)),
        (refused(FailureCode::OptedOut), unsent(FailureCode::OptedOut)),
    ] {
        let office = Office::new().await;
        let (first, second) = (&office.gateway, office.another());
        first.answers([verdict]);
        let message = office.order().await;
        let relay = office.send_through(&[first.clone(), second.clone()]);
        pass(600_000).await;
        assert_eq!(office.state(&message).await, state);
        assert_eq!((first.asked(), second.asked()), (1, 0), "{state:?}");
        relay.stop().await.unwrap();
    }
}

/// Of several answers the one counts that says most: that it is sent or may be, that it never will be, that it may be
/// later; and that a gateway does not serve somebody only where all of them say so.
#[tokio::test(start_paused = true)]
async fn the_weightiest_of_several_answers_counts() {
    let none = refused(FailureCode::NotServed);
    for (one, other, state, gateway) in [
        (LATER, Verdict::Unanswered, unknown(FailureCode::NoAnswer), Gateway::Twilio),
        (LATER, refused(FailureCode::Refused), unsent(FailureCode::Refused), Gateway::Twilio),
        (
            none.clone(),
            refused(FailureCode::InvalidNumber),
            unsent(FailureCode::InvalidNumber),
            Gateway::Twilio,
        ),
        (none.clone(), none.clone(), unsent(FailureCode::NotServed), Gateway::Twilio),
        (Verdict::Later { attempts: Some(1) }, none, unsent(FailureCode::Refused), Gateway::AfricasTalking),
    ] {
        let office = Office::new().await;
        let (first, second) = (&office.gateway, office.another());
        first.answers([one]);
        second.answers([other]);
        let message = office.order().await;
        let relay = office.send_through(&[first.clone(), second.clone()]);
        pass(1).await;
        let course = office.now(&message).await.course().clone();
        assert_eq!((course.state, course.attempts, course.gateway), (state, 2, Some(gateway)));
        assert_eq!(office.attempts(&message).await.len(), 2);
        relay.stop().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_all_of_them_put_off_is_put_off_once() {
    for (one, other) in [(LATER, LATER), (LATER, refused(FailureCode::NotServed)), (LATER, Verdict::Held)] {
        let office = Office::new().await;
        let (first, second) = (&office.gateway, office.another());
        first.answers([one]);
        second.answers([other]);
        let message = office.order().await;
        let relay = office.send_through(&[first.clone(), second.clone()]);
        pass(1).await;
        let course = office.now(&message).await.course().clone();
        assert_eq!((course.attempts, course.deferrals), (2, 1));
        let MessageState::Queued { due } = course.state else { panic!("{course:?}") };
        let waits = due.milliseconds() - message.id().created_at().milliseconds();
        assert!((2_500..5_000).contains(&waits), "{waits}");
        pass(5_000).await;
        assert_eq!((office.now(&message).await.status(), first.asked()), (MessageStatus::Sent, 2));
        relay.stop().await.unwrap();
    }
}

/// One gateway has no credit, and the other does not serve such numbers: once there is credit, the message is sent.
#[tokio::test(start_paused = true)]
async fn what_one_does_not_serve_waits_for_the_one_that_is_held() {
    for held_first in [true, false] {
        let office = Office::new().await;
        let (held, other) = (&office.gateway, office.another());
        held.always(Verdict::Held);
        other.always(refused(FailureCode::NotServed));
        let gateways = if held_first { [held.clone(), other.clone()] } else { [other.clone(), held.clone()] };
        let relay = office.send_through(&gateways);
        let [one, two] = [office.order().await, {
            pass(10_000).await;
            office.order().await
        }];
        pass(45_000).await;
        for message in [&one, &two] {
            let course = office.now(message).await.course().clone();
            assert_eq!(course.state.status(), MessageStatus::Queued, "{course:?}");
            assert!(course.attempts <= 3, "nobody is asked over and over: {course:?}");
        }
        held.accepts();
        pass(200_000).await;
        for message in [one, two] {
            let course = office.now(&message).await.course().clone();
            assert_eq!((course.state, course.gateway), (MessageState::Sent, Some(Gateway::AfricasTalking)));
        }
        relay.stop().await.unwrap();
    }
}

/// While the first gateway is held, everything goes through the second without asking it.
#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_held_is_passed_by() {
    let office = Office::new().await;
    let (first, second) = (&office.gateway, office.another());
    first.always(Verdict::Held);
    let relay = office.send_through(&[first.clone(), second.clone()]);
    let began = office.desk.clock.now();
    for _ in 0..10 {
        office.order().await;
        pass(1_000).await;
    }
    assert_eq!((first.asked(), second.asked()), (1, 10));
    assert_eq!(office.count(MessageStatus::Sent).await, 10);
    // After a minute one message finds out whether it sends again.
    first.accepts();
    pass(50_000).await;
    assert_eq!(office.desk.clock.now().milliseconds() - began.milliseconds(), 60_000);
    office.queue(20).await;
    pass(1_000).await;
    assert_eq!((first.asked() + second.asked(), office.count(MessageStatus::Sent).await), (31, 30));
    assert!(first.asked() > 10, "{}", first.asked());
    assert_eq!(office.desk.store.outbox().holds().await.unwrap(), []);
    relay.stop().await.unwrap();
}
