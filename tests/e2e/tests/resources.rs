//! What every resource has in common, and exactly which fields each of them shows.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    the_root_links_to_every_collection,
    a_path_answers_the_same_with_and_without_its_slash,
    a_customer_shows_these_fields,
    an_item_shows_these_fields,
    an_order_shows_these_fields,
    ids_are_uuids_of_version_7_that_carry_the_time,
    a_list_shows_what_the_object_shows,
    what_does_not_exist_is_not_found,
    what_was_deleted_is_not_found,
);

async fn the_root_links_to_every_collection(store: Store) {
    let service = Service::start(store).await;
    let root = service.get("").await.json(200);
    let plurals = [
        "api_tokens",
        "audit_entries",
        "customers",
        "items",
        "message_templates",
        "notifications",
        "orders",
        "organizations",
    ];
    let mut names = [plurals.as_slice(), &["me", "users"]].concat();
    names.sort_unstable();
    assert_eq!(root.names(), names);
    for (name, url) in root.as_object().unwrap() {
        assert_eq!(*url, service.url(&format!("{}/", name.replace('_', "-"))));
    }
    for plural in plurals {
        let list = service.get(root[plural].as_str().unwrap()).await.json(200);
        let mut names = vec![plural, "pagination"];
        names.sort_unstable();
        assert_eq!(list.names(), names);
    }
    assert_eq!(service.get(root["me"].as_str().unwrap()).await.json(200)["url"], root["me"]);
}

async fn a_path_answers_the_same_with_and_without_its_slash(store: Store) {
    let service = Service::start(store).await;
    let customer = service.post("customers", &customer()).await.json(201);
    let order = service.post("orders", &order(&customer)).await.json(201);
    let (customer, order) = (customer["id"].as_str().unwrap(), order["id"].as_str().unwrap());
    for path in [
        "/api/v1",
        "/api/v1/customers",
        &format!("/api/v1/customers/{customer}"),
        &format!("/api/v1/customers/{customer}/orders"),
        "/api/v1/items",
        "/api/v1/orders",
        &format!("/api/v1/orders/{order}"),
        &format!("/api/v1/orders/{order}/events"),
        &format!("/api/v1/orders/{order}/notifications"),
        "/api/v1/notifications",
        "/api/v1/message-templates",
        "/api/schema",
        "/health/live",
        "/health/ready",
    ] {
        let without = service.get(path).await.expect(200);
        let with = service.get(&format!("{path}/")).await.expect(200);
        assert_eq!(without.body, with.body, "{path}");
    }
    service.patch(&format!("orders/{order}"), &json!({ "quantity": 9 })).await.json(200);
    service.delete(&format!("orders/{order}")).await.expect(204);
}

/// The name of the kind of a JSON value, with a mark where it is a time or a UUID.
fn kind(value: &Value) -> &'static str {
    let text = value.as_str().unwrap_or_default();
    let is_time = |text: &str| text.len() == 24 && text.as_bytes()[10] == b'T' && text.ends_with('Z');
    match value {
        Value::String(_) if is_time(text) => "time",
        Value::String(_) if text.len() == 36 && text.matches('-').count() == 4 => "id",
        Value::String(_) if text.starts_with("http://") => "url",
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) => "boolean",
        Value::Null => "null",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// Makes sure that an object has exactly these fields, of these kinds.
#[track_caller]
fn assert_fields(object: &Value, fields: &[(&str, &str)]) {
    let mut expected = fields.to_vec();
    expected.sort_unstable();
    let actual: Vec<_> = object.names().into_iter().map(|name| (name, kind(&object[name]))).collect();
    assert_eq!(actual, expected);
}

async fn a_customer_shows_these_fields(store: Store) {
    let service = Service::start(store).await;
    let shown = service.create("customers", &customer()).await;
    assert_fields(
        &shown,
        &[
            ("id", "id"),
            ("url", "url"),
            ("organization", "object"),
            ("code", "text"),
            ("first_name", "text"),
            ("second_name", "text"),
            ("phone", "text"),
            ("created_at", "time"),
            ("updated_at", "time"),
            ("created_by", "object"),
            ("version", "number"),
        ],
    );
    assert_fields(&shown["organization"], &[("id", "id"), ("name", "text")]);
    assert_fields(&shown["created_by"], &[("id", "id"), ("name", "text")]);
    assert_eq!(shown["version"], 1);
}

