//! The audit: who did what, when, from where, and what it changed.

use orderdesk_e2e::{Client, Fields as _, Service, Store, customer, email, item, on_every_store, order};
use serde_json::{Value, json};

on_every_store!(
    every_kind_of_write_leaves_an_entry,
    an_entry_says_who_did_what_from_where,
    an_entry_says_what_was_different,
    every_object_of_a_bulk_change_has_an_entry,
    what_changes_nothing_leaves_none,
    signing_in_leaves_entries,
    entries_are_listed_like_anything_else,
    administrators_see_the_audit_of_their_organizations,
    entries_stay,
);

fn url(object: &Value) -> &str {
    object["url"].as_str().unwrap()
}

/// The entries that match, the oldest first.
async fn entries(client: &Client, query: &str) -> Vec<Value> {
    let list = client.get(&format!("audit-entries/?ordering=created_at&limit=100&{query}")).await.json(200);
    list["audit_entries"].as_array().unwrap().clone()
}

/// What was done with what, in short.
fn deeds(entries: &[Value]) -> Vec<String> {
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    entries.iter().map(|entry| format!("{} {}", text(entry, "action"), text(entry, "resource"))).collect()
}

async fn every_kind_of_write_leaves_an_entry(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    staff.me().await;
    let seen = staff.get("audit-entries/?limit=1").await.json(200)["pagination"]["count"].as_u64().unwrap();

    let owner = service.create("customers", &customer()).await;
    service.patch(url(&owner), &json!({ "first_name": "Zawadi" })).await.json(200);
    service.put(url(&owner), &customer()).await.json(200);
    let soap = service.create("items", &item("Soap", "1")).await;
    service.patch(url(&soap), &json!({ "is_active": false })).await.json(200);
    let placed = service.create("orders", &order(&owner)).await;
    service.patch(url(&placed), &json!({ "status": "Closed", "quantity": 5 })).await.json(200);
    for object in [&placed, &soap, &owner] {
        service.delete(url(object)).await.expect(204);
    }
    let soko = service.create("organizations", &json!({ "name": "Soko" })).await;
    service.patch(url(&soko), &json!({ "name": "Sokoni" })).await.json(200);
    let invitation = service.invite(&soko, "amina", &json!({ "role": "viewer" })).await;
    service.patch(url(&invitation), &json!({ "role": "admin" })).await.json(200);
    service.delete(url(&invitation)).await.expect(204);
    service.delete(url(&soko)).await.expect(204);
    let token = service.create("api-tokens", &json!({ "name": "till" })).await;
    service.delete(url(&token)).await.expect(204);
    let user = format!("users/{}/", service.me().await["id"].as_str().unwrap());
    staff.patch(&user, &json!({ "name": "Boss" })).await.json(200);

    let entries = entries(&staff, "").await;
    let expected = [
        "create customers",
        "change customers",
        "change customers",
        "create items",
        "change items",
        "create orders",
        "change orders",
        "delete orders",
        "delete items",
        "delete customers",
        "create members",
        "create organizations",
        "change organizations",
        "create members",
        "change members",
        "delete members",
        "delete organizations",
        "create api-tokens",
        "delete api-tokens",
        "change users",
    ];
    assert_eq!(deeds(&entries[usize::try_from(seen).unwrap()..]), expected);
}

async fn an_entry_says_who_did_what_from_where(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let member = service.member("amina", "member").await;
    let script = member.with_api_token(&json!({ "scopes": ["write"] })).await;
    let by_issuer = member.create("customers", &customer()).await;
    let by_token = script.create("customers", &customer()).await;
    let amina = member.me().await;
    let [first, second] = &entries(&service, "resource=customers").await[..] else { panic!() };
    let names = [
        "action",
        "address",
        "after",
        "before",
        "created_at",
        "credential",
        "id",
        "object",
        "organization",
        "resource",
        "user",
    ];
    for (entry, object, client) in [(first, &by_issuer, &member), (second, &by_token, &script)] {
        assert_eq!(entry.names(), names);
        assert_eq!((&entry["object"], &entry["organization"]), (&object["id"], &organization["id"]));
        assert_eq!(entry["user"], json!({ "id": amina["id"], "name": "amina" }));
        assert_eq!(entry["address"], "127.0.0.1");
        assert_eq!(entry["credential"], client.me().await["credential"]);
        assert!(entry["created_at"].as_str() >= object["created_at"].as_str());
    }
    assert_eq!(
        (&first["credential"]["kind"], &second["credential"]["kind"]),
        (&json!("issuer"), &json!("api_token"))
    );
}

