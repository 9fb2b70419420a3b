//! Rates: who calls too often is told when to come again.

use orderdesk_e2e::{Answer, Client, Fields as _, Service, Store, customer, on_every_store, order};
use serde_json::json;

on_every_store!(
    of_two_hundred_calls_at_once_a_hundred_pass,
    a_forged_address_changes_nothing,
    guesses_are_counted_and_do_not_lock_anybody_else_out,
    each_kind_is_counted_by_itself,
);

/// Sends so many requests at once.
async fn at_once(clients: &[Client], number: usize, target: &str) -> Vec<Answer> {
    let calls = (0..number).map(|which| {
        let call = clients[which % clients.len()].get(target);
        tokio::spawn(call.into_future())
    });
    let mut answers = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        answers.push(call.await.unwrap());
    }
    answers
}

/// How many pass; the others are told to come again later, and nothing else.
pub(crate) async fn passing(clients: &[Client], number: usize, target: &str) -> usize {
    let mut passed = 0;
    for answer in at_once(clients, number, target).await {
        assert!(answer.header("ratelimit-policy").is_some() && answer.header("ratelimit").is_some());
        if answer.status == 429 {
            let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=3_600).contains(&seconds));
            answer.refusal(429, "throttled");
        } else {
            answer.expect(200);
            passed += 1;
        }
    }
    passed
}

async fn of_two_hundred_calls_at_once_a_hundred_pass(store: Store) {
    for shared in ["memory", "store"] {
        let settings = [("throttle", "user=100/h"), ("throttle_store", shared)];
        let service = Service::start_with(store, &settings).await;
        let clients = [(*service).clone()];
        assert_eq!(passing(&clients, 200, "customers/").await, 100, "{shared}");
        let refused = service.get("customers/").await;
        assert_eq!(refused.header("ratelimit-policy"), Some("\"user\";q=100;w=3600"));
        assert!(refused.header("ratelimit").unwrap().starts_with("\"user\";r=0;t="));
        // What needs no credentials is none of the user's calls.
        service.anonymous().get("/api/schema/").await.expect(200);
        service.anonymous().get("/health/live").await.expect(200);
    }
}

async fn a_forged_address_changes_nothing(store: Store) {
    let service = Service::start_with(store, &[("throttle", "anon=3/h")]).await;
    let call = |header: &'static str, number: usize| {
        let address = format!("203.0.113.{number}");
        let value = if header == "Forwarded" { format!("for={address}") } else { address };
        service.anonymous().get("/api/schema/").header(header, &value)
    };
    for number in 0..3 {
        call("X-Forwarded-For", number).await.expect(200);
    }
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
        call(header, 77).await.refusal(429, "throttled");
    }
    // A proxy that is trusted is believed.
    let settings = [("throttle", "anon=3/h"), ("trusted_proxies", "127.0.0.1")];
    let service = Service::start_with(store, &settings).await;
    let call = |address: &str| service.anonymous().get("/api/schema/").header("X-Forwarded-For", address);
    for _ in 0..3 {
        call("203.0.113.1").await.expect(200);
    }
    call("203.0.113.1").await.refusal(429, "throttled");
    call("198.51.100.9, 203.0.113.1").await.refusal(429, "throttled");
    call("203.0.113.2").await.expect(200);
}

async fn guesses_are_counted_and_do_not_lock_anybody_else_out(store: Store) {
    let service = Service::start_with(store, &[("throttle", "auth=3/h")]).await;
    let guess = service.with_token("od_00000000000000000000000000000000");
    for _ in 0..3 {
        guess.get("customers/").await.refusal(401, "not_authenticated");
    }
    let refused = guess.get("customers/").await;
    assert!(refused.header("retry-after").is_some());
    refused.refusal(429, "throttled");
    // Who presents nothing has guessed nothing.
    service.anonymous().get("customers/").await.refusal(401, "not_authenticated");
    service.get("customers/").await.json(200);
    service.anonymous().get("api-auth/authenticate/").await.refusal(429, "throttled");
}

async fn each_kind_is_counted_by_itself(store: Store) {
    let rates = "user=20/h, orders-write=2/h, bulk=1/h";
    let service = Service::start_with(store, &[("throttle", rates)]).await;
    let owner = service.create("customers", &customer()).await;
    let answer = service.post("orders/", &order(&owner)).await;
    let policy = answer.header("ratelimit-policy").unwrap().to_owned();
    assert!(policy.contains("\"user\";q=20") && policy.contains("\"orders-write\";q=2"), "{policy}");
    let placed = answer.json(201);
    service.patch(placed["url"].as_str().unwrap(), &json!({ "quantity": 2 })).await.json(200);
    service.post("orders/", &order(&owner)).await.refusal(429, "throttled");
    service.get("orders/").await.json(200);
    service.get("orders/?format=csv").await.expect(200);
    service.get("orders/?format=csv").await.refusal(429, "throttled");
    service.put("customers/", &json!({ "customers": [] })).await.refusal(429, "throttled");
    service.create("customers", &customer().with("code", "ZZ999")).await;
}
