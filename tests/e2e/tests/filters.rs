//! Every filter of every list: which objects it keeps, and what it makes of a value that it cannot take.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};
use tokio::time::sleep;

on_every_store!(
    orders_are_filtered_by_every_field,
    customers_are_filtered_by_every_field,
    items_are_filtered_by_every_field,
    filters_hold_together,
    a_value_of_another_kind_is_refused,
    a_filter_takes_a_hundred_values,
);

const ABSENT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Lists of objects with names, and words that stand for ids and times in the queries of the cases.
struct Catalogue {
    service: Service,
    words: BTreeMap<String, String>,
}

impl Catalogue {
    /// Notes the id and the times of an object, `{ID:name}`, `{AT:name}`, `{CLOSED:name}`, and lets the clock move on:
    /// no two objects are to be of one millisecond.
    async fn note(&mut self, name: &str, object: &Value) {
        let created = if object["time_placed"].is_null() { "created_at" } else { "time_placed" };
        for (word, field) in [("ID", "id"), ("AT", created), ("CLOSED", "time_closed")] {
            if let Some(text) = object[field].as_str() {
                self.words.insert(format!("{{{word}:{name}}}"), text.to_owned());
            }
        }
        let organization = object["organization"]["id"].as_str().unwrap().to_owned();
        self.words.insert("{ORGANIZATION}".to_owned(), organization);
        sleep(Duration::from_millis(2)).await;
    }

    /// Makes sure that every query keeps what the case says, and that there is a case for every filter of the list.
    async fn check(&self, plural: &str, key: &str, cases: &[(&str, &[&str])]) {
        let mut tried = BTreeSet::new();
        for (query, expected) in cases {
            let query =
                self.words.iter().fold((*query).to_owned(), |query, (word, text)| query.replace(word, text));
            let parameters: Vec<_> =
                query.split('&').filter_map(|parameter| parameter.split_once('=')).collect();
            tried.extend(parameters.iter().map(|(name, _)| (*name).to_owned()));
            let list = self.service.get(&format!("{plural}/?limit=100")).query(&parameters).await.json(200);
            let mut kept: Vec<_> =
                list[plural].as_array().unwrap().iter().map(|object| object[key].as_str().unwrap()).collect();
            kept.sort_unstable();
            assert_eq!(kept, *expected, "{query}");
            assert_eq!(list["pagination"]["count"], expected.len(), "{query}");
        }
        let schema = self.service.get("/api/schema/").await.json(200);
        let parameters =
            schema["paths"][format!("/api/v1/{plural}/")]["get"]["parameters"].as_array().unwrap();
        let names = parameters.iter().filter(|it| it["in"] == "query").map(|it| it["name"].as_str().unwrap());
        let others = [
            "ordering", "limit", "offset", "page", "per_page", "cursor", "count", "fields", "expand",
            "format", "search",
        ];
        let documented: BTreeSet<_> =
            names.filter(|name| !others.contains(name)).map(str::to_owned).collect();
        assert_eq!(tried, documented);
    }
}

async fn orders(store: Store) -> Catalogue {
    let service = Service::start(store).await;
    let mut catalogue = Catalogue { service, words: BTreeMap::new() };
    let amina = catalogue.service.create("customers", &customer().with("code", "AAAAA")).await;
    let zoe = catalogue.service.create("customers", &customer().with("code", "ZZZZZ")).await;
    let salt = catalogue.service.create("items", &item("Salt", "10")).await;
    for (name, object) in [("amina", &amina), ("zoe", &zoe), ("salt", &salt)] {
        catalogue.note(name, object).await;
    }
    let placed = [
        order(&amina).with("item", "Soap").with("quantity", 1).with("price_per_unit", "0.50"),
        order(&amina)
            .with("item", "soap dish")
            .with("quantity", 10)
            .with("price_per_unit", "9.5")
            .with("status", "Closed"),
        json!({ "customer": zoe["id"], "item_id": salt["id"], "quantity": 9, "status": "Cancelled" }),
        order(&zoe).with("item", "Wool").with("quantity", 1_000_000).with("price_per_unit", "999999999.99"),
    ];
    for body in placed {
        let status = body["status"].clone();
        let object = catalogue.service.create("orders", &body.with("status", "Pending")).await;
        let change = if status.is_null() { json!({}) } else { json!({ "status": status }) };
        let object = catalogue.service.patch(object["url"].as_str().unwrap(), &change).await.json(200);
        catalogue.note(object["item"].as_str().unwrap(), &object).await;
    }
    catalogue
}