async fn an_entry_says_what_was_different(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer().with("code", "AAAAA")).await;
    service.patch(url(&owner), &json!({ "first_name": "Zawadi", "phone": owner["phone"] })).await.json(200);
    service.delete(url(&owner)).await.expect(204);
    let [created, changed, deleted] = &entries(&service, "resource=customers").await[..] else { panic!() };
    assert_eq!((&created["before"], &deleted["after"]), (&Value::Null, &Value::Null));
    for name in ["id", "code", "first_name", "second_name", "phone", "created_at"] {
        assert_eq!(created["after"][name], owner[name], "{name}");
    }
    assert_eq!(created["after"]["organization"], owner["organization"]["id"]);
    assert_eq!(changed["before"], json!({ "first_name": "Amina" }));
    assert_eq!(changed["after"], json!({ "first_name": "Zawadi" }));
    assert_eq!(deleted["before"], created["after"].clone().with("first_name", "Zawadi"));

    let owner = service.create("customers", &customer()).await;
    let placed = service.create("orders", &order(&owner)).await;
    let change = json!({ "quantity": 7, "price_per_unit": "2.5", "status": "Closed" });
    let closed = service.patch(url(&placed), &change).await.json(200);
    let [_, changed] = &entries(&service, "resource=orders").await[..] else { panic!() };
    let before =
        json!({ "quantity": 2, "price_per_unit": "149.90", "status": "Pending", "time_closed": null });
    let after = json!({
        "quantity": 7, "price_per_unit": "2.50", "status": "Closed", "time_closed": closed["time_closed"],
    });
    for (name, value) in before.as_object().unwrap() {
        assert_eq!(changed["before"][name], *value, "{name}");
        assert_eq!(changed["after"][name], after[name], "{name}");
    }
    assert_eq!(changed["before"].names(), changed["after"].names());

    let token = service.create("api-tokens", &json!({ "name": "till", "scopes": ["read"] })).await;
    let entry = &entries(&service, "resource=api-tokens").await;
    // It belongs to no organization, and so its entry is for staff.
    assert_eq!(entry.len(), 0);
    assert!(token["token"].is_string());
}

async fn every_object_of_a_bulk_change_has_an_entry(store: Store) {
    let service = Service::start(store).await;
    let mut rows = Vec::new();
    for name in ["Soap", "Salt", "Sugar"] {
        rows.push(service.create("items", &item(name, "1")).await);
    }
    let changed: Vec<_> = rows[..2].iter().map(|row| row.clone().with("price_per_unit", "2")).collect();
    let unchanged = rows[2].clone();
    let both = json!({ "items": changed.iter().chain([&unchanged]).collect::<Vec<_>>() });
    service.put("items/", &both).await.json(200);
    let changes = entries(&service, "resource=items&action=change").await;
    let objects: Vec<_> = changes.iter().map(|entry| &entry["object"]).collect();
    assert_eq!(objects, [&rows[0]["id"], &rows[1]["id"]]);
    for entry in &changes {
        assert_eq!(
            (&entry["before"], &entry["after"]),
            (&json!({ "price_per_unit": "1.00" }), &json!({ "price_per_unit": "2.00" }))
        );
    }
    service.delete("items/?name__istartswith=s").await.json(200);
    let mut gone: Vec<_> = entries(&service, "resource=items&action=delete").await;
    gone.sort_by_key(|entry| entry["object"].to_string());
    let gone: Vec<_> = gone.iter().map(|entry| entry["object"].clone()).collect();
    assert_eq!(gone, [rows[0]["id"].clone(), rows[1]["id"].clone(), rows[2]["id"].clone()]);
}

