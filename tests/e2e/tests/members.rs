//! Members of organizations: invitations, roles, leaving, and the administrator who stays.

use orderdesk_e2e::{
    Client, Fields as _, Service, Store, customer, email, item, on_every_store, order, vouch_for,
};
use serde_json::{Value, json};

on_every_store!(
    an_invitation_waits_for_its_address,
    who_comes_with_an_invited_address_belongs,
    an_address_that_nobody_has_verified_is_not_invited,
    an_address_is_invited_once,
    an_invitation_that_was_taken_back_has_no_effect,
    the_last_administrator_stays,
    of_two_who_step_down_at_once_one_stays,
    everybody_may_leave,
    another_role_holds_at_once,
    a_guest_sees_one_customer_with_its_orders_and_nothing_else,
    a_guest_is_a_viewer_bound_to_a_customer_of_the_organization,
    members_are_listed_like_anything_else,
    a_change_holds_on_the_version_that_was_read,
    what_makes_no_member_is_refused,
);

fn members(organization: &Value) -> String {
    format!("organizations/{}/members/", organization["id"].as_str().unwrap())
}

fn url(object: &Value) -> &str {
    object["url"].as_str().unwrap()
}

/// The caller's own membership in an organization, as its members see it.
async fn membership(client: &Client, organization: &Value) -> Value {
    let own = client.me().await["id"].as_str().unwrap().to_owned();
    let list = client.get(&format!("{}?user={own}", members(organization))).await.json(200);
    list["members"][0].clone()
}

async fn an_invitation_waits_for_its_address(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let body = json!({ "email": " Amina@People.Example ", "role": "member" });
    let answer = service.post(&members(&organization), &body).await;
    let (location, etag) = (answer.header("location").unwrap().to_owned(), answer.header("etag").is_some());
    let invitation = answer.json(201);
    assert!(etag && location == url(&invitation), "{location}");
    let names = [
        "created_at",
        "customer",
        "email",
        "id",
        "organization",
        "role",
        "updated_at",
        "url",
        "user",
        "version",
    ];
    assert_eq!(invitation.names(), names);
    let shown = |name: &str| invitation[name].clone();
    assert_eq!((shown("email"), shown("user")), (json!("amina@people.example"), Value::Null));
    assert_eq!(
        (shown("role"), shown("customer"), shown("version")),
        (json!("member"), Value::Null, json!(1))
    );
    assert_eq!(shown("organization"), json!({ "id": organization["id"], "name": organization["name"] }));
    assert_eq!(service.again(&invitation).await, invitation);
    // Who is only invited does not belong.
    assert_eq!(service.organization().await["members_count"], 1);
    let changed = service.patch(url(&invitation), &json!({ "role": "admin" })).await.json(200);
    assert_eq!((&changed["role"], &changed["version"]), (&json!("admin"), &json!(2)));
    assert_eq!(service.organization().await["members_count"], 1);
    // Nor is there an administrator to rely on.
    let own = membership(&service, &organization).await;
    service.delete(url(&own)).await.refusal(409, "last_administrator");
}

async fn who_comes_with_an_invited_address_belongs(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let invitation = service.invite(&organization, "amina", &json!({ "role": "member" })).await;
    let amina = service.with_token(&vouch_for("amina", &json!({ "email": "AMINA@people.example" })).await);
    let belongs = amina.get("me/organizations/?ordering=created_at").await.json(200);
    let rows = belongs["organizations"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "and an organization of her own: {belongs}");
    assert_eq!((&rows[0]["organization"]["id"], &rows[0]["role"]), (&organization["id"], &json!("member")));
    assert_eq!(rows[0]["membership"], invitation["url"]);

    let me = amina.me().await;
    let accepted = service.again(&invitation).await;
    assert_eq!(accepted["user"], json!({ "id": me["id"], "name": "amina" }));
    assert_eq!((&accepted["email"], &accepted["version"]), (&Value::Null, &json!(2)));
    assert_eq!(service.organization().await["members_count"], 2);
    // What she writes is hers.
    let written = customer().with("organization", organization["id"].clone());
    let written = amina.create("customers", &written).await;
    assert_eq!(written["created_by"], accepted["user"]);
    assert_eq!(service.again(&written).await, written);
}