async fn orders_are_filtered_by_every_field(store: Store) {
    let all: &[&str] = &["Salt", "Soap", "Wool", "soap dish"];
    let cases: &[(&str, &[&str])] = &[
        ("status=Pending", &["Soap", "Wool"]),
        ("status__in=Closed,Cancelled", &["Salt", "soap dish"]),
        ("customer={ID:amina}", &["Soap", "soap dish"]),
        ("customer=01890a5d-ac96-774b-bcce-b302099a8057", &[]),
        ("customer__in={ID:amina},{ID:zoe}", all),
        ("customer_code=aaaaa", &["Soap", "soap dish"]),
        ("customer_code__icontains=zz", &["Salt", "Wool"]),
        ("customer_code__istartswith=aa", &["Soap", "soap dish"]),
        ("item=Soap", &["Soap"]),
        ("item__icontains=oa", &["Soap", "soap dish"]),
        ("item__istartswith=SO", &["Soap", "soap dish"]),
        ("item_id={ID:salt}", &["Salt"]),
        ("item_id__in={ID:salt},{ID:amina}", &["Salt"]),
        ("item_id__isnull=true", &["Soap", "Wool", "soap dish"]),
        ("item_id__isnull=false", &["Salt"]),
        ("quantity=9", &["Salt"]),
        ("quantity__in=1,10", &["Soap", "soap dish"]),
        ("quantity__gt=9", &["Wool", "soap dish"]),
        ("quantity__gte=9", &["Salt", "Wool", "soap dish"]),
        ("quantity__lt=9", &["Soap"]),
        ("quantity__lte=9", &["Salt", "Soap"]),
        ("quantity__gt=-5", all),
        ("price_per_unit=9.50", &["soap dish"]),
        ("price_per_unit=09.5", &["soap dish"]),
        ("price_per_unit__in=0.5,10.00", &["Salt", "Soap"]),
        ("price_per_unit__gt=9.5", &["Salt", "Wool"]),
        ("price_per_unit__gte=9.5", &["Salt", "Wool", "soap dish"]),
        ("price_per_unit__lt=10", &["Soap", "soap dish"]),
        ("price_per_unit__lte=10", &["Salt", "Soap", "soap dish"]),
        ("price_per_unit__lte=999999999.98", &["Salt", "Soap", "soap dish"]),
        ("price_per_unit__gt=-1", all),
        ("time_placed={AT:Salt}", &["Salt"]),
        ("time_placed__in={AT:Salt},{AT:Soap}", &["Salt", "Soap"]),
        ("time_placed__gt={AT:soap dish}", &["Salt", "Wool"]),
        ("time_placed__gte={AT:soap dish}", &["Salt", "Wool", "soap dish"]),
        ("time_placed__lt={AT:soap dish}", &["Soap"]),
        ("time_placed__lte={AT:soap dish}", &["Soap", "soap dish"]),
        ("time_placed__gt=1969-12-31T23:59:59Z", all),
        ("time_placed__lt=0001-01-01T00:00:00Z", &[]),
        ("time_placed__lte=9999-12-31T23:59:59.999+00:00", all),
        ("time_closed={CLOSED:Salt}", &["Salt"]),
        ("time_closed__in={CLOSED:Salt},{AT:Soap}", &["Salt"]),
        ("time_closed__gt={CLOSED:soap dish}", &["Salt"]),
        ("time_closed__gte={CLOSED:soap dish}", &["Salt", "soap dish"]),
        ("time_closed__lt={CLOSED:Salt}", &["soap dish"]),
        ("time_closed__lte={CLOSED:Salt}", &["Salt", "soap dish"]),
        ("time_closed__isnull=true", &["Soap", "Wool"]),
        ("time_closed__isnull=false", &["Salt", "soap dish"]),
        ("organization={ORGANIZATION}", all),
        ("organization__in={ID:amina},{ID:zoe}", &[]),
    ];
    orders(store).await.check("orders", "item", cases).await;
}

