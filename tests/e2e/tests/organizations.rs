//! Organizations: who owns the data.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    the_first_start_makes_one,
    who_founds_one_manages_it,
    an_organization_gets_what_the_installation_says,
    an_organization_is_changed_like_anything_else,
    an_organization_may_be_quiet_at_night,
    what_makes_no_organization_is_refused,
    one_that_owns_something_stays,
    one_that_owns_nothing_goes_with_its_members,
    who_can_write_to_several_says_where,
    a_price_without_a_currency_is_in_the_organizations,
    organizations_are_listed_like_anything_else,
);

fn url(object: &Value) -> &str {
    object["url"].as_str().unwrap()
}

async fn the_first_start_makes_one(store: Store) {
    let service = Service::start(store).await;
    let organization = service.organization().await;
    let names = [
        "created_at",
        "default_currency",
        "id",
        "members_count",
        "name",
        "quiet_hours",
        "time_zone",
        "updated_at",
        "url",
        "version",
    ];
    assert_eq!(organization.names(), names);
    let shown = ["name", "time_zone", "default_currency"].map(|name| organization[name].as_str().unwrap());
    assert_eq!(shown, ["My organization", "UTC", "KES"]);
    assert_eq!((&organization["members_count"], &organization["version"]), (&json!(1), &json!(1)));
    assert_eq!(organization["quiet_hours"], Value::Null);
    assert_eq!(service.again(&organization).await, organization);
    let made = service.create("customers", &customer()).await;
    assert_eq!(made["organization"], json!({ "id": organization["id"], "name": "My organization" }));
}

async fn who_founds_one_manages_it(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let viewer = service.member("amina", "viewer").await;
    let body =
        json!({ "name": " Duka  la Amina ", "time_zone": "africa/nairobi", "default_currency": "ugx" });
    let answer = viewer.post("organizations/", &body).await;
    let (location, etag) =
        (answer.header("location").unwrap().to_owned(), answer.header("etag").unwrap().to_owned());
    let founded = answer.json(201);
    assert_eq!(location, url(&founded));
    assert_eq!(viewer.get(url(&founded)).await.expect(200).header("etag"), Some(etag.as_str()));
    assert_eq!(
        (&founded["time_zone"], &founded["default_currency"]),
        (&json!("Africa/Nairobi"), &json!("UGX"))
    );
    assert_eq!(founded["members_count"], 1);
    let members = viewer.get(&format!("{}members/", url(&founded))).await.json(200);
    assert_eq!(
        (&members["members"][0]["role"], &members["members"][0]["user"]["name"]),
        (&json!("admin"), &json!("amina"))
    );
    // At once.
    viewer.patch(url(&founded), &json!({ "name": "Duka" })).await.json(200);
    viewer.create("customers", &customer()).await;
    // And nobody else sees it.
    service.get(url(&founded)).await.refusal(404, "not_found");
}

async fn an_organization_gets_what_the_installation_says(store: Store) {
    let settings = [("default_currency", "UGX"), ("default_time_zone", "Africa/Kampala")];
    let service = Service::start_with(store, &settings).await;
    let founded = service.create("organizations", &json!({ "name": "Soko" })).await;
    for organization in [founded, service.get("organizations/").await.json(200)["organizations"][1].clone()] {
        let shown = ["time_zone", "default_currency"].map(|name| organization[name].as_str().unwrap());
        assert_eq!(shown, ["Africa/Kampala", "UGX"]);
    }
}

async fn an_organization_is_changed_like_anything_else(store: Store) {
    let service = Service::start(store).await;
    let founded = service.organization().await;
    let changed = service.patch(url(&founded), &json!({ "default_currency": "USD" })).await.json(200);
    assert_eq!((&changed["default_currency"], &changed["version"]), (&json!("USD"), &json!(2)));
    assert_eq!(changed["name"], founded["name"]);
    service
        .patch(url(&founded), &json!({ "name": "Soko", "version": 1 }))
        .await
        .refusal(412, "stale_version");
    // What was read can be put back; what is left out becomes the default.
    let put = service.put(url(&founded), &changed.clone().with("name", "Soko")).await.json(200);
    assert_eq!((&put["name"], &put["default_currency"]), (&json!("Soko"), &json!("USD")));
    let bare = service.put(url(&founded), &json!({ "name": "Soko" })).await.json(200);
    assert_eq!((&bare["default_currency"], &bare["time_zone"]), (&json!("KES"), &json!("UTC")));
    let same = service.put(url(&founded), &json!({ "name": "Soko" })).await.json(200);
    assert_eq!(same, bare, "what is already so is no change");
    service.put("organizations/", &json!({ "organizations": [] })).await.refusal(405, "method_not_allowed");
    service.delete("organizations/?all=true").await.refusal(405, "method_not_allowed");
    // Its new name stands beside what it owns.
    let made = service.create("customers", &customer()).await;
    assert_eq!(made["organization"]["name"], "Soko");
}

