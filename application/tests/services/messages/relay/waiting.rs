//! Those who are not to be disturbed: now, or at all.

use orderdesk_application::ports::{Clock as _, StoreError, Verdict};
use orderdesk_contract::builders::{phone, quiet_hours, time_zone};
use orderdesk_contract::kinds::{insert, keep, update};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Charter, FailureCode, Message, MessageState, MessageStatus};

use super::unsent;
use crate::common::{Office, Step, pass};

/// Three in the morning in Nairobi: the clock of an office begins at midnight UTC.
const UNTIL_SEVEN: u64 = 4 * 60 * 60 * 1_000;

/// An organization that does not disturb anybody at these hours.
async fn be_quiet(office: &Office, shop: &Shop, hours: &str, zone: &str) {
    let mut now = shop.organization.clone();
    let (quiet_hours, time_zone) = (Some(quiet_hours(hours)), time_zone(zone));
    let charter = Charter { quiet_hours, time_zone, ..now.charter().clone() };
    assert!(now.revise(charter, office.desk.make.now()));
    update(&*office.desk.store, &shop.organization, &now).await.unwrap();
}

async fn opt_out(office: &Office, number: &str) {
    let mark = office.desk.make.opt_out(&phone(number));
    let mut work = office.desk.store.begin().await.unwrap();
    work.messaging().opt_out(&mark).await.unwrap();
    work.commit().await.unwrap();
}

async fn to(office: &Office, number: &str) -> Message {
    let message = office.message_to(&office.shop.customer, phone(number));
    keep(&*office.desk.store, &message).await;
    message
}

#[tokio::test(start_paused = true)]
async fn nobody_is_woken() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    be_quiet(&office, &office.shop, "21:00-07:00", "Africa/Nairobi").await;
    let others = office.desk.shop().await;
    let message = office.order().await;
    let elsewhere = office.message(&others.customer);
    insert(&*office.desk.store, std::slice::from_ref(&elsewhere)).await.unwrap();
    let relay = office.send();
    pass(1).await;
    assert_eq!(office.now(&elsewhere).await.status(), MessageStatus::Sent, "others want to hear at night");
    let waiting = office.now(&message).await;
    let morning = office.desk.clock.later(i64::try_from(UNTIL_SEVEN).unwrap() - 1);
    assert_eq!(waiting.course().state, MessageState::Queued { due: morning });
    assert_eq!((waiting.course().attempts, waiting.course().deferrals), (0, 0));
    assert_eq!(office.attempts(&message).await, []);
    pass(UNTIL_SEVEN - 2).await;
    assert_eq!((office.gateway.asked(), office.now(&message).await), (1, waiting));
    pass(2).await;
    let heard = office.gateway.heard().pop().unwrap();
    assert_eq!((heard.message, heard.at), (message.id(), morning));
    assert_eq!(office.now(&message).await.course().attempts, 1);
    relay.stop().await.unwrap();
}

/// The hours are looked at when something is to be sent, not when it was queued.
#[tokio::test(start_paused = true)]
async fn what_is_put_off_into_the_night_waits_until_it_ends() {
    let office = Office::new().await;
    be_quiet(&office, &office.shop, "00:01-00:02", "UTC").await;
    office.gateway.answers((0..5).map(|_| Verdict::Later { attempts: None }));
    let message = office.order().await;
    let began = office.desk.clock.now().milliseconds();
    let relay = office.send();
    pass(300_000).await;
    let times: Vec<_> = office.gateway.heard().iter().map(|it| it.at.milliseconds() - began).collect();
    assert!(times.iter().all(|time| !(60_000..120_000).contains(time)), "{times:?}");
    assert_eq!(times.iter().filter(|time| **time == 120_000).count(), 1, "{times:?}");
    assert_eq!(office.now(&message).await.status(), MessageStatus::Sent);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_wants_no_texts_gets_none() {
    let office = Office::new().await;
    opt_out(&office, "+254722000111").await;
    let (unwelcome, welcome) = (to(&office, "+254722000111").await, to(&office, "+254722000112").await);
    let relay = office.send();
    pass(1).await;
    assert_eq!(office.state(&unwelcome).await, unsent(FailureCode::OptedOut));
    assert_eq!(office.now(&unwelcome).await.course().attempts, 0);
    assert_eq!(office.attempts(&unwelcome).await, []);
    assert_eq!(office.now(&welcome).await.status(), MessageStatus::Sent);
    assert_eq!(office.gateway.asked(), 1);
    // Whoever sends it again does not change that.
    let caller = office.shop.caller();
    office.desk.messages().send_again(&caller, unwelcome.id(), false, None).await.unwrap();
    pass(1).await;
    assert_eq!(office.state(&unwelcome).await, unsent(FailureCode::OptedOut));
    assert_eq!(office.gateway.asked(), 1);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_told_a_gateway_is_not_texted_again() {
    let office = Office::new().await;
    office.gateway.answers([Verdict::Refused(FailureCode::OptedOut)]);
    let first = to(&office, "+254722000111").await;
    let relay = office.send();
    pass(1).await;
    assert_eq!(office.state(&first).await, unsent(FailureCode::OptedOut));
    assert_eq!(office.attempts(&first).await.len(), 1);
    let second = to(&office, "+254722000111").await;
    pass(101).await;
    assert_eq!(office.state(&second).await, unsent(FailureCode::OptedOut));
    assert_eq!(office.gateway.asked(), 1);
    let marked = office.desk.store.outbox().opted_out(&[phone("+254722000111")]).await.unwrap();
    assert_eq!(marked, [phone("+254722000111")]);
    relay.stop().await.unwrap();
}

/// Other refusals say nothing about what somebody wishes.
#[tokio::test(start_paused = true)]
async fn who_cannot_be_reached_may_be_texted_again() {
    let office = Office::new().await;
    office.gateway.answers([Verdict::Refused(FailureCode::InvalidNumber)]);
    to(&office, "+254722000111").await;
    let relay = office.send();
    pass(1).await;
    let second = to(&office, "+254722000111").await;
    pass(101).await;
    assert_eq!(office.now(&second).await.status(), MessageStatus::Sent);
    relay.stop().await.unwrap();
}

/// Rather late than at night, or to somebody who does not want it.
#[tokio::test(start_paused = true)]
async fn where_it_cannot_be_told_whether_somebody_is_disturbed_messages_wait() {
    for step in [Step::OptedOut, Step::Read] {
        let office = Office::new().await;
        let messages = office.queue(3).await;
        office.store.fail(step, 1, || StoreError::Unavailable("no route".into()));
        let relay = office.send();
        pass(1).await;
        for message in &messages {
            let due = office.desk.clock.later(5_000 - 1);
            let course = office.now(message).await.course().clone();
            assert_eq!((course.state, course.attempts), (MessageState::Queued { due }, 0), "{step:?}");
        }
        assert_eq!(office.gateway.asked(), 0);
        pass(5_000).await;
        assert_eq!(office.gateway.asked(), 3);
        relay.stop().await.unwrap();
    }
}
