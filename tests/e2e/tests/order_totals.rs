//! Orders added up by status and currency.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    orders_are_added_up_by_status_and_currency,
    totals_take_the_filters_of_the_list_and_nothing_else,
);

/// An order of so much, in this currency.
async fn of(service: &Service, customer: &Value, price: &str, quantity: u32, currency: &str) -> Value {
    let body =
        order(customer).with("price_per_unit", price).with("quantity", quantity).with("currency", currency);
    service.create("orders", &body).await
}

async fn orders_are_added_up_by_status_and_currency(store: Store) {
    let service = Service::start(store).await;
    assert_eq!(service.get("order-totals/").await.json(200), json!({ "order_totals": [] }));
    let customer = service.create("customers", &customer()).await;
    of(&service, &customer, "999999999.99", 1_000_000, "KES").await;
    of(&service, &customer, "0.01", 1, "KES").await;
    of(&service, &customer, "3", 7, "JPY").await;
    let closed = of(&service, &customer, "1.5", 3, "KES").await;
    service.patch(closed["url"].as_str().unwrap(), &json!({ "status": "Closed" })).await.expect(200);
    let expected = json!({ "order_totals": [
        { "status": "Closed", "currency": "KES", "count": 1, "total": "4.50" },
        { "status": "Pending", "currency": "JPY", "count": 1, "total": "21" },
        { "status": "Pending", "currency": "KES", "count": 2, "total": "999999999990000.01" },
    ]});
    assert_eq!(service.get("order-totals/").await.json(200), expected);
}

async fn totals_take_the_filters_of_the_list_and_nothing_else(store: Store) {
    let service = Service::start(store).await;
    let customer = service.create("customers", &customer()).await;
    let first = of(&service, &customer, "1", 1, "KES").await;
    of(&service, &customer, "2", 5, "KES").await;
    let total = async |query: &[(&str, &str)]| {
        let totals = service.get("order-totals/").query(query).await.json(200);
        totals["order_totals"].as_array().unwrap().iter().map(|it| it["total"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(total(&[("quantity__gte", "5")]).await, ["10.00"]);
    assert_eq!(total(&[("status", "Closed")]).await, Vec::<Value>::new());
    let placed = first["time_placed"].as_str().unwrap();
    assert_eq!(total(&[("time_placed__gte", placed)]).await, ["11.00"]);
    for (name, value) in [("limit", "5"), ("ordering", "quantity"), ("status", "Lost")] {
        service.get("order-totals/").query(&[(name, value)]).await.invalid_only(name);
    }
}
