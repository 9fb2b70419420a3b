//! Customers: their codes and phone numbers, and when they can go.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store, order};
use serde_json::json;

on_every_store!(
    a_given_code_is_folded_to_upper_case,
    a_code_that_is_not_given_is_generated_without_look_alikes,
    a_code_belongs_to_one_customer_only,
    a_code_of_another_shape_is_refused,
    a_phone_number_is_kept_in_e164,
    a_phone_number_that_nobody_can_have_is_refused,
    a_replaced_customer_keeps_its_code_unless_another_is_given,
    a_customer_with_orders_cannot_be_deleted,
    the_orders_of_a_customer_are_listed,
    placing_an_order_and_deleting_its_customer_never_both_succeed,
);

async fn a_given_code_is_folded_to_upper_case(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("customers", &customer().with("code", " ab12c ")).await;
    assert_eq!(created["code"], "AB12C");
    assert_eq!(service.again(&created).await, created);
}

async fn a_code_that_is_not_given_is_generated_without_look_alikes(store: Store) {
    let service = Service::start(store).await;
    for _ in 0..20 {
        let created = service.create("customers", &customer()).await;
        let code = created["code"].as_str().unwrap();
        assert_eq!(code.len(), 5);
        assert!(code.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit()), "{code}");
        assert!(!code.contains(['0', '1', 'I', 'L', 'O']), "{code}");
    }
}

async fn a_code_belongs_to_one_customer_only(store: Store) {
    let service = Service::start(store).await;
    service.create("customers", &customer().with("code", "AB12C")).await;
    let message =
        service.post("customers/", &customer().with("code", "ab12c")).await.refusal(409, "duplicate");
    assert_eq!(
        message,
        json!({ "code": ["The code AB12C belongs to another customer of this organization."] })
    );

    let other = service.create("customers", &customer().with("code", "ZZZZZ")).await;
    let url = other["url"].as_str().unwrap();
    let message = service.patch(url, &json!({ "code": "AB12C" })).await.refusal(409, "duplicate");
    assert_eq!(message.names(), ["code"]);
    assert_eq!(service.again(&other).await, other);

    // Validation comes first.
    let body = customer().with("code", "AB12C").with("phone", "nonsense");
    service.post("customers/", &body).await.invalid_only("phone");
}

async fn a_code_of_another_shape_is_refused(store: Store) {
    let service = Service::start(store).await;
    for code in ["", "ABCD", "ABCDEF", "AB-1C", "ÄB12C", "AB 12"] {
        let reason = service.post("customers/", &customer().with("code", code)).await.invalid_only("code");
        assert!(reason.contains("exactly 5 characters"), "{code}: {reason}");
    }
}

async fn a_phone_number_is_kept_in_e164(store: Store) {
    let service = Service::start(store).await;
    for (given, kept) in [("+254 712 345-678", "+254712345678"), ("+1 (650) 253-0000", "+16502530000")] {
        let created = service.create("customers", &customer().with("phone", given)).await;
        assert_eq!(created["phone"], kept);
    }
}

async fn a_phone_number_that_nobody_can_have_is_refused(store: Store) {
    let service = Service::start(store).await;
    for phone in [
        "",
        "0712345678",
        "254712345678",
        "+254",
        "+2547123456789012",
        "+999123456",
        "+1 650 253 0000 ext. 3",
    ] {
        let reason = service.post("customers/", &customer().with("phone", phone)).await.invalid_only("phone");
        assert_eq!(reason, "Enter a phone number in international format, such as +254712345678.", "{phone}");
    }
}

async fn a_replaced_customer_keeps_its_code_unless_another_is_given(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("customers", &customer().with("code", "AB12C")).await;
    let url = created["url"].as_str().unwrap();
    let replaced = service.put(url, &customer().with("first_name", "Zawadi")).await.json(200);
    assert_eq!((&replaced["code"], &replaced["first_name"]), (&json!("AB12C"), &json!("Zawadi")));
    assert_eq!(replaced["version"], 2);
    let replaced = service.put(url, &customer().with("code", "new99")).await.json(200);
    assert_eq!(replaced["code"], "NEW99");
    assert_eq!(service.again(&created).await, replaced);
}

async fn a_customer_with_orders_cannot_be_deleted(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    let url = customer["url"].as_str().unwrap();
    let first = service.create("orders", &order(&customer)).await;
    let second = service.create("orders", &order(&customer)).await;
    let message = service.delete(url).await.refusal(409, "in_use");
    assert_eq!(message, "Customers with orders cannot be deleted. Orders of theirs: 2.");
    for placed in [first, second] {
        service.delete(placed["url"].as_str().unwrap()).await.expect(204);
    }
    service.delete(url).await.expect(204);
}

async fn the_orders_of_a_customer_are_listed(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let other = service.create("customers", &customer()).await;
    let mine = service.create("orders", &order(&owner)).await;
    service.create("orders", &order(&other)).await;
    let path = format!("customers/{}/orders/", owner["id"].as_str().unwrap());
    let list = service.get(&path).await.json(200);
    assert_eq!((&list["orders"], &list["pagination"]["count"]), (&json!([mine]), &json!(1)));
    assert_eq!(service.column(&format!("{path}?status=Closed"), "id").await, Vec::<serde_json::Value>::new());
    let foreign = format!("{path}?customer={}", other["id"].as_str().unwrap());
    assert!(service.column(&foreign, "id").await.is_empty());
}

async fn placing_an_order_and_deleting_its_customer_never_both_succeed(store: Store) {
    let service = Service::start(store).await;
    for _ in 0..20 {
        let owner = service.create("customers", &customer()).await;
        let url = owner["url"].as_str().unwrap();
        let body = order(&owner);
        let (placed, deleted) = tokio::join!(service.post("orders/", &body), service.delete(url));
        match (placed.status, deleted.status) {
            (201, 409) => assert_eq!(service.again(&owner).await, owner),
            (400, 204) => assert!(placed.invalid_only("customer").contains("no customer")),
            outcome => unreachable!("{outcome:?}"),
        }
    }
}
