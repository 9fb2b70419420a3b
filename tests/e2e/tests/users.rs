//! Users: those who call, as staff look after them.

use orderdesk_e2e::{Fields as _, Service, Store, customer, email, on_every_store, until};
use serde_json::{Value, json};

on_every_store!(
    staff_see_everybody,
    nobody_else_sees_anybody,
    users_are_listed_like_anything_else,
    who_is_made_staff_may_do_everything_at_once,
    who_is_deactivated_is_shut_out_at_once_with_any_credential,
    who_is_activated_again_has_to_sign_in_again,
    what_a_user_wrote_stays_theirs,
    nobody_shuts_themselves_out,
    a_change_of_a_user_holds_on_the_version_that_was_read,
);

fn url(object: &Value) -> &str {
    object["url"].as_str().unwrap()
}

async fn staff_see_everybody(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    staff.me().await;
    let amina = service.person("amina").await;
    let id = amina.me().await["id"].as_str().unwrap().to_owned();
    let shown = staff.get(&format!("users/{id}/")).await.json(200);
    let names =
        ["created_at", "email", "id", "is_active", "is_staff", "name", "updated_at", "url", "version"];
    // By what a provider knows her is nobody's business.
    assert_eq!(shown.names(), names);
    assert_eq!((&shown["name"], &shown["email"]), (&json!("amina"), &json!(email("amina"))));
    assert_eq!((&shown["is_staff"], &shown["is_active"]), (&json!(false), &json!(true)));
    let all = staff.get("users/?ordering=created_at").await.json(200);
    let names: Vec<_> = all["users"].as_array().unwrap().iter().map(|user| user["name"].clone()).collect();
    assert_eq!(names, ["Administrator", "staff", "amina"]);
    assert_eq!(all["users"][2], shown);
    let of_staff: Vec<_> = all["users"].as_array().unwrap().iter().map(|user| &user["is_staff"]).collect();
    assert_eq!(of_staff, [false, true, false]);
    for (method, target) in
        [("POST", "users/"), ("PUT", "users/"), ("DELETE", "users/"), ("PUT", url(&shown))]
    {
        staff.call(method, target).json(&json!({})).await.refusal(405, "method_not_allowed");
    }
    staff.get("users/01890a5d-ac96-774b-bcce-b302099a8057/").await.refusal(404, "not_found");
}

async fn nobody_else_sees_anybody(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let own = format!("users/{}/", service.me().await["id"].as_str().unwrap());
    for target in ["users/", &own, "users/?format=csv", "users/01890a5d-ac96-774b-bcce-b302099a8057/"] {
        service.get(target).await.refusal(403, "forbidden");
    }
    // Nor does anybody become staff by an address that nobody has verified.
    let claims = json!({ "email": email("staff"), "email_verified": false });
    let impostor = service.with_token(&orderdesk_e2e::vouch_for("impostor", &claims).await);
    assert_eq!(impostor.me().await["is_staff"], false);
    impostor.get("users/").await.refusal(403, "forbidden");
}

async fn users_are_listed_like_anything_else(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    for login in ["amina", "baraka", "chege"] {
        service.person(login).await.me().await;
    }
    let names = async |query: &str| staff.column(&format!("users/?{query}"), "name").await;
    assert_eq!(names("ordering=name").await, ["Administrator", "amina", "baraka", "chege", "staff"]);
    assert_eq!(names("is_staff=true").await, ["staff"]);
    assert_eq!(names("search=CHEGE").await, ["chege"]);
    assert_eq!(names("search=people.example baraka").await, ["baraka"]);
    assert_eq!(names("email=amina@people.example").await, ["amina"]);
    assert_eq!(names("email__isnull=true").await, ["Administrator"]);
    assert_eq!(names("name__istartswith=A&ordering=-name").await, ["amina", "Administrator"]);
    assert_eq!(names("is_active=false").await, Vec::<Value>::new());
    let page = staff.get("users/?ordering=name&limit=4&fields=name").await.json(200);
    assert_eq!(page["users"][0], json!({ "name": "Administrator" }));
    let cursor = page["pagination"]["next_cursor"].as_str().unwrap();
    assert_eq!(names(&format!("ordering=name&limit=4&cursor={cursor}")).await, ["staff"]);
    let table = staff.get("users/?format=csv&fields=name,email,is_staff&is_staff=true").await.expect(200);
    let lines: Vec<_> = table.text().lines().collect();
    assert_eq!(lines, ["name,email,is_staff", "staff,staff@people.example,true"]);
    for parameter in ["subject", "issuer", "password"] {
        staff.get(&format!("users/?{parameter}=x")).await.invalid_only(parameter);
    }
}

async fn who_is_made_staff_may_do_everything_at_once(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    let amina = service.person("amina").await;
    let hers = staff.get("users/?name=amina").await.json(200);
    assert_eq!(hers["pagination"]["count"], 0, "she has not called yet");
    let id = amina.me().await["id"].as_str().unwrap().to_owned();
    let theirs = service.create("customers", &customer()).await;
    amina.get(url(&theirs)).await.refusal(404, "not_found");
    let user = format!("users/{id}/");
    let promoted = staff.patch(&user, &json!({ "is_staff": true })).await.json(200);
    assert_eq!((&promoted["is_staff"], &promoted["version"]), (&json!(true), &json!(2)));
    assert_eq!(amina.me().await["is_staff"], true);
    amina.patch(url(&theirs), &json!({ "first_name": "Zawadi" })).await.json(200);
    let there = customer().with("organization", theirs["organization"]["id"].clone());
    amina.create("customers", &there).await;
    amina.get("users/").await.json(200);
    staff.patch(&user, &json!({ "is_staff": false })).await.json(200);
    amina.get(url(&theirs)).await.refusal(404, "not_found");
    amina.get("users/").await.refusal(403, "forbidden");
}

