//! A request with a key happens once, also where the program is killed in the middle of it.

use std::time::Duration;

use orderdesk_e2e::{Store, customer, on_every_lasting_store, order};
use tokio::time::sleep;

use super::Site;

on_every_lasting_store!(after_a_kill_a_request_that_is_sent_again_has_still_happened_once);

async fn after_a_kill_a_request_that_is_sent_again_has_still_happened_once(store: Store) {
    let site = Site::new(store).await;
    let running = site.program().serve().await;
    let owner = site.client(&running).create("customers", &customer()).await;
    let body = order(&owner);
    let mut running = Some(running);
    for round in 0..4_u64 {
        let program = running.take().unwrap();
        let client = site.client(&program);
        let key = format!("round-{round}");
        let storm: Vec<_> = (0..50)
            .map(|_| {
                let call = client.post("orders/", &body).header("Idempotency-Key", &key);
                tokio::spawn(call.try_send())
            })
            .collect();
        // At another moment every time: before, within and after the first.
        sleep(Duration::from_millis(round * 7)).await;
        program.signal("KILL").await;
        let mut told = Vec::new();
        for call in storm {
            told.extend(
                call.await.unwrap().filter(|answer| answer.status == 201).map(|answer| answer.json(201)),
            );
        }
        let restarted = site.program().serve().await;
        let client = site.client(&restarted);
        let again = client.post("orders/", &body).header("Idempotency-Key", &key).await.json(201);
        assert!(told.iter().all(|answer| answer["id"] == again["id"]), "{told:?}");
        assert_eq!(client.column("orders/", "id").await.len() as u64, round + 1);
        running = Some(restarted);
    }
}
