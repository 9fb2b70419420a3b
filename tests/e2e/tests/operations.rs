//! What operators see: health and metrics.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store, order, until};
use serde_json::json;

on_every_store!(
    the_service_says_that_it_is_live_and_ready,
    requests_are_counted_by_route_method_and_status,
    metrics_name_no_path_and_nobody,
    the_use_of_a_pool_is_shown_where_there_is_one,
    what_waits_to_be_sent_is_shown,
    every_answer_is_careful_with_browsers,
);

async fn the_service_says_that_it_is_live_and_ready(store: Store) {
    let service = Service::start(store).await;
    assert_eq!(service.anonymous().get("/health/live").await.json(200), json!({ "status": "live" }));
    let ready = json!({ "status": "ready", "held_gateways": [] });
    assert_eq!(service.anonymous().get("/health/ready").await.json(200), ready);
}

async fn metrics(service: &Service) -> String {
    let answer = service.anonymous().get("/metrics").await.expect(200);
    assert!(answer.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    answer.text().to_owned()
}

async fn requests_are_counted_by_route_method_and_status(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let placed = service.create("orders", &order(&owner)).await;
    for _ in 0..3 {
        service.again(&placed).await;
    }
    service.get("orders/?limit=0").await.expect(400);
    service.anonymous().get("orders/").await.expect(401);
    service.call("PATCH", "orders/").await.expect(405);
    service.call("PROPFIND", "orders/").await.expect(405);
    service.get("/nowhere").await.expect(404);
    let metrics = metrics(&service).await;
    for line in [
        "http_requests_total{method=\"POST\",route=\"/api/v1/customers/\",status=\"201\"} 1",
        "http_requests_total{method=\"GET\",route=\"/api/v1/orders/{id}/\",status=\"200\"} 3",
        "http_requests_total{method=\"GET\",route=\"/api/v1/orders/\",status=\"400\"} 1",
        "http_requests_total{method=\"PATCH\",route=\"/api/v1/orders/\",status=\"405\"} 1",
        "http_requests_total{method=\"other\",route=\"/api/v1/orders/\",status=\"405\"} 1",
        "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
        "http_request_duration_seconds_count{method=\"GET\",route=\"/api/v1/orders/{id}/\"} 3",
        "http_request_duration_seconds_bucket{method=\"GET\",route=\"/api/v1/orders/{id}/\",le=\"+Inf\"} 3",
        "# TYPE http_requests_total counter",
        "# TYPE http_request_duration_seconds histogram",
    ] {
        assert!(metrics.lines().any(|other| other == line), "{line}\n{metrics}");
    }
    let unauthenticated = metrics.lines().find(|line| line.contains("status=\"401\"")).unwrap();
    assert!(unauthenticated.ends_with(" 1"), "{unauthenticated}");
}

async fn metrics_name_no_path_and_nobody(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer().with("code", "AB12C")).await;
    service.get(&format!("orders/?customer={}", owner["id"].as_str().unwrap())).await.json(200);
    service.again(&owner).await;
    service.get("/secret-path").await.expect(404);
    let metrics = metrics(&service).await;
    for word in [owner["id"].as_str().unwrap(), "AB12C", "Amina", "secret-path", service.token(), "customer="]
    {
        assert!(!metrics.contains(word), "{word}\n{metrics}");
    }
}

async fn the_use_of_a_pool_is_shown_where_there_is_one(store: Store) {
    let service = Service::start(store).await;
    service.create("customers", &customer()).await;
    let metrics = metrics(&service).await;
    let shown = metrics.lines().filter(|line| line.starts_with("store_connections{")).count();
    assert_eq!(shown, if store == Store::Memory { 0 } else { 3 }, "{metrics}");
}

async fn what_waits_to_be_sent_is_shown(store: Store) {
    let service = Service::start(store).await;
    let value = |metrics: &str, name: &str| -> f64 {
        let line = metrics.lines().find(|line| line.starts_with(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("{name}\n{metrics}")).rsplit(' ').next().unwrap().parse().unwrap()
    };
    let queued = "orderdesk_outbox_messages{status=\"queued\"}";
    let first = metrics(&service).await;
    for name in
        [queued, "orderdesk_outbox_messages{status=\"sending\"}", "orderdesk_outbox_oldest_due_seconds"]
    {
        assert_eq!(value(&first, name).to_string(), "0", "{name}");
    }
    for gateway in ["africas-talking", "twilio", "console"] {
        let held = format!("orderdesk_gateway_held{{gateway=\"{gateway}\"}}");
        assert_eq!(value(&first, &held).to_string(), "0");
    }
    let owner = service.create("customers", &customer()).await;
    for _ in 0..3 {
        service.create("orders", &order(&owner)).await;
    }
    until("the metrics are read anew", async || value(&metrics(&service).await, queued).to_string() == "3")
        .await;
    until("the messages have been due for a while", async || {
        value(&metrics(&service).await, "orderdesk_outbox_oldest_due_seconds") > 0.0
    })
    .await;
}

async fn every_answer_is_careful_with_browsers(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("customers", &customer()).await;
    for target in [
        "customers/",
        "/nowhere",
        "/health/live",
        "/api/schema/",
        "/api/v1/docs/",
        created["url"].as_str().unwrap(),
    ] {
        let answer = service.get(target).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{target}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{target}");
        assert!(
            answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"),
            "{target}"
        );
        assert!(answer.header("cache-control").is_some(), "{target}");
        assert_eq!(answer.header("server"), None, "{target}");
    }
    assert_eq!(service.again(&created).await, created);
}
