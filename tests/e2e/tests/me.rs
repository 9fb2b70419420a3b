//! The caller, as shown to itself.

use orderdesk_e2e::{Fields as _, Service, Store, customer, on_every_store};
use serde_json::{Value, json};

on_every_store!(
    every_caller_is_told_who_it_is,
    a_credential_is_told_what_it_is_good_for,
    everybody_sees_where_they_belong,
    nobody_changes_who_they_are,
);

async fn every_caller_is_told_who_it_is(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let me = service.me().await;
    let names = [
        "credential",
        "expires_at",
        "id",
        "is_staff",
        "name",
        "organization",
        "organizations",
        "scopes",
        "url",
    ];
    assert_eq!(me.names(), names);
    assert_eq!((&me["name"], &me["is_staff"]), (&json!("Administrator"), &json!(false)));
    assert_eq!((&me["scopes"], &me["organization"]), (&json!(["write"]), &Value::Null));
    assert_eq!(me["url"], service.url("me/"));
    assert_eq!(me["organizations"], service.url("me/organizations/"));
    let token = service.get("api-tokens/").await.json(200)["api_tokens"][0].clone();
    assert_eq!(me["credential"], json!({ "kind": "api_token", "id": token["id"] }));

    let staff = service.person("staff").await.me().await;
    assert_eq!((&staff["name"], &staff["is_staff"]), (&json!("staff"), &json!(true)));
    assert_eq!(staff["credential"]["kind"], "issuer");
    assert!(staff["credential"]["id"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{staff}");
    assert!(staff["expires_at"].as_str().unwrap().starts_with("2096-"), "{staff}");
    // Called again, it is the same user.
    assert_eq!(service.person("staff").await.me().await, staff);
    let written = service.create("customers", &customer()).await;
    assert_eq!(written["created_by"], json!({ "id": me["id"], "name": me["name"] }));
}

async fn a_credential_is_told_what_it_is_good_for(store: Store) {
    let service = Service::start(store).await;
    let organization = service.organization().await;
    let body = json!({
        "scopes": ["orders:write", "customers:read"], "organization": organization["id"],
        "expires_at": "2090-01-01T00:00:00Z",
    });
    let me = service.with_api_token(&body).await.me().await;
    assert_eq!(me["scopes"], json!(["customers:read", "orders:write"]));
    assert_eq!(me["organization"], json!({ "id": organization["id"], "name": organization["name"] }));
    assert_eq!(me["expires_at"], "2090-01-01T00:00:00.000Z");
    assert_eq!(me["id"], service.me().await["id"]);
}

async fn everybody_sees_where_they_belong(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let own = service.create("customers", &customer()).await;
    service.invite(&organization, "amina", &json!({ "role": "viewer", "customer": own["id"] })).await;
    let amina = service.person("amina").await;
    let list = amina.get("me/organizations/?ordering=-created_at").await.json(200);
    assert_eq!(list["pagination"]["count"], 2);
    let [home, shop] = list["organizations"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!(shop.names(), ["created_at", "customer", "membership", "organization", "role"]);
    assert_eq!((&home["organization"]["name"], &home["role"]), (&json!("amina"), &json!("admin")));
    assert_eq!((&shop["organization"]["id"], &shop["role"]), (&organization["id"], &json!("viewer")));
    assert_eq!(shop["customer"]["id"], own["id"]);
    let membership = amina.get(shop["membership"].as_str().unwrap()).await.json(200);
    assert_eq!(membership["user"]["name"], "amina");
    assert_eq!(amina.column("me/organizations/?role=admin", "role").await, ["admin"]);
    let page = amina.get("me/organizations/?limit=1&fields=role&ordering=created_at").await.json(200);
    assert_eq!(page["organizations"], json!([{ "role": "viewer" }]));
    let rest = amina.get(page["pagination"]["next"].as_str().unwrap()).await.json(200);
    assert_eq!(rest["organizations"], json!([{ "role": "admin" }]));
    let table =
        amina.get("me/organizations/?format=csv&fields=organization_name,role&ordering=created_at").await;
    assert_eq!(table.expect(200).text().lines().last(), Some("amina,admin"));
    // Staff belong nowhere for that.
    let staff = service.person("staff").await;
    staff.leave_home("staff").await;
    assert_eq!(staff.get("me/organizations/").await.json(200)["organizations"], json!([]));
    assert_eq!(service.get("me/organizations/").await.json(200)["pagination"]["count"], 1);
}

async fn nobody_changes_who_they_are(store: Store) {
    let service = Service::start(store).await;
    for target in ["me/", "me/organizations/"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let answer = service.call(method, target).json(&json!({ "is_staff": true })).await;
            answer.refusal(405, "method_not_allowed");
        }
    }
    service.get("me/?fields=id").await.invalid_only("fields");
}
