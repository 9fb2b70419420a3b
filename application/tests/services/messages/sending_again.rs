//! Sending once more what somebody wants to be sent once more.

use std::sync::Arc;

use orderdesk_application::error::Result;
use orderdesk_application::idempotency::{Once, Outcome};
use orderdesk_application::ports::{Clock as _, StoreError};
use orderdesk_application::services::Browse as _;
use orderdesk_application::views::{MessageDetails, MessageField};
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::builders::{cost, currency};
use orderdesk_contract::kinds::{insert, keep, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Action, Course, FailureCode, Message, MessageRefusal, MessageState, MessageStatus, Resource, Standing,
    Timestamp,
};
use serde_json::{Value as Json, json};

use crate::common::{
    FaultyStore, Step, TestDesk, WANTED, all, done, equals, failed, once, refused, replayed,
};

fn unsent() -> MessageState {
    MessageState::Failed(FailureCode::NotServed.into())
}

fn unknown() -> MessageState {
    MessageState::Unknown(FailureCode::NoAnswer.into())
}

/// A message to the shop's customer that stands there, and has been put off some times before.
async fn message(desk: &TestDesk, shop: &Shop, state: MessageState) -> Message {
    let made = desk.make.message_in(&shop.customer, state);
    let course = Course { attempts: 5, deferrals: 4, ..made.course().clone() };
    let made = Message::restore(made.id(), made.letter().clone(), course, made.updated_at(), made.version());
    keep(&*desk.store, &made).await;
    made
}

async fn send_again(desk: &TestDesk, caller: &Caller, message: &Message, confirmed: bool) -> Result<Message> {
    let sent = desk.messages().send_again(caller, message.id(), confirmed, None).await;
    sent.map(done).map(|details| details.message)
}

#[tokio::test]
async fn what_has_failed_is_queued_once_more() {
    for confirmed in [false, true] {
        let (desk, shop) = TestDesk::with_shop().await;
        let failed = message(&desk, &shop, unsent()).await;
        let queued = send_again(&desk, &shop.caller(), &failed, confirmed).await.unwrap();
        let now = desk.clock.now();
        let course = queued.course();
        assert_eq!(course.state, MessageState::Queued { due: now });
        assert_eq!(course.expires_at, desk.clock.later(WANTED), "somebody wants it now");
        assert_eq!((course.attempts, course.deferrals), (5, 0), "the pauses begin anew");
        assert_eq!((course.gateway, &course.reference), (None, &None));
        assert_eq!(course.cost, failed.course().cost, "what was paid was paid");
        assert_eq!((queued.version().number(), queued.letter()), (4, failed.letter()));
        assert_eq!(stored(&*desk.store, &queued).await, Some(queued));
    }
}

#[tokio::test]
async fn what_may_have_been_sent_is_sent_again_only_by_who_knows_that() {
    let (desk, shop) = TestDesk::with_shop().await;
    let lost = message(&desk, &shop, unknown()).await;
    let problems = refused(send_again(&desk, &shop.caller(), &lost, false).await);
    assert_eq!(problems, [Problem::Message(MessageRefusal::Unconfirmed)]);
    assert!(problems[0].to_string().contains("could get it twice"), "{}", problems[0]);
    assert_eq!(stored(&*desk.store, &lost).await, Some(lost.clone()));
    let queued = send_again(&desk, &shop.caller(), &lost, true).await.unwrap();
    assert_eq!(queued.status(), MessageStatus::Queued);
}

#[tokio::test]
async fn nothing_else_is_sent_again() {
    let (desk, shop) = TestDesk::with_shop().await;
    let now = desk.clock.now();
    for state in [
        MessageState::Queued { due: now },
        MessageState::Sending { until: now },
        MessageState::Sent,
        MessageState::Delivered,
    ] {
        let message = message(&desk, &shop, state.clone()).await;
        for confirmed in [false, true] {
            let status = state.status();
            let problems = refused(send_again(&desk, &shop.caller(), &message, confirmed).await);
            assert_eq!(problems, [Problem::Message(MessageRefusal::NotFailed { status })]);
        }
        assert_eq!(stored(&*desk.store, &message).await, Some(message));
    }
    assert_eq!(desk.entries().await, []);
    let nobodys = desk.make.message(&shop.customer);
    assert_eq!(refused(send_again(&desk, &shop.caller(), &nobodys, true).await), [Problem::NotFound]);
}

#[tokio::test]
async fn who_sends_something_again_is_written_down() {
    let (desk, shop) = TestDesk::with_shop().await;
    let message = message(&desk, &shop, unsent()).await;
    let member = desk.member(&shop, Standing::Member).await;
    send_again(&desk, &member, &message, false).await.unwrap();
    let [entry] = desk.entries().await.try_into().unwrap();
    let entry = entry.entry;
    assert_eq!((entry.action, entry.resource), (Action::Change, Resource::Notifications));
    assert_eq!((entry.object, entry.actor.user), (message.id().uuid(), Some(member.user.id)));
    assert_eq!(entry.organization, Some(shop.organization.id()));
    let facts = |facts: Option<orderdesk_domain::Facts>| -> Json {
        serde_json::from_str(facts.unwrap().as_str()).unwrap()
    };
    assert_eq!(facts(entry.before), json!({"status": "failed"}));
    assert_eq!(facts(entry.after), json!({"status": "queued"}));
}