async fn what_changes_nothing_leaves_none(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let viewer = service.member("amina", "viewer").await;
    let owner = service.create("customers", &customer()).await;
    service.create("orders", &order(&owner)).await;
    let before = entries(&service, "").await;
    service.patch(url(&owner), &json!({ "first_name": owner["first_name"] })).await.json(200);
    service.patch(url(&owner), &json!({})).await.json(200);
    service.put("customers/", &json!({ "customers": [owner] })).await.json(200);
    service.patch(url(&owner), &json!({ "phone": "1" })).await.expect(400);
    service.patch(url(&owner), &json!({ "first_name": "Z", "version": 9 })).await.expect(412);
    service.delete(url(&owner)).await.expect(409);
    service.post("customers/", &customer().with("code", owner["code"].clone())).await.expect(409);
    service.delete("customers/?code=ZZZZZ").await.json(200);
    service.get("customers/").await.json(200);
    viewer.patch(url(&owner), &json!({ "first_name": "Z" })).await.expect(403);
    viewer.post("customers/", &customer()).await.expect(403);
    service.anonymous().post("customers/", &customer()).await.expect(401);
    assert_eq!(entries(&service, "").await, before);
}

async fn signing_in_leaves_entries(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    service.invite(&organization, "amina", &json!({ "role": "member" })).await;
    let amina = service.person("amina").await;
    let me = amina.me().await;
    let own = entries(&amina, "").await;
    assert_eq!(deeds(&own), ["create members", "create organizations"]);
    // That she has come is an affair of who invited her.
    let theirs = entries(&service, "resource=members").await;
    assert_eq!(deeds(&theirs), ["create members", "change members"]);
    let came = &theirs[1];
    assert_eq!((&came["user"]["id"], &came["credential"]["kind"]), (&me["id"], &json!("issuer")));
    assert_eq!(came["before"], json!({ "email": email("amina"), "user": null }));
    assert_eq!(came["after"], json!({ "email": null, "user": me["id"] }));
    // Once, and not with every call.
    amina.get("orders/").await.json(200);
    assert_eq!(entries(&service, "resource=members").await.len(), 2);
    let staff = service.person("staff").await;
    let users = entries(&staff, "resource=users").await;
    assert_eq!(deeds(&users), ["create users", "create users"]);
    assert_eq!((&users[0]["object"], &users[0]["organization"]), (&me["id"], &Value::Null));
}

