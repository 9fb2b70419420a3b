//! Two tenants with lookalike data: neither can tell whether there is the other.

use std::time::{Duration, Instant};

use orderdesk_e2e::{
    Answer, Client, Fields as _, Service, Store, Transcript, item, on_every_store, order, template, vouch_for,
};
use serde_json::{Value, json};

on_every_store!(
    a_tenant_is_answered_as_if_there_were_no_other,
    what_is_anothers_is_answered_like_what_does_not_exist,
    a_cursor_of_another_shows_nothing_of_theirs,
    neither_finds_anything_of_the_other_anywhere,
    one_is_not_refused_for_what_the_other_has,
    nobody_can_time_what_is_anothers,
);

/// An organization with all that there is, and who manages it.
struct Tenant {
    admin: Client,
    organization: Value,
    customers: Vec<Value>,
    items: Vec<Value>,
    orders: Vec<Value>,
    invitation: Value,
    token: Value,
    user: Value,
    template: Value,
}

/// Two tenants of the same content, made in the same order, each object right after its double.
async fn doubles(service: &Service) -> [Tenant; 2] {
    // Of the same name as the first start gives.
    let double = vouch_for("double", &json!({ "name": "My organization" })).await;
    let admins = [(**service).clone(), service.with_token(&double)];
    let mut tenants = Vec::new();
    for admin in admins {
        let (organization, user) = (admin.organization().await, admin.me().await);
        let (customers, items, orders) = (Vec::new(), Vec::new(), Vec::new());
        let invitation = admin.invite(&organization, "awaited", &json!({ "role": "viewer" })).await;
        let token = admin.create("api-tokens", &till()).await;
        let template = admin.create("message-templates", &template("order.placed")).await;
        tenants.push(Tenant {
            admin,
            organization,
            customers,
            items,
            orders,
            invitation,
            token,
            user,
            template,
        });
    }
    for number in 0..6 {
        for tenant in &mut tenants {
            let made = stock(&tenant.admin, number).await;
            tenant.customers.push(made.0);
            tenant.items.push(made.1);
            tenant.orders.push(made.2);
        }
    }
    tenants.try_into().ok().unwrap()
}

/// A customer, an item, and an order of one by the other.
async fn stock(admin: &Client, number: usize) -> (Value, Value, Value) {
    let new = json!({
        "code": format!("AAA0{number}"), "first_name": "Amina", "second_name": "Otieno",
        "phone": "+254712345678",
    });
    let customer = admin.create("customers", &new).await;
    let item = admin.create("items", &item(&format!("Soap {number}"), "149.90")).await;
    let order = order(&customer).with("item_id", item["id"].clone()).with("quantity", number + 1);
    (customer, item, admin.create("orders", &order).await)
}

