//! A gateway that sends nothing for the account: messages wait, and one of them finds out when it sends again.

use std::slice::from_ref;

use orderdesk_application::ports::{Answer, Clock as _, StoreError, Verdict};
use orderdesk_contract::builders::remark;
use orderdesk_domain::{AttemptOutcome, FailureCode, Gateway, Hold, MessageState, MessageStatus};

use crate::common::{Office, Running, ScriptedGateway, Step, WANTED, pass};

async fn holds(office: &Office) -> Vec<Hold> {
    office.desk.store.outbox().holds().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn messages_wait_until_a_trial_succeeds() {
    let office = Office::new().await;
    let words = remark("InsufficientBalance");
    office.gateway.says(Answer {
        verdict: Verdict::Held,
        code: Some(remark("405")),
        remark: Some(words.clone()),
    });
    let first = office.order().await;
    let relay = office.send();
    pass(1).await;
    let since = first.id().created_at();
    let waiting = office.now(&first).await;
    assert_eq!(waiting.course().state, MessageState::Queued { due: since });
    assert_eq!((waiting.course().attempts, waiting.course().deferrals), (1, 0));
    let [attempt] = office.attempts(&first).await.try_into().unwrap();
    assert_eq!((attempt.outcome, attempt.error.as_ref()), (AttemptOutcome::Held, Some(&words)));
    let until = office.desk.clock.later(60_000 - 1);
    let hold = Hold { gateway: Gateway::AfricasTalking, remark: Some(words), since, until };
    assert_eq!(holds(&office).await, [hold]);

    // Whatever comes meanwhile waits as well.
    let others = office.queue(30).await;
    pass(59_000).await;
    assert_eq!((office.gateway.asked(), office.count(MessageStatus::Queued).await), (1, 31));
    assert_eq!(office.now(&first).await, waiting, "it is left alone");
    pass(2_000).await;
    assert_eq!(office.count(MessageStatus::Sent).await, 31);
    assert_eq!(office.gateway.asked(), 32);
    assert_eq!(holds(&office).await, []);
    for message in others {
        assert_eq!(office.now(&message).await.course().attempts, 1);
    }
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_message_a_minute_finds_out_and_no_more() {
    let office = Office::new().await;
    office.gateway.always(Verdict::Held);
    let relay = office.send();
    office.order().await;
    pass(1_000).await;
    office.queue(30).await;
    let since = holds(&office).await[0].since;
    pass(600_000).await;
    assert_eq!(office.gateway.asked(), 11);
    assert_eq!(office.count(MessageStatus::Queued).await, 31);
    let [hold] = holds(&office).await.try_into().unwrap();
    assert_eq!(hold.since, since, "it began when it began");
    assert!(hold.until > office.desk.clock.now());
    relay.stop().await.unwrap();
}

/// Those that are in flight when the credit runs out cannot know of each other.
#[tokio::test(start_paused = true)]
async fn no_more_are_held_than_were_in_flight() {
    let office = Office::new().await;
    office.gateway.always(Verdict::Held);
    office.queue(100).await;
    let relay = office.send();
    pass(50_000).await;
    assert!((1..=8).contains(&office.gateway.asked()), "{}", office.gateway.asked());
    assert_eq!(office.count(MessageStatus::Queued).await, 100);
    relay.stop().await.unwrap();
}

/// Whether the account is in order does not show in what the gateway says of one message.
#[tokio::test(start_paused = true)]
async fn a_trial_that_tells_nothing_is_followed_by_another_soon() {
    for verdict in
        [Verdict::Refused(FailureCode::InvalidNumber), Verdict::Unanswered, Verdict::Later { attempts: None }]
    {
        let office = Office::new().await;
        office.gateway.answers([Verdict::Held, verdict.clone()]);
        let relay = office.send();
        office.order().await;
        pass(1_000).await;
        office.queue(10).await;
        pass(59_500).await;
        assert_eq!(office.gateway.asked(), 2, "{verdict:?}");
        assert_eq!(holds(&office).await.len(), 1);
        pass(4_000).await;
        assert_eq!(office.gateway.asked(), 2, "{verdict:?}");
        pass(6_000).await;
        assert!(office.count(MessageStatus::Sent).await >= 10, "{verdict:?}");
        assert_eq!(holds(&office).await, []);
        relay.stop().await.unwrap();
    }
}

/// A trial can take as long as a gateway takes.
#[tokio::test(start_paused = true)]
async fn while_a_trial_is_under_way_nobody_else_asks() {
    let office = Office::new().await;
    office.gateway.answers([Verdict::Held]);
    let relay = office.send();
    office.order().await;
    pass(1_000).await;
    office.queue(10).await;
    office.gateway.close();
    pass(100_000).await;
    assert_eq!(office.gateway.asked(), 2);
    office.gateway.open();
    pass(1_000).await;
    assert_eq!(office.count(MessageStatus::Sent).await, 11);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn other_relays_hear_of_it_within_two_seconds() {
    let office = Office::new().await;
    // Another program, which sends through the same gateway.
    let elsewhere = office.desk.elsewhere();
    let theirs = ScriptedGateway::new(Gateway::AfricasTalking, &office.desk.clock);
    let other = Running::start(elsewhere.ports(), from_ref(&theirs), 8);
    let relay = office.send();
    pass(5).await;
    office.gateway.always(Verdict::Held);
    theirs.always(Verdict::Held);
    office.order().await;
    pass(2_000).await;
    let asked = office.gateway.asked() + theirs.asked();
    assert!((1..=2).contains(&asked), "each of them at the most once");
    office.queue(20).await;
    pass(50_000).await;
    assert_eq!(office.gateway.asked() + theirs.asked(), asked);
    office.gateway.accepts();
    theirs.accepts();
    pass(12_000).await;
    assert_eq!(office.count(MessageStatus::Sent).await, 21);
    assert_eq!(holds(&office).await, []);
    relay.stop().await.unwrap();
    other.stop().await.unwrap();
}

/// Whoever starts while a gateway is held knows that before it asks.
#[tokio::test(start_paused = true)]
async fn a_relay_that_starts_knows_what_is_held() {
    let office = Office::new().await;
    office.gateway.answers([Verdict::Held]);
    let relay = office.send();
    office.order().await;
    pass(1_000).await;
    relay.stop().await.unwrap();
    office.queue(10).await;
    let relay = office.send();
    pass(50_000).await;
    assert_eq!(office.gateway.asked(), 1);
    pass(12_000).await;
    assert_eq!(office.count(MessageStatus::Sent).await, 11);
    relay.stop().await.unwrap();
}

/// What was said about the message counts, also where it cannot be written down what that says about the gateway.
#[tokio::test(start_paused = true)]
async fn that_a_gateway_is_held_need_not_be_written_down() {
    let office = Office::new().await;
    office.gateway.answers([Verdict::Held]);
    let relay = office.send();
    pass(500).await;
    office.store.fail(Step::Messaging, 1, || StoreError::Backend("disk full".into()));
    let message = office.order().await;
    pass(1).await;
    assert_eq!((office.now(&message).await.status(), office.gateway.asked()), (MessageStatus::Queued, 1));
    assert!(office.store.is_spent());
    assert_eq!(office.attempts(&message).await.len(), 1);
    pass(62_000).await;
    assert_eq!(office.now(&message).await.status(), MessageStatus::Sent);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_too_long_fails() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    office.gateway.always(Verdict::Held);
    let messages = office.queue(20).await;
    let relay = office.send();
    pass(WANTED.unsigned_abs() + 2_000).await;
    for message in &messages {
        assert_eq!(office.state(message).await, super::unsent(FailureCode::TooOld));
    }
    assert!(office.gateway.asked() < 400, "{}", office.gateway.asked());
    relay.stop().await.unwrap();
}
