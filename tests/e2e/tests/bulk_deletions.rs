//! `DELETE` of a collection: what the filters match, all or nothing.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    a_deletion_needs_a_filter_or_all,
    what_the_filters_match_goes_and_nothing_else,
    everything_can_be_deleted_in_so_many_words,
    nothing_that_matches_is_nothing_deleted,
    paging_and_projection_have_no_place_in_a_deletion,
    a_filter_that_is_wrong_deletes_nothing,
    customers_with_orders_stop_the_deletion,
    items_that_orders_refer_to_stop_the_deletion,
    #[ignore = "places ten thousand orders; ./tests/long runs it"]
    more_than_ten_thousand_are_not_deleted_at_once,
);

async fn a_deletion_needs_a_filter_or_all(store: Store) {
    let service = Service::start(store).await;
    service.create("items", &item("Soap", "1")).await;
    for plural in ["customers", "items", "orders"] {
        let reason = service.delete(&format!("{plural}/")).await.invalid_only("non_field_errors");
        assert!(reason.contains("all=true"), "{reason}");
        for all in ["false", "1", "yes", ""] {
            let reason = service.delete(&format!("{plural}/?all={all}")).await.invalid_only("all");
            assert!(reason.contains("all=true"), "{reason}");
        }
    }
    service.delete("items/?all=true&is_active=true").await.invalid_only("all");
    assert_eq!(service.column("items/", "name").await, ["Soap"]);
}

async fn what_the_filters_match_goes_and_nothing_else(store: Store) {
    let service = Service::start(store).await;
    for (name, active) in [("Soap, red", true), ("Soap, blue", false), ("Salt", true)] {
        service.create("items", &item(name, "1").with("is_active", active)).await;
    }
    let answer = service.delete("items/?search=soap&is_active=true").await.json(200);
    assert_eq!(answer, json!({ "deleted": 1 }));
    assert_eq!(service.column("items/?ordering=name", "name").await, ["Salt", "Soap, blue"]);
    assert_eq!(service.delete("items/?name__istartswith=s").await.json(200), json!({ "deleted": 2 }));
    assert!(service.column("items/", "name").await.is_empty());
}

async fn everything_can_be_deleted_in_so_many_words(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let placed = service.create("orders", &order(&owner)).await;
    service.create("orders", &order(&owner)).await;
    assert_eq!(service.delete("orders/?all=true").await.json(200), json!({ "deleted": 2 }));
    service.get(&format!("{}events/", placed["url"].as_str().unwrap())).await.refusal(404, "not_found");
    assert_eq!(service.delete("customers/?all=true").await.json(200), json!({ "deleted": 1 }));
}

async fn nothing_that_matches_is_nothing_deleted(store: Store) {
    let service = Service::start(store).await;
    assert_eq!(service.delete("orders/?status=Closed").await.json(200), json!({ "deleted": 0 }));
    assert_eq!(service.delete("customers/?all=true").await.json(200), json!({ "deleted": 0 }));
}

async fn paging_and_projection_have_no_place_in_a_deletion(store: Store) {
    let service = Service::start(store).await;
    service.create("items", &item("Soap", "1")).await;
    for (name, value) in [
        ("limit", "1"),
        ("offset", "0"),
        ("page", "1"),
        ("per_page", "1"),
        ("cursor", "x"),
        ("count", "true"),
        ("ordering", "name"),
        ("fields", "id"),
        ("expand", "customer"),
        ("format", "csv"),
        ("colour", "red"),
    ] {
        let reason = service.delete(&format!("items/?name=Soap&{name}={value}")).await.invalid_only(name);
        assert!(!reason.is_empty());
    }
    assert_eq!(service.column("items/", "name").await, ["Soap"]);
}

async fn a_filter_that_is_wrong_deletes_nothing(store: Store) {
    let service = Service::start(store).await;
    service.create("items", &item("Soap", "1")).await;
    service.delete("items/?price_per_unit__gte=abc").await.invalid_only("price_per_unit__gte");
    service.delete("items/?search=").await.invalid_only("search");
    service.delete("items/?nam=Soap&is_active=true").await.invalid_only("nam");
    assert_eq!(service.column("items/", "name").await, ["Soap"]);
}

async fn customers_with_orders_stop_the_deletion(store: Store) {
    let service = Service::start(store).await;
    let busy = service.create("customers", &customer()).await;
    service.create("customers", &customer()).await;
    service.create("orders", &order(&busy)).await;
    service.create("orders", &order(&busy)).await;
    let message = service.delete("customers/?all=true").await.refusal(409, "in_use");
    assert_eq!(message, "Customers with orders cannot be deleted. Orders of theirs: 2.");
    assert_eq!(service.get("customers/").await.json(200)["pagination"]["count"], 2);
}

async fn items_that_orders_refer_to_stop_the_deletion(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let soap = service.create("items", &item("Soap", "1")).await;
    service.create("items", &item("Salt", "1")).await;
    let body = json!({ "customer": owner["id"], "item_id": soap["id"], "quantity": 1 });
    service.create("orders", &body).await;
    let message = service.delete("items/?is_active=true").await.refusal(409, "in_use");
    assert!(message.as_str().unwrap().contains("Orders that do: 1."), "{message}");
    assert_eq!(service.get("items/").await.json(200)["pagination"]["count"], 2);
}

async fn more_than_ten_thousand_are_not_deleted_at_once(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for _ in 0..10_001 {
        service.create("orders", &order(&owner)).await;
    }
    let message = service.delete("orders/?all=true").await.refusal(409, "too_many_matches");
    let text = message.as_str().unwrap();
    assert!(text.contains("10001") && text.contains("10000"), "{text}");
    assert_eq!(service.get("orders/").await.json(200)["pagination"]["count"], 10_001);
    let one = service.column("orders/?limit=1", "id").await;
    service.delete(&format!("orders/{}/", one[0].as_str().unwrap())).await.expect(204);
    assert_eq!(service.delete("orders/?all=true").await.json(200), json!({ "deleted": 10_000 }));
    assert_eq!(service.column("orders/", "id").await, Vec::<Value>::new());
}