fn till() -> Value {
    json!({ "name": "till", "expires_at": "2090-01-01T00:00:00Z" })
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// Ids of things that are not the caller's: another tenant's, or nobody's.
struct Foreign {
    customer: String,
    item: String,
    order: String,
    organization: String,
    membership: String,
    token: String,
    user: String,
    template: String,
    message: String,
}

impl Foreign {
    async fn of(tenant: &Tenant) -> Self {
        let of = |object: &Value| id(object).to_owned();
        Self {
            customer: of(&tenant.customers[0]),
            item: of(&tenant.items[0]),
            order: of(&tenant.orders[0]),
            organization: of(&tenant.organization),
            membership: of(&tenant.invitation),
            token: of(&tenant.token),
            user: of(&tenant.user),
            template: of(&tenant.template),
            message: of(&tenant.admin.notification_of(&tenant.orders[0]).await),
        }
    }

    /// As like them as ids of nothing can be.
    fn of_nothing() -> Self {
        let absent = |number: u8| format!("01890a5d-ac96-774b-bcce-b302099a805{number}");
        Self {
            customer: absent(0),
            item: absent(1),
            order: absent(2),
            organization: absent(3),
            membership: absent(4),
            token: absent(5),
            user: absent(6),
            template: absent(7),
            message: absent(8),
        }
    }

    /// With names in place of the ids.
    fn hide(&self, text: &str) -> String {
        let Self { customer, item, order, organization, membership, token, user, template, message } = self;
        let ids = [customer, item, order, organization, membership, token, user, template, message];
        ids.into_iter()
            .enumerate()
            .fold(text.to_owned(), |text, (number, id)| text.replace(id, &format!("<{number}>")))
    }
}

/// Requests that name what is not the caller's, beside `own`, which is: each a method, a target and a body.
fn requests(foreign: &Foreign, own: &Tenant) -> Vec<(&'static str, String, Value)> {
    let Foreign { customer, item, order, organization, membership, token, user, template, message } = foreign;
    let own_customer = &own.customers[1];
    let mut requests = Vec::new();
    let mut ask = |method, target: String, body| requests.push((method, target, body));

    // By itself.
    let customers = json!({ "first_name": "Zawadi", "second_name": "Mwangi", "phone": "+254712345670" });
    let items = json!({ "name": "Salt", "price_per_unit": "1" });
    let orders = json!({ "customer": customer, "item": "Salt", "quantity": 7, "price_per_unit": "1" });
    for (path, body) in [
        (format!("customers/{customer}/"), &customers),
        (format!("items/{item}/"), &items),
        (format!("orders/{order}/"), &orders),
        (format!("organizations/{organization}/"), &json!({ "name": "Soko" })),
        (format!("memberships/{membership}/"), &json!({ "role": "admin" })),
        (format!("users/{user}/"), &json!({ "is_staff": true })),
        (format!("api-tokens/{token}/"), &json!({})),
        (format!("customers/{customer}/orders/"), &json!({})),
        (format!("orders/{order}/events/"), &json!({})),
        (format!("orders/{order}/notifications/"), &json!({})),
        (format!("notifications/{message}/"), &json!({})),
        (format!("notifications/{message}/attempts/"), &json!({ "confirm_unknown": true })),
        (format!("message-templates/{template}/"), &json!({ "text": "Hello" })),
        (format!("message-templates/{template}/previews/"), &json!({ "order": order })),
        (
            format!("organizations/{organization}/members/"),
            &json!({ "email": "a@people.example", "role": "admin" }),
        ),
    ] {
        for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] {
            ask(method, path.clone(), body.clone());
        }
        for query in ["fields=id", "expand=customer", "format=csv", "nonsense=1", "limit=0", "ordering=-id"] {
            ask("GET", format!("{path}?{query}"), Value::Null);
        }
    }

    // In filters.
    for target in [
        format!("orders/?customer={customer}"),
        format!("orders/?customer__in={customer}"),
        format!("orders/?item_id={item}"),
        format!("orders/?item_id__in={item}&expand=customer"),
        format!("orders/?organization={organization}&count=false"),
        format!("orders/?organization={organization}&format=csv"),
        format!("customers/?organization__in={organization}&ordering=code"),
        format!("items/?organization={organization}&search=soap"),
        format!("organizations/?search={organization}"),
        format!("api-tokens/?organization={organization}"),
        format!("me/organizations/?organization={organization}"),
        format!("me/organizations/?user={user}"),
        format!("organizations/{}/members/?user={user}", id(&own.organization)),
        format!("organizations/{}/members/?organization={organization}", id(&own.organization)),
        format!("customers/{}/orders/?customer={customer}", id(own_customer)),
        format!("notifications/?organization={organization}"),
        format!("notifications/?order={order}&format=csv"),
        format!("notifications/?customer__in={customer}"),
        format!("orders/{}/notifications/?order={order}", id(&own.orders[0])),
        format!("message-templates/?organization={organization}"),
        format!("audit-entries/?organization={organization}"),
        format!("audit-entries/?object={order}"),
        format!("audit-entries/?object__in={order},{customer}"),
        format!("audit-entries/?user={user}&format=csv"),
    ] {
        ask("GET", target, Value::Null);
    }
    ask("DELETE", format!("orders/?customer={customer}"), Value::Null);
    ask("DELETE", format!("items/?organization={organization}"), Value::Null);
    ask("DELETE", format!("customers/?organization={organization}"), Value::Null);

    // In rows.
    ask("PUT", "customers/".to_owned(), json!({ "customers": [customers.clone().with("id", &**customer)] }));
    ask("PUT", "items/".to_owned(), json!({ "items": [items.clone().with("id", &**item)] }));
    ask(
        "PUT",
        "orders/".to_owned(),
        json!({ "orders": [
        orders.clone().with("id", id(&own.orders[1])), orders.clone().with("id", &**order).with("version", 1),
    ] }),
    );

    requests.extend(references(foreign, own));
    requests
}

