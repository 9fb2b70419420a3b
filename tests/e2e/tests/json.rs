//! JSON, strictly: types are what they are, and what is not JSON is refused in words.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    no_type_passes_for_another,
    what_is_not_json_is_refused,
    what_is_not_an_object_is_refused,
    no_key_may_stand_twice,
    json_too_deep_is_refused,
    bytes_that_are_no_text_are_refused,
);

async fn no_type_passes_for_another(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for (field, wrong) in [
        ("quantity", vec![json!("3"), json!(3.0), json!(3.5), json!(true), json!([3]), json!({})]),
        ("item", vec![json!(1), json!(true), json!([]), json!({})]),
        ("price_per_unit", vec![json!(149.9), json!(1), json!(false), json!({})]),
        ("status", vec![json!(0), json!(["Pending"])]),
        ("currency", vec![json!(404), json!(["KES"])]),
        ("customer", vec![json!(1), json!([owner["id"]]), json!({ "id": [owner["id"]] })]),
    ] {
        for value in wrong {
            let reason =
                service.post("orders/", &order(&owner).with(field, value.clone())).await.invalid_only(field);
            assert!(reason.starts_with("Expected "), "{field} {value}: {reason}");
        }
    }
    for value in [json!("true"), json!(1), json!("")] {
        let body = json!({ "name": "Soap", "price_per_unit": "1", "is_active": value });
        service.post("items/", &body).await.invalid_only("is_active");
    }
    for version in [json!("1"), json!(1.0), json!(0), json!(-1), json!({})] {
        service
            .patch(owner["url"].as_str().unwrap(), &json!({ "version": version }))
            .await
            .invalid_only("version");
    }
}

/// Sends a body that no object may come of.
async fn refused(service: &Service, body: impl Into<Vec<u8>>) -> String {
    let answer = service.call("POST", "customers/").body("application/json", body.into()).await;
    let reason = answer.invalid_only("non_field_errors");
    assert_eq!(service.get("customers/").await.json(200)["customers"], Value::Array(Vec::new()));
    reason
}

async fn what_is_not_json_is_refused(store: Store) {
    let service = Service::start(store).await;
    for body in [
        "{",
        "{\"first_name\": \"Amina\"",
        "{\"first_name\": }",
        "{\"first_name\": \"Amina\",}",
        "{'first_name': 'Amina'}",
        "{first_name: 1}",
        "{\"a\": NaN}",
        "{\"a\": Infinity}",
        "{\"a\": -Infinity}",
        "{\"a\": 1e999}",
        "{\"a\": 01}",
        "{\"a\": .5}",
        "{\"a\": \"\\ud800\"}",
        "{} {}",
        "first_name=Amina",
        "\u{feff}{}",
    ] {
        let reason = refused(&service, body).await;
        assert!(reason.starts_with("Malformed JSON: ") && reason.contains("line 1"), "{body}: {reason}");
    }
    let reason = refused(&service, "").await;
    assert!(reason.contains("empty"), "{reason}");
}

async fn what_is_not_an_object_is_refused(store: Store) {
    let service = Service::start(store).await;
    for (body, kind) in [
        ("[]", "a list"),
        ("\"text\"", "a string"),
        ("1", "a number"),
        ("1.5", "a decimal number"),
        ("true", "a boolean"),
        ("null", "null"),
    ] {
        assert_eq!(refused(&service, body).await, format!("Expected a JSON object, but got {kind}."));
    }
}

async fn no_key_may_stand_twice(store: Store) {
    let service = Service::start(store).await;
    for body in ["{\"phone\": 1, \"phone\": 1}", "{\"a\": [{\"b\": 1, \"\\u0062\": 2}]}"] {
        let reason = refused(&service, body).await;
        assert!(reason.contains("stands twice"), "{reason}");
    }
}

async fn json_too_deep_is_refused(store: Store) {
    let service = Service::start(store).await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        let reason = refused(&service, deep).await;
        assert!(reason.contains("recursion limit"), "{reason}");
    }
}

async fn bytes_that_are_no_text_are_refused(store: Store) {
    let service = Service::start(store).await;
    for body in [
        b"{\"first_name\": \"\xff\"}".as_slice(),
        b"{\"\xc3\x28\": 1}",
        b"\x00",
        b"\xff\xfe{\x00}\x00",
        &[0xf0; 1000],
    ] {
        let reason = refused(&service, body).await;
        assert!(reason.starts_with("Malformed JSON: "), "{reason}");
    }
}
