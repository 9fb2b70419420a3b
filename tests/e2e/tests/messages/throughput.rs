//! How many texts a worker gets through.

use std::time::Duration;

use orderdesk_e2e::{Client, Fields as _, Store, customer, on_every_lasting_store, order};
use orderdesk_gateway::Conduct;
use tokio::task::JoinSet;

use super::{Shop, count};

on_every_lasting_store!(
    a_worker_does_not_wait_for_one_answer_before_the_next_text,
    #[ignore = "is about an idle machine; ./tests/long runs it"]
    a_worker_sends_a_hundred_texts_a_second,
);

/// How long the gateway takes to answer.
const LATENCY: Duration = Duration::from_millis(100);

async fn a_worker_does_not_wait_for_one_answer_before_the_next_text(store: Store) {
    // One after the other it would be ten a second, and this machine may be busy with other tests.
    let rate = rate(store, 200, "100").await;
    assert!(rate > 20.0, "{rate}");
}

async fn a_worker_sends_a_hundred_texts_a_second(store: Store) {
    let paced = rate(store, 3_000, "100").await;
    let unpaced = rate(store, 6_000, "10000").await;
    println!(
        "{store:?}: {paced:.1} a second of the 100 that the gateway allows; {unpaced:.0} if it allows more"
    );
    assert!((98.0..102.0).contains(&paced), "{paced}");
    assert!(unpaced > 100.0, "{unpaced}");
}

/// How many of the texts that wait a worker sends in a second, if the gateway allows so many.
async fn rate(store: Store, texts: usize, allowed: &str) -> f64 {
    let shop = Shop::open(store).await;
    let (_running, client) = shop.serve_only().await;
    queue(&client, texts).await;
    shop.gateway.always(Conduct::AcceptAndAnswerAfter(LATENCY));
    let _worker = shop.program().variable("ORDERDESK_SMS_RATE", allowed).work().await;
    shop.until_accepted(texts).await;
    let sent = shop.log().sent();
    orderdesk_e2e::until("all is written down", async || count(&client, "sent").await == texts as u64).await;
    assert_eq!(shop.log().seen(), texts);
    let intervals = u32::try_from(texts - 1).unwrap();
    f64::from(intervals) / (sent[texts - 1].at - sent[0].at).as_secs_f64()
}

async fn queue(client: &Client, texts: usize) {
    const CLIENTS: usize = 8;
    let owner = client.create("customers", &customer()).await;
    let mut clients = JoinSet::new();
    for first in 0..CLIENTS {
        let (client, owner) = (client.clone(), owner.clone());
        clients.spawn(async move {
            for number in (first..texts).step_by(CLIENTS) {
                client.create("orders", &order(&owner).with("item", format!("Thing {number}"))).await;
            }
        });
    }
    clients.join_all().await;
}

#[tokio::test]
async fn texts_that_would_wait_for_longer_than_a_worker_may_have_them_are_not_taken() {
    let shop = Shop::open(Store::Sqlite).await;
    let slow = || shop.program().variable("ORDERDESK_SMS_RATE", "1");
    let many = slow().variable("ORDERDESK_SMS_CONCURRENCY", "200");
    let refused = many.arguments(&["worker"]).run().await;
    assert_eq!(refused.code, Some(1));
    for words in ["ORDERDESK_SMS_LEASE is too short", "240s", "ORDERDESK_SMS_RATE"] {
        assert!(refused.errors.contains(words), "{}", refused.errors);
    }
    assert_eq!(slow().work().await.signal("TERM").await.code, Some(0));
}
