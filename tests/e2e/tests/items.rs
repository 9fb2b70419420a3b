//! The catalogue: names that are unique whatever their case, and when an item can go.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::json;

on_every_store!(
    the_currency_is_the_organizations_unless_given,
    a_name_is_unique_whatever_its_case,
    an_item_may_change_the_case_of_its_own_name,
    a_replaced_item_falls_back_to_the_defaults,
    an_item_that_orders_refer_to_cannot_be_deleted,
);

async fn the_currency_is_the_organizations_unless_given(store: Store) {
    let service = Service::start(store).await;
    assert_eq!(service.create("items", &item("Soap", "1")).await["currency"], "KES");
    assert_eq!(
        service.create("items", &item("Salt", "1").with("currency", " usd ")).await["currency"],
        "USD"
    );
    let reason =
        service.post("items/", &item("Rice", "1").with("currency", "XXX")).await.invalid_only("currency");
    assert!(reason.contains("ISO 4217"), "{reason}");
}

async fn a_name_is_unique_whatever_its_case(store: Store) {
    let service = Service::start(store).await;
    service.create("items", &item("Straße", "1")).await;
    for name in ["STRASSE", "strasse", " Straße "] {
        let message = service.post("items/", &item(name, "1")).await.refusal(409, "duplicate");
        assert_eq!(message.names(), ["name"], "{name}");
    }
    let other = service.create("items", &item("Strasze", "1")).await;
    let url = other["url"].as_str().unwrap();
    let message = service.patch(url, &json!({ "name": "strasse" })).await.refusal(409, "duplicate");
    assert_eq!(
        message,
        json!({ "name": ["There is already an item named \"strasse\" in this organization."] })
    );
    assert_eq!(service.again(&other).await, other);
}

async fn an_item_may_change_the_case_of_its_own_name(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("items", &item("soap", "1")).await;
    let changed = service.patch(created["url"].as_str().unwrap(), &json!({ "name": "SOAP" })).await.json(200);
    assert_eq!((&changed["name"], &changed["version"]), (&json!("SOAP"), &json!(2)));
}

async fn a_replaced_item_falls_back_to_the_defaults(store: Store) {
    let service = Service::start(store).await;
    let body = item("Soap", "1").with("currency", "USD").with("is_active", false);
    let created = service.create("items", &body).await;
    assert_eq!(created["is_active"], false);
    let replaced = service.put(created["url"].as_str().unwrap(), &item("Soap", "1")).await.json(200);
    assert_eq!((&replaced["currency"], &replaced["is_active"]), (&json!("KES"), &json!(true)));
}

async fn an_item_that_orders_refer_to_cannot_be_deleted(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    let item = service.create("items", &item("Soap", "1")).await;
    let body = json!({ "customer": customer["id"], "item_id": item["id"], "quantity": 1 });
    let placed = service.create("orders", &body).await;
    let url = item["url"].as_str().unwrap();
    let message = service.delete(url).await.refusal(409, "in_use");
    let text = message.as_str().unwrap();
    assert!(text.contains("Orders that do: 1.") && text.contains("is_active"), "{text}");
    service.patch(placed["url"].as_str().unwrap(), &json!({ "item_id": null })).await.json(200);
    service.delete(url).await.expect(204);
    assert_eq!(service.again(&placed).await["item"], "Soap");
    service.create("orders", &order(&customer)).await;
}
