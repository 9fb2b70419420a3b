//! `search`: words joined by "and", fields joined by "or".

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::Value;

on_every_store!(
    customers_are_found_by_code_names_and_phone,
    orders_are_found_by_item_and_customer_code,
    items_are_found_by_name,
    a_search_of_nothing_or_too_much_is_refused,
);

async fn found(service: &Service, plural: &str, words: &str, field: &str) -> Vec<String> {
    let list = service.get(&format!("{plural}/")).query(&[("search", words)]).await.json(200);
    let text = |object: &Value| object[field].as_str().unwrap().to_owned();
    // The newest comes first.
    list[plural].as_array().unwrap().iter().rev().map(text).collect()
}

async fn customers_are_found_by_code_names_and_phone(store: Store) {
    let service = Service::start(store).await;
    for (code, first, second, phone) in [
        ("AAAAA", "Amina", "Otieno", "+254712345678"),
        ("BBBBB", "Baraka", "Amin", "+254733123456"),
        ("ZZ345", "Zo\u{eb}", "O'Brien", "+16502530000"),
    ] {
        let names = customer().with("first_name", first).with("second_name", second);
        service.create("customers", &names.with("code", code).with("phone", phone)).await;
    }
    for (words, codes) in [
        ("amin", ["AAAAA", "BBBBB"].as_slice()),
        ("AMIN otieno", &["AAAAA"]),
        ("otieno  amin", &["AAAAA"]),
        ("bbbbb", &["BBBBB"]),
        ("345", &["AAAAA", "BBBBB", "ZZ345"]),
        ("+254", &["AAAAA", "BBBBB"]),
        ("zo\u{cb}", &["ZZ345"]),
        ("amin nobody", &[]),
        ("o'brien", &["ZZ345"]),
        ("%", &[]),
    ] {
        assert_eq!(found(&service, "customers", words, "code").await, codes, "{words}");
    }
}

async fn orders_are_found_by_item_and_customer_code(store: Store) {
    let service = Service::start(store).await;
    for (code, items) in [("AAAAA", ["Soap", "Salt"]), ("SOAPY", ["Wool", "Rice"])] {
        let owner = service.create("customers", &customer().with("code", code)).await;
        for item in items {
            service.create("orders", &order(&owner).with("item", item)).await;
        }
    }
    for (words, items) in [
        ("soap", ["Soap", "Wool", "Rice"].as_slice()),
        ("soap wool", &["Wool"]),
        ("aaaaa s", &["Soap", "Salt"]),
        ("amina", &[]),
    ] {
        assert_eq!(found(&service, "orders", words, "item").await, items, "{words}");
    }
    let page = service.get("orders/?search=soap&status=Pending&limit=1").await.json(200);
    assert_eq!(page["pagination"]["count"], 3);
    assert!(page["pagination"]["next"].as_str().unwrap().contains("search=soap"));
}

async fn items_are_found_by_name(store: Store) {
    let service = Service::start(store).await;
    for name in ["Red soap", "Blue soap", "Soap dish"] {
        service.create("items", &item(name, "1")).await;
    }
    assert_eq!(found(&service, "items", "SOAP red", "name").await, ["Red soap"]);
    assert_eq!(found(&service, "items", "soap", "name").await, ["Red soap", "Blue soap", "Soap dish"]);
    assert!(found(&service, "items", "kes", "name").await.is_empty());
}

async fn a_search_of_nothing_or_too_much_is_refused(store: Store) {
    let service = Service::start(store).await;
    for words in ["", " ", "\0", &"x".repeat(201), &"a ".repeat(11)] {
        service.get("items/").query(&[("search", words)]).await.invalid_only("search");
    }
    let path = service.create("customers", &customer()).await["url"].as_str().unwrap().to_owned();
    service.get(&format!("{path}orders/?search=x")).await.json(200);
    service.get(&format!("{path}?search=x")).await.invalid_only("search");
}