async fn an_address_that_nobody_has_verified_is_not_invited(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    service.invite(&organization, "amina", &json!({ "role": "admin" })).await;
    for (login, claims) in [
        ("impostor", json!({ "email": email("amina"), "email_verified": false })),
        ("intruder", json!({ "email": email("amina"), "email_verified": null })),
        ("other", json!({})),
    ] {
        let client = service.with_token(&vouch_for(login, &claims).await);
        assert_eq!(client.organization().await["name"], login);
        client.get(url(&organization)).await.refusal(404, "not_found");
    }
    assert_eq!(service.organization().await["members_count"], 1);
}

async fn an_address_is_invited_once(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let body = json!({ "email": "amina@people.example", "role": "viewer" });
    service.post(&members(&organization), &body).await.json(201);
    let again = body.clone().with("email", "AMINA@people.example").with("role", "admin");
    let message = service.post(&members(&organization), &again).await.refusal(409, "duplicate");
    assert_eq!(message.names(), ["email"]);
    assert!(message["email"][0].as_str().unwrap().contains("amina@people.example"), "{message}");
    // Another organization may invite her as well.
    let other = service.create("organizations", &json!({ "name": "Soko" })).await;
    service.post(&members(&other), &body).await.json(201);
}

async fn an_invitation_that_was_taken_back_has_no_effect(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let invitation = service.invite(&organization, "amina", &json!({ "role": "admin" })).await;
    service.delete(url(&invitation)).await.expect(204);
    service.get(url(&invitation)).await.refusal(404, "not_found");
    let amina = service.person("amina").await;
    amina.get(url(&organization)).await.refusal(404, "not_found");
}

async fn the_last_administrator_stays(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let member = service.member("amina", "member").await;
    let own = membership(&service, &organization).await;
    for role in ["member", "viewer"] {
        let message =
            service.patch(url(&own), &json!({ "role": role })).await.refusal(409, "last_administrator");
        assert!(
            message.as_str().unwrap().contains("Make somebody else an administrator first."),
            "{message}"
        );
    }
    service.delete(url(&own)).await.refusal(409, "last_administrator");
    assert_eq!(membership(&service, &organization).await, own);

    let theirs = membership(&member, &organization).await;
    service.patch(url(&theirs), &json!({ "role": "admin" })).await.json(200);
    service.patch(url(&own), &json!({ "role": "viewer" })).await.json(200);
    // Now it is the other.
    let theirs = membership(&member, &organization).await;
    member.delete(url(&theirs)).await.refusal(409, "last_administrator");
    member.patch(url(&own), &json!({ "role": "admin" })).await.json(200);
    member.delete(url(&theirs)).await.expect(204);
    assert_eq!(service.organization().await["members_count"], 1);
}

async fn of_two_who_step_down_at_once_one_stays(store: Store) {
    let service = Service::start_with_issuer(store).await;
    for round in 0..8 {
        let organization = service.create("organizations", &json!({ "name": "Soko" })).await;
        let login = format!("amina{round}");
        service.invite(&organization, &login, &json!({ "role": "admin" })).await;
        let other = service.person(&login).await;
        let (mine, theirs) =
            (membership(&service, &organization).await, membership(&other, &organization).await);
        let step_down = async |client: &Client, own: &Value| match round % 2 {
            0 => client.patch(url(own), &json!({ "role": "member" })).await,
            _ => client.delete(url(own)).await,
        };
        let outcomes = tokio::join!(step_down(&service, &mine), step_down(&other, &theirs));
        let is_refused = |status: u16| status == 409;
        let stays = match (is_refused(outcomes.0.status), is_refused(outcomes.1.status)) {
            (true, false) => &*service,
            (false, true) => &other,
            _ => panic!("round {round}: {outcomes:?}"),
        };
        for outcome in [outcomes.0, outcomes.1] {
            if is_refused(outcome.status) {
                outcome.refusal(409, "last_administrator");
            } else {
                assert!([200, 204].contains(&outcome.status), "{outcome:?}");
            }
        }
        let admins = stays.get(&format!("{}?role=admin", members(&organization))).await.json(200);
        assert_eq!(admins["pagination"]["count"], 1, "round {round}");
    }
}