/// Those that refer to it.
fn references(foreign: &Foreign, own: &Tenant) -> Vec<(&'static str, String, Value)> {
    let Foreign { customer, item, order, organization, .. } = foreign;
    let own_customer = &own.customers[1];
    let mut requests = Vec::new();
    let mut ask = |method, target: String, body| requests.push((method, target, body));
    let customers = json!({ "first_name": "Zawadi", "second_name": "Mwangi", "phone": "+254712345670" });
    let items = json!({ "name": "Salt", "price_per_unit": "1" });
    let placed =
        json!({ "customer": id(own_customer), "item": "Salt", "quantity": 7, "price_per_unit": "1" });
    let own_organization = id(&own.organization);
    let previews = format!("message-templates/{}/previews/", id(&own.template));
    for (target, body) in [
        ("orders/", placed.clone().with("customer", &**customer)),
        ("orders/", placed.clone().with("customer", json!({ "id": customer }))),
        ("orders/", placed.clone().with("item_id", &**item)),
        ("orders/", placed.clone().with("organization", &**organization)),
        ("orders/", placed.clone().with("customer", &**customer).with("organization", &**organization)),
        ("orders/", placed.clone().with("customer", &**customer).with("organization", own_organization)),
        ("orders/", placed.clone().with("customer", &**customer).with("quantity", 0)),
        ("customers/", customers.clone().with("organization", &**organization)),
        ("items/", items.clone().with("organization", &**organization)),
        ("api-tokens/", till().with("organization", &**organization)),
        (
            "message-templates/",
            json!({ "event": "order.placed", "text": "Hello", "organization": organization }),
        ),
        (&previews, json!({ "order": order })),
    ] {
        ask("POST", target.to_owned(), body);
    }
    let members = format!("organizations/{own_organization}/members/");
    ask("POST", members, json!({ "email": "b@people.example", "role": "viewer", "customer": customer }));
    let own_membership = format!("memberships/{}/", id(&own.invitation));
    ask("PATCH", own_membership, json!({ "role": "viewer", "customer": customer }));
    for body in [
        json!({ "customer": customer }),
        json!({ "organization": organization }),
        json!({ "item_id": item }),
        json!({ "customer": customer, "item_id": item, "quantity": "x" }),
    ] {
        ask("PATCH", format!("orders/{}/", id(&own.orders[1])), body);
    }
    ask("PATCH", format!("items/{}/", id(&own.items[1])), json!({ "organization": organization }));
    requests
}

/// All that an answer tells, but how the request is called.
fn told(answer: &Answer) -> String {
    let headers =
        answer.headers.iter().filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    let headers: Vec<_> =
        headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    let mut body = answer.text().to_owned();
    if let Some(request) = answer.header("x-request-id") {
        body = body.replace(request, "<request>");
    }
    format!("{}\n{}\n{body}", answer.status, headers.join("\n"))
}

