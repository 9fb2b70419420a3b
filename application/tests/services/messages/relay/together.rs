//! Many messages, many relays, and the end of one.

use std::collections::HashSet;
use std::slice::from_ref;
use std::sync::Arc;

use orderdesk_application::ports::{Clock as _, SmsGateway};
use orderdesk_application::services::Relay;
use orderdesk_contract::kinds::everything;
use orderdesk_domain::{Message, MessageAttempt, MessageStatus};

use crate::common::{LEASE, Office, Running, pass};

#[tokio::test(start_paused = true)]
async fn two_relays_send_each_of_five_hundred_messages_once() {
    let office = Office::new().await;
    let messages = office.queue(500).await;
    let elsewhere = office.desk.elsewhere();
    let relays = [office.send(), Running::start(elsewhere.ports(), from_ref(&office.gateway), 8)];
    pass(5_000).await;
    assert_eq!(office.count(MessageStatus::Sent).await, 500);
    let heard: HashSet<_> = office.gateway.heard().into_iter().map(|it| it.message).collect();
    assert_eq!((office.gateway.asked(), heard), (500, messages.iter().map(Message::id).collect()));
    assert_eq!(everything::<MessageAttempt>(&*office.desk.store).await.count, Some(500));
    for relay in relays {
        relay.stop().await.unwrap();
    }
}

/// On threads of their own, with as much time as that takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_relays_on_two_threads_send_each_of_five_hundred_messages_once() {
    let office = Office::new().await;
    office.queue(500).await;
    let desks: Vec<_> = (0..4).map(|_| office.desk.elsewhere()).collect();
    let relays: Vec<_> =
        desks.iter().map(|desk| Running::start(desk.ports(), from_ref(&office.gateway), 5)).collect();
    // Whoever is told to stop sends what it has; who is not goes on until all is sent.
    let mut sent = 0;
    while sent < 500 {
        tokio::task::yield_now().await;
        sent = office.count(MessageStatus::Sent).await;
    }
    for relay in relays {
        relay.stop().await.unwrap();
    }
    let heard: HashSet<_> = office.gateway.heard().into_iter().map(|it| it.message).collect();
    assert_eq!((office.gateway.asked(), heard.len()), (500, 500));
    assert_eq!(everything::<MessageAttempt>(&*office.desk.store).await.count, Some(500));
    assert!(office.gateway.most_at_work() <= 20);
}

#[tokio::test(start_paused = true)]
async fn messages_are_sent_in_the_order_in_which_they_are_due() {
    let office = Office::new().await;
    let mut expected = Vec::new();
    for _ in 0..20 {
        expected.push(office.queue(1).await[0].id());
        pass(1).await;
    }
    let relay = Running::start(office.desk.ports(), from_ref(&office.gateway), 1);
    pass(1_000).await;
    let heard: Vec<_> = office.gateway.heard().into_iter().map(|it| it.message).collect();
    assert_eq!(heard, expected);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_more_are_in_flight_than_may_be() {
    for concurrency in [0, 1, 3] {
        let office = Office::new().await;
        office.gateway.close();
        office.queue(20).await;
        let relay = Running::start(office.desk.ports(), from_ref(&office.gateway), concurrency);
        pass(10_000).await;
        let places = concurrency.max(1);
        assert_eq!(office.gateway.asked(), places);
        assert_eq!(office.count(MessageStatus::Sending).await, places, "nobody has more than are sent");
        assert_eq!(office.count(MessageStatus::Queued).await, 20 - places);
        office.gateway.open();
        pass(1_000).await;
        assert_eq!(office.count(MessageStatus::Sent).await, 20);
        assert_eq!(office.gateway.most_at_work(), places);
        relay.stop().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_takes_long_does_not_keep_others() {
    let office = Office::new().await;
    office.gateway.close();
    let slow = office.order().await;
    let relay = office.send();
    pass(1).await;
    for asked in 2..8 {
        office.order().await;
        pass(1).await;
        assert_eq!(office.gateway.asked(), asked);
    }
    assert_eq!(office.now(&slow).await.status(), MessageStatus::Sending);
    office.gateway.open();
    pass(1).await;
    assert_eq!(office.count(MessageStatus::Sent).await, 7);
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_is_told_to_stop_finishes_what_it_has_and_takes_no_more() {
    let office = Office::new().await;
    office.gateway.close();
    let taken = office.order().await;
    let relay = Running::start(office.desk.ports(), from_ref(&office.gateway), 1);
    pass(1).await;
    let left = office.order().await;
    let task = relay.stop();
    pass(30_000).await;
    assert!(!task.is_finished(), "the gateway has not answered");
    office.gateway.open();
    pass(1).await;
    assert!(task.is_finished());
    assert_eq!(office.now(&taken).await.status(), MessageStatus::Sent);
    assert_eq!(office.now(&left).await, left);
    assert_eq!(office.gateway.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_has_nothing_to_do_stops_at_once() {
    let office = Office::new().await;
    let relay = office.send();
    pass(50).await;
    assert!(!relay.is_over());
    let began = office.desk.clock.now();
    relay.stop().await.unwrap();
    assert_eq!(office.desk.clock.now(), began);
    // And who is told to before it begins takes nothing.
    let message = office.order().await;
    let gateway: Arc<dyn SmsGateway> = office.gateway.clone();
    Relay::new(office.desk.ports(), vec![gateway], 1, LEASE).run(std::future::ready(())).await;
    assert_eq!((office.now(&message).await, office.gateway.asked()), (message, 0));
}