async fn everybody_may_leave(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let bound = service.create("customers", &customer()).await;
    for (login, body) in [
        ("guest", json!({ "role": "viewer", "customer": bound["id"] })),
        ("viewer", json!({ "role": "viewer" })),
        ("member", json!({ "role": "member" })),
    ] {
        service.invite(&organization, login, &body).await;
        let client = service.person(login).await;
        let own = membership(&client, &organization).await;
        assert_eq!(service.organization().await["members_count"], 2);
        client.delete(url(&own)).await.expect(204);
        client.get(url(&organization)).await.refusal(404, "not_found");
        client.get(url(&own)).await.refusal(404, "not_found");
        client.get(url(&bound)).await.refusal(404, "not_found");
        assert_eq!(service.organization().await["members_count"], 1);
    }
    // To leave is one's own affair, and to put out the administrators'.
    let (one, other) = (service.member("one", "member").await, service.member("two", "viewer").await);
    let (one, other) =
        (membership(&one, &organization).await, (membership(&other, &organization).await, one));
    other.1.delete(url(&other.0)).await.refusal(403, "forbidden");
    service.delete(url(&one)).await.expect(204);
    assert_eq!(other.1.get("customers/").await.status, 403);
}

async fn another_role_holds_at_once(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let amina = service.member("amina", "viewer").await;
    // With any credential of hers.
    let script = amina.with_api_token(&json!({ "scopes": ["write"] })).await;
    let own = membership(&amina, &organization).await;
    for (role, status) in [("member", 201), ("viewer", 403), ("admin", 201), ("viewer", 403)] {
        service.patch(url(&own), &json!({ "role": role })).await.json(200);
        for client in [&amina, &script] {
            client.post("customers/", &customer()).await.expect(status);
        }
    }
    service.delete(url(&own)).await.expect(204);
    for client in [&amina, &script] {
        client.get("customers/").await.refusal(403, "forbidden");
    }
}

async fn a_guest_sees_one_customer_with_its_orders_and_nothing_else(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let mut orders = Vec::new();
    for code in ["AAAAA", "BBBBB"] {
        let owner = service.create("customers", &customer().with("code", code)).await;
        let soap = service.create("items", &item(code, "1")).await;
        let placed = order(&owner).with("item_id", soap["id"].clone());
        orders.push((service.create("orders", &placed).await, owner));
    }
    let [(order, own), (others_order, other)] = orders.as_slice() else { unreachable!() };
    let binding = json!({ "role": "viewer", "customer": own["id"] });
    let invitation = service.invite(&organization, "guest", &binding).await;
    assert_eq!(invitation["customer"].names(), ["code", "first_name", "id", "second_name", "url"]);
    assert_eq!(invitation["customer"]["code"], "AAAAA");
    let guest = service.person("guest").await;
    guest.leave_home("guest").await;

    assert_eq!(guest.get("customers/").await.json(200)["customers"], json!([own]));
    assert_eq!(guest.get("orders/").await.json(200)["orders"], json!([order]));
    assert_eq!(guest.again(own).await, *own);
    assert_eq!(guest.again(order).await, *order);
    let expanded = guest.get("orders/?expand=customer").await.json(200);
    assert_eq!(expanded["orders"][0]["customer"], *own);
    assert_eq!(guest.get(&format!("{}events/", url(order))).await.json(200)["pagination"]["count"], 1);
    for hidden in [other, others_order] {
        guest.get(url(hidden)).await.refusal(404, "not_found");
    }
    guest.get(&format!("{}orders/", url(other))).await.refusal(404, "not_found");
    guest.get(&format!("{}events/", url(others_order))).await.refusal(404, "not_found");
    for list in ["customers/?search=bbbbb", "orders/?customer_code=BBBBB", "customers/?code__istartswith=b"] {
        assert_eq!(guest.get(list).await.json(200)["pagination"]["count"], 0, "{list}");
    }
    let table = guest.get("orders/?format=csv&fields=customer_code").await.expect(200);
    assert_eq!(table.text().lines().collect::<Vec<_>>(), ["customer_code", "AAAAA"]);
    // Not the catalogue, nor who else belongs.
    guest.get("items/").await.refusal(403, "forbidden");
    guest.get("audit-entries/").await.refusal(403, "forbidden");
    let seen = guest.get(&members(&organization)).await.json(200);
    assert_eq!(
        (&seen["pagination"]["count"], &seen["members"][0]["user"]["name"]),
        (&json!(1), &json!("guest"))
    );
    assert_eq!(
        guest.get("me/organizations/").await.json(200)["organizations"][0]["customer"]["code"],
        "AAAAA"
    );

    // Bound to another customer, and then to none.
    service.patch(url(&invitation), &json!({ "customer": other["id"] })).await.json(200);
    assert_eq!(guest.column("orders/", "id").await, [others_order["id"].clone()]);
    service.patch(url(&invitation), &json!({ "customer": null })).await.json(200);
    assert_eq!(guest.get("orders/").await.json(200)["pagination"]["count"], 2);
}