async fn customers_are_filtered_by_every_field(store: Store) {
    let service = Service::start(store).await;
    let mut catalogue = Catalogue { service, words: BTreeMap::new() };
    for (code, first, second, phone) in [
        ("AAAAA", "Amina", "Otieno", "+254712345678"),
        ("BBBBB", "amina", "Mwangi", "+254733123456"),
        ("ZZZZZ", "Zoe", "O'Tieno", "+16502530000"),
    ] {
        let body = json!({ "code": code, "first_name": first, "second_name": second, "phone": phone });
        let created = catalogue.service.create("customers", &body).await;
        catalogue.note(code, &created).await;
    }
    let all: &[&str] = &["AAAAA", "BBBBB", "ZZZZZ"];
    let cases: &[(&str, &[&str])] = &[
        ("code=bbbbb", &["BBBBB"]),
        ("code__icontains=z", &["ZZZZZ"]),
        ("code__istartswith=a", &["AAAAA"]),
        ("first_name=amina", &["BBBBB"]),
        ("first_name__icontains=MIN", &["AAAAA", "BBBBB"]),
        ("first_name__istartswith=z", &["ZZZZZ"]),
        ("second_name=O'Tieno", &["ZZZZZ"]),
        ("second_name__icontains=tieno", &["AAAAA", "ZZZZZ"]),
        ("second_name__istartswith=o", &["AAAAA", "ZZZZZ"]),
        ("phone=+254 712 345 678", &["AAAAA"]),
        ("phone__icontains=1234", &["AAAAA", "BBBBB"]),
        ("phone__istartswith=+254", &["AAAAA", "BBBBB"]),
        ("created_at={AT:BBBBB}", &["BBBBB"]),
        ("created_at__in={AT:BBBBB},{AT:ZZZZZ}", &["BBBBB", "ZZZZZ"]),
        ("created_at__gt={AT:BBBBB}", &["ZZZZZ"]),
        ("created_at__gte={AT:BBBBB}", &["BBBBB", "ZZZZZ"]),
        ("created_at__lt={AT:BBBBB}", &["AAAAA"]),
        ("created_at__lte={AT:BBBBB}", &["AAAAA", "BBBBB"]),
        ("organization={ORGANIZATION}", all),
        ("organization__in={ORGANIZATION},{ID:AAAAA}", all),
    ];
    catalogue.check("customers", "code", cases).await;
    // A plus that was not encoded arrives as a blank.
    let found = catalogue.service.column("customers/?phone=+254712345678", "code").await;
    assert_eq!(found, ["AAAAA"]);
}

async fn items_are_filtered_by_every_field(store: Store) {
    let service = Service::start(store).await;
    let mut catalogue = Catalogue { service, words: BTreeMap::new() };
    for (name, price, currency, active) in
        [("Soap", "9.5", "KES", true), ("soap dish", "10", "USD", false), ("Wool", "0.5", "KES", true)]
    {
        let body = item(name, price).with("currency", currency).with("is_active", active);
        let created = catalogue.service.create("items", &body).await;
        catalogue.note(name, &created).await;
    }
    let all: &[&str] = &["Soap", "Wool", "soap dish"];
    let cases: &[(&str, &[&str])] = &[
        ("name=soap", &[]),
        ("name=Soap", &["Soap"]),
        ("name__icontains=SOAP", &["Soap", "soap dish"]),
        ("name__istartswith=w", &["Wool"]),
        ("is_active=true", &["Soap", "Wool"]),
        ("is_active=false", &["soap dish"]),
        ("price_per_unit=9.50", &["Soap"]),
        ("price_per_unit__in=9.5,0.50", &["Soap", "Wool"]),
        ("price_per_unit__gt=9.5", &["soap dish"]),
        ("price_per_unit__gte=9.5", &["Soap", "soap dish"]),
        ("price_per_unit__lt=9.5", &["Wool"]),
        ("price_per_unit__lte=9.5", &["Soap", "Wool"]),
        ("currency=usd", &["soap dish"]),
        ("currency__icontains=k", &["Soap", "Wool"]),
        ("currency__istartswith=us", &["soap dish"]),
        ("organization={ORGANIZATION}", all),
        ("organization__in={ORGANIZATION}", all),
    ];
    catalogue.check("items", "name", cases).await;
}

