//! `fields` and `expand`: how much of an object is shown.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    fields_shows_exactly_what_it_names,
    a_field_that_there_is_not_is_refused,
    expand_shows_the_customer_whole,
    a_reference_that_is_left_out_cannot_be_expanded,
    what_cannot_be_expanded_is_refused,
);

async fn placed(service: &Service) -> (Value, Value) {
    let customer = service.create("customers", &customer()).await;
    let order = service.create("orders", &order(&customer)).await;
    (customer, order)
}

async fn fields_shows_exactly_what_it_names(store: Store) {
    let service = Service::start(store).await;
    let (customer, order) = placed(&service).await;
    let url = order["url"].as_str().unwrap();
    let thin = service.get(&format!("{url}?fields=id,total")).await.json(200);
    assert_eq!(thin, json!({ "id": order["id"], "total": "299.80" }));
    let thin = service.get("orders/?fields=total,id").await.json(200);
    assert_eq!(thin["orders"], json!([{ "id": order["id"], "total": "299.80" }]));
    assert_eq!(thin["pagination"]["count"], 1);
    let thin = service.get("customers/").query(&[("fields", "id, organization")]).await.json(200);
    assert_eq!(
        thin["customers"],
        json!([{ "id": customer["id"], "organization": customer["organization"] }])
    );
    let all = order.names().join(",");
    assert_eq!(service.get(&format!("{url}?fields={all}")).await.json(200), order);
}

async fn a_field_that_there_is_not_is_refused(store: Store) {
    let service = Service::start(store).await;
    let (_, order) = placed(&service).await;
    let url = order["url"].as_str().unwrap();
    for fields in ["nope", "id,nope", "", ",", "id,", "customer.code", "Id", "orders"] {
        for target in [url, "orders/"] {
            let reason = service.get(target).query(&[("fields", fields)]).await.invalid_only("fields");
            assert!(reason.contains("Choose from: id, url, organization"), "{fields}: {reason}");
        }
    }
}

async fn expand_shows_the_customer_whole(store: Store) {
    let service = Service::start(store).await;
    let (customer, order) = placed(&service).await;
    let url = order["url"].as_str().unwrap();
    let whole = order.clone().with("customer", customer.clone());
    assert_eq!(service.get(&format!("{url}?expand=customer")).await.json(200), whole);
    let (_, other) = placed(&service).await;
    let list = service.get("orders/?expand=customer&ordering=time_placed").await.json(200);
    assert_eq!(list["orders"][0], whole);
    assert_eq!(list["orders"][1]["customer"].names(), customer.names());
    assert_eq!(list["orders"][1]["id"], other["id"]);
    let list =
        service.get(&format!("customers/{}/orders/?expand=customer", customer["id"].as_str().unwrap()));
    assert_eq!(list.await.json(200)["orders"], json!([whole]));
    let thin = service.get(&format!("{url}?expand=customer&fields=customer,id")).await.json(200);
    assert_eq!(thin, json!({ "id": order["id"], "customer": customer }));
    let next = service.get("orders/?expand=customer&limit=1").await.json(200);
    let next = service.get(next["pagination"]["next"].as_str().unwrap()).await.json(200);
    assert_eq!(next["orders"][0], whole);
}

async fn a_reference_that_is_left_out_cannot_be_expanded(store: Store) {
    let service = Service::start(store).await;
    let (_, order) = placed(&service).await;
    for target in [order["url"].as_str().unwrap(), "orders/"] {
        let reason = service.get(&format!("{target}?fields=id&expand=customer")).await.invalid_only("expand");
        assert!(reason.contains("left out"), "{reason}");
    }
}

async fn what_cannot_be_expanded_is_refused(store: Store) {
    let service = Service::start(store).await;
    let (customer, order) = placed(&service).await;
    for expand in ["item", "item_id", "organization", "", "customer,item", "Customer"] {
        let reason = service
            .get(order["url"].as_str().unwrap())
            .query(&[("expand", expand)])
            .await
            .invalid_only("expand");
        assert!(reason.contains("Choose from: customer."), "{expand}: {reason}");
    }
    service
        .get(&format!("{}?expand=customer", customer["url"].as_str().unwrap()))
        .await
        .invalid_only("expand");
    service.get("items/?expand=customer").await.invalid_only("expand");
}