async fn a_guest_is_a_viewer_bound_to_a_customer_of_the_organization(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let own = service.create("customers", &customer()).await;
    let stranger = service.person("stranger").await;
    let theirs = stranger.create("customers", &customer()).await;
    let absent = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    let body = json!({ "email": "guest@people.example", "role": "viewer" });
    for role in ["member", "admin"] {
        let bound = body.clone().with("role", role).with("customer", own["id"].clone());
        let reason = service.post(&members(&organization), &bound).await.invalid_only("customer");
        assert_eq!(reason, "Only the role viewer can be bound to one customer.");
    }
    for (wrong, reason) in
        [(&theirs["id"], "There is no customer"), (&absent, "There is no customer"), (&json!(7), "")]
    {
        let bound = body.clone().with("customer", wrong.clone());
        let told = service.post(&members(&organization), &bound).await.invalid_only("customer");
        assert!(told.starts_with(reason), "{told}");
    }
    let guest = service.post(&members(&organization), &body.with("customer", own.clone())).await.json(201);
    service.patch(url(&guest), &json!({ "role": "member" })).await.invalid_only("customer");
    service.patch(url(&guest), &json!({ "customer": theirs["id"] })).await.invalid_only("customer");
    assert_eq!(service.again(&guest).await, guest);
    // Bound to nobody, a guest would be a viewer of everything.
    service.delete(url(&own)).await.refusal(409, "in_use");
    let member = service.patch(url(&guest), &json!({ "role": "member", "customer": null })).await.json(200);
    assert_eq!((&member["role"], &member["customer"]), (&json!("member"), &Value::Null));
    service.delete(url(&own)).await.expect(204);
}

