//! What `PUT` and `PATCH` make of what they say, and of what they leave out.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store};
use serde_json::{Value, json};

on_every_store!(
    what_get_answered_can_be_put_back,
    what_get_answered_can_be_posted_again,
    what_is_only_shown_is_passed_over,
    an_empty_patch_changes_nothing,
    a_patch_changes_what_it_names,
    money_is_not_relabelled,
    null_is_refused_where_a_field_cannot_be_without_a_value,
    a_put_is_refused_without_a_required_field,
    a_patch_can_be_a_merge_patch,
    an_unknown_field_is_refused_with_the_fields_there_are,
    every_wrong_field_is_told_at_once,
    nothing_is_written_when_anything_is_refused,
);

async fn objects(service: &Service) -> [(&'static str, Value); 3] {
    let customer = service.create("customers", &customer()).await;
    let item = service.create("items", &item("Soap", "149.90").with("currency", "USD")).await;
    let body = json!({ "customer": customer["id"], "item_id": item["id"], "quantity": 3 });
    let order = service.create("orders", &body).await;
    [("customers", customer), ("items", item), ("orders", order)]
}

async fn what_get_answered_can_be_put_back(store: Store) {
    let service = Service::start(store).await;
    for (plural, shown) in objects(&service).await {
        let answer = service.put(shown["url"].as_str().unwrap(), &shown).await;
        assert_eq!(answer.json(200), shown, "{plural}");
        let list = service.get(&format!("{plural}/")).await.json(200);
        let back = json!({ plural: list[plural] });
        assert_eq!(service.put(&format!("{plural}/"), &back).await.json(200), back, "{plural}");
    }
}

async fn what_get_answered_can_be_posted_again(store: Store) {
    let service = Service::start(store).await;
    for (plural, shown) in objects(&service).await {
        let body = match plural {
            "customers" => shown.clone().without("code"),
            "items" => shown.clone().with("name", "Another"),
            _ => shown.clone(),
        };
        let created = service.create(plural, &body).await;
        assert_ne!(created["id"], shown["id"], "{plural}");
        assert_eq!(created["version"], 1);
    }
}

async fn what_is_only_shown_is_passed_over(store: Store) {
    let service = Service::start(store).await;
    let [(_, customer), (_, item), (_, order)] = objects(&service).await;
    let early = "2001-01-01T00:00:00.000Z";
    let echo = json!({ "id": 1, "url": [], "created_at": early, "updated_at": null, "created_by": "me" });
    assert_eq!(service.patch(customer["url"].as_str().unwrap(), &echo).await.json(200), customer);
    let echo = json!({ "id": 1, "url": [], "created_at": early, "updated_at": null });
    assert_eq!(service.patch(item["url"].as_str().unwrap(), &echo).await.json(200), item);
    let echo = json!({
        "id": 1, "url": [], "total": "1.00", "time_placed": early, "time_closed": early, "updated_at": null, "created_by": "me"
    });
    assert_eq!(service.patch(order["url"].as_str().unwrap(), &echo).await.json(200), order);
}

async fn an_empty_patch_changes_nothing(store: Store) {
    let service = Service::start(store).await;
    for (plural, shown) in objects(&service).await {
        assert_eq!(
            service.patch(shown["url"].as_str().unwrap(), &json!({})).await.json(200),
            shown,
            "{plural}"
        );
        assert_eq!(service.again(&shown).await, shown, "{plural}");
    }
}

async fn money_is_not_relabelled(store: Store) {
    let service = Service::start(store).await;
    let [_, (_, item), (_, order)] = objects(&service).await;
    for shown in [&item, &order] {
        let url = shown["url"].as_str().unwrap();
        let reason = service.patch(url, &json!({ "currency": "JPY" })).await.invalid_only("price_per_unit");
        assert!(reason.contains("price_per_unit in JPY as well"), "{reason}");
        let change = json!({ "currency": "JPY", "price_per_unit": "15" });
        let after = service.patch(url, &change).await.json(200);
        assert_eq!((&after["currency"], &after["price_per_unit"]), (&json!("JPY"), &json!("15")));
    }
}

async fn a_patch_changes_what_it_names(store: Store) {
    let service = Service::start(store).await;
    let [(_, customer), (_, item), (_, order)] = objects(&service).await;
    for (shown, field, value) in [
        (&customer, "first_name", json!("Zawadi")),
        (&customer, "second_name", json!("Mwangi")),
        (&customer, "phone", json!("+254733123456")),
        (&customer, "code", json!("NEW99")),
        (&item, "name", json!("Salt")),
        (&item, "price_per_unit", json!("1.00")),
        (&item, "is_active", json!(false)),
        (&order, "quantity", json!(9)),
        (&order, "price_per_unit", json!("1.00")),
        (&order, "item", json!("Salt")),
        (&order, "status", json!("Closed")),
    ] {
        let before = service.again(shown).await;
        let after = service.patch(shown["url"].as_str().unwrap(), &json!({ field: value })).await.json(200);
        assert_eq!(after[field], value);
        assert_eq!(
            after["version"].as_i64(),
            before["version"].as_i64().map(|version| version + 1),
            "{field}"
        );
        let follows = [field, "version", "updated_at", "total", "item_id", "time_closed"];
        for name in before.names().into_iter().filter(|name| !follows.contains(name)) {
            assert_eq!(after[name], before[name], "{field} changed {name}");
        }
        assert_eq!(service.again(shown).await, after);
    }
}

async fn null_is_refused_where_a_field_cannot_be_without_a_value(store: Store) {
    let service = Service::start(store).await;
    let [(_, customer), (_, item), (_, order)] = objects(&service).await;
    for (shown, fields) in [
        (customer, ["organization", "code", "first_name", "second_name", "phone", "version"].as_slice()),
        (item, &["organization", "name", "price_per_unit", "currency", "is_active", "version"]),
        (
            order,
            &[
                "organization",
                "customer",
                "customer_code",
                "item",
                "quantity",
                "price_per_unit",
                "currency",
                "status",
                "version",
            ],
        ),
    ] {
        let url = shown["url"].as_str().unwrap();
        for field in fields {
            let reason = service.patch(url, &json!({ *field: null })).await.invalid_only(field);
            assert_eq!(reason, "This field may not be null.");
            service.put(url, &shown.clone().with(field, Value::Null)).await.invalid_only(field);
        }
    }
}

async fn a_put_is_refused_without_a_required_field(store: Store) {
    let service = Service::start(store).await;
    let [(_, customer), (_, item), (_, order)] = objects(&service).await;
    for (shown, fields) in [
        (customer, ["first_name", "phone", "second_name"].as_slice()),
        (item, &["name", "price_per_unit"]),
        (order, &["item", "price_per_unit", "quantity"]),
    ] {
        let message = service.put(shown["url"].as_str().unwrap(), &json!({})).await.invalid();
        assert_eq!(message.names(), fields);
        assert_eq!(service.again(&shown).await, shown);
    }
}

async fn a_patch_can_be_a_merge_patch(store: Store) {
    let service = Service::start(store).await;
    let [(_, customer), ..] = objects(&service).await;
    let url = customer["url"].as_str().unwrap();
    for media_type in [
        "application/merge-patch+json",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
    ] {
        let patch = service.call("PATCH", url).body(media_type, "{\"first_name\": \"Zawadi\"}");
        assert_eq!(patch.await.json(200)["first_name"], "Zawadi", "{media_type}");
    }
    let put = service.call("PUT", url).body("application/merge-patch+json", "{}");
    put.await.refusal(415, "unsupported_media_type");
}

async fn an_unknown_field_is_refused_with_the_fields_there_are(store: Store) {
    let service = Service::start(store).await;
    for (plural, shown) in objects(&service).await {
        let reason = service
            .patch(shown["url"].as_str().unwrap(), &json!({ "colour": "red" }))
            .await
            .invalid_only("colour");
        for name in shown.names() {
            assert!(reason.contains(name), "{plural}: {reason}");
        }
        let message = service.post(&format!("{plural}/"), &json!({ "colour": "red" })).await.invalid();
        assert!(message["colour"][0].as_str().unwrap().starts_with("There is no such field."), "{message}");
    }
}

async fn every_wrong_field_is_told_at_once(store: Store) {
    let service = Service::start(store).await;
    let body = json!({ "code": "x", "first_name": " ", "second_name": 1, "phone": "0712", "colour": "red" });
    let message = service.post("customers/", &body).await.invalid();
    assert_eq!(message.names(), ["code", "colour", "first_name", "phone", "second_name"]);
    let body = json!({ "name": "\u{7}".repeat(101), "price_per_unit": 1, "currency": "?", "is_active": "yes", "version": "1" });
    let message = service.post("items/", &body.without("version")).await.invalid();
    assert_eq!(message.names(), ["currency", "is_active", "name", "price_per_unit"]);
    assert_eq!(message["name"].as_array().map(Vec::len), Some(2), "{message}");
    let body = json!({ "customer": "x", "customer_code": "y", "item": "", "item_id": "z", "quantity": "3", "price_per_unit": "1e3",
                       "currency": "?", "status": "Open", "organization": [] });
    let message = service.post("orders/", &body).await.invalid();
    assert_eq!(message.names(), body.names());
}

async fn nothing_is_written_when_anything_is_refused(store: Store) {
    let service = Service::start(store).await;
    let [(_, customer), (_, item), (_, order)] = objects(&service).await;
    for (shown, change) in [
        (&customer, json!({ "first_name": "Zawadi", "phone": "0712" })),
        (&item, json!({ "name": "Salt", "price_per_unit": "-1" })),
        (&order, json!({ "quantity": 9, "customer_code": "YYYYY" })),
    ] {
        service.patch(shown["url"].as_str().unwrap(), &change).await.expect(400);
        assert_eq!(service.again(shown).await, *shown);
    }
}
