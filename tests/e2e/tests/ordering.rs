//! The order of lists: the same in every store.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    lists_begin_with_the_newest,
    text_orders_by_case_fold_then_code_point,
    prices_order_as_numbers,
    orders_order_by_every_field_they_can,
    customers_order_by_every_field_they_can,
    null_sorts_lowest,
    equal_keys_order_by_id_in_the_direction_of_the_last,
    an_ordering_that_there_is_not_is_refused,
);

async fn lists_begin_with_the_newest(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let newer = service.create("customers", &customer()).await;
    assert_eq!(service.column("customers/", "id").await, [newer["id"].clone(), owner["id"].clone()]);
    for name in ["b", "c", "a"] {
        service.create("items", &item(name, "1")).await;
        service.create("orders", &order(&owner).with("item", name)).await;
    }
    assert_eq!(service.column("items/", "name").await, ["a", "c", "b"]);
    assert_eq!(service.column("orders/", "item").await, ["a", "c", "b"]);
    assert_eq!(service.column("orders/?ordering=time_placed", "item").await, ["b", "c", "a"]);
    assert_eq!(service.column("items/?ordering=created_at", "name").await, ["b", "c", "a"]);
}

async fn text_orders_by_case_fold_then_code_point(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let sorted =
        ["'", "10", "9", "A", "a", "B", "Straße", "STRASSE x", "strasse y", "z", "ä", "Ö", "中", "\u{1f9ba}"];
    for text in sorted.iter().rev() {
        service.create("orders", &order(&owner).with("item", *text)).await;
    }
    assert_eq!(service.column("orders/?ordering=item", "item").await, sorted);
    let reversed: Vec<_> = sorted.iter().rev().copied().collect();
    assert_eq!(service.column("orders/?ordering=-item", "item").await, reversed);
}

async fn prices_order_as_numbers(store: Store) {
    let service = Service::start(store).await;
    for (name, price, currency) in [
        ("a", "10", "KES"),
        ("b", "9.5", "KES"),
        ("c", "9.05", "USD"),
        ("d", "0.500", "KWD"),
        ("e", "999999999.99", "KES"),
        ("f", "100", "JPY"),
    ] {
        service.create("items", &item(name, price).with("currency", currency)).await;
    }
    assert_eq!(
        service.column("items/?ordering=price_per_unit", "name").await,
        ["d", "c", "b", "a", "f", "e"]
    );
    assert_eq!(
        service.column("items/?ordering=-price_per_unit", "name").await,
        ["e", "f", "a", "b", "c", "d"]
    );
}

async fn orders_order_by_every_field_they_can(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for (item, quantity, price, status) in
        [("x", 10, "2", "Pending"), ("y", 9, "10", "Closed"), ("z", 100, "1", "Cancelled")]
    {
        let body = order(&owner).with("item", item).with("quantity", quantity).with("price_per_unit", price);
        let placed = service.create("orders", &body).await;
        service.patch(placed["url"].as_str().unwrap(), &json!({ "status": status })).await.json(200);
    }
    for (field, ascending) in [
        ("quantity", ["y", "x", "z"]),
        ("price_per_unit", ["z", "x", "y"]),
        ("time_placed", ["x", "y", "z"]),
        ("time_closed", ["x", "y", "z"]),
        ("item", ["x", "y", "z"]),
        ("status", ["z", "y", "x"]),
    ] {
        assert_eq!(service.column(&format!("orders/?ordering={field}"), "item").await, ascending, "{field}");
        let descending: Vec<_> = ascending.into_iter().rev().collect();
        assert_eq!(
            service.column(&format!("orders/?ordering=-{field}"), "item").await,
            descending,
            "{field}"
        );
    }
}

async fn customers_order_by_every_field_they_can(store: Store) {
    let service = Service::start(store).await;
    for (code, first, second) in
        [("BBBBB", "amina", "Z"), ("AAAAA", "Zawadi", "otieno"), ("99999", "Baraka", "Kamau")]
    {
        let body = customer().with("code", code).with("first_name", first).with("second_name", second);
        service.create("customers", &body).await;
    }
    for (field, ascending) in [
        ("code", ["99999", "AAAAA", "BBBBB"]),
        ("first_name", ["BBBBB", "99999", "AAAAA"]),
        ("second_name", ["99999", "AAAAA", "BBBBB"]),
        ("created_at", ["BBBBB", "AAAAA", "99999"]),
    ] {
        assert_eq!(
            service.column(&format!("customers/?ordering={field}"), "code").await,
            ascending,
            "{field}"
        );
        let descending: Vec<_> = ascending.into_iter().rev().collect();
        assert_eq!(
            service.column(&format!("customers/?ordering=-{field}"), "code").await,
            descending,
            "{field}"
        );
    }
}

async fn null_sorts_lowest(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for (item, status) in
        [("open", "Pending"), ("done", "Closed"), ("open too", "Pending"), ("gone", "Cancelled")]
    {
        let placed = service.create("orders", &order(&owner).with("item", item)).await;
        service.patch(placed["url"].as_str().unwrap(), &json!({ "status": status })).await.json(200);
    }
    assert_eq!(
        service.column("orders/?ordering=time_closed", "item").await,
        ["open", "open too", "done", "gone"]
    );
    assert_eq!(
        service.column("orders/?ordering=-time_closed", "item").await,
        ["gone", "done", "open too", "open"]
    );
}

async fn equal_keys_order_by_id_in_the_direction_of_the_last(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for (item, quantity) in [("first", 1), ("second", 1), ("third", 2), ("fourth", 2)] {
        service.create("orders", &order(&owner).with("item", item).with("quantity", quantity)).await;
    }
    for (ordering, expected) in [
        ("quantity", ["first", "second", "third", "fourth"]),
        ("-quantity", ["fourth", "third", "second", "first"]),
        ("quantity,-price_per_unit", ["second", "first", "fourth", "third"]),
        ("-quantity,price_per_unit", ["third", "fourth", "first", "second"]),
        ("quantity,-time_placed", ["second", "first", "fourth", "third"]),
        ("quantity, -item", ["second", "first", "third", "fourth"]),
    ] {
        let list = service.get("orders/").query(&[("ordering", ordering)]).await.json(200);
        let items: Vec<&Value> =
            list["orders"].as_array().unwrap().iter().map(|order| &order["item"]).collect();
        assert_eq!(items, expected, "{ordering}");
    }
}

async fn an_ordering_that_there_is_not_is_refused(store: Store) {
    let service = Service::start(store).await;
    let reason = service.get("orders/?ordering=nope").await.invalid_only("ordering");
    for field in ["quantity", "price_per_unit", "time_placed", "time_closed", "item", "status"] {
        assert!(reason.contains(field), "{reason}");
    }
    for ordering in [
        "",
        "-",
        "--item",
        "item,",
        "id",
        "customer",
        "Item",
        "item desc",
        "item,item",
        "item,-item",
        "+item",
    ] {
        service.get("orders/").query(&[("ordering", ordering)]).await.invalid_only("ordering");
    }
    service.get("customers/?ordering=phone").await.invalid_only("ordering");
    service.get("items/?ordering=currency").await.invalid_only("ordering");
}
