//! API tokens: everybody's own credentials for scripts and integrations.

use orderdesk_e2e::{Client, Fields as _, Service, Store, customer, on_every_store, order, until};
use serde_json::{Value, json};

on_every_store!(
    a_token_is_shown_once,
    a_token_says_what_it_is_good_for,
    a_token_is_good_for_its_scopes_and_no_more,
    a_token_makes_none_that_is_good_for_more,
    a_token_makes_none_that_lasts_longer,
    a_token_is_worth_nothing_once_it_has_expired,
    a_revoked_token_is_refused_at_once,
    tokens_are_nobodys_business_but_their_users,
    a_token_that_is_bound_to_an_organization_ends_with_the_membership,
    tokens_are_listed_like_anything_else,
    what_makes_no_token_is_refused,
);

fn url(object: &Value) -> &str {
    object["url"].as_str().unwrap()
}

async fn a_token_is_shown_once(store: Store) {
    let service = Service::start(store).await;
    let answer = service.post("api-tokens/", &json!({ "name": "till" })).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let location = answer.header("location").unwrap().to_owned();
    let created = answer.json(201);
    assert_eq!(location, url(&created));
    let secret = created["token"].as_str().unwrap();
    assert!(secret.starts_with("od_") && secret.len() == 35, "{}", secret.len());
    let again = service.again(&created).await;
    assert_eq!(again, created.clone().with("token", Value::Null));
    for answer in [
        service.get(url(&created)).await,
        service.get("api-tokens/").await,
        service.get("api-tokens/?format=csv").await,
        service.get("api-tokens/?search=till").await,
        service.get("audit-entries/").await,
    ] {
        let answer = answer.expect(200);
        assert!(!answer.text().contains(&secret[3..]), "{}", answer.text());
    }
    service.with_token(secret).get("orders/").await.json(200);
    // Two are never the same.
    let other = service.create("api-tokens", &json!({ "name": "till" })).await;
    assert_ne!(other["token"], created["token"]);
}

async fn a_token_says_what_it_is_good_for(store: Store) {
    let service = Service::start(store).await;
    let bare = service.create("api-tokens", &json!({ "name": " Till  no. 1 " })).await;
    let names = [
        "created_at",
        "expires_at",
        "id",
        "last_used_at",
        "name",
        "organization",
        "scopes",
        "token",
        "url",
        "version",
    ];
    assert_eq!(bare.names(), names);
    let shown = |name: &str| bare[name].clone();
    // Nothing that is not asked for.
    assert_eq!((shown("scopes"), shown("organization")), (json!(["read"]), Value::Null));
    assert_eq!(
        (shown("expires_at"), shown("last_used_at"), shown("version")),
        (Value::Null, Value::Null, json!(1))
    );
    let organization = service.organization().await;
    let full = json!({
        "name": "till", "scopes": ["orders:write", "read", "read"], "organization": organization["id"],
        "expires_at": "2090-01-01T03:00:00+03:00",
    });
    let full = service.create("api-tokens", &full).await;
    assert_eq!(full["scopes"], json!(["read", "orders:write"]));
    assert_eq!(full["organization"], json!({ "id": organization["id"], "name": organization["name"] }));
    assert_eq!(full["expires_at"], "2090-01-01T00:00:00.000Z");
    assert_eq!(
        service.get("api-tokens/").await.json(200)["pagination"]["count"],
        3,
        "and that of the first start"
    );
    for method in ["PUT", "PATCH"] {
        service.call(method, url(&full)).json(&json!({})).await.refusal(405, "method_not_allowed");
    }
    let read = service.get(url(&full)).await.expect(200);
    service.get(url(&full)).header("if-none-match", read.header("etag").unwrap()).await.expect(304);
    service.delete(url(&full)).header("if-match", "\"2-x\"").await.refusal(412, "stale_version");
    service.delete(url(&full)).header("if-match", read.header("etag").unwrap()).await.expect(204);
}

async fn a_token_is_good_for_its_scopes_and_no_more(store: Store) {
    let service = Service::start(store).await;
    let owner = service.create("customers", &customer()).await;
    for (scopes, allowed) in [
        (json!(["read"]), "read customers, read orders, read audit"),
        (json!(["write"]), "read customers, write customers, read orders, write orders, read audit"),
        (json!(["orders:read"]), "read orders"),
        (json!(["orders:write"]), "read orders, write orders"),
        (json!(["customers:read", "orders:write"]), "read customers, read orders, write orders"),
        (json!(["read", "customers:write"]), "read customers, write customers, read orders, read audit"),
        (json!(["api-tokens:write"]), ""),
        (json!(["audit-entries:write"]), "read audit"),
    ] {
        let token = service.with_api_token(&json!({ "scopes": scopes })).await;
        let tried = [
            ("read customers", token.get("customers/").await),
            ("write customers", token.post("customers/", &customer()).await),
            ("read orders", token.get("orders/").await),
            // For a customer whom it need not be good for reading.
            ("write orders", token.post("orders/", &order(&owner)).await),
            ("read audit", token.get("audit-entries/").await),
        ];
        let done: Vec<_> =
            tried.iter().filter(|(_, answer)| answer.status < 300).map(|(what, _)| *what).collect();
        assert_eq!(done.join(", "), allowed, "{scopes}");
        for (_, answer) in tried {
            if answer.status >= 300 {
                answer.refusal(403, "forbidden");
            }
        }
        token.get("me/").await.json(200);
    }
}

