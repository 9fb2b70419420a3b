//! Orders out of the catalogue: snapshots, and when a new one is taken.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    an_item_id_alone_takes_name_price_and_currency,
    what_is_given_beside_an_item_id_goes_before_the_catalogue,
    a_snapshot_outlives_changes_of_the_catalogue,
    the_same_item_id_keeps_the_snapshot,
    a_new_item_id_takes_a_new_snapshot,
    a_new_item_id_in_what_get_answered_takes_a_new_snapshot,
    text_without_an_item_id_clears_it,
    a_null_item_id_keeps_the_text,
    an_inactive_item_is_refused,
    an_item_that_is_not_there_is_a_bad_field,
);

struct Shop {
    service: Service,
    customer: Value,
    soap: Value,
    salt: Value,
}

impl Shop {
    async fn open(store: Store) -> Self {
        let service = Service::start(store).await;
        let customer = service.create("customers", &customer()).await;
        let soap = service.create("items", &item("Soap", "149.90")).await;
        let salt = service.create("items", &item("Salt", "2.5").with("currency", "USD")).await;
        Self { service, customer, soap, salt }
    }

    /// Three of an item.
    async fn order_of(&self, item: &Value) -> Value {
        let body = json!({ "customer": self.customer["id"], "item_id": item["id"], "quantity": 3 });
        self.service.create("orders", &body).await
    }

    async fn patch(&self, object: &Value, change: &Value) -> Value {
        self.service.patch(object["url"].as_str().unwrap(), change).await.json(200)
    }
}

/// What an order says of its item.
fn line(order: &Value) -> Value {
    json!([order["item"], order["item_id"], order["price_per_unit"], order["currency"], order["total"]])
}

async fn an_item_id_alone_takes_name_price_and_currency(store: Store) {
    let shop = Shop::open(store).await;
    let placed = shop.order_of(&shop.salt).await;
    assert_eq!(line(&placed), json!(["Salt", shop.salt["id"], "2.50", "USD", "7.50"]));
    let body = json!({ "customer": shop.customer["id"], "item_id": shop.salt, "quantity": 3 });
    assert_eq!(line(&shop.service.create("orders", &body).await), line(&placed));
}

async fn what_is_given_beside_an_item_id_goes_before_the_catalogue(store: Store) {
    let shop = Shop::open(store).await;
    let body = order(&shop.customer).with("item_id", shop.salt["id"].clone()).with("price_per_unit", "2");
    let placed = shop.service.create("orders", &body.with("item", "Sea salt")).await;
    assert_eq!(line(&placed), json!(["Sea salt", shop.salt["id"], "2.00", "USD", "4.00"]));
}

async fn a_snapshot_outlives_changes_of_the_catalogue(store: Store) {
    let shop = Shop::open(store).await;
    let placed = shop.order_of(&shop.soap).await;
    shop.patch(&shop.soap, &json!({ "name": "Soap, 250 g", "price_per_unit": "160", "is_active": false }))
        .await;
    assert_eq!(shop.service.again(&placed).await, placed);
}

async fn the_same_item_id_keeps_the_snapshot(store: Store) {
    let shop = Shop::open(store).await;
    let placed = shop.order_of(&shop.soap).await;
    shop.patch(&shop.soap, &json!({ "price_per_unit": "160", "is_active": false })).await;
    let changed = shop.patch(&placed, &json!({ "item_id": shop.soap["id"], "quantity": 1 })).await;
    assert_eq!(line(&changed), json!(["Soap", shop.soap["id"], "149.90", "KES", "149.90"]));
    let put = json!({ "item_id": shop.soap["id"], "quantity": 2 });
    let replaced = shop.service.put(placed["url"].as_str().unwrap(), &put).await.json(200);
    assert_eq!(line(&replaced), json!(["Soap", shop.soap["id"], "149.90", "KES", "299.80"]));
}

async fn a_new_item_id_takes_a_new_snapshot(store: Store) {
    let shop = Shop::open(store).await;
    let placed = shop.order_of(&shop.soap).await;
    let changed = shop.patch(&placed, &json!({ "item_id": shop.salt["id"] })).await;
    assert_eq!(line(&changed), json!(["Salt", shop.salt["id"], "2.50", "USD", "7.50"]));
    assert_eq!(changed["quantity"], 3);
}

async fn a_new_item_id_in_what_get_answered_takes_a_new_snapshot(store: Store) {
    let shop = Shop::open(store).await;
    let placed = shop.order_of(&shop.soap).await;
    let echo = placed.clone().with("item_id", shop.salt["id"].clone());
    let replaced = shop.service.put(placed["url"].as_str().unwrap(), &echo).await.json(200);
    assert_eq!(line(&replaced), json!(["Salt", shop.salt["id"], "2.50", "USD", "7.50"]));
}

async fn text_without_an_item_id_clears_it(store: Store) {
    let shop = Shop::open(store).await;
    let placed = shop.order_of(&shop.soap).await;
    let changed = shop.patch(&placed, &json!({ "item": "Handmade soap" })).await;
    assert_eq!(line(&changed), json!(["Handmade soap", null, "149.90", "KES", "449.70"]));
    let placed = shop.order_of(&shop.soap).await;
    let put = json!({ "item": "Soap", "quantity": 1, "price_per_unit": "1" });
    let replaced = shop.service.put(placed["url"].as_str().unwrap(), &put).await.json(200);
    assert_eq!(line(&replaced), json!(["Soap", null, "1.00", "KES", "1.00"]));
}

async fn a_null_item_id_keeps_the_text(store: Store) {
    let shop = Shop::open(store).await;
    let placed = shop.order_of(&shop.soap).await;
    let changed = shop.patch(&placed, &json!({ "item_id": null })).await;
    assert_eq!(line(&changed), json!(["Soap", null, "149.90", "KES", "449.70"]));
    assert_eq!(changed["version"], 2);
    assert_eq!(shop.patch(&placed, &json!({ "item_id": null })).await, changed);
}

async fn an_inactive_item_is_refused(store: Store) {
    let shop = Shop::open(store).await;
    shop.patch(&shop.salt, &json!({ "is_active": false })).await;
    let body = json!({ "customer": shop.customer["id"], "item_id": shop.salt["id"], "quantity": 3 });
    let reason = shop.service.post("orders/", &body).await.invalid_only("item_id");
    assert!(reason.contains("\"Salt\" is not active"), "{reason}");
    let placed = shop.order_of(&shop.soap).await;
    let change = json!({ "item_id": shop.salt["id"] });
    shop.service.patch(placed["url"].as_str().unwrap(), &change).await.invalid_only("item_id");
    assert_eq!(shop.service.again(&placed).await, placed);
}

async fn an_item_that_is_not_there_is_a_bad_field(store: Store) {
    let shop = Shop::open(store).await;
    let absent = "01890a5d-ac96-774b-bcce-b302099a8057";
    let body = json!({ "customer": shop.customer["id"], "item_id": absent, "quantity": 3 });
    let reason = shop.service.post("orders/", &body).await.invalid_only("item_id");
    assert!(reason.contains(absent), "{reason}");
    let placed = shop.order_of(&shop.soap).await;
    shop.service
        .patch(placed["url"].as_str().unwrap(), &json!({ "item_id": absent }))
        .await
        .invalid_only("item_id");
    for reference in [json!(""), json!(1), json!({}), json!([])] {
        shop.service.post("orders/", &body.clone().with("item_id", reference)).await.invalid_only("item_id");
    }
}