async fn filters_hold_together(store: Store) {
    let catalogue = orders(store).await;
    let service = &catalogue.service;
    let found = service.column("orders/?status=Pending&quantity__gt=1", "item").await;
    assert_eq!(found, ["Wool"]);
    let found =
        service.column("orders/?quantity__gte=9&quantity__lt=1000000&ordering=quantity", "item").await;
    assert_eq!(found, ["Salt", "soap dish"]);
    assert!(service.column("orders/?status=Pending&status__in=Closed", "item").await.is_empty());
    let page = service.get("orders/?status__in=Pending,Closed&limit=1&ordering=item").await.json(200);
    assert_eq!((&page["pagination"]["count"], &page["orders"][0]["item"]), (&json!(3), &json!("Soap")));
    let with_blanks = service.get("orders/").query(&[("status__in", "Pending, Closed")]).await.json(200);
    assert_eq!(with_blanks["pagination"]["count"], 3);
}

async fn a_value_of_another_kind_is_refused(store: Store) {
    let service = Service::start(store).await;
    for (target, parameter, values) in [
        ("orders/", "quantity", ["", "abc", "1.0", "1e3", "99999999999999999999", "+1"].as_slice()),
        ("orders/", "quantity__gte", &["abc", "NaN", "0x1"]),
        ("orders/", "quantity__in", &["1,x", "1,,2", ""]),
        ("orders/", "price_per_unit", &["abc", "1e3", "1,5", "", "0.00001", ".5"]),
        ("orders/", "customer", &["1", "", "01890a5dac96774bbcceb302099a8057", "nil"]),
        ("orders/", "customer__in", &["x", ",", ""]),
        ("orders/", "status", &["pending", "Open", "", "Pending,Closed"]),
        ("orders/", "status__in", &["Pending,Open", ""]),
        (
            "orders/",
            "time_placed__gt",
            &[
                "2026-01-31",
                "2026-01-31T09:30:00",
                "now",
                "1769851800",
                "2026-02-30T00:00:00Z",
                "2026-01-31T09:30:00.0001Z",
            ],
        ),
        ("orders/", "time_closed__isnull", &["maybe", "1", "True", ""]),
        ("orders/", "item", &["", "a\0b", "a\nb"]),
        ("orders/", "item__icontains", &["", "\u{7}"]),
        ("customers/", "phone", &["0712345678", "x", ""]),
        ("customers/", "code", &["", "\u{0}"]),
        ("items/", "is_active", &["yes", "1", "TRUE", ""]),
    ] {
        for value in values {
            let reason = service.get(target).query(&[(parameter, value)]).await.invalid_only(parameter);
            assert!(reason.ends_with('.') && reason.len() > 10, "{parameter}={value}: {reason}");
        }
    }
    let reason = service.get("orders/?status=Open").await.invalid_only("status");
    assert!(reason.contains("Pending, Closed, Cancelled"), "{reason}");
    // An unencoded plus in an offset.
    let reason = service
        .get("orders/?time_placed__gt=2026-01-31T09:30:00+03:00")
        .await
        .invalid_only("time_placed__gt");
    assert!(reason.contains("%2B"), "{reason}");
    let message = service.get("orders/?quantity=x&status=y&limit=0&colour=red").await.invalid();
    assert_eq!(message.names(), ["colour", "limit", "quantity", "status"]);
    let long = "x".repeat(201);
    let reason = service.get(&format!("orders/?item={long}")).await.invalid_only("item");
    assert!(reason.contains("200"), "{reason}");
}

async fn a_filter_takes_a_hundred_values(store: Store) {
    let service = Service::start(store).await;
    let values = vec![ABSENT; 100].join(",");
    assert!(service.column(&format!("orders/?customer__in={values}"), "id").await.is_empty());
    let reason =
        service.get(&format!("orders/?customer__in={values},{ABSENT}")).await.invalid_only("customer__in");
    assert!(reason.contains("100"), "{reason}");
}
