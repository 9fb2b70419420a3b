//! Bulk `PUT`: rows as wholes, all or nothing, errors by position.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

const ABSENT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

on_every_store!(
    rows_change_together_and_answer_in_order,
    a_row_that_is_refused_stops_all,
    every_wrong_field_of_every_row_is_told,
    the_first_of_400_404_412_and_409_is_the_status,
    an_object_may_stand_in_a_request_once,
    a_taken_key_is_told_on_its_row,
    keys_cannot_be_swapped,
    a_transition_that_is_refused_is_told_on_its_row,
    a_row_is_replaced_as_a_whole,
    no_rows_are_no_change,
    a_thousand_rows_are_the_most,
    what_is_not_a_list_of_objects_is_refused,
);

/// Items called `0`, `1` and so on.
async fn items(service: &Service, number: usize) -> Vec<Value> {
    let mut items = Vec::new();
    for name in 0..number {
        items.push(service.create("items", &item(&name.to_string(), "1")).await);
    }
    items
}

async fn put(service: &Service, rows: &[Value]) -> orderdesk_e2e::Answer {
    service.put("items/", &json!({ "items": rows })).await
}

async fn rows_change_together_and_answer_in_order(store: Store) {
    let service = Service::start(store).await;
    let items = items(&service, 3).await;
    let rows = [&items[2], &items[0]].map(|item| item.clone().with("price_per_unit", "2.50"));
    let answer = put(&service, &rows).await.json(200);
    assert_eq!(answer.names(), ["items"]);
    for (row, shown) in rows.iter().zip(answer["items"].as_array().unwrap()) {
        assert_eq!((&shown["id"], &shown["price_per_unit"]), (&row["id"], &json!("2.50")));
        assert_eq!(shown["version"], 2);
        assert_eq!(service.again(row).await, *shown);
    }
    assert_eq!(service.again(&items[1]).await, items[1]);
}

async fn a_row_that_is_refused_stops_all(store: Store) {
    let service = Service::start(store).await;
    let items = items(&service, 3).await;
    let rows: Vec<_> = items.iter().map(|item| item.clone().with("is_active", false)).collect();
    for (wrong, status) in [
        (rows[2].clone().with("price_per_unit", "-1"), 400),
        (rows[2].clone().with("id", ABSENT), 404),
        (rows[2].clone().with("version", 7), 412),
    ] {
        let answer = put(&service, &[rows[0].clone(), rows[1].clone(), wrong]).await.expect(status);
        let body: Value = serde_json::from_str(answer.text()).unwrap();
        assert_eq!(body["message"]["items"].names(), ["2"]);
        for item in &items {
            assert_eq!(service.again(item).await, *item);
        }
    }
}

async fn every_wrong_field_of_every_row_is_told(store: Store) {
    let service = Service::start(store).await;
    let items = items(&service, 3).await;
    let rows = [
        json!({ "id": items[0]["id"], "name": "", "price_per_unit": "x" }),
        items[1].clone(),
        json!({ "name": "Salt", "price_per_unit": "1", "colour": "red" }),
        json!("text"),
        json!({ "id": "x", "name": "Salt", "price_per_unit": "1" }),
    ];
    let message = put(&service, &rows).await.invalid();
    assert_eq!(message.names(), ["items"]);
    let rows = &message["items"];
    assert_eq!(rows.names(), ["0", "2", "3", "4"]);
    assert_eq!(rows["0"].names(), ["name", "price_per_unit"]);
    assert_eq!(rows["2"].names(), ["colour", "id"]);
    assert_eq!(rows["3"], json!({ "non_field_errors": ["Expected an object, but got a string."] }));
    assert_eq!(rows["4"].names(), ["id"]);
}

async fn the_first_of_400_404_412_and_409_is_the_status(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let mut orders = Vec::new();
    for _ in 0..4 {
        orders.push(service.create("orders", &order(&owner)).await);
    }
    service.patch(orders[3]["url"].as_str().unwrap(), &json!({ "status": "Closed" })).await.json(200);
    let invalid = orders[0].clone().with("customer_code", "YYYYY");
    let absent = orders[1].clone().with("id", ABSENT);
    let stale = orders[2].clone().with("version", 7);
    let refused = orders[3].clone().with("status", "Cancelled").without("version");
    let mut rows = vec![refused, stale, absent, invalid];
    for (status, code) in
        [(400, "invalid"), (404, "not_found"), (412, "stale_version"), (409, "transition_refused")]
    {
        let message = service.put("orders/", &json!({ "orders": rows })).await.refusal(status, code);
        assert_eq!(message["orders"].as_object().unwrap().len(), rows.len(), "{message}");
        rows.pop();
    }
}