async fn what_is_anothers_is_answered_like_what_does_not_exist(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let [one, other] = doubles(&service).await;
    for (own, foreign) in [(&one, Foreign::of(&other).await), (&other, Foreign::of(&one).await)] {
        let nothing = Foreign::of_nothing();
        let pairs = requests(&foreign, own).into_iter().zip(requests(&nothing, own));
        for ((method, target, body), (_, absent, of_nothing)) in pairs {
            // Of the same length: it stands in the answer.
            let send = |target: &str, body: &Value| {
                let call = own.admin.call(method, target).header("x-request-id", "the-same");
                if body.is_null() { call } else { call.json(body) }
            };
            let (theirs, nobodys) = (send(&target, &body).await, send(&absent, &of_nothing).await);
            let (theirs, nobodys) = (foreign.hide(&told(&theirs)), nothing.hide(&told(&nobodys)));
            assert_eq!(theirs, nobodys, "{method} {target} {body}");
        }
    }
}

/// What a tenant sees who tries everything, with what is not theirs besides.
async fn transcript(store: Store, is_alone: bool) -> String {
    let service = Service::start_with_issuer(store).await;
    let (own, foreign) = if is_alone {
        let admin = (*service).clone();
        let (organization, user) = (admin.organization().await, admin.me().await);
        let invitation = admin.invite(&organization, "awaited", &json!({ "role": "viewer" })).await;
        let token = admin.create("api-tokens", &till()).await;
        let (customers, items, orders) = (Vec::new(), Vec::new(), Vec::new());
        let template = admin.create("message-templates", &template("order.placed")).await;
        let mut own =
            Tenant { admin, organization, customers, items, orders, invitation, token, user, template };
        for number in 0..6 {
            let made = stock(&own.admin, number).await;
            own.customers.push(made.0);
            own.items.push(made.1);
            own.orders.push(made.2);
        }
        (own, Foreign::of_nothing())
    } else {
        let [own, other] = doubles(&service).await;
        (own, Foreign::of(&other).await)
    };
    let mut script = Transcript::of(&own.admin);
    for (plural, orderings, filters) in [
        (
            "customers",
            "code -first_name second_name -created_at",
            "code=AAA01 first_name=amina phone__in=%2B254712345678",
        ),
        (
            "items",
            "name -price_per_unit created_at",
            "name__istartswith=soap price_per_unit__gte=1 is_active=true",
        ),
        (
            "orders",
            "quantity -item time_placed -status",
            "quantity__gt=2 item__icontains=OA customer_code=AAA02",
        ),
        ("organizations", "name -created_at", "name__icontains=organization"),
        ("api-tokens", "name -created_at expires_at", "name=till organization__isnull=true"),
        ("audit-entries", "created_at", "resource=orders action=create"),
        (
            "notifications",
            "created_at -created_at status",
            "status=queued event=order.placed customer_code=AAA01",
        ),
        ("message-templates", "event -created_at", "event=order.placed is_active=true"),
        ("me/organizations", "created_at", "role=admin"),
        ("users", "name", "is_staff=false"),
    ] {
        script.get(&format!("{plural}/")).await;
        script.get(&format!("{plural}/?format=csv")).await;
        script.get(&format!("{plural}/?search=soap amina till 149")).await;
        for ordering in orderings.split(' ') {
            for page in ["limit=4", "limit=4&offset=4", "limit=4&offset=40", "limit=1&count=false"] {
                script.get(&format!("{plural}/?ordering={ordering}&{page}")).await;
            }
        }
        for filter in filters.split(' ') {
            script.get(&format!("{plural}/?{filter}")).await;
        }
        let walk = format!("{plural}/?limit=2");
        let mut page = script.get(&walk).await;
        while let Some(cursor) = page["pagination"]["next_cursor"].as_str() {
            let query = [("cursor", cursor)];
            page = script.ask(&format!("the next of {walk}"), |client| client.get(&walk).query(&query)).await;
        }
        script
            .ask(&format!("OPTIONS {plural}"), |client| client.call("OPTIONS", &format!("{plural}/")))
            .await;
    }
    script.get("orders/?expand=customer&limit=3").await;
    script.get(&format!("customers/{}/orders/", id(&own.customers[0]))).await;
    script.get(&format!("organizations/{}/members/", id(&own.organization))).await;
    for (method, target, body) in requests(&foreign, &own) {
        let line = format!("{method} {target} {body}");
        let send = |client: &Client| {
            let call = client.call(method, &target);
            if body.is_null() { call } else { call.json(&body) }
        };
        script.ask(&line, send).await;
    }
    for target in
        ["orders/?item__icontains=soap", "customers/?all=true", "items/?search=soap", "customers/?code=AAA05"]
    {
        script.ask(&format!("DELETE {target}"), |client| client.delete(target)).await;
    }
    script.get("audit-entries/?limit=100").await;
    script.text().to_owned()
}