async fn entries_are_listed_like_anything_else(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let member = service.member("amina", "member").await;
    let owner = service.create("customers", &customer()).await;
    let soap = member.create("items", &item("=Soap", "1")).await;
    member.patch(url(&soap), &json!({ "is_active": false })).await.json(200);
    service.delete(url(&soap)).await.expect(204);
    let (mine, theirs) = (service.me().await["id"].clone(), member.me().await["id"].clone());
    let count = async |query: &str| {
        service.get(&format!("audit-entries/?{query}")).await.json(200)["pagination"]["count"].clone()
    };
    assert_eq!(count("resource=items").await, 3);
    assert_eq!(count("resource__in=items,customers").await, 4);
    assert_eq!(count("resource=items&action=delete").await, 1);
    assert_eq!(count("action__in=create,change&resource=items").await, 2);
    assert_eq!(count(&format!("resource=items&user={}", theirs.as_str().unwrap())).await, 2);
    assert_eq!(count(&format!("resource=items&user={}", mine.as_str().unwrap())).await, 1);
    assert_eq!(count(&format!("object={}", owner["id"].as_str().unwrap())).await, 1);
    assert_eq!(count("created_at__lt=2020-01-01T00:00:00Z").await, 0);
    let newest = service.get("audit-entries/?resource=items").await.json(200);
    assert_eq!(
        deeds(newest["audit_entries"].as_array().unwrap()),
        ["delete items", "change items", "create items"]
    );
    let at = newest["audit_entries"][2]["created_at"].as_str().unwrap();
    assert_eq!(count(&format!("resource=items&created_at__gte={at}")).await, 3);
    let page = service.get("audit-entries/?resource=items&limit=2&fields=action").await.json(200);
    assert_eq!(page["audit_entries"], json!([{ "action": "delete" }, { "action": "change" }]));
    let cursor = page["pagination"]["next_cursor"].as_str().unwrap();
    let rest = service.get(&format!("audit-entries/?resource=items&limit=2&cursor={cursor}")).await.json(200);
    assert_eq!(deeds(rest["audit_entries"].as_array().unwrap()), ["create items"]);
    let columns = "fields=user_name,action,before,after";
    let table = format!("audit-entries/?resource=items&format=csv&ordering=created_at&{columns}");
    let table = service.get(&table).await.expect(200);
    let lines: Vec<_> = table.text().lines().collect();
    assert_eq!((lines.len(), lines[0]), (4, "user_name,action,before,after"));
    assert_eq!(lines[2], "amina,change,\"{\"\"is_active\"\":true}\",\"{\"\"is_active\"\":false}\"");
    for (query, parameter) in [
        ("resource=cats", "resource"),
        ("action=look", "action"),
        ("search=x", "search"),
        ("ordering=user", "ordering"),
        ("address=x", "address"),
    ] {
        service.get(&format!("audit-entries/?{query}")).await.invalid_only(parameter);
    }
}

async fn administrators_see_the_audit_of_their_organizations(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let (viewer, member) =
        (service.member("viewer", "viewer").await, service.member("member", "member").await);
    let stranger = service.person("stranger").await;
    let owner = service.create("customers", &customer()).await;
    let theirs = stranger.create("customers", &customer()).await;
    for client in [&viewer, &member] {
        client.get("audit-entries/").await.refusal(403, "forbidden");
    }
    let of_customers = "resource=customers";
    assert_eq!(entries(&service, of_customers).await[0]["object"], owner["id"]);
    let seen = entries(&stranger, of_customers).await;
    assert_eq!((seen.len(), &seen[0]["object"]), (1, &theirs["id"]));
    let foreign = owner["organization"]["id"].as_str().unwrap();
    assert_eq!(entries(&stranger, &format!("organization={foreign}")).await.len(), 0);
    let staff = service.person("staff").await;
    assert_eq!(entries(&staff, of_customers).await.len(), 2);
    assert_eq!(entries(&staff, &format!("{of_customers}&organization={foreign}")).await.len(), 1);
    // Where one is an administrator of several, those of all.
    member.create("organizations", &json!({ "name": "Soko" })).await;
    assert_eq!(deeds(&entries(&member, "").await), ["create members", "create organizations"]);
}

async fn entries_stay(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    let soko = service.create("organizations", &json!({ "name": "Soko" })).await;
    let there = customer().with("organization", soko["id"].clone());
    let owner = service.create("customers", &there).await;
    let entry = entries(&staff, "resource=customers").await[0].clone();
    let path = format!("audit-entries/{}/", entry["id"].as_str().unwrap());
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        staff.call(method, &path).json(&json!({})).await.refusal(404, "not_found");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let answer = staff.call(method, "audit-entries/").json(&json!({})).await;
        assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
        answer.refusal(405, "method_not_allowed");
    }
    // What it was about goes, and where it was, and it stays as it is.
    service.delete(url(&owner)).await.expect(204);
    service.delete(url(&soko)).await.expect(204);
    let object = owner["id"].as_str().unwrap();
    let left = entries(&staff, &format!("object={object}")).await;
    assert_eq!(
        (deeds(&left), &left[0]),
        (vec!["create customers".to_owned(), "delete customers".to_owned()], &entry)
    );
    let organization = soko["id"].as_str().unwrap();
    let of_organization = entries(&staff, &format!("organization={organization}")).await;
    assert_eq!(deeds(&of_organization).last().map(String::as_str), Some("delete organizations"));
}
