//! `Idempotency-Key`: a request that is sent again does nothing again.

use std::collections::HashSet;

use orderdesk_e2e::{Answer, Client, Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    a_request_that_is_sent_again_is_answered_as_the_first_time,
    fifty_at_once_place_one_order,
    another_request_may_not_have_the_same_key,
    a_refusal_is_not_kept,
    keys_are_each_callers_own,
    a_secret_is_not_kept,
    every_post_takes_a_key,
    what_is_no_key_is_refused,
);

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

async fn post(client: &Client, target: &str, body: &Value, key: &str) -> Answer {
    client.post(target, body).header("Idempotency-Key", key).await
}

fn is_replayed(answer: &Answer) -> bool {
    match answer.header("idempotent-replayed") {
        None => false,
        Some(value) => value == "true",
    }
}

async fn a_request_that_is_sent_again_is_answered_as_the_first_time(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let body = order(&owner);
    let first = post(&service, "orders/", &body, KEY).await.expect(201);
    assert!(!is_replayed(&first));
    let url = first.header("location").unwrap().to_owned();
    service.patch(&url, &json!({ "status": "Closed" })).await.json(200);
    for key in [KEY.to_owned(), format!("\"{KEY}\"")] {
        let again = post(&service, "orders/", &body, &key).await.expect(201);
        assert!(is_replayed(&again));
        assert_eq!(again.body, first.body);
        for header in ["etag", "location", "content-type"] {
            assert_eq!(again.header(header), first.header(header), "{header}");
        }
    }
    assert_eq!(service.column("orders/", "id").await.len(), 1);
}

async fn fifty_at_once_place_one_order(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let body = order(&owner);
    let calls = (0..50).map(|_| {
        let (client, body) = ((*service).clone(), body.clone());
        tokio::spawn(async move { post(&client, "orders/", &body, KEY).await })
    });
    let calls: Vec<_> = calls.collect();
    let mut bodies = HashSet::new();
    let (mut done, mut replayed) = (0, 0);
    for call in calls {
        let answer = call.await.unwrap();
        if answer.status == 409 {
            assert!(answer.header("retry-after").is_some());
            answer.refusal(409, "idempotency_key_in_use");
            continue;
        }
        let answer = answer.expect(201);
        if is_replayed(&answer) {
            replayed += 1;
        } else {
            done += 1;
        }
        let told = |name: &str| answer.header(name).unwrap().to_owned();
        bodies.insert((answer.text().to_owned(), told("etag"), told("location")));
    }
    assert_eq!((done, bodies.len()), (1, 1), "{replayed} were replayed");
    let placed = service.column("orders/", "id").await;
    assert_eq!(placed.len(), 1);
    let events = format!("orders/{}/events/", placed[0].as_str().unwrap());
    assert_eq!(service.column(&events, "event").await, ["placed"]);
}

async fn another_request_may_not_have_the_same_key(store: Store) {
    let service = Service::start(store).await;
    post(&service, "items/", &item("Soap", "149.90"), KEY).await.expect(201);
    let others = [
        ("items/", item("Salt", "149.90")),
        ("items", item("Soap", "149.90").with("is_active", false)),
        ("customers/", customer()),
    ];
    for (target, body) in others {
        post(&service, target, &body, KEY).await.refusal(422, "idempotency_key_reused");
    }
    assert_eq!(service.column("items/", "name").await, ["Soap"]);
    assert!(service.column("customers/", "id").await.is_empty());
}

async fn a_refusal_is_not_kept(store: Store) {
    let service = Service::start(store).await;
    let body = item("Soap", "149.90");
    let taken = service.create("items", &body).await;
    post(&service, "items/", &body, KEY).await.expect(409);
    post(&service, "items/", &item("Soap", "x"), "other").await.expect(400);
    service.delete(taken["url"].as_str().unwrap()).await.expect(204);
    assert!(!is_replayed(&post(&service, "items/", &body, KEY).await.expect(201)));
    assert!(!is_replayed(&post(&service, "items/", &item("Salt", "149.90"), "other").await.expect(201)));
}

async fn keys_are_each_callers_own(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let other = service.person("amina").await;
    let body = item("Soap", "149.90");
    post(&service, "items/", &body, KEY).await.expect(201);
    assert!(!is_replayed(&post(&other, "items/", &body, KEY).await.expect(201)));
    assert!(is_replayed(&post(&other, "items/", &body, KEY).await.expect(201)));
}

async fn a_secret_is_not_kept(store: Store) {
    let service = Service::start(store).await;
    let body = json!({ "name": "till", "scopes": ["read"] });
    let first = post(&service, "api-tokens/", &body, KEY).await.json(201);
    let secret = first["token"].as_str().unwrap();
    service.with_token(secret).get("me/").await.json(200);
    let again = post(&service, "api-tokens/", &body, KEY).await;
    assert!(is_replayed(&again));
    let again = again.json(201);
    assert_eq!((&again["token"], &again["id"]), (&Value::Null, &first["id"]));
    assert_eq!(service.column("api-tokens/?name=till", "id").await.len(), 1);
}

async fn every_post_takes_a_key(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let organization = service.organization().await;
    let members = format!("organizations/{}/members/", organization["id"].as_str().unwrap());
    let posts = [
        ("customers/", customer().with("code", "ZZ999")),
        ("items/", item("Soap", "149.90")),
        ("orders/", order(&owner)),
        ("message-templates/", json!({ "event": "order.closed", "text": "Done." })),
        ("organizations/", json!({ "name": "Soko" })),
        (&*members, json!({ "email": "amina@people.example", "role": "viewer" })),
        ("api-tokens/", json!({ "name": "till" })),
    ];
    for (number, (target, body)) in posts.iter().enumerate() {
        let key = format!("{KEY}-{number}");
        let first = post(&service, target, body, &key).await.expect(201);
        let again = post(&service, target, body, &key).await.expect(201);
        assert!(!is_replayed(&first) && is_replayed(&again), "{target}");
        assert_eq!(again.header("location"), first.header("location"), "{target}");
    }
    let document = service.get("/api/schema/").await.json(200);
    let paths = document["paths"].as_object().unwrap();
    let takes_key = |operations: &&Value| {
        let parameters = operations["post"]["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|it| it["name"] == "Idempotency-Key"))
    };
    // To send a message again takes one that has failed: see there.
    assert_eq!(paths.values().filter(takes_key).count(), posts.len() + 1);
    let documented = paths.values().filter(|operations| operations.get("post").is_some()).count();
    // What a preview shows is kept nowhere, and gateways have keys of their own kind.
    assert_eq!(documented, posts.len() + 1 + 3);
}

async fn what_is_no_key_is_refused(store: Store) {
    let service = Service::start(store).await;
    for key in ["\"\"", "a b", "a\"b", &"a".repeat(256)] {
        post(&service, "items/", &item("Soap", "149.90"), key).await.invalid_only("Idempotency-Key");
    }
    assert!(service.column("items/", "id").await.is_empty());
}