async fn a_tenant_is_answered_as_if_there_were_no_other(store: Store) {
    let (alone, beside) = tokio::join!(transcript(store, true), transcript(store, false));
    for (number, (alone, beside)) in alone.lines().zip(beside.lines()).enumerate() {
        assert_eq!(alone, beside, "line {number}");
    }
    assert_eq!(alone.lines().count(), beside.lines().count());
    assert!(alone.lines().count() > 1_000, "{}", alone.lines().count());
}

async fn a_cursor_of_another_shows_nothing_of_theirs(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let tenants = doubles(&service).await;
    for list in [
        "customers/?ordering=code&limit=2",
        "customers/?ordering=-created_at&limit=2",
        "items/?ordering=name&limit=2",
        "items/?ordering=price_per_unit&limit=2",
        "orders/?ordering=-quantity&limit=2",
        "orders/?status=Pending&limit=2",
        "notifications/?limit=2",
        "notifications/?ordering=status&limit=2",
        "audit-entries/?limit=2",
    ] {
        for (own, other) in [(&tenants[0], &tenants[1]), (&tenants[1], &tenants[0])] {
            let cursor = other.admin.get(list).await.json(200)["pagination"]["next_cursor"].clone();
            let query = [("cursor", cursor.as_str().unwrap())];
            let page = own.admin.get(list).query(&query).await.json(200);
            let (_, rows) = page.as_object().unwrap().iter().find(|(name, _)| *name != "pagination").unwrap();
            assert!(!rows.as_array().unwrap().is_empty(), "{list}");
            let mine = own.admin.column(&format!("{list}0"), "id").await;
            for row in rows.as_array().unwrap() {
                assert!(mine.contains(&row["id"]), "{list}: {row}");
            }
            let count = &own.admin.get(list).await.json(200)["pagination"]["count"];
            assert_eq!(page["pagination"]["count"], *count, "{list}");
        }
    }
}

async fn neither_finds_anything_of_the_other_anywhere(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let tenants = doubles(&service).await;
    for (own, other) in [(&tenants[0], &tenants[1]), (&tenants[1], &tenants[0])] {
        let mut theirs: Vec<&str> =
            [&other.organization, &other.invitation, &other.token, &other.user, &other.template]
                .map(id)
                .into();
        theirs.extend(other.customers.iter().chain(&other.items).chain(&other.orders).map(id));
        let members = format!("organizations/{}/members/", id(&own.organization));
        let nested = format!("customers/{}/orders/", id(&own.customers[0]));
        let events = format!("orders/{}/events/", id(&own.orders[0]));
        let lists = [
            "customers/",
            "items/",
            "orders/",
            "organizations/",
            "api-tokens/",
            "notifications/",
            "message-templates/",
            "audit-entries/",
            "me/organizations/",
        ];
        for list in lists.into_iter().chain([members.as_str(), nested.as_str(), events.as_str()]) {
            for query in
                ["?limit=100", "?format=csv", "?limit=100&ordering=created_at", "?expand=customer&limit=100"]
            {
                let answer = own.admin.get(&format!("{list}{query}")).await;
                if answer.status == 400 {
                    continue;
                }
                let answer = answer.expect(200);
                for id in &theirs {
                    assert!(!answer.text().contains(id), "{list}{query} shows {id}");
                }
            }
        }
        for (plural, objects) in
            [("customers", &own.customers), ("items", &own.items), ("orders", &own.orders)]
        {
            let page = own.admin.get(&format!("{plural}/?limit=1")).await.json(200);
            assert_eq!(page["pagination"]["count"], objects.len());
        }
    }
    // Each deletes all; the other keeps all.
    for (plural, number) in [("orders", 6), ("items", 6), ("customers", 6)] {
        let deleted = tenants[0].admin.delete(&format!("{plural}/?all=true")).await.json(200);
        assert_eq!(deleted, json!({ "deleted": number }));
        assert_eq!(
            tenants[1].admin.get(&format!("{plural}/")).await.json(200)["pagination"]["count"],
            number
        );
    }
}

