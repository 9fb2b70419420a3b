//! How long it takes from an order to the gateway while nothing else happens.

use std::time::Duration;

use orderdesk_e2e::{Client, Fields as _, Store, customer, on_every_lasting_store, order};
use tokio::time::{Instant, sleep};

use super::Shop;

on_every_lasting_store!(
    a_program_hears_of_its_own_orders_at_once,
    a_worker_hears_of_the_orders_of_others_at_once,
    #[ignore = "is about an idle machine; ./tests/long runs it"]
    half_of_all_texts_reach_the_gateway_within_a_tenth_of_a_second,
);

/// Nobody who looks now and then would be as quick, and this machine may be busy with other tests.
const AT_ONCE: Duration = Duration::from_millis(500);

async fn a_program_hears_of_its_own_orders_at_once(store: Store) {
    let shop = Shop::open(store).await;
    let (_running, client) = shop.serve(shop.program()).await;
    let median = median_delay(&shop, &client, 15).await;
    assert!(median < AT_ONCE, "{median:?}");
}

async fn a_worker_hears_of_the_orders_of_others_at_once(store: Store) {
    let shop = Shop::open(store).await;
    let (_running, client) = shop.serve_only().await;
    let _worker = shop.program().work().await;
    let median = median_delay(&shop, &client, 15).await;
    assert!(median < AT_ONCE, "{median:?}");
}

async fn half_of_all_texts_reach_the_gateway_within_a_tenth_of_a_second(store: Store) {
    let most = Duration::from_millis(100);
    let shop = Shop::open(store).await;
    let (running, client) = shop.serve(shop.program()).await;
    let own = median_delay(&shop, &client, 100).await;
    running.signal("TERM").await;
    let (_running, client) = shop.serve_only().await;
    let _worker = shop.program().work().await;
    let others = median_delay(&shop, &client, 100).await;
    println!("{store:?}: {own:?} in the program that serves, {others:?} in a worker of its own");
    assert!(own < most && others < most, "{own:?} {others:?}");
}

/// The time that passes between the answer to an order, which comes right after its commit, and the gateway, in half of
/// all cases at the most. Orders come at odd moments, and nothing else is going on.
async fn median_delay(shop: &Shop, client: &Client, orders: usize) -> Duration {
    let owner = client.create("customers", &customer()).await;
    let mut delays = Vec::new();
    for number in 0..orders {
        let before = shop.log().seen();
        client.create("orders", &order(&owner).with("item", format!("Thing {number}"))).await;
        let answered = Instant::now().into_std();
        shop.until_seen(before + 1).await;
        let sent = shop.log().sent();
        delays.push(sent[before].at.saturating_duration_since(answered));
        sleep(Duration::from_millis(50 + number as u64 * 37 % 100)).await;
    }
    delays.sort_unstable();
    delays[orders / 2]
}