async fn a_token_makes_none_that_is_good_for_more(store: Store) {
    let service = Service::start(store).await;
    let organization = service.organization().await;
    let second = service.create("organizations", &json!({ "name": "Soko" })).await;
    let limited = service.with_api_token(&json!({ "scopes": ["orders:write", "api-tokens:write"] })).await;
    for scopes in
        [json!(["write"]), json!(["read"]), json!(["customers:read"]), json!(["orders:write", "items:read"])]
    {
        let reason = limited.post("api-tokens/", &json!({ "name": "x", "scopes": scopes })).await;
        let reason = reason.invalid_only("scopes");
        assert!(reason.contains("orders:write"), "{reason}");
    }
    limited.create("api-tokens", &json!({ "name": "x", "scopes": ["orders:read"] })).await;

    // One that is bound to an organization makes only such.
    let bound = json!({ "scopes": ["write"], "organization": organization["id"] });
    let bound = service.with_api_token(&bound).await;
    let made = bound.create("api-tokens", &json!({ "name": "x" })).await;
    assert_eq!(made["organization"]["id"], organization["id"]);
    let elsewhere = json!({ "name": "x", "organization": second["id"] });
    bound.post("api-tokens/", &elsewhere).await.invalid_only("organization");
    bound.post("organizations/", &json!({ "name": "x" })).await.refusal(403, "forbidden");
    assert_eq!(bound.get("organizations/").await.json(200)["pagination"]["count"], 1);
    // What it creates goes where it is bound to.
    assert_eq!(bound.create("customers", &customer()).await["organization"]["id"], organization["id"]);
    let there = customer().with("organization", second["id"].clone());
    bound.post("customers/", &there).await.invalid_only("organization");
}

async fn a_token_makes_none_that_lasts_longer(store: Store) {
    let service = Service::start(store).await;
    let expiring = |at: &str| json!({ "name": "x", "scopes": ["write"], "expires_at": at });
    let end = "2080-01-01T00:00:00.000Z";
    let token = service.with_api_token(&expiring(end)).await;
    assert_eq!(token.me().await["expires_at"], end);
    for body in [
        expiring("2080-01-01T00:00:00.001Z"),
        json!({ "name": "x" }),
        expiring(end).with("expires_at", Value::Null),
    ] {
        let reason = token.post("api-tokens/", &body).await.invalid_only("expires_at");
        assert!(reason.contains("2080-01-01T00:00:00"), "{reason}");
    }
    token.create("api-tokens", &expiring(end)).await;
    let past = expiring("2020-01-01T00:00:00Z");
    let reason = service.post("api-tokens/", &past).await.invalid_only("expires_at");
    assert_eq!(reason, "The time of expiry must be in the future.");
}

async fn a_token_is_worth_nothing_once_it_has_expired(store: Store) {
    let service = Service::start(store).await;
    let token = service.with_api_token_for_a_moment().await;
    // It is remembered, and not for longer than it lasts.
    until("the token expires", async || token.get("orders/").await.status == 401).await;
    token.get("orders/").await.refusal(401, "not_authenticated");
    token.post("customers/", &customer()).await.refusal(401, "not_authenticated");
    // It is shown still, to be revoked.
    let shown = service.get("api-tokens/?expires_at__isnull=false").await.json(200);
    service.delete(url(&shown["api_tokens"][0])).await.expect(204);
}

async fn a_revoked_token_is_refused_at_once(store: Store) {
    let service = Service::start(store).await;
    for round in 0..3 {
        let created = service.create("api-tokens", &json!({ "name": "till", "scopes": ["write"] })).await;
        let token = service.with_token(created["token"].as_str().unwrap());
        token.get("orders/").await.json(200);
        // By the token itself as well.
        let by: &Client = if round == 1 { &token } else { &service };
        by.delete(url(&created)).await.expect(204);
        token.get("orders/").await.refusal(401, "not_authenticated");
        token.post("customers/", &customer()).await.refusal(401, "not_authenticated");
        service.get(url(&created)).await.refusal(404, "not_found");
        service.delete(url(&created)).await.refusal(404, "not_found");
    }
    assert_eq!(service.get("api-tokens/").await.json(200)["pagination"]["count"], 1);
}

