//! The history of an order: what happened, when, and who did it.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    every_change_leaves_an_entry,
    an_entry_says_what_the_order_said_afterwards,
    a_change_that_changes_nothing_leaves_none,
    entries_are_listed_like_anything_else,
    history_is_only_read,
);

async fn placed(service: &Service) -> (Value, String) {
    let customer = service.create("customers", &customer()).await;
    let order = service.create("orders", &order(&customer)).await;
    let events = format!("{}events/", order["url"].as_str().unwrap());
    (order, events)
}

async fn every_change_leaves_an_entry(store: Store) {
    let service = Service::start(store).await;
    for (last, status) in [("closed", "Closed"), ("cancelled", "Cancelled")] {
        let (order, events) = placed(&service).await;
        let url = order["url"].as_str().unwrap();
        service.patch(url, &json!({ "quantity": 3 })).await.json(200);
        service.patch(url, &json!({ "status": status })).await.json(200);
        assert_eq!(service.column(&events, "event").await, [last, "changed", "placed"], "the newest first");
        assert_eq!(service.column(&events, "version").await, [3, 2, 1]);
        assert_eq!(service.column(&events, "status").await, [status, "Pending", "Pending"]);
    }
}

async fn an_entry_says_what_the_order_said_afterwards(store: Store) {
    let service = Service::start(store).await;
    let (order, events) = placed(&service).await;
    let change = json!({ "item": "Salt", "quantity": 3, "price_per_unit": "1.5", "currency": "USD" });
    let changed = service.patch(order["url"].as_str().unwrap(), &change).await.json(200);
    let list = service.get(&events).await.json(200);
    for (entry, order) in [(&list["events"][0], &changed), (&list["events"][1], &order)] {
        for field in
            ["item", "item_id", "quantity", "price_per_unit", "currency", "total", "status", "version"]
        {
            assert_eq!(entry[field], order[field], "{field}");
        }
        assert_eq!((&entry["order"], &entry["created_by"]), (&order["id"], &order["created_by"]));
        assert_eq!(entry["created_at"], order["updated_at"]);
        let names = [
            "created_at",
            "created_by",
            "currency",
            "event",
            "id",
            "item",
            "item_id",
            "order",
            "price_per_unit",
            "quantity",
            "status",
            "total",
            "version",
        ];
        assert_eq!(entry.names(), names);
    }
}

async fn a_change_that_changes_nothing_leaves_none(store: Store) {
    let service = Service::start(store).await;
    let (order, events) = placed(&service).await;
    let url = order["url"].as_str().unwrap();
    service.patch(url, &json!({})).await.json(200);
    service.patch(url, &json!({ "quantity": order["quantity"], "price_per_unit": "149.9" })).await.json(200);
    service.put(url, &order).await.json(200);
    service.patch(url, &json!({ "quantity": 0 })).await.expect(400);
    assert_eq!(service.column(&events, "event").await, ["placed"]);
    assert_eq!(service.again(&order).await, order);
}

async fn entries_are_listed_like_anything_else(store: Store) {
    let service = Service::start(store).await;
    let (order, events) = placed(&service).await;
    let url = order["url"].as_str().unwrap();
    for quantity in 3..8 {
        service.patch(url, &json!({ "quantity": quantity })).await.json(200);
    }
    // Another order's history is another list.
    placed(&service).await;
    let page = service.get(&format!("{events}?limit=4&ordering=created_at")).await.json(200);
    assert_eq!(page["pagination"]["count"], 6);
    let rest = service.get(page["pagination"]["next"].as_str().unwrap()).await.json(200);
    assert_eq!(rest["events"].as_array().map(Vec::len), Some(2));
    assert_eq!(service.column(&format!("{events}?event=placed"), "quantity").await, [2]);
    assert_eq!(service.column(&format!("{events}?event__in=placed,closed"), "quantity").await, [2]);
    let at = page["events"][0]["created_at"].as_str().unwrap();
    assert_eq!(service.column(&format!("{events}?created_at__lt={at}"), "event").await, Vec::<Value>::new());
    assert_eq!(service.column(&format!("{events}?created_at__gte={at}"), "event").await.len(), 6);
    let thin = service.get(&format!("{events}?fields=event,version&limit=1")).await.json(200);
    assert_eq!(thin["events"], json!([{ "event": "changed", "version": 6 }]));
    let table = service.get(&format!("{events}?format=csv")).await.expect(200);
    assert_eq!(table.text().lines().count(), 7);
    service.get(&format!("{events}?event=nope")).await.invalid_only("event");
}

async fn history_is_only_read(store: Store) {
    let service = Service::start(store).await;
    let (_, events) = placed(&service).await;
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let answer = service.call(method, &events).json(&json!({})).await;
        assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
        answer.refusal(405, "method_not_allowed");
    }
}
