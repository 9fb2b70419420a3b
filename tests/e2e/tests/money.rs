//! Money: decimal strings, exact from the smallest price to the largest total.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    amounts_are_shown_with_the_minor_digits_of_their_currency,
    totals_are_exact,
    a_json_number_is_refused,
    only_plain_notation_is_a_price,
    a_price_out_of_range_is_refused,
    a_price_finer_than_its_currency_is_refused,
    every_reason_against_a_price_is_told,
);

async fn amounts_are_shown_with_the_minor_digits_of_their_currency(store: Store) {
    let service = Service::start(store).await;
    let cases = [
        ("KES", "149.9", "149.90"),
        ("KES", "0", "0.00"),
        ("KES", "007.50", "7.50"),
        ("KES", "1.5000000", "1.50"),
        ("JPY", "150", "150"),
        ("JPY", "150.000", "150"),
        ("KWD", "0.5", "0.500"),
        ("CLF", "1.2345", "1.2345"),
    ];
    for (number, (currency, given, shown)) in cases.into_iter().enumerate() {
        let created =
            service.create("items", &item(&format!("{number}"), given).with("currency", currency)).await;
        assert_eq!(created["price_per_unit"], shown, "{given} {currency}");
        assert_eq!(service.again(&created).await["price_per_unit"], shown, "{given} {currency}");
    }
}

async fn totals_are_exact(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    for (price, quantity, total) in [
        ("999999999.99", 1_000_000, "999999999990000.00"),
        ("0.10", 3, "0.30"),
        ("1.15", 100, "115.00"),
        ("123456789.01", 999_999, "123456665553210.99"),
        ("0", 1_000_000, "0.00"),
        ("0.01", 1, "0.01"),
    ] {
        let body = order(&customer).with("price_per_unit", price).with("quantity", quantity);
        let placed = service.create("orders", &body).await;
        assert_eq!(placed["total"], total, "{price} x {quantity}");
        assert_eq!(service.again(&placed).await["total"], total, "{price} x {quantity}");
    }
}

async fn a_json_number_is_refused(store: Store) {
    let service = Service::start(store).await;
    for price in [json!(149.9), json!(150), json!(1e300), json!(null), json!(true), json!(["1"])] {
        let reason = service.post("items/", &item("Soap", "").with("price_per_unit", price.clone())).await;
        let reason = reason.invalid_only("price_per_unit");
        assert!(reason.contains("string") || price.is_null(), "{price}: {reason}");
    }
}

async fn only_plain_notation_is_a_price(store: Store) {
    let service = Service::start(store).await;
    for price in [
        "", " ", "1e3", "1E3", ".5", "5.", "+1", "1,50", "1 000", "1_000", "NaN", "Infinity", "0x10", "--1",
        "١",
    ] {
        let reason = service.post("items/", &item("Soap", price)).await.invalid_only("price_per_unit");
        assert!(reason.contains("no exponent"), "{price}: {reason}");
    }
}

async fn a_price_out_of_range_is_refused(store: Store) {
    let service = Service::start(store).await;
    let beyond = "9".repeat(200);
    for price in ["-0.01", "-1", "1000000000", "1000000000.00", &beyond] {
        let reason = service.post("items/", &item("Soap", price)).await.invalid_only("price_per_unit");
        assert_eq!(reason, "Ensure this price is from 0 to 999999999.99.", "{price}");
    }
    assert_eq!(
        service.create("items", &item("Soap", "999999999.99")).await["price_per_unit"],
        "999999999.99"
    );
}

async fn a_price_finer_than_its_currency_is_refused(store: Store) {
    let service = Service::start(store).await;
    for (currency, price, digits) in [("KES", "0.001", 2), ("JPY", "0.5", 0), ("KWD", "1.2345", 3)] {
        let body = item("Soap", price).with("currency", currency);
        let reason = service.post("items/", &body).await.invalid_only("price_per_unit");
        let expected =
            format!("Ensure there are no more than {digits} decimal places: that is what {currency} has.");
        assert_eq!(reason, expected);
    }
    // The price that is there no longer fits when the currency alone changes.
    let created = service.create("items", &item("Soap", "149.90")).await;
    let url = created["url"].as_str().unwrap();
    service.patch(url, &json!({ "currency": "JPY" })).await.invalid_only("price_per_unit");
    let changed = service.patch(url, &json!({ "currency": "JPY", "price_per_unit": "150" })).await.json(200);
    assert_eq!((&changed["price_per_unit"], &changed["currency"]), (&json!("150"), &json!("JPY")));
}

async fn every_reason_against_a_price_is_told(store: Store) {
    let service = Service::start(store).await;
    let message = service.post("items/", &item("Soap", "1000000000.001")).await.invalid();
    assert_eq!(message["price_per_unit"].as_array().map(Vec::len), Some(2), "{message}");
    let customer = service.create("customers", &customer()).await;
    let message = service.post("orders/", &order(&customer).with("price_per_unit", "-0.001")).await.invalid();
    assert_eq!(message["price_per_unit"].as_array().map(Vec::len), Some(2), "{message}");
    assert_eq!(service.get("orders/").await.json(200)["orders"], Value::Array(Vec::new()));
}
