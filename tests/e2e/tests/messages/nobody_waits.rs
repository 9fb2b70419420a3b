//! Who places an order does not wait for a gateway.

use std::time::{Duration, Instant};

use orderdesk_e2e::{Client, Store, customer, on_every_lasting_store, order};
use orderdesk_gateway::Conduct;
use serde_json::Value;
use tokio::task::JoinSet;

use super::{Shop, count};

on_every_lasting_store!(
    no_order_waits_for_a_gateway_that_says_nothing,
    #[ignore = "measures; ./tests/long runs it"]
    a_gateway_that_says_nothing_does_not_slow_orders_down,
);

/// The gateway says nothing for longer than any test takes; workers wait for it for twenty seconds.
const NOTHING: Conduct = Conduct::Stall(Duration::from_mins(10));

async fn no_order_waits_for_a_gateway_that_says_nothing(store: Store) {
    let shop = Shop::open(store).await;
    shop.gateway.always(NOTHING);
    // More orders than texts that can be in flight.
    let (_running, client) = shop.serve(shop.program().variable("ORDERDESK_SMS_CONCURRENCY", "8")).await;
    let owner = client.create("customers", &customer()).await;
    let slowest = place(&client, &owner, 50).await.pop().unwrap();
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
    shop.until_seen(8).await;
    // None has been given up: all of this was while the gateway said nothing.
    assert_eq!((count(&client, "sending").await, count(&client, "queued").await), (8, 42));
    assert_eq!(shop.log().accepted(), 0);
}

async fn a_gateway_that_says_nothing_does_not_slow_orders_down(store: Store) {
    let (prompt, silent) = (Shop::open(store).await, Shop::open(store).await);
    silent.gateway.always(NOTHING);
    let mut rounds = Vec::new();
    for shop in [&prompt, &silent] {
        let (running, client) = shop.serve(shop.program().variable("ORDERDESK_SMS_RATE", "10000")).await;
        let owner = client.create("customers", &customer()).await;
        rounds.push((running, client, owner, Vec::new()));
    }
    // One round after the other, so that whatever else this machine does weighs on both; and what one has left to send
    // does not weigh on the other.
    for round in 1..=40 {
        for (_, client, owner, took) in &mut rounds {
            took.push(place(client, owner, 200).await);
            prompt.until_accepted(round * 200).await;
        }
    }
    let [(.., answered), (.., unanswered)] = rounds.as_slice() else { unreachable!() };
    for share in [50, 90, 99] {
        let (answered, unanswered) = (quantile(answered, share), quantile(unanswered, share));
        println!(
            "{store:?}: p{share} {answered:?} with a gateway that answers, {unanswered:?} with one that does not"
        );
    }
    let (answered, unanswered) = (quantile(answered, 99), quantile(unanswered, 99));
    assert!(unanswered.as_secs_f64() < answered.as_secs_f64() * 1.1, "{answered:?} {unanswered:?}");
}

/// Within how long this share of the orders of a round, in hundredths, was answered, in half of the rounds.
fn quantile(rounds: &[Vec<Duration>], share: usize) -> Duration {
    let mut each: Vec<_> = rounds.iter().map(|took| took[took.len() * share / 100]).collect();
    each.sort_unstable();
    each[each.len() / 2]
}

/// How long each of so many orders took, of four clients at once; the slowest is the last.
async fn place(client: &Client, owner: &Value, orders: usize) -> Vec<Duration> {
    const CLIENTS: usize = 4;
    let mut clients = JoinSet::new();
    for first in 0..CLIENTS {
        let (client, body) = (client.clone(), order(owner));
        clients.spawn(async move {
            let mut took = Vec::new();
            for _ in (first..orders).step_by(CLIENTS) {
                let began = Instant::now();
                client.create("orders", &body).await;
                took.push(began.elapsed());
            }
            took
        });
    }
    let mut took: Vec<_> = clients.join_all().await.into_iter().flatten().collect();
    took.sort_unstable();
    took
}