async fn members_are_listed_like_anything_else(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let list = members(&organization);
    service.member("amina", "member").await;
    service.member("baraka", "viewer").await;
    for login in ["chege", "dalia"] {
        service.invite(&organization, login, &json!({ "role": "viewer" })).await;
    }
    let roles = async |query: &str| service.column(&format!("{list}{query}"), "role").await;
    assert_eq!(roles("?ordering=created_at").await, ["admin", "member", "viewer", "viewer", "viewer"]);
    assert_eq!(roles("?role=viewer").await.len(), 3);
    assert_eq!(roles("?role__in=admin,member").await, ["member", "admin"], "the newest first");
    assert_eq!(roles("?user__isnull=true").await.len(), 2);
    assert_eq!(roles("?email=chege@people.example").await, ["viewer"]);
    assert_eq!(roles("?email__icontains=PEOPLE").await.len(), 2);
    assert_eq!(roles("?email__isnull=true&role=member").await, ["member"]);
    let user = service.me().await["id"].as_str().unwrap().to_owned();
    assert_eq!(roles(&format!("?user={user}")).await, ["admin"]);
    let page = service.get(&format!("{list}?limit=2&fields=email,user")).await.json(200);
    assert_eq!(page["members"][0], json!({ "email": "dalia@people.example", "user": null }));
    let rest = service.get(page["pagination"]["next"].as_str().unwrap()).await.json(200);
    assert_eq!(rest["members"].as_array().map(Vec::len), Some(2));
    let table =
        service.get(&format!("{list}?format=csv&fields=user_name,email,role&ordering=created_at")).await;
    let table = table.expect(200);
    let expected = [
        "user_name,email,role",
        "Administrator,,admin",
        "amina,,member",
        "baraka,,viewer",
        ",chege@people.example,viewer",
        ",dalia@people.example,viewer",
    ];
    assert_eq!(table.text().lines().collect::<Vec<_>>(), expected);
    for (query, parameter) in [("role=owner", "role"), ("ordering=role", "ordering"), ("limit=0", "limit")] {
        service.get(&format!("{list}?{query}")).await.invalid_only(parameter);
    }
    // Another organization's members are another list.
    let other = service.create("organizations", &json!({ "name": "Soko" })).await;
    assert_eq!(service.get(&members(&other)).await.json(200)["pagination"]["count"], 1);
}

async fn a_change_holds_on_the_version_that_was_read(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let invitation = service.invite(&organization, "amina", &json!({ "role": "viewer" })).await;
    let read = service.get(url(&invitation)).await.expect(200);
    let tag = read.header("etag").unwrap();
    service.get(url(&invitation)).header("if-none-match", tag).await.expect(304);
    service.patch(url(&invitation), &json!({ "role": "member", "version": 1 })).await.json(200);
    let admin = json!({ "role": "admin" });
    service.patch(url(&invitation), &admin).header("if-match", tag).await.refusal(412, "stale_version");
    service.patch(url(&invitation), &admin.with("version", 1)).await.refusal(412, "stale_version");
    service.delete(url(&invitation)).header("if-match", tag).await.refusal(412, "stale_version");
    let present = service.get(url(&invitation)).await.expect(200);
    assert!(present.text().contains("\"member\""));
    // What is already so is no change.
    let same = service.patch(url(&invitation), &json!({ "role": "member" })).await.json(200);
    assert_eq!(same["version"], 2);
    service.delete(url(&invitation)).header("if-match", present.header("etag").unwrap()).await.expect(204);
}

async fn what_makes_no_member_is_refused(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let organization = service.organization().await;
    let list = members(&organization);
    let good = json!({ "email": "amina@people.example", "role": "viewer" });
    for (body, field) in [
        (good.clone().without("email"), "email"),
        (good.clone().without("role"), "role"),
        (good.clone().with("email", "amina"), "email"),
        (good.clone().with("email", "Amina <amina@people.example>"), "email"),
        (good.clone().with("email", Value::Null), "email"),
        (good.clone().with("role", "owner"), "role"),
        (good.clone().with("role", "Admin"), "role"),
        (good.clone().with("colour", "red"), "colour"),
    ] {
        service.post(&list, &body).await.invalid_only(field);
    }
    let message = service.post(&list, &json!({})).await.invalid();
    assert_eq!(message.names(), ["email", "role"]);
    // Who belongs is said by their signing in, not by a body.
    let invitation =
        service.post(&list, &good.with("user", service.me().await["id"].clone())).await.json(201);
    assert_eq!(invitation["user"], Value::Null);
    service.put(url(&invitation), &json!({ "role": "viewer" })).await.refusal(405, "method_not_allowed");
    service.get("memberships/").await.refusal(404, "not_found");
}