/// The session cookie of who signs in with a token.
async fn sign_in(client: &orderdesk_e2e::Client) -> String {
    let form = format!("token={}", client.token());
    let form = client
        .anonymous()
        .call("POST", "api-auth/authenticate/")
        .body("application/x-www-form-urlencoded", form);
    let answer = form.await.expect(303);
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let session = cookies.into_iter().find(|cookie| cookie.starts_with("orderdesk_session="));
    session.unwrap().split(';').next().unwrap().to_owned()
}

async fn who_is_deactivated_is_shut_out_at_once_with_any_credential(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    let amina = service.member("amina", "admin").await;
    let hers = amina.with_api_token(&json!({ "scopes": ["write"] })).await;
    // Only who has a token for good signs in with it.
    let session = sign_in(&service).await;
    let browser = async || service.anonymous().get("orders/").header("cookie", &session).await;
    browser().await.json(200);
    for (clients, others) in [([&amina, &hers], &*service), ([&*service, &*service], &amina)] {
        let user = format!("users/{}/", clients[0].me().await["id"].as_str().unwrap());
        for round in 0..2 {
            if round == 0 {
                staff.delete(&user).await.expect(204);
            } else {
                staff.patch(&user, &json!({ "is_active": false })).await.json(200);
            }
            for client in clients {
                client.get("orders/").await.refusal(401, "not_authenticated");
                client.post("customers/", &customer()).await.refusal(401, "not_authenticated");
            }
            assert_eq!(staff.get(&user).await.json(200)["is_active"], false);
            // Others go on as before.
            others.get("orders/").await.json(200);
            staff.patch(&user, &json!({ "is_active": true })).await.json(200);
            clients[1].get("orders/").await.json(200);
        }
    }
    browser().await.refusal(401, "not_authenticated");
}

async fn who_is_activated_again_has_to_sign_in_again(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    let session = sign_in(&service).await;
    let browser = async |session: &str| service.anonymous().get("orders/").header("cookie", session).await;
    let user = format!("users/{}/", service.me().await["id"].as_str().unwrap());
    browser(&session).await.json(200);
    staff.delete(&user).await.expect(204);
    browser(&session).await.refusal(401, "not_authenticated");
    // Again is no other.
    staff.delete(&user).await.expect(204);
    let activated = staff.patch(&user, &json!({ "is_active": true })).await.json(200);
    assert_eq!((&activated["is_active"], &activated["version"]), (&json!(true), &json!(3)));
    service.get("orders/").await.json(200);
    browser(&session).await.refusal(401, "not_authenticated");
    browser(&sign_in(&service).await).await.json(200);
}

async fn what_a_user_wrote_stays_theirs(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    let amina = service.member("amina", "member").await;
    let written = amina.create("customers", &customer()).await;
    let user = format!("users/{}/", amina.me().await["id"].as_str().unwrap());
    staff.patch(&user, &json!({ "name": "Amina O." })).await.json(200);
    staff.delete(&user).await.expect(204);
    let shown = service.again(&written).await;
    assert_eq!(shown["created_by"], written["created_by"].clone().with("name", "Amina O."));
    // She is a member still, and comes back as one.
    assert_eq!(service.organization().await["members_count"], 2);
}

async fn nobody_shuts_themselves_out(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    let own = format!("users/{}/", staff.me().await["id"].as_str().unwrap());
    for change in [json!({ "is_staff": false }), json!({ "is_active": false })] {
        staff.patch(&own, &change).await.refusal(409, "own_account");
    }
    staff.delete(&own).await.refusal(409, "own_account");
    let renamed = staff.patch(&own, &json!({ "name": "Chief" })).await.json(200);
    assert_eq!((&renamed["name"], &renamed["is_staff"]), (&json!("Chief"), &json!(true)));
    until("the new name shows", async || staff.me().await["name"] == "Chief").await;
}

async fn a_change_of_a_user_holds_on_the_version_that_was_read(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    let user = format!("users/{}/", service.me().await["id"].as_str().unwrap());
    let read = staff.get(&user).await.expect(200);
    let tag = read.header("etag").unwrap();
    staff.get(&user).header("if-none-match", tag).await.expect(304);
    staff.patch(&user, &json!({ "name": "Amina", "version": 1 })).await.json(200);
    let change = json!({ "is_staff": true });
    staff.patch(&user, &change).header("if-match", tag).await.refusal(412, "stale_version");
    staff.delete(&user).header("if-match", tag).await.refusal(412, "stale_version");
    for (body, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "is_staff": "yes" }), "is_staff"),
        (json!({ "is_active": null }), "is_active"),
        (json!({ "role": "admin" }), "role"),
    ] {
        staff.patch(&user, &body).await.invalid_only(field);
    }
    let shown = staff.get(&user).await.json(200);
    assert_eq!((&shown["name"], &shown["version"]), (&json!("Amina"), &json!(2)));
}
