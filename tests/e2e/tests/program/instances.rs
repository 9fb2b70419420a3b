//! Several instances of the program on one store.

use std::time::Duration;

use orderdesk_e2e::{Fields as _, Store, customer, on_every_lasting_store, order};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{Site, token};
use crate::throttling::passing;

on_every_lasting_store!(
    what_is_done_through_one_instance_is_seen_and_changed_through_another,
    of_changes_of_one_version_through_two_instances_one_succeeds,
    instances_that_start_together_create_one_installation,
    who_is_shut_out_by_one_instance_is_shut_out_by_the_other_within_seconds,
    two_instances_count_calls_together,
);

async fn what_is_done_through_one_instance_is_seen_and_changed_through_another(store: Store) {
    let site = Site::new(store).await;
    let first = site.program().serve().await;
    let second = site.program().serve().await;
    let (one, other) = (site.client(&first), site.client(&second));
    let owner = one.create("customers", &customer().with("code", "AB12C")).await;
    let target = format!("customers/{}/", owner["id"].as_str().unwrap());
    // Each instance is asked right after the other has answered: nothing may still be on its way.
    for (number, (writer, reader)) in
        [(&one, &other), (&other, &one)].into_iter().cycle().take(20).enumerate()
    {
        let name = format!("Amina {number}");
        writer.patch(&target, &json!({ "first_name": name })).await.json(200);
        assert_eq!(reader.get(&target).await.json(200)["first_name"], *name);
        let placed = writer.create("orders", &order(&owner).with("item", name.as_str())).await;
        assert_eq!(reader.column("orders/?limit=1", "id").await, [placed["id"].clone()]);
        let path = format!("orders/{}/", placed["id"].as_str().unwrap());
        reader.patch(&path, &json!({ "status": "Closed" })).await.json(200);
        assert_eq!(writer.get(&path).await.json(200)["status"], "Closed");
    }
    let all = one.column("orders/?limit=100", "item").await;
    assert_eq!((all.len(), all), (20, other.column("orders/?limit=100", "item").await));
    for running in [first, second] {
        assert_eq!(running.signal("TERM").await.code, Some(0));
    }
}

async fn of_changes_of_one_version_through_two_instances_one_succeeds(store: Store) {
    let site = Site::new(store).await;
    let (first, second) = tokio::join!(site.program().serve(), site.program().serve());
    let clients = [site.client(&first), site.client(&second)];
    let owner = clients[0].create("customers", &customer()).await;
    let target = format!("customers/{}/", owner["id"].as_str().unwrap());
    for version in 1..=10 {
        let [one, other] = [0, 1].map(|which| {
            let body = json!({ "first_name": format!("{version} {which}"), "version": version });
            clients[which].patch(&target, &body).into_future()
        });
        let (one, other) = tokio::join!(one, other);
        let (changed, refused) = if one.status == 200 { (one, other) } else { (other, one) };
        refused.refusal(412, "stale_version");
        let changed = changed.json(200);
        assert_eq!(changed["version"], version + 1);
        for client in &clients {
            assert_eq!(client.get(&target).await.json(200)["first_name"], changed["first_name"]);
        }
    }
}

async fn instances_that_start_together_create_one_installation(store: Store) {
    for _ in 0..3 {
        let site = Site::new(store).await;
        // Without a file, each prints the token that it has made.
        let instances = [(); 4].map(|()| site.program().variable("ORDERDESK_INITIAL_TOKEN_FILE", "").serve());
        let [first, second, third, fourth] = instances;
        let (first, second, third, last) = tokio::join!(first, second, third, fourth);
        let client = last.client();
        let mut output = String::new();
        for running in [first, second, third] {
            output += &running.signal("TERM").await.output;
        }
        // The token of whichever was first works on the one that is left.
        if output.contains("od_") {
            client.with_token(token(&output)).get("").await.json(200);
        }
        output += &last.signal("TERM").await.output;
        assert_eq!(output.matches("Order Desk is set up").count(), 1, "{output}");
        assert_eq!(output.matches("  od_").count(), 1, "{output}");
    }
}

/// What one instance has found out is believed by it no longer than this.
const BELIEVED: Duration = Duration::from_secs(5);

async fn who_is_shut_out_by_one_instance_is_shut_out_by_the_other_within_seconds(store: Store) {
    let site = Site::new(store).await;
    let (first, second) = (site.program().serve().await, site.program().serve().await);
    let one = site.client(&first);
    let token = one.create("api-tokens", &json!({ "name": "till", "scopes": ["read"] })).await;
    let secret = token["token"].as_str().unwrap();
    let there = second.client().with_token(secret);
    there.get("me/").await.json(200);
    one.with_token(secret).get("me/").await.json(200);
    one.delete(token["url"].as_str().unwrap()).await.expect(204);
    let revoked = Instant::now();
    one.with_token(secret).get("me/").await.refusal(401, "not_authenticated");
    while there.get("me/").await.status != 401 {
        assert!(revoked.elapsed() < BELIEVED, "the token is still good");
        sleep(Duration::from_millis(50)).await;
    }
}

async fn two_instances_count_calls_together(store: Store) {
    let site = Site::new(store).await;
    let instance = || {
        let program = site.program().variable("ORDERDESK_THROTTLE", "user=100/h");
        program.variable("ORDERDESK_THROTTLE_STORE", "store").serve()
    };
    let (first, second) = (instance().await, instance().await);
    let clients = [site.client(&first), site.client(&second)];
    assert_eq!(passing(&clients, 200, "customers/").await, 100);
}
