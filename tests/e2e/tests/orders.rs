//! Orders: the ways of placing one, and what stays as it is afterwards.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store, order};
use serde_json::json;

const ABSENT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

on_every_store!(
    an_order_names_its_customer_by_id_code_or_object,
    a_customer_and_a_code_that_disagree_are_refused,
    a_customer_that_is_not_there_is_a_bad_field,
    an_order_needs_a_customer_and_something_to_order,
    the_currency_is_the_organizations_unless_given,
    an_order_shows_its_customer_as_the_customer_is_now,
    an_order_stays_with_its_customer_and_organization,
    a_replaced_order_keeps_what_a_put_need_not_say,
    an_order_can_be_deleted_in_any_status,
    the_largest_and_the_smallest_quantity_are_accepted,
);

async fn an_order_names_its_customer_by_id_code_or_object(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer().with("code", "AB12C")).await;
    let anonymous = order(&owner).without("customer");
    for body in [
        anonymous.clone().with("customer", owner["id"].clone()),
        anonymous.clone().with("customer", owner.clone()),
        anonymous.clone().with("customer", json!({ "id": owner["id"] })),
        anonymous.clone().with("customer_code", " ab12c "),
        anonymous.clone().with("customer", owner["id"].clone()).with("customer_code", "AB12C"),
    ] {
        let answer = service.post("orders/", &body).await;
        let location = answer.header("location").unwrap().to_owned();
        let placed = answer.json(201);
        assert_eq!((&placed["customer"]["id"], &placed["customer_code"]), (&owner["id"], &json!("AB12C")));
        assert_eq!(placed["url"], location);
        assert_eq!(service.again(&placed).await, placed);
    }
}

async fn a_customer_and_a_code_that_disagree_are_refused(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer().with("code", "AB12C")).await;
    service.create("customers", &customer().with("code", "ZZZZZ")).await;
    for code in ["ZZZZZ", "YYYYY"] {
        let reason = service
            .post("orders/", &order(&owner).with("customer_code", code))
            .await
            .invalid_only("customer_code");
        assert!(reason.contains("AB12C"), "{reason}");
    }
}

async fn a_customer_that_is_not_there_is_a_bad_field(store: Store) {
    let service = Service::start(store).await;
    let nobody = json!({ "id": ABSENT });
    let reason = service.post("orders/", &order(&nobody)).await.invalid_only("customer");
    assert!(reason.contains(ABSENT), "{reason}");
    let body = order(&nobody).without("customer").with("customer_code", "AB12C");
    let reason = service.post("orders/", &body).await.invalid_only("customer_code");
    assert!(reason.contains("AB12C"), "{reason}");
    for reference in
        [json!("1"), json!(1), json!({}), json!({ "id": 1 }), json!([ABSENT]), json!(true), json!("")]
    {
        service.post("orders/", &order(&nobody).with("customer", reference)).await.invalid_only("customer");
    }
}

async fn an_order_needs_a_customer_and_something_to_order(store: Store) {
    let service = Service::start(store).await;
    let message = service.post("orders/", &json!({})).await.invalid();
    assert_eq!(message.names(), ["customer", "item", "price_per_unit", "quantity"]);
    let owner = service.create("customers", &customer()).await;
    service.post("orders/", &order(&owner).without("price_per_unit")).await.invalid_only("price_per_unit");
    service.post("orders/", &order(&owner).without("item")).await.invalid_only("item");
    service.post("orders/", &order(&owner).without("quantity")).await.invalid_only("quantity");
}

async fn the_currency_is_the_organizations_unless_given(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    assert_eq!(service.create("orders", &order(&owner)).await["currency"], "KES");
    let placed = service.create("orders", &order(&owner).with("currency", "usd")).await;
    assert_eq!((&placed["currency"], &placed["total"]), (&json!("USD"), &json!("299.80")));
}

async fn an_order_shows_its_customer_as_the_customer_is_now(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer().with("code", "AB12C")).await;
    let placed = service.create("orders", &order(&owner)).await;
    let change = json!({ "code": "NEW99", "first_name": "Zawadi" });
    service.patch(owner["url"].as_str().unwrap(), &change).await.json(200);
    let now = service.again(&placed).await;
    assert_eq!((&now["customer_code"], &now["customer"]["code"]), (&json!("NEW99"), &json!("NEW99")));
    assert_eq!(now["customer"]["first_name"], "Zawadi");
    assert_eq!(now["version"], placed["version"]);
}

async fn an_order_stays_with_its_customer_and_organization(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer().with("code", "AB12C")).await;
    let other = service.create("customers", &customer().with("code", "ZZZZZ")).await;
    let placed = service.create("orders", &order(&owner)).await;
    let url = placed["url"].as_str().unwrap();
    service.patch(url, &json!({ "customer": other["id"] })).await.invalid_only("customer");
    service.patch(url, &json!({ "customer_code": "ZZZZZ" })).await.invalid_only("customer_code");
    service.patch(url, &json!({ "organization": ABSENT })).await.invalid_only("organization");
    let message = service
        .put(url, &order(&other).with("customer_code", "ZZZZZ").with("organization", ABSENT))
        .await
        .invalid();
    assert_eq!(message.names(), ["customer", "customer_code", "organization"]);
    let same = json!({ "customer": owner, "customer_code": "ab12c", "organization": placed["organization"] });
    assert_eq!(service.patch(url, &same).await.json(200), placed);
    for (plural, body) in [("customers", customer()), ("orders", order(&owner))] {
        let reason = service
            .post(&format!("{plural}/"), &body.with("organization", ABSENT))
            .await
            .invalid_only("organization");
        assert!(reason.contains(ABSENT), "{reason}");
    }
}

async fn a_replaced_order_keeps_what_a_put_need_not_say(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let placed = service.create("orders", &order(&owner).with("currency", "USD")).await;
    let url = placed["url"].as_str().unwrap();
    service.patch(url, &json!({ "status": "Pending" })).await.json(200);
    let replaced =
        service.put(url, &json!({ "item": "Salt", "quantity": 3, "price_per_unit": "10" })).await.json(200);
    assert_eq!(replaced["customer"], placed["customer"]);
    assert_eq!(
        (&replaced["status"], &replaced["organization"]),
        (&placed["status"], &placed["organization"])
    );
    // An absent optional field becomes its default.
    assert_eq!((&replaced["currency"], &replaced["total"]), (&json!("KES"), &json!("30.00")));
    let message = service.put(url, &json!({})).await.invalid();
    assert_eq!(message.names(), ["item", "price_per_unit", "quantity"]);
}

async fn an_order_can_be_deleted_in_any_status(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for status in ["Pending", "Closed", "Cancelled"] {
        let placed = service.create("orders", &order(&owner)).await;
        let url = placed["url"].as_str().unwrap();
        service.patch(url, &json!({ "status": status })).await.json(200);
        service.delete(url).await.expect(204);
        service.get(&format!("{url}events/")).await.refusal(404, "not_found");
    }
}

async fn the_largest_and_the_smallest_quantity_are_accepted(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for quantity in [1, 1_000_000] {
        let placed = service.create("orders", &order(&owner).with("quantity", quantity)).await;
        assert_eq!(service.again(&placed).await["quantity"], quantity);
    }
    for quantity in [json!(0), json!(-1), json!(1_000_001), json!(u64::MAX)] {
        let reason =
            service.post("orders/", &order(&owner).with("quantity", quantity)).await.invalid_only("quantity");
        assert_eq!(reason, "Ensure this quantity is a whole number from 1 to 1000000.");
    }
}
