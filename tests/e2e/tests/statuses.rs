//! What may become of an order, and what may not.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    a_new_order_is_pending,
    a_pending_order_can_be_closed_or_cancelled,
    nothing_follows_a_final_status,
    the_present_status_is_accepted_and_changes_nothing,
    a_status_that_there_is_not_is_refused,
    only_a_pending_order_can_be_amended,
    one_request_can_amend_and_close,
    an_amendment_that_fails_does_not_close,
);

async fn placed(service: &Service) -> Value {
    let customer = service.create("customers", &customer()).await;
    service.create("orders", &order(&customer)).await
}

async fn finished(service: &Service, status: &str) -> Value {
    let order = placed(service).await;
    service.patch(order["url"].as_str().unwrap(), &json!({ "status": status })).await.json(200)
}

async fn a_new_order_is_pending(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    assert_eq!(service.create("orders", &order(&customer)).await["status"], "Pending");
    assert_eq!(
        service.create("orders", &order(&customer).with("status", "Pending")).await["status"],
        "Pending"
    );
    for status in ["Closed", "Cancelled"] {
        let reason =
            service.post("orders/", &order(&customer).with("status", status)).await.invalid_only("status");
        assert!(reason.contains("Pending"), "{reason}");
    }
}

async fn a_pending_order_can_be_closed_or_cancelled(store: Store) {
    let service = Service::start(store).await;
    for status in ["Closed", "Cancelled"] {
        let order = placed(&service).await;
        let after =
            service.patch(order["url"].as_str().unwrap(), &json!({ "status": status })).await.json(200);
        assert_eq!((&after["status"], &after["version"]), (&json!(status), &json!(2)));
        assert_eq!(after["time_closed"], after["updated_at"]);
        assert!(after["time_closed"].as_str() >= order["time_placed"].as_str());
        assert_eq!(service.again(&order).await, after);

        let order = placed(&service).await;
        let put = order.clone().with("status", status);
        assert_eq!(service.put(order["url"].as_str().unwrap(), &put).await.json(200)["status"], status);
    }
}

async fn nothing_follows_a_final_status(store: Store) {
    let service = Service::start(store).await;
    for (from, to) in
        [("Closed", "Pending"), ("Closed", "Cancelled"), ("Cancelled", "Pending"), ("Cancelled", "Closed")]
    {
        let order = finished(&service, from).await;
        let url = order["url"].as_str().unwrap();
        let message = service.patch(url, &json!({ "status": to })).await.refusal(409, "transition_refused");
        assert_eq!(
            message,
            format!("An order that is {from} cannot become {to}. Allowed from {from}: none.")
        );
        service.put(url, &order.clone().with("status", to)).await.refusal(409, "transition_refused");
        assert_eq!(service.again(&order).await, order);
    }
}

async fn the_present_status_is_accepted_and_changes_nothing(store: Store) {
    let service = Service::start(store).await;
    for status in ["Pending", "Closed", "Cancelled"] {
        let order = finished(&service, status).await;
        let url = order["url"].as_str().unwrap();
        let events = service.get(&format!("{url}events/")).await.json(200);
        assert_eq!(service.patch(url, &json!({ "status": status })).await.json(200), order);
        assert_eq!(service.put(url, &order).await.json(200), order);
        assert_eq!(service.again(&order).await, order);
        assert_eq!(service.get(&format!("{url}events/")).await.json(200), events);
    }
}

async fn a_status_that_there_is_not_is_refused(store: Store) {
    let service = Service::start(store).await;
    let order = placed(&service).await;
    for status in [json!("Open"), json!("closed"), json!(""), json!(1), json!(null), json!(["Closed"])] {
        let answer =
            service.patch(order["url"].as_str().unwrap(), &json!({ "status": status.clone() })).await;
        let reason = answer.invalid_only("status");
        assert!(!status.is_string() || reason.contains("Pending, Closed, Cancelled"), "{status}: {reason}");
    }
}

async fn only_a_pending_order_can_be_amended(store: Store) {
    let service = Service::start(store).await;
    for status in ["Closed", "Cancelled"] {
        let order = finished(&service, status).await;
        let url = order["url"].as_str().unwrap();
        for change in [
            json!({ "quantity": 9 }),
            json!({ "item": "Salt" }),
            json!({ "price_per_unit": "1" }),
            json!({ "price_per_unit": "1", "currency": "USD" }),
        ] {
            let message = service.patch(url, &change).await.refusal(409, "not_pending");
            assert_eq!(
                message,
                format!("An order that is {status} cannot be changed; only one that is Pending can.")
            );
        }
        assert_eq!(service.again(&order).await, order);
        assert_eq!(service.patch(url, &json!({ "quantity": order["quantity"] })).await.json(200), order);
    }
}

async fn one_request_can_amend_and_close(store: Store) {
    let service = Service::start(store).await;
    let order = placed(&service).await;
    let url = order["url"].as_str().unwrap();
    let after = service.patch(url, &json!({ "quantity": 5, "status": "Closed" })).await.json(200);
    assert_eq!(
        (&after["quantity"], &after["status"], &after["total"]),
        (&json!(5), &json!("Closed"), &json!("749.50"))
    );
    let kinds = service.column(&format!("{url}events/?ordering=created_at"), "event").await;
    assert_eq!(kinds, ["placed", "changed", "closed"]);
    let both = json!({ "quantity": 6, "status": "Cancelled" });
    service.patch(url, &both).await.refusal(409, "not_pending");
    assert_eq!(service.again(&order).await, after);
}

async fn an_amendment_that_fails_does_not_close(store: Store) {
    let service = Service::start(store).await;
    let order = placed(&service).await;
    let url = order["url"].as_str().unwrap();
    service.patch(url, &json!({ "quantity": 0, "status": "Closed" })).await.invalid_only("quantity");
    service
        .patch(url, &json!({ "currency": "JPY", "status": "Closed" }))
        .await
        .invalid_only("price_per_unit");
    assert_eq!(service.again(&order).await, order);
    assert_eq!(service.column(&format!("{url}events/"), "event").await, ["placed"]);
}
