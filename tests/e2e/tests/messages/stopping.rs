//! The end of a program that sends: what is in flight is finished, and nothing more is begun.

use std::time::Duration;

use orderdesk_e2e::{Program, Running, Store, on_every_lasting_store};
use orderdesk_gateway::Conduct;

use super::{Shop, count, place, things};

on_every_lasting_store!(
    a_server_that_is_stopped_finishes_what_it_was_sending,
    a_worker_that_is_stopped_finishes_what_it_was_sending,
);

async fn a_server_that_is_stopped_finishes_what_it_was_sending(store: Store) {
    stop(store, async |program| program.serve().await).await;
}

async fn a_worker_that_is_stopped_finishes_what_it_was_sending(store: Store) {
    stop(store, async |program| program.work().await).await;
}

async fn stop(store: Store, start: impl AsyncFn(Program) -> Running) {
    let shop = Shop::open(store).await;
    let (_running, client) = shop.serve_only().await;
    shop.gateway.always(Conduct::AcceptAndAnswerAfter(Duration::from_secs(2)));
    place(&client, &things(30)).await;
    let sender = start(shop.program().variable("ORDERDESK_SMS_CONCURRENCY", "8")).await;
    shop.until_accepted(8).await;
    let ended = sender.signal("TERM").await;
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    assert!(!ended.errors.contains("unknown"), "{}", ended.errors);
    let accepted = shop.log().accepted();
    assert!((8..30).contains(&accepted), "{accepted}");
    assert_eq!(count(&client, "sent").await, accepted as u64);
    assert_eq!(count(&client, "queued").await, 30 - accepted as u64);

    shop.gateway.always(Conduct::Accept);
    let _worker = shop.program().work().await;
    orderdesk_e2e::until("all are sent", async || count(&client, "sent").await == 30).await;
    assert_eq!((shop.log().seen(), shop.log().accepted()), (30, 30));
}