async fn an_item_shows_these_fields(store: Store) {
    let service = Service::start(store).await;
    let shown = service.create("items", &item("Soap", "149.90")).await;
    assert_fields(
        &shown,
        &[
            ("id", "id"),
            ("url", "url"),
            ("organization", "object"),
            ("name", "text"),
            ("price_per_unit", "text"),
            ("currency", "text"),
            ("is_active", "boolean"),
            ("created_at", "time"),
            ("updated_at", "time"),
            ("version", "number"),
        ],
    );
    assert_eq!(shown["is_active"], true);
}

async fn an_order_shows_these_fields(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    let shown = service.create("orders", &order(&customer)).await;
    assert_fields(
        &shown,
        &[
            ("id", "id"),
            ("url", "url"),
            ("organization", "object"),
            ("customer", "object"),
            ("customer_code", "text"),
            ("item", "text"),
            ("item_id", "null"),
            ("quantity", "number"),
            ("price_per_unit", "text"),
            ("currency", "text"),
            ("total", "text"),
            ("status", "text"),
            ("time_placed", "time"),
            ("time_closed", "null"),
            ("updated_at", "time"),
            ("created_by", "object"),
            ("version", "number"),
        ],
    );
    let compact =
        [("id", "id"), ("url", "url"), ("code", "text"), ("first_name", "text"), ("second_name", "text")];
    assert_fields(&shown["customer"], &compact);
    for (name, _) in compact {
        assert_eq!(shown["customer"][name], customer[name]);
    }
}

async fn ids_are_uuids_of_version_7_that_carry_the_time(store: Store) {
    let service = Service::start(store).await;
    let shown = service.create("customers", &customer()).await;
    let id = shown["id"].as_str().unwrap();
    assert_eq!((id.len(), id.as_bytes()[14]), (36, b'7'), "{id}");
    assert_eq!(id.to_lowercase(), id);
    let later = service.create("customers", &customer()).await;
    assert!(later["id"].as_str().unwrap() > id);
    assert!(later["created_at"].as_str() >= shown["created_at"].as_str());
}

async fn a_list_shows_what_the_object_shows(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    let item = service.create("items", &item("Soap", "149.90")).await;
    let order = service.create("orders", &order(&customer)).await;
    for (plural, object) in [("customers", customer), ("items", item), ("orders", order)] {
        let list = service.get(&format!("{plural}/")).await.json(200);
        assert_eq!(list[plural], json!([object]));
    }
}

async fn what_does_not_exist_is_not_found(store: Store) {
    let service = Service::start(store).await;
    let absent = "01890a5d-ac96-774b-bcce-b302099a8057";
    for path in ["customers/ID/", "customers/ID/orders/", "items/ID/", "orders/ID/", "orders/ID/events/"] {
        for id in [
            absent,
            "1",
            "abc",
            "01890a5dac96774bbcceb302099a8057",
            "{01890a5d-ac96-774b-bcce-b302099a8057}",
            "%00",
            "%FF",
        ] {
            let message = service.get(&path.replace("ID", id)).await.refusal(404, "not_found");
            assert_eq!(message, "Not found.", "{path} {id}");
        }
    }
    for path in ["customers/ID/", "items/ID/", "orders/ID/"] {
        let path = path.replace("ID", absent);
        service.patch(&path, &json!({})).await.refusal(404, "not_found");
        service.delete(&path).await.refusal(404, "not_found");
    }
}

async fn what_was_deleted_is_not_found(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    let order = service.create("orders", &order(&customer)).await;
    let item = service.create("items", &item("Soap", "149.90")).await;
    for object in [order, customer, item] {
        let url = object["url"].as_str().unwrap();
        let gone = service.delete(url).await.expect(204);
        assert_eq!((gone.body.len(), gone.header("content-type")), (0, None));
        service.get(url).await.refusal(404, "not_found");
        service.delete(url).await.refusal(404, "not_found");
        service.put(url, &object).await.refusal(404, "not_found");
    }
}