async fn an_object_may_stand_in_a_request_once(store: Store) {
    let service = Service::start(store).await;
    let items = items(&service, 2).await;
    let message = put(&service, &[items[0].clone(), items[1].clone(), items[0].clone()]).await.invalid();
    assert_eq!(
        message,
        json!({ "items": { "2": { "id": ["Each object may stand in a bulk request only once."] } } })
    );
}

async fn a_taken_key_is_told_on_its_row(store: Store) {
    let service = Service::start(store).await;
    let items = items(&service, 4).await;
    // One that is taken by an object outside the request.
    let rows = [items[1].clone(), items[2].clone().with("name", "0")];
    let message = put(&service, &rows).await.refusal(409, "duplicate");
    assert_eq!((message["items"].names(), message["items"]["1"].names()), (vec!["1"], vec!["name"]));
    // One that two rows take.
    let rows = [items[1].clone().with("name", "Soap"), items[2].clone().with("name", "SOAP")];
    let message = put(&service, &rows).await.refusal(409, "duplicate");
    assert_eq!(message["items"]["1"].names(), ["name"]);
    for item in &items {
        assert_eq!(service.again(item).await, *item);
    }
}

async fn keys_cannot_be_swapped(store: Store) {
    let service = Service::start(store).await;
    let first = service.create("customers", &customer().with("code", "AAAAA")).await;
    let second = service.create("customers", &customer().with("code", "BBBBB")).await;
    let rows = [first.clone().with("code", "BBBBB"), second.clone().with("code", "AAAAA")];
    let message = service.put("customers/", &json!({ "customers": rows })).await.refusal(409, "duplicate");
    assert_eq!(message["customers"].names(), ["0", "1"]);
    assert_eq!(service.again(&first).await, first);
}

async fn a_transition_that_is_refused_is_told_on_its_row(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let open = service.create("orders", &order(&owner)).await;
    let closed = service.create("orders", &order(&owner)).await;
    let closed =
        service.patch(closed["url"].as_str().unwrap(), &json!({ "status": "Closed" })).await.json(200);
    let rows = [open.clone().with("status", "Closed"), closed.with("status", "Pending")];
    let message = service.put("orders/", &json!({ "orders": rows })).await.refusal(409, "transition_refused");
    assert_eq!(message["orders"].names(), ["1"]);
    let reason = message["orders"]["1"]["non_field_errors"][0].as_str().unwrap();
    assert!(reason.contains("Allowed from Closed: none."), "{reason}");
    assert_eq!(service.again(&open).await, open);
}

async fn a_row_is_replaced_as_a_whole(store: Store) {
    let service = Service::start(store).await;
    let created =
        service.create("items", &item("Soap", "1").with("currency", "USD").with("is_active", false)).await;
    let answer = put(&service, &[json!({ "id": created["id"], "name": "Soap", "price_per_unit": "1" })])
        .await
        .json(200);
    let shown = &answer["items"][0];
    assert_eq!((&shown["currency"], &shown["is_active"]), (&json!("KES"), &json!(true)));
    let message = put(&service, &[json!({ "id": created["id"] })]).await.invalid();
    assert_eq!(message["items"]["0"].names(), ["name", "price_per_unit"]);
}

async fn no_rows_are_no_change(store: Store) {
    let service = Service::start(store).await;
    assert_eq!(put(&service, &[]).await.json(200), json!({ "items": [] }));
}

async fn a_thousand_rows_are_the_most(store: Store) {
    let service = Service::start(store).await;
    let row = |number: u32| json!({ "id": format!("01890a5d-ac96-774b-bcce-{number:012x}"), "name": number.to_string(), "price_per_unit": "1" });
    let rows: Vec<_> = (0..1_001).map(row).collect();
    let reason = put(&service, &rows).await.invalid_only("items");
    assert!(reason.contains("1000") && reason.contains("1001"), "{reason}");
    let message = put(&service, &rows[..1_000]).await.refusal(404, "not_found");
    assert_eq!(message["items"].as_object().map(serde_json::Map::len), Some(1_000));
}

async fn what_is_not_a_list_of_objects_is_refused(store: Store) {
    let service = Service::start(store).await;
    for value in [json!({}), json!("x"), json!(1), json!(null)] {
        let reason = service.put("items/", &json!({ "items": value })).await.invalid_only("items");
        assert!(reason.starts_with("Expected a list of objects"), "{value}: {reason}");
    }
    assert_eq!(service.put("items/", &json!({})).await.invalid_only("items"), "This field is required.");
    let message = service.put("items/", &json!({ "orders": [] })).await.invalid();
    assert_eq!(message.names(), ["items", "orders"]);
    service.put("items/", &json!([])).await.invalid_only("non_field_errors");
}