async fn tokens_are_nobodys_business_but_their_users(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let created = service.create("api-tokens", &json!({ "name": "till" })).await;
    let (staff, colleague) = (service.person("staff").await, service.member("amina", "admin").await);
    for other in [&staff, &colleague] {
        assert_eq!(other.get("api-tokens/").await.json(200)["api_tokens"], json!([]));
        other.get(url(&created)).await.refusal(404, "not_found");
        other.delete(url(&created)).await.refusal(404, "not_found");
    }
    // Also where a token may be read by nobody else.
    let name = json!({ "name": "till" });
    let theirs = colleague.create_api_token(&name).await;
    assert_eq!(colleague.get("api-tokens/").await.json(200)["api_tokens"][0]["id"], theirs["id"]);
    service.get(url(&theirs)).await.refusal(404, "not_found");
    service.again(&created).await;
}

async fn a_token_that_is_bound_to_an_organization_ends_with_the_membership(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let amina = service.member("amina", "member").await;
    let bound = json!({ "scopes": ["write"], "organization": organization["id"] });
    let bound = amina.with_api_token(&bound).await;
    bound.create("customers", &customer()).await;
    let user = amina.me().await["id"].as_str().unwrap().to_owned();
    let list = format!("{}members/?user={user}", url(&organization));
    let membership = service.get(&list).await.json(200)["members"][0].clone();
    service.delete(url(&membership)).await.expect(204);
    bound.get("customers/").await.refusal(403, "forbidden");
    bound.post("customers/", &customer()).await.refusal(403, "forbidden");
    let me = bound.me().await;
    assert_eq!(me["organization"], json!({ "id": organization["id"], "name": null }));
    // Nor does it reach what she has elsewhere.
    amina.create("organizations", &json!({ "name": "Soko" })).await;
    bound.get("customers/").await.refusal(403, "forbidden");
    amina.get("customers/").await.json(200);
}

async fn tokens_are_listed_like_anything_else(store: Store) {
    let service = Service::start(store).await;
    let organization = service.organization().await["id"].clone();
    for body in [
        json!({ "name": "till" }),
        json!({ "name": "Report", "expires_at": "2090-01-01T00:00:00Z" }),
        json!({ "name": "=shop", "scopes": ["orders:write", "read"], "organization": organization }),
    ] {
        service.create("api-tokens", &body).await;
    }
    let names = async |query: &str| service.column(&format!("api-tokens/?{query}"), "name").await;
    assert_eq!(names("ordering=name").await, ["=shop", "Report", "till", "token"]);
    assert_eq!(names("").await, ["=shop", "Report", "till", "token"], "the newest first");
    assert_eq!(
        names("ordering=expires_at,name").await,
        ["=shop", "till", "token", "Report"],
        "never is lowest"
    );
    assert_eq!(names("expires_at__gt=2089-01-01T00:00:00Z").await, ["Report"]);
    assert_eq!(names("expires_at__isnull=true&ordering=name").await, ["=shop", "till", "token"]);
    assert_eq!(names("organization__isnull=false").await, ["=shop"]);
    assert_eq!(names(&format!("organization={}", organization.as_str().unwrap())).await, ["=shop"]);
    assert_eq!(names("search=TILL").await, ["till"]);
    assert_eq!(names("name__icontains=t&limit=1&offset=2&ordering=name").await, ["token"]);
    let page = service.get("api-tokens/?ordering=name&limit=3").await.json(200);
    let cursor = page["pagination"]["next_cursor"].as_str().unwrap();
    assert_eq!(names(&format!("ordering=name&limit=3&cursor={cursor}")).await, ["token"]);
    let table =
        service.get("api-tokens/?format=csv&fields=name,scopes&name__icontains=shop").await.expect(200);
    assert_eq!(table.text().lines().collect::<Vec<_>>(), ["name,scopes", "'=shop,read orders:write"]);
    for parameter in ["digest", "token", "user"] {
        service.get(&format!("api-tokens/?{parameter}=x")).await.invalid_only(parameter);
    }
}

async fn what_makes_no_token_is_refused(store: Store) {
    let service = Service::start(store).await;
    let good = json!({ "name": "till" });
    for (body, field) in [
        (json!({}), "name"),
        (good.clone().with("name", ""), "name"),
        (good.clone().with("scopes", json!([])), "scopes"),
        (good.clone().with("scopes", json!(["all"])), "scopes"),
        (good.clone().with("scopes", json!(["cats:read"])), "scopes"),
        (good.clone().with("scopes", json!(["read", 1])), "scopes"),
        (good.clone().with("scopes", "read"), "scopes"),
        (good.clone().with("scopes", Value::Null), "scopes"),
        (good.clone().with("expires_at", "tomorrow"), "expires_at"),
        (good.clone().with("expires_at", "2090-01-01T00:00:00"), "expires_at"),
        (good.clone().with("organization", "x"), "organization"),
        (good.clone().with("organization", "01890a5d-ac96-774b-bcce-b302099a8057"), "organization"),
        (good.clone().with("user", "x"), "user"),
    ] {
        service.post("api-tokens/", &body).await.invalid_only(field);
    }
    assert_eq!(service.get("api-tokens/").await.json(200)["pagination"]["count"], 1);
    service.delete("api-tokens/?all=true").await.refusal(405, "method_not_allowed");
}
