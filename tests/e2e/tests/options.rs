//! `OPTIONS`: what can be done at a path, and which fields that takes.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    a_collection_describes_the_fields_of_post_and_put,
    a_field_says_what_it_takes,
    a_reference_says_where_to_pick_from,
    what_is_only_shown_says_so,
    one_object_describes_the_fields_of_put,
    what_is_only_read_has_no_actions,
);

async fn options(service: &Service, path: &str) -> Value {
    service.call("OPTIONS", path).await.json(200)
}

async fn a_collection_describes_the_fields_of_post_and_put(store: Store) {
    let service = Service::start(store).await;
    for plural in ["customers", "items", "orders"] {
        let metadata = options(&service, &format!("{plural}/")).await;
        let names = [
            "actions",
            "description",
            "filters",
            "methods",
            "name",
            "ordering",
            "parses",
            "permitted_methods",
            "renders",
        ];
        assert_eq!(metadata.names(), names);
        assert_eq!(metadata["permitted_methods"], json!(["POST", "PUT", "DELETE"]));
        assert_eq!(metadata["filters"]["search"]["type"], "string");
        assert_eq!(metadata["name"], format!("List {plural}"));
        assert_eq!(metadata["parses"], json!(["application/json"]));
        assert_eq!(metadata["renders"], json!(["application/json", "text/csv"]));
        assert_eq!(metadata["actions"].names(), ["POST", "PUT"]);
        assert_eq!(metadata["actions"]["PUT"]["id"]["required"], true);
    }
    let path = "orders/01890a5d-ac96-774b-bcce-b302099a8057/";
    let metadata = options(&service, path).await;
    assert_eq!(metadata["parses"], json!(["application/json", "application/merge-patch+json"]));
}

async fn a_field_says_what_it_takes(store: Store) {
    let service = Service::start(store).await;
    let fields = options(&service, "orders/").await["actions"]["POST"].take();
    let quantity = &fields["quantity"];
    assert_eq!((&quantity["type"], &quantity["required"]), (&json!("integer"), &json!(true)));
    assert_eq!(
        (quantity["min_value"].as_f64(), quantity["max_value"].as_f64()),
        (Some(1.0), Some(1_000_000.0))
    );
    assert_eq!(quantity["label"], "Quantity");
    assert_eq!((&quantity["read_only"], &quantity["nullable"]), (&json!(false), &json!(false)));
    assert!(quantity["help_text"].as_str().unwrap().contains("1000000"));
    assert_eq!(fields["status"]["choices"], json!(["Pending", "Closed", "Cancelled"]));
    assert_eq!(fields["status"]["type"], "choice");
    assert_eq!(fields["price_per_unit"]["type"], "decimal");
    assert_eq!(fields["item_id"]["nullable"], true);

    let fields = options(&service, "customers/").await["actions"]["POST"].take();
    let code = &fields["code"];
    assert_eq!(
        (&code["min_length"], &code["max_length"], &code["required"]),
        (&json!(5), &json!(5), &json!(false))
    );
    let name = &fields["first_name"];
    assert_eq!(
        (&name["min_length"], &name["max_length"], &name["required"]),
        (&json!(1), &json!(100), &json!(true))
    );
    assert_eq!(name["label"], "First name");
    assert_eq!(options(&service, "items/").await["actions"]["POST"]["is_active"]["type"], "boolean");
}

async fn a_reference_says_where_to_pick_from(store: Store) {
    let service = Service::start(store).await;
    let fields = options(&service, "orders/").await["actions"]["POST"].take();
    assert_eq!(fields["customer"]["source"], service.url("customers/"));
    assert_eq!(fields["item_id"]["source"], service.url("items/"));
    assert_eq!(fields["quantity"].get("source"), None);
}

async fn what_is_only_shown_says_so(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    let shown = service.create("orders", &order(&owner)).await;
    let fields = options(&service, "orders/").await["actions"]["POST"].take();
    assert_eq!(fields.names(), shown.names());
    let read_only: Vec<_> =
        fields.names().into_iter().filter(|name| fields[*name]["read_only"] == true).collect();
    assert_eq!(
        read_only,
        ["created_by", "id", "time_closed", "time_placed", "total", "updated_at", "url", "version"]
    );
}

async fn one_object_describes_the_fields_of_put(store: Store) {
    let service = Service::start(store).await;
    let created = service.create("customers", &customer()).await;
    let metadata = options(&service, created["url"].as_str().unwrap()).await;
    assert_eq!(metadata["actions"].names(), ["PUT"]);
    let fields = &metadata["actions"]["PUT"];
    assert_eq!((&fields["id"]["read_only"], &fields["version"]["read_only"]), (&json!(true), &json!(false)));
    assert_eq!(fields.names(), created.names());
}

async fn what_is_only_read_has_no_actions(store: Store) {
    let service = Service::start(store).await;
    for path in ["", "/health/live", "/api/schema/", "customers/01890a5d-ac96-774b-bcce-b302099a8057/orders/"]
    {
        assert_eq!(options(&service, path).await["actions"], json!({}), "{path}");
    }
}