async fn one_is_not_refused_for_what_the_other_has(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let [one, other] = doubles(&service).await;
    let (code, name) = (json!("XYZ99"), "Only here");
    let people = json!({ "first_name": "A", "second_name": "B", "phone": "+254712345678" });
    one.admin.create("customers", &people.clone().with("code", code.clone())).await;
    one.admin.create("items", &item(name, "1")).await;
    let theirs = other.admin.create("customers", &people.clone().with("code", code.clone())).await;
    other.admin.create("items", &item(name, "2")).await;
    other
        .admin
        .patch(id_path("items", &other.items[0]).as_str(), &json!({ "name": "Only There" }))
        .await
        .json(200);
    one.admin
        .patch(id_path("items", &one.items[0]).as_str(), &json!({ "name": "ONLY THERE" }))
        .await
        .json(200);
    // A code names one's own customer.
    let placed = json!({ "customer_code": code, "item": "Salt", "quantity": 1, "price_per_unit": "1" });
    let placed = other.admin.create("orders", &placed).await;
    assert_eq!((&placed["customer"]["id"], &placed["price_per_unit"]), (&theirs["id"], &json!("1.00")));
    // Both may invite the same person, who comes to both.
    let invitee = json!({ "role": "member" });
    one.admin.invite(&one.organization, "wanted", &invitee).await;
    other.admin.invite(&other.organization, "wanted", &invitee).await;
    let wanted = service.person("wanted").await;
    assert_eq!(wanted.get("organizations/").await.json(200)["pagination"]["count"], 3);
}

fn id_path(plural: &str, object: &Value) -> String {
    format!("{plural}/{}/", id(object))
}

/// How often each is asked for.
const TRIES: usize = 300;

async fn nobody_can_time_what_is_anothers(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let [one, other] = doubles(&service).await;
    let (theirs, nobodys) = (Foreign::of(&other).await, Foreign::of_nothing());
    for (theirs, nobodys) in [
        (format!("orders/{}/", theirs.order), format!("orders/{}/", nobodys.order)),
        (format!("notifications/{}/", theirs.message), format!("notifications/{}/", nobodys.message)),
        (format!("customers/{}/orders/", theirs.customer), format!("customers/{}/orders/", nobodys.customer)),
        (
            format!("organizations/{}/", theirs.organization),
            format!("organizations/{}/", nobodys.organization),
        ),
    ] {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..TRIES {
            for (target, times) in [&theirs, &nobodys].into_iter().zip(&mut times) {
                let start = Instant::now();
                one.admin.get(target).await.expect(404);
                times.push(start.elapsed());
            }
        }
        let [theirs_took, nobodys_took] = times.map(median);
        let (least, most) = (theirs_took.min(nobodys_took), theirs_took.max(nobodys_took));
        assert!(most < least * 3, "{theirs}: {theirs_took:?} for another's, {nobodys_took:?} for nobody's");
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
