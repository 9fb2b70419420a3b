//! Lists as CSV: every row that matches, one line each, safe to open in a spreadsheet.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::json;

on_every_store!(
    orders_have_a_column_for_everything_they_show,
    customers_and_items_have_theirs,
    every_row_comes_however_many_there_are,
    filters_ordering_and_fields_apply,
    a_formula_is_made_harmless,
    text_is_quoted_where_it_must_be,
    parameters_of_pages_have_no_place,
    accept_asks_for_it_as_well,
);

/// The lines of a table, the head among them.
async fn lines(service: &Service, target: &str) -> Vec<String> {
    let answer = service.get(target).await.expect(200);
    assert!(answer.header("content-type").unwrap().starts_with("text/csv; charset=utf-8"));
    assert!(answer.text().ends_with("\r\n"), "{}", answer.text());
    answer.text().trim_end().split("\r\n").map(str::to_owned).collect()
}

async fn orders_have_a_column_for_everything_they_show(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let placed = service.create("orders", &order(&owner)).await;
    let lines = lines(&service, "orders/?format=csv").await;
    let head = "id,organization_id,customer_id,customer_code,item,item_id,quantity,price_per_unit,currency,total,status,\
                time_placed,time_closed,updated_at,created_by_id,version";
    assert_eq!(lines[0], head);
    let text = |name: &str| placed[name].as_str().unwrap_or_default().to_owned();
    let id = |name: &str| placed[name]["id"].as_str().unwrap().to_owned();
    let cells = [
        text("id"),
        id("organization"),
        id("customer"),
        text("customer_code"),
        "Soap".to_owned(),
        String::new(),
        "2".to_owned(),
        "149.90".to_owned(),
        "KES".to_owned(),
        "299.80".to_owned(),
        "Pending".to_owned(),
        text("time_placed"),
        String::new(),
        text("updated_at"),
        id("created_by"),
        "1".to_owned(),
    ];
    assert_eq!(lines[1], cells.join(","));
    assert_eq!(lines.len(), 2);
}

async fn customers_and_items_have_theirs(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("customers", &customer().with("code", "AB12C")).await;
    let table = lines(&service, "customers/?format=csv").await;
    assert_eq!(
        table[0],
        "id,organization_id,code,first_name,second_name,phone,created_at,updated_at,created_by_id,version"
    );
    assert!(table[1].contains(",AB12C,Amina,Otieno,+254712345678,"), "{}", table[1]);
    service.create("items", &item("Soap", "1.5")).await;
    let table = lines(&service, "items/?format=csv").await;
    assert_eq!(
        table[0],
        "id,organization_id,name,price_per_unit,currency,is_active,created_at,updated_at,version"
    );
    assert!(table[1].contains(",Soap,1.50,KES,true,"), "{}", table[1]);
    let path = format!("customers/{}/orders/?format=csv", created["id"].as_str().unwrap());
    assert_eq!(lines(&service, &path).await.len(), 1, "a list of nothing has its head all the same");
}

async fn every_row_comes_however_many_there_are(store: Store) {
    let service = Service::start(store).await;
    for number in 0..1_101 {
        service.create("items", &item(&format!("{number:04}"), "1")).await;
    }
    let table = lines(&service, "items/?format=csv&fields=name&ordering=name").await;
    let expected = std::iter::once("name".to_owned()).chain((0..1_101).map(|number| format!("{number:04}")));
    assert_eq!(table, expected.collect::<Vec<_>>());
}

async fn filters_ordering_and_fields_apply(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer().with("code", "AB12C")).await;
    for (item, quantity) in [("Soap", 1), ("Salt", 2), ("Wool", 3)] {
        service.create("orders", &order(&owner).with("item", item).with("quantity", quantity)).await;
    }
    let table =
        lines(&service, "orders/?format=csv&search=s&ordering=-quantity&fields=quantity,item,customer_code")
            .await;
    // Columns keep their places, whatever the order in which they are asked for.
    assert_eq!(table, ["customer_code,item,quantity", "AB12C,Salt,2", "AB12C,Soap,1"]);
    let reason = service.get("orders/?format=csv&fields=customer").await.invalid_only("fields");
    assert!(reason.contains("customer_id"), "{reason}");
    service.get("orders/?format=csv&quantity=x").await.invalid_only("quantity");
}

async fn a_formula_is_made_harmless(store: Store) {
    let service = Service::start(store).await;
    let names = [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("a=1", "a=1"),
        ("'quoted", "'quoted"),
    ];
    let owner = service.create("customers", &customer().with("first_name", "=cmd()")).await;
    for (name, _) in names {
        service.create("items", &item(name, "1")).await;
        service.create("orders", &order(&owner).with("item", name)).await;
    }
    let cells: Vec<_> = names.iter().map(|(_, cell)| *cell).collect();
    assert_eq!(lines(&service, "items/?format=csv&fields=name&ordering=created_at").await[1..], cells);
    assert_eq!(lines(&service, "orders/?format=csv&fields=item&ordering=time_placed").await[1..], cells);
    let table = lines(&service, "customers/?format=csv&fields=first_name,phone").await;
    assert_eq!(table[1], "'=cmd(),+254712345678", "a phone number keeps its plus");
}

async fn text_is_quoted_where_it_must_be(store: Store) {
    let service = Service::start(store).await;
    for name in ["a,b", "say \"hi\"", "=a,b"] {
        service.create("items", &item(name, "1")).await;
    }
    let table = lines(&service, "items/?format=csv&fields=name&ordering=created_at").await;
    assert_eq!(table[1..], ["\"a,b\"", "\"say \"\"hi\"\"\"", "\"'=a,b\""]);
}

async fn parameters_of_pages_have_no_place(store: Store) {
    let service = Service::start(store).await;
    for (name, value) in [
        ("limit", "5"),
        ("offset", "0"),
        ("page", "1"),
        ("per_page", "5"),
        ("cursor", "x"),
        ("count", "false"),
    ] {
        let reason = service.get(&format!("orders/?format=csv&{name}={value}")).await.invalid_only(name);
        assert!(reason.contains("CSV"), "{reason}");
    }
    service.get("orders/?format=csv&expand=customer").await.invalid_only("expand");
}

async fn accept_asks_for_it_as_well(store: Store) {
    let service = Service::start(store).await;
    service.create("items", &item("Soap", "1")).await;
    let answer = service.get("items/").header("accept", "text/csv").await.expect(200);
    assert_eq!(answer.text().lines().count(), 2);
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"items.csv\""));
    assert!(answer.members("vary").contains(&"accept".to_owned()));
    let answer = service.get("items/?format=json").header("accept", "text/csv").await.json(200);
    assert_eq!(answer["pagination"]["count"], 1);
    // An error is in JSON even then.
    service.get("items/?limit=0").header("accept", "text/csv").await.invalid_only("limit");
    assert_eq!(json!(service.call("HEAD", "items/?format=csv").await.expect(200).body.len()), 0);
}