async fn an_organization_may_be_quiet_at_night(store: Store) {
    let service = Service::start(store).await;
    let quiet = json!({ "name": "Soko", "quiet_hours": " 21:00 - 07:00 " });
    let founded = service.create("organizations", &quiet).await;
    assert_eq!(founded["quiet_hours"], "21:00-07:00");
    assert_eq!(service.again(&founded).await, founded);
    let kept = service.patch(url(&founded), &json!({ "name": "Sokoni" })).await.json(200);
    assert_eq!(kept["quiet_hours"], "21:00-07:00");
    let put = service.put(url(&founded), &kept.clone().with("quiet_hours", "22:30-06:00")).await.json(200);
    assert_eq!(put["quiet_hours"], "22:30-06:00");
    let loud = service.patch(url(&founded), &json!({ "quiet_hours": null })).await.json(200);
    assert_eq!((&loud["quiet_hours"], &loud["version"]), (&Value::Null, &json!(4)));
    service.patch(url(&founded), &json!({ "quiet_hours": "12:00-13:00" })).await.json(200);
    let bare = service.put(url(&founded), &json!({ "name": "Sokoni" })).await.json(200);
    assert_eq!(bare["quiet_hours"], Value::Null, "what is left out becomes the default");
    for hours in [
        json!("21:00"),
        json!("9:00-17:00"),
        json!("21:00-21:00"),
        json!("24:00-07:00"),
        json!(21),
        json!(""),
    ] {
        let body = json!({ "quiet_hours": hours });
        service.patch(url(&founded), &body).await.invalid_only("quiet_hours");
    }
    let fields = service.call("OPTIONS", "organizations/").await.json(200)["actions"]["POST"].take();
    assert_eq!(
        (&fields["quiet_hours"]["nullable"], &fields["quiet_hours"]["required"]),
        (&json!(true), &json!(false))
    );
}

async fn what_makes_no_organization_is_refused(store: Store) {
    let service = Service::start(store).await;
    let long = "x".repeat(101);
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": long }), "name"),
        (json!({ "name": null }), "name"),
        (json!({ "name": "Soko", "time_zone": "Mars/Olympus" }), "time_zone"),
        (json!({ "name": "Soko", "time_zone": "+03:00" }), "time_zone"),
        (json!({ "name": "Soko", "default_currency": "XXZ" }), "default_currency"),
        (json!({ "name": "Soko", "default_currency": null }), "default_currency"),
        (json!({ "name": "Soko", "owner": 1 }), "owner"),
    ] {
        service.post("organizations/", &body).await.invalid_only(field);
    }
    assert_eq!(service.get("organizations/").await.json(200)["pagination"]["count"], 1);
}

async fn one_that_owns_something_stays(store: Store) {
    let service = Service::start(store).await;
    let organization = service.organization().await;
    let owner = service.create("customers", &customer()).await;
    service.create("orders", &order(&owner)).await;
    service.create("items", &item("Soap", "1")).await;
    service.create("items", &item("Salt", "1")).await;
    let message = service.delete(url(&organization)).await.refusal(409, "in_use");
    let told = "Customers of this one: 1; items: 2; orders: 1.";
    assert!(message.as_str().unwrap().contains(told), "{message}");
    assert_eq!(service.organization().await, organization);
    for plural in ["orders", "customers", "items"] {
        service.delete(&format!("{plural}/?all=true")).await.json(200);
    }
    service.delete(url(&organization)).await.expect(204);
}

