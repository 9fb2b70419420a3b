//! How long a message waits until somebody hears of it.

use orderdesk_application::ports::{Clock as _, StoreError};
use orderdesk_domain::MessageStatus;

use crate::common::{Office, Step, pass};

/// How many milliseconds after it was queued by another program a message is sent.
async fn delay(office: &Office) -> i64 {
    let asked = office.gateway.asked();
    office.queue(1).await;
    let queued = office.desk.clock.now().milliseconds();
    while office.gateway.asked() == asked {
        pass(1).await;
    }
    office.gateway.heard().pop().unwrap().at.milliseconds() - queued
}

#[tokio::test(start_paused = true)]
async fn what_this_program_queues_is_sent_at_once() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    let relay = office.send();
    for wait in [0, 1, 50, 3_333] {
        pass(wait).await;
        let message = office.order().await;
        pass(1).await;
        let heard = office.gateway.heard().pop().unwrap();
        assert_eq!((heard.message, heard.at), (message.id(), message.id().created_at()));
    }
    relay.stop().await.unwrap();
}

/// A store that tells nothing is asked ten times a second.
#[tokio::test(start_paused = true)]
async fn what_another_program_queues_is_sent_within_a_tenth_of_a_second() {
    let office = Office::new().await;
    let relay = office.send();
    for wait in [10, 77, 1_250, 60_001] {
        pass(wait).await;
        let delay = delay(&office).await;
        assert!((0..=101).contains(&delay), "{delay}");
    }
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn where_the_store_tells_it_is_sent_at_once_and_otherwise_within_two_seconds() {
    let office = Office::new().await;
    let wire = office.store.wire();
    let relay = office.send();
    pass(5_000).await;
    for wait in [10, 77, 1_250] {
        pass(wait).await;
        wire.send(()).unwrap();
        office.queue(1).await;
        let asked = office.gateway.asked();
        pass(1).await;
        assert_eq!(office.gateway.asked(), asked + 1, "{wait}");
    }
    // What is said without cause does no harm, and what is not said is found all the same.
    wire.send(()).unwrap();
    pass(10).await;
    let delay = delay(&office).await;
    assert!((1_000..=2_001).contains(&delay), "{delay}");
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_hears_nothing_more_looks_often_and_listens_again() {
    let office = Office::new().await;
    let wire = office.store.wire();
    let relay = office.send();
    pass(5_000).await;
    drop(wire);
    pass(1_000).await;
    let blind = delay(&office).await;
    assert!((0..=101).contains(&blind), "{blind}");
    let wire = office.store.wire();
    pass(5_000).await;
    let still_blind = delay(&office).await;
    assert!((0..=101).contains(&still_blind), "{still_blind}");
    pass(6_000).await;
    wire.send(()).unwrap();
    let told = delay(&office).await;
    assert!((0..=1).contains(&told), "{told}");
    let untold = delay(&office).await;
    assert!((1_000..=2_001).contains(&untold), "it is relied on again: {untold}");
    relay.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_cannot_listen_looks_often_and_tries_again() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    office.store.fail(Step::Listen, 1, || StoreError::Unavailable("no route".into()));
    let relay = office.send();
    pass(5_000).await;
    let blind = delay(&office).await;
    assert!((0..=101).contains(&blind), "{blind}");
    pass(6_000).await;
    let untold = delay(&office).await;
    assert!((500..=2_001).contains(&untold), "{untold}");
    assert_eq!(office.count(MessageStatus::Sent).await, 2);
    relay.stop().await.unwrap();
}

/// What is due in a moment is sent in a moment, however rarely somebody looks.
#[tokio::test(start_paused = true)]
async fn what_is_put_off_is_sent_when_it_is_due() {
    let office = Office::new().await;
    let _wire = office.store.wire();
    let relay = office.send();
    office.gateway.answers([orderdesk_application::ports::Verdict::Later { attempts: None }]);
    let message = office.order().await;
    pass(10).await;
    let due = office.now(&message).await.course().state.due().unwrap();
    pass(6_000).await;
    let heard = office.gateway.heard().pop().unwrap();
    assert_eq!((office.gateway.asked(), heard.at), (2, due));
    relay.stop().await.unwrap();
}
