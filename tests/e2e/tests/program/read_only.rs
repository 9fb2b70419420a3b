//! A service that is read-only, as while its data is being moved.

use orderdesk_e2e::{Client, Fields as _, Store, customer, item, on_every_lasting_store, order};
use serde_json::{Value, json};

use super::Site;

on_every_lasting_store!(
    a_read_only_service_answers_and_changes_nothing,
    a_read_only_service_does_not_set_up_a_store,
);

/// All that the lists show.
async fn everything(client: &Client, orders: &[Value]) -> Vec<String> {
    let mut shown = Vec::new();
    for plural in ["customers", "items", "orders"] {
        shown.push(client.get(&format!("{plural}/?limit=100")).await.expect(200).text().to_owned());
        shown.push(client.get(&format!("{plural}/?format=csv")).await.expect(200).text().to_owned());
    }
    for order in orders {
        let path = format!("orders/{}/events/", order["id"].as_str().unwrap());
        shown.push(client.get(&path).await.expect(200).text().to_owned());
    }
    // Each run of the program has a port of its own.
    shown.into_iter().map(|text| text.replace(client.base(), "")).collect()
}

async fn a_read_only_service_answers_and_changes_nothing(store: Store) {
    let site = Site::new(store).await;
    let running = site.program().serve().await;
    let client = site.client(&running);
    let owner = client.create("customers", &customer().with("code", "AB12C")).await;
    let soap = client.create("items", &item("Soap", "149.90")).await;
    let placed = client.create("orders", &order(&owner)).await;
    let before = everything(&client, std::slice::from_ref(&placed)).await;
    assert_eq!(running.signal("TERM").await.code, Some(0));

    let running = site.program().variable("ORDERDESK_READ_ONLY", "true").serve().await;
    let client = site.client(&running);
    assert_eq!(
        client.anonymous().get("/health/ready").await.json(200),
        json!({ "status": "ready", "held_gateways": [] })
    );
    let path = |plural: &str, object: &Value| format!("{plural}/{}/", object["id"].as_str().unwrap());
    let writes = [
        client.post("customers/", &customer()),
        client.post("items/", &item("Salt", "1")),
        client.post("orders/", &order(&owner)),
        client.patch(&path("customers", &owner), &json!({ "first_name": "Zawadi" })),
        client.put(&path("items", &soap), &item("Salt", "1")),
        client.patch(&path("orders", &placed), &json!({ "status": "Closed" })),
        client.put("customers/", &json!({ "customers": [owner.clone().with("first_name", "Zawadi")] })),
        client.delete(&path("orders", &placed)),
        client.delete("orders/?all=true"),
        client.delete("items/?name=Soap"),
    ];
    for write in writes {
        let answer = write.await;
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
        answer.refusal(503, "read_only");
    }
    assert_eq!(everything(&client, std::slice::from_ref(&placed)).await, before);
    assert_eq!(running.signal("TERM").await.code, Some(0));

    let running = site.program().serve().await;
    let client = site.client(&running);
    assert_eq!(everything(&client, std::slice::from_ref(&placed)).await, before);
    client.patch(&path("orders", &placed), &json!({ "status": "Closed" })).await.json(200);
}

async fn a_read_only_service_does_not_set_up_a_store(store: Store) {
    let site = Site::new(store).await;
    let running = site.program().variable("ORDERDESK_READ_ONLY", "true").serve().await;
    assert!(!running.signal("TERM").await.errors.contains("panicked"));
    assert!(!site.directory.path().join("token").exists());
    let running = site.program().serve().await;
    site.client(&running).get("").await.json(200);
}