#[tokio::test]
async fn who_only_looks_does_not_send() {
    let (desk, shop) = TestDesk::with_shop().await;
    let theirs = desk.shop().await;
    let message = message(&desk, &shop, unsent()).await;
    let forbidden = [Problem::Forbidden(Action::Change, Resource::Notifications)];
    for standing in [Standing::Guest(shop.customer.id()), Standing::Viewer] {
        let caller = desk.member(&shop, standing).await;
        assert_eq!(desk.messages().list(&caller, all()).await.unwrap().count, Some(1), "{standing:?}");
        assert_eq!(refused(send_again(&desk, &caller, &message, true).await), forbidden, "{standing:?}");
    }
    // A guest of somebody else does not even see it.
    let other = desk.make.customer(shop.organization.id());
    keep(&*desk.store, &other).await;
    for caller in [desk.member(&shop, Standing::Guest(other.id())).await, theirs.caller()] {
        assert_eq!(refused(send_again(&desk, &caller, &message, true).await), [Problem::NotFound]);
        assert_eq!(desk.messages().list(&caller, all()).await.unwrap().count, Some(0));
        assert_eq!(desk.messages().attempts().list(&caller, all()).await.unwrap().count, Some(0));
    }
    assert_eq!(stored(&*desk.store, &message).await, Some(message));
}

#[tokio::test]
async fn a_request_that_is_sent_again_queues_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let message = message(&desk, &shop, unsent()).await;
    let send = async |once: &Once<MessageDetails>| -> Result<Outcome<MessageDetails>> {
        desk.messages().send_again(&shop.caller(), message.id(), false, Some(once)).await
    };
    let once = once("request-1");
    done(send(&once).await.unwrap());
    let queued = stored(&*desk.store, &message).await;
    replayed(send(&once).await.unwrap());
    assert_eq!(stored(&*desk.store, &message).await, queued);
    assert_eq!(desk.entries().await.len(), 1);
}

/// Two who want it sent at once want the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_that_send_something_again_one_does() {
    let (desk, shop) = TestDesk::with_shop().await;
    let message = message(&desk, &shop, unsent()).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (messages, caller, id) = (desk.messages(), shop.caller(), message.id());
            tokio::spawn(async move { messages.send_again(&caller, id, false, None).await.map(done) })
        })
        .collect();
    let mut sent = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => sent += 1,
            outcome => {
                let status = MessageStatus::Queued;
                assert_eq!(refused(outcome), [Problem::Message(MessageRefusal::NotFailed { status })]);
            }
        }
    }
    assert_eq!((sent, desk.entries().await.len()), (1, 1));
}

#[tokio::test]
async fn it_is_queued_and_written_down_or_neither() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    let message = message(&desk, &shop, unsent()).await;
    for step in [Step::Update, Step::Append, Step::Commit] {
        store.fail(step, 1, || StoreError::Backend("disk full".into()));
        failed(send_again(&desk, &shop.caller(), &message, false).await);
        assert_eq!(stored(&*desk.store, &message).await, Some(message.clone()), "{step:?}");
        assert_eq!(desk.entries().await, []);
    }
    store.fail(Step::Update, 1, || StoreError::Conflict);
    store.fail(Step::Commit, 1, || StoreError::Retry("deadlock".into()));
    send_again(&desk, &shop.caller(), &message, false).await.unwrap();
    assert_eq!(desk.entries().await.len(), 1);
}

#[tokio::test]
async fn costs_are_summed_by_currency_over_what_the_caller_sees() {
    let desk = TestDesk::new();
    let (shop, theirs) = (desk.shop().await, desk.shop().await);
    let priced = |shop: &Shop, state: MessageState, millionths, code: &str| {
        let made = desk.make.message_in(&shop.customer, state);
        let course = Course { cost: Some(cost(millionths, code)), ..made.course().clone() };
        Message::restore(made.id(), made.letter().clone(), course, Timestamp::LATEST, made.version())
    };
    let made = [
        priced(&shop, MessageState::Sent, 7_500, "USD"),
        priced(&shop, MessageState::Sent, 800_000, "KES"),
        priced(&shop, MessageState::Delivered, 1_600_000, "KES"),
        desk.make.message(&shop.customer),
        priced(&theirs, MessageState::Sent, 99_000_000, "KES"),
    ];
    insert(&*desk.store, &made).await.unwrap();
    let costs = async |caller: &Caller, filter| desk.messages().costs(caller, filter).await.unwrap();
    let everything = orderdesk_application::query::Filter::everything;
    let expected = [cost(2_400_000, "KES"), cost(7_500, "USD")];
    assert_eq!(costs(&shop.caller(), everything()).await, expected);
    let delivered = equals(MessageField::Status, "delivered");
    assert_eq!(costs(&shop.caller(), delivered).await, [cost(1_600_000, "KES")]);
    let of_theirs = equals(MessageField::Organization, theirs.organization.id().uuid());
    assert_eq!(costs(&shop.caller(), of_theirs).await, []);
    assert_eq!(costs(&theirs.caller(), everything()).await[0].currency(), currency("KES"));
    let nobody = desk.caller(&desk.somebody(&[]).await).await;
    let refusal = refused(desk.messages().costs(&nobody, everything()).await);
    assert_eq!(refusal, [Problem::Forbidden(Action::Read, Resource::Notifications)]);
}