async fn one_that_owns_nothing_goes_with_its_members(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let soko = service.create("organizations", &json!({ "name": "Soko" })).await;
    let invitation = service.invite(&soko, "late", &json!({ "role": "admin" })).await;
    service.invite(&soko, "amina", &json!({ "role": "admin" })).await;
    let amina = service.person("amina").await;
    let stale = amina.get(url(&soko)).await.expect(200).header("etag").unwrap().to_owned();
    amina.patch(url(&soko), &json!({ "name": "Sokoni" })).await.json(200);
    service.delete(url(&soko)).header("if-match", &stale).await.refusal(412, "stale_version");
    service.delete(url(&soko)).await.expect(204);
    for client in [&*service, &amina] {
        client.get(url(&soko)).await.refusal(404, "not_found");
        client.delete(url(&soko)).await.refusal(404, "not_found");
        assert_eq!(client.get("organizations/").await.json(200)["pagination"]["count"], 1);
    }
    service.get(url(&invitation)).await.refusal(404, "not_found");
    // Who comes too late belongs nowhere but at home.
    assert_eq!(service.person("late").await.organization().await["name"], "late");
}

async fn who_can_write_to_several_says_where(store: Store) {
    let service = Service::start(store).await;
    let first = service.organization().await;
    let second = service.create("organizations", &json!({ "name": "Soko" })).await;
    let reason = service.post("customers/", &customer()).await.invalid_only("organization");
    for choice in [&first, &second] {
        let named = format!("{} ({})", choice["id"].as_str().unwrap(), choice["name"].as_str().unwrap());
        assert!(reason.contains(&named), "{reason}");
    }
    // The same code and name in each.
    for organization in [&first, &second] {
        let there = |body: Value| body.with("organization", organization["id"].clone());
        let owner = service.create("customers", &there(customer().with("code", "AAAAA"))).await;
        assert_eq!(owner["organization"]["id"], organization["id"]);
        service.create("items", &there(item("Soap", "1"))).await;
        service.create("orders", &there(order(&owner))).await;
        let own = format!("orders/?organization={}", organization["id"].as_str().unwrap());
        assert_eq!(service.column(&own, "organization").await, [owner["organization"].clone()]);
    }
    assert_eq!(service.get("orders/").await.json(200)["pagination"]["count"], 2);
    // An object stays where it is.
    let made = service.get("items/").await.json(200)["items"][1].clone();
    let moved = json!({ "organization": second["id"] });
    let reason = service.patch(url(&made), &moved).await.invalid_only("organization");
    assert_eq!(reason, "The organization of an object cannot change.");
}

async fn a_price_without_a_currency_is_in_the_organizations(store: Store) {
    let service = Service::start(store).await;
    let organization = service.organization().await;
    assert_eq!(service.create("items", &item("Soap", "1")).await["currency"], "KES");
    service.patch(url(&organization), &json!({ "default_currency": "JPY" })).await.json(200);
    let yen = service.create("items", &item("Salt", "150")).await;
    assert_eq!((&yen["currency"], &yen["price_per_unit"]), (&json!("JPY"), &json!("150")));
    service.post("items/", &item("Sugar", "1.50")).await.invalid_only("price_per_unit");
    assert_eq!(service.get("items/?name=Soap").await.json(200)["items"][0]["currency"], "KES");
}

async fn organizations_are_listed_like_anything_else(store: Store) {
    let service = Service::start(store).await;
    for name in ["soko", "Duka", "Äpfel"] {
        service.create("organizations", &json!({ "name": name })).await;
    }
    let names = async |query: &str| service.column(&format!("organizations/?{query}"), "name").await;
    assert_eq!(names("ordering=name").await, ["Duka", "My organization", "soko", "Äpfel"]);
    assert_eq!(names("").await, ["Äpfel", "Duka", "soko", "My organization"]);
    assert_eq!(names("search=ORGAN").await, ["My organization"]);
    assert_eq!(names("name=Duka").await, ["Duka"]);
    assert_eq!(names("name__icontains=o&ordering=-name").await, ["soko", "My organization"]);
    assert_eq!(names("ordering=name&limit=1&offset=2").await, ["soko"]);
    let page = service.get("organizations/?ordering=name&limit=3").await.json(200);
    let cursor = page["pagination"]["next_cursor"].as_str().unwrap();
    assert_eq!(names(&format!("ordering=name&limit=3&cursor={cursor}")).await, ["Äpfel"]);
    let table =
        service.get("organizations/?format=csv&fields=name,members_count&search=duka").await.expect(200);
    assert_eq!(table.text().lines().collect::<Vec<_>>(), ["name,members_count", "Duka,1"]);
    service.get("organizations/?time_zone=UTC").await.invalid_only("time_zone");
}
