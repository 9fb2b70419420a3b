//! A client cannot tell which store is behind: the same requests get the same answers, byte for byte.

use orderdesk_e2e::{Service, Store, Transcript, on_every_store, vouch_for};
use serde_json::{Value, json};

on_every_store!(answers_are_byte_for_byte_those_of_the_store_in_memory);

async fn answers_are_byte_for_byte_those_of_the_store_in_memory(store: Store) {
    let (expected, said) = tokio::join!(transcript(Store::Memory), transcript(store));
    for (number, (expected, said)) in expected.lines().zip(said.lines()).enumerate() {
        assert_eq!(said, expected, "line {number}");
    }
    assert_eq!(said.lines().count(), expected.lines().count());
    // The comparison would mean little if there were little to compare.
    assert!(said.lines().count() > 1_000, "{}", said.lines().count());
}

/// Text that stores are likely to take for something else: patterns, quotes, operators, other alphabets, what folds
/// into several characters, and what a language sorts otherwise than its code points do.
const NAMES: [&str; 16] = [
    "soap",
    "Soap 100%",
    "SOAP_100",
    "soap.bar",
    "Söap",
    "ſoap",
    "Straße",
    "STRASSE",
    "İstanbul",
    "Ωmega 'fresh'",
    "ωmega \"fresh\"",
    "back\\slash",
    "$ne {a: 1}",
    "e\u{301}clair",
    "Äpfel; DROP TABLE items",
    "Zucker",
];

async fn transcript(store: Store) -> String {
    let service = Service::start_with_issuer(store).await;
    let mut script = Transcript::of(&service);
    let shop = stock(&mut script).await;
    lists(&mut script, &shop).await;
    pages(&mut script).await;
    changes(&mut script, &shop).await;
    bulk(&mut script, &shop).await;
    refusals(&mut script, &shop).await;
    messages(&mut script, &shop).await;
    accounts(&mut script, &service).await;
    deletions(&mut script, &shop).await;
    audit(&mut script).await;
    script.text().to_owned()
}

/// Objects that the script names again.
struct Shop {
    customers: Vec<Value>,
    items: Vec<Value>,
    orders: Vec<Value>,
}

fn path(plural: &str, object: &Value) -> String {
    format!("{plural}/{}/", object["id"].as_str().unwrap())
}

/// Fills the shop.
async fn stock(script: &mut Transcript) -> Shop {
    let mut shop = Shop { customers: Vec::new(), items: Vec::new(), orders: Vec::new() };
    let people = [
        ("AAA01", "Amina", "Otieno", "+254712345678"),
        ("aaa02", "amina", "OTIENO", "+254712345679"),
        ("BBB03", "Ämina", "Ødegård", "+4791234567"),
        ("ZZZ99", "Zoë_%", "O'Brien", "+447911123456"),
        ("CCC04", "Страна", "Ölçü", "+905321234567"),
    ];
    for (code, first_name, second_name, phone) in people {
        let body =
            json!({ "code": code, "first_name": first_name, "second_name": second_name, "phone": phone });
        shop.customers.push(script.send("POST", "customers/", &body).await);
    }
    for (number, name) in NAMES.into_iter().enumerate() {
        // Among them prices that are equal as numbers, and numbers that binary fractions do not have.
        let price = ["0.10", "0.1", "149.90", "999999999.99", "0", "2.30", "10", "9"][number % 8];
        shop.items
            .push(script.send("POST", "items/", &json!({ "name": name, "price_per_unit": price })).await);
    }
    for number in 0..24 {
        let customer = &shop.customers[number % 4];
        let quantity = [1, 2, 10, 1_000_000, 3][number % 5];
        let body = if number % 3 == 0 {
            json!({ "customer_code": customer["code"], "item_id": shop.items[number % 16]["id"], "quantity": quantity })
        } else {
            json!({ "customer": customer["id"], "item": NAMES[number % 16], "quantity": quantity, "price_per_unit": "0.35" })
        };
        let order = script.send("POST", "orders/", &body).await;
        let status = ["Pending", "Closed", "Cancelled"][number % 3];
        if status != "Pending" {
            script.send("PATCH", &path("orders", &order), &json!({ "status": status })).await;
        }
        shop.orders.push(order);
    }
    shop
}

/// Every filter, order and search, over what is likely to be understood differently.
async fn lists(script: &mut Transcript, shop: &Shop) {
    let (customer, other) =
        (shop.customers[0]["id"].as_str().unwrap(), shop.customers[3]["id"].as_str().unwrap());
    let (item, nobody) = (shop.items[0]["id"].as_str().unwrap(), "00000000-0000-7000-8000-000000000000");
    let orders = [
        "status=Pending".to_owned(),
        "status__in=Closed,Cancelled".to_owned(),
        format!("customer={customer}"),
        format!("customer__in={customer},{other},{nobody}"),
        format!("item_id={item}"),
        format!("item_id__in={item},{nobody}"),
        "item_id__isnull=true".to_owned(),
        "item_id__isnull=false".to_owned(),
        "customer_code=aaa01".to_owned(),
        "customer_code__istartswith=zz".to_owned(),
        "quantity=10".to_owned(),
        "quantity__in=1,3".to_owned(),
        "quantity__gt=3&quantity__lte=1000000".to_owned(),
        "quantity__gte=9223372036854775807".to_owned(),
        "quantity__lt=99999999999999999999".to_owned(),
        "quantity__gt=-1".to_owned(),
        "price_per_unit=0.350".to_owned(),
        "price_per_unit__gte=0.1&price_per_unit__lt=149.9".to_owned(),
        "price_per_unit__in=0.10,149.90".to_owned(),
        "price_per_unit__lt=1000000000000000000".to_owned(),
        "time_placed__gte=2020-01-01T00:00:00Z".to_owned(),
        "time_placed__lt=2020-01-01T03:00:00%2B03:00".to_owned(),
        "time_closed__isnull=true".to_owned(),
        "time_closed__gte=2020-01-01T00:00:00.001Z".to_owned(),
        "organization__in=00000000-0000-7000-8000-000000000000".to_owned(),
        "item=Söap".to_owned(),
        "item=söap".to_owned(),
    ];
    for filter in orders {
        script
            .get(&format!("orders/?limit=100&fields=id,item,quantity,price_per_unit,status&{filter}"))
            .await;
    }
    for word in [
        "SOAP", "%", "_", ".", "*", "\\", "'", "\"", "strasse", "ß", "i\u{307}", "ω", "$", "é", "; drop",
        "a b", "",
    ] {
        for parameter in ["item__icontains", "item__istartswith", "search"] {
            let query = [(parameter, word), ("fields", "item"), ("limit", "100")];
            script.ask(&format!("orders {query:?}"), |client| client.get("orders/").query(&query)).await;
        }
        for (plural, parameter) in [
            ("items", "name"),
            ("items", "name__icontains"),
            ("items", "search"),
            ("customers", "first_name"),
            ("customers", "second_name__istartswith"),
            ("customers", "search"),
        ] {
            let query = [(parameter, word), ("limit", "100")];
            let line = format!("{plural} {query:?}");
            script.ask(&line, |client| client.get(&format!("{plural}/")).query(&query)).await;
        }
    }
    for (plural, fields) in [
        ("orders", "quantity price_per_unit time_placed time_closed item status status,-item,quantity"),
        ("customers", "code first_name second_name created_at second_name,-code"),
        ("items", "name price_per_unit created_at price_per_unit,name"),
    ] {
        for ordering in fields.split(' ') {
            for sign in ["", "-"] {
                script.get(&format!("{plural}/?limit=100&ordering={sign}{ordering}")).await;
            }
        }
    }
    for target in [
        "order-totals/",
        "order-totals/?status=Pending&quantity__gte=2",
        "items/?is_active=true&currency=kes&fields=name",
        "items/?price_per_unit=0.1&ordering=name",
        "customers/?phone=%2B254712345678",
        "customers/?code__icontains=b0",
        "customers/?created_at__gt=2020-01-01T00:00:00Z&count=false",
        "orders/?expand=customer&limit=3",
    ] {
        script.get(target).await;
    }
    for target in
        ["orders/?format=csv", "items/?format=csv&ordering=name", "customers/?format=csv&fields=code,phone"]
    {
        script.get(target).await;
    }
}

/// Pages by number and by cursor.
async fn pages(script: &mut Transcript) {
    for target in
        ["limit=5", "limit=5&offset=5", "page=3&per_page=7", "limit=5&offset=500", "limit=5&count=false"]
    {
        script.get(&format!("orders/?{target}&fields=item")).await;
    }
    for ordering in ["item", "-time_closed,quantity", "price_per_unit", "-status"] {
        let start = format!("orders/?limit=7&ordering={ordering}&fields=item,status,time_closed");
        let mut page = script.get(&start).await;
        while let Some(cursor) = page["pagination"]["next_cursor"].as_str() {
            let (line, query) = (format!("the next of {start}"), [("cursor", cursor)]);
            page = script.ask(&line, |client| client.get(&start).query(&query)).await;
        }
    }
}

/// Changes of single objects, and what stands against them.
async fn changes(script: &mut Transcript, shop: &Shop) {
    let (customer, item, order) = (
        path("customers", &shop.customers[1]),
        path("items", &shop.items[2]),
        path("orders", &shop.orders[0]),
    );
    for target in [&customer, &item, &order] {
        script.get(target).await;
        script.ask(&format!("HEAD {target}"), |client| client.call("HEAD", target)).await;
        script.ask(&format!("OPTIONS {target}"), |client| client.call("OPTIONS", target)).await;
    }
    for (target, body) in [
        (&customer, json!({ "first_name": "  Zawadi " })),
        (&customer, json!({ "code": "AAA01" })),
        (&customer, json!({ "code": "AAA02", "version": 1 })),
        (&customer, json!({ "phone": "0712", "first_name": null, "nickname": 1 })),
        (&item, json!({ "name": "SOAP" })),
        (&item, json!({ "price_per_unit": "0.001" })),
        (&item, json!({ "price_per_unit": "12.5", "is_active": false })),
        (&order, json!({ "quantity": 7 })),
        (&order, json!({ "item_id": shop.items[2]["id"] })),
        (&order, json!({ "item_id": shop.items[3]["id"], "quantity": 1_000_000 })),
        (&order, json!({ "status": "Closed", "quantity": 2 })),
        (&order, json!({ "status": "Cancelled" })),
        (&order, json!({ "quantity": 3 })),
    ] {
        script.send("PATCH", target, &body).await;
    }
    script.send("PUT", &item, &json!({ "name": "Salt", "price_per_unit": "3.00" })).await;
    script.get(&format!("{order}events/")).await;
    script.get(&format!("{order}?expand=customer&fields=customer,total")).await;
}

/// Changes of many objects.
async fn bulk(script: &mut Transcript, shop: &Shop) {
    let row = |index: usize, name: &str| {
        json!({
            "id": shop.customers[index]["id"], "first_name": name, "second_name": "Mwangi", "phone": "+254712345670"
        })
    };
    let mut stale = row(2, "Stale");
    stale["version"] = json!(7);
    let mut taken = row(3, "Taken");
    taken["code"] = json!("AAA01");
    let mut absent = row(0, "Absent");
    absent["id"] = json!("00000000-0000-7000-8000-000000000000");
    for rows in [
        json!([row(0, "One"), row(4, "Two")]),
        json!([row(0, "One"), row(0, "Again")]),
        json!([row(0, "One"), stale]),
        json!([row(0, "One"), taken]),
        json!([row(0, "One"), absent]),
        json!([row(0, ""), row(1, "Good"), { "id": 5 }]),
        json!([]),
    ] {
        script.send("PUT", "customers/", &json!({ "customers": rows })).await;
    }
    let orders: Vec<_> = shop.orders.iter().take(4).collect();
    script.send("PUT", "orders/", &json!({ "orders": orders })).await;
    script.get("customers/?ordering=code&limit=100").await;
    script.get("orders/?ordering=time_placed&limit=100").await;
}

/// Messages about the orders, and the templates that they are made of.
async fn messages(script: &mut Transcript, shop: &Shop) {
    let (order, customer) =
        (shop.orders[2]["id"].as_str().unwrap(), shop.customers[1]["id"].as_str().unwrap());
    for query in [
        String::new(),
        "limit=100&ordering=created_at".to_owned(),
        "limit=100&ordering=status,created_at".to_owned(),
        "ordering=-status&limit=3&offset=2".to_owned(),
        "status=queued&event=order.placed&limit=5".to_owned(),
        "status__in=sent,failed".to_owned(),
        format!("order={order}"),
        format!("customer={customer}&fields=to,text,encoding,segments&limit=100"),
        "created_at__gt=2090-01-01T00:00:00Z".to_owned(),
        "count=false&limit=1".to_owned(),
        "format=csv&ordering=created_at".to_owned(),
        "status=lost&order=1&ordering=text".to_owned(),
    ] {
        script.get(&format!("notifications/?{query}")).await;
    }
    let list = format!("orders/{order}/notifications/");
    let message = script.get(&list).await["notifications"][0].clone();
    let message = path("notifications", &message);
    let attempts = format!("{message}attempts/");
    script.get(&message).await;
    script.get(&format!("{message}?fields=id,failure,customer")).await;
    script.get(&attempts).await;
    script.get(&format!("{attempts}?format=csv&outcome=lost")).await;
    for body in [json!({}), json!({ "confirm_unknown": true }), json!({ "confirm_unknown": 1, "colour": 2 })]
    {
        script.send("POST", &attempts, &body).await;
    }
    for target in [&message, &attempts, &list, "message-templates/"] {
        script.ask(&format!("OPTIONS {target}"), |client| client.call("OPTIONS", target)).await;
    }
    let mut templates = Vec::new();
    for body in [
        json!({ "event": "order.placed", "text": " {{ first_name }}\r\n{{ total }} ' % _ \u{1f9fa}" }),
        json!({ "event": "order.placed", "text": "again" }),
        json!({ "event": "order.cancelled", "text": "{% if several %}x{% else %}y{% endif %}", "is_active": false }),
        json!({ "event": "order.lost", "text": "" }),
        json!({ "event": "order.closed", "text": "{{ nobody }}" }),
    ] {
        templates.push(script.send("POST", "message-templates/", &body).await);
    }
    let (placed, cancelled) =
        (path("message-templates", &templates[0]), path("message-templates", &templates[2]));
    for (method, target, body) in [
        ("PATCH", &placed, json!({ "text": "{{ item }}", "version": 1 })),
        ("PATCH", &placed, json!({ "text": "{{ item }}", "version": 1 })),
        ("PATCH", &placed, json!({ "event": "order.closed", "text": "{{" })),
        ("PUT", &cancelled, json!({ "text": "{{ quantity }} \u{d6}" })),
        ("GET", &cancelled, Value::Null),
        ("POST", &format!("{placed}previews/"), json!({})),
        ("POST", &format!("{placed}previews/"), json!({ "order": order, "text": "{{ customer_code }}" })),
        ("POST", &format!("{placed}previews/"), json!({ "order": customer })),
    ] {
        script.send(method, target, &body).await;
    }
    for query in [
        "",
        "ordering=event",
        "ordering=-event&limit=1",
        "event=order.placed",
        "is_active=true",
        "format=csv",
    ] {
        script.get(&format!("message-templates/?{query}")).await;
    }
    let body = json!({ "customer": customer, "item": "Söap", "quantity": 3, "price_per_unit": "0.35" });
    let order = script.send("POST", "orders/", &body).await;
    script.send("PATCH", &path("orders", &order), &json!({ "status": "Cancelled" })).await;
    script.get(&format!("{}notifications/?ordering=created_at", path("orders", &order))).await;
    script.ask("DELETE a template", |client| client.delete(&placed)).await;
    script.ask("DELETE it again", |client| client.delete(&placed)).await;
    script.ask("DELETE the order", |client| client.delete(&path("orders", &order))).await;
    script.get("notifications/?ordering=-created_at&limit=2").await;
}

/// What the service does not do.
async fn refusals(script: &mut Transcript, shop: &Shop) {
    let nowhere = "customers/00000000-0000-7000-8000-000000000000/";
    for target in [
        nowhere,
        "customers/1/",
        "nothing/",
        "orders/?colour=red",
        "orders/?quantity=many&status=Open&limit=0",
        "orders/?ordering=colour",
        "orders/?cursor=abc",
        "orders/?time_placed__gt=yesterday",
        "orders/?fields=colour",
    ] {
        script.get(target).await;
    }
    for (method, target, body) in [
        (
            "POST",
            "customers/",
            json!({ "code": "AAA01", "first_name": "A", "second_name": "B", "phone": "+254712345678" }),
        ),
        ("POST", "customers/", json!({})),
        ("POST", "customers/", json!([1])),
        ("POST", "items/", json!({ "name": "zucker", "price_per_unit": "1" })),
        ("POST", "items/", json!({ "name": "a\u{0}b", "price_per_unit": "-1" })),
        (
            "POST",
            "orders/",
            json!({ "customer_code": "NNN00", "item": "Soap", "quantity": 0, "price_per_unit": 1 }),
        ),
        ("POST", "orders/", json!({ "customer": nowhere, "item_id": shop.items[1]["id"], "quantity": 1 })),
        ("PATCH", nowhere, json!({ "first_name": "A" })),
        ("DELETE", nowhere, json!({})),
        ("PATCH", "customers/", json!({})),
        ("OPTIONS", "customers/", json!({})),
        ("OPTIONS", "", json!({})),
    ] {
        script.send(method, target, &body).await;
    }
    script
        .ask("POST half a body", |client| {
            client.post("items/", &json!({})).body("application/json", "{\"name\"")
        })
        .await;
    script.ask("GET without a token", |client| client.anonymous().get("orders/")).await;
    let stranger = "od_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    script.ask("GET with a bad token", |client| client.with_token(stranger).get("orders/")).await;
    script.ask("GET as XML", |client| client.get("orders/").header("accept", "application/xml")).await;
}

/// Organizations, their members, users and tokens, by their administrator and by others.
async fn accounts(script: &mut Transcript, service: &Service) {
    let founded = script
        .send("POST", "organizations/", &json!({ "name": "  Söko\u{a0}1 ", "time_zone": "africa/nairobi" }))
        .await;
    let organization = path("organizations", &founded);
    for name in NAMES {
        script.send("POST", "organizations/", &json!({ "name": name, "default_currency": "usd" })).await;
    }
    for (method, body) in [
        ("PATCH", json!({ "name": "Soko" })),
        ("PATCH", json!({ "name": "Soko", "time_zone": "Mars/Olympus", "default_currency": "X" })),
        ("PATCH", json!({ "quiet_hours": "21:00 - 07:30" })),
        ("PATCH", json!({ "quiet_hours": "7-8" })),
        ("PATCH", json!({ "version": 7 })),
        ("PUT", json!({ "name": "Soko" })),
        ("OPTIONS", json!({})),
    ] {
        script.send(method, &organization, &body).await;
    }
    script
        .ask("GET as if it were read", |client| client.get(&organization).header("if-none-match", "*"))
        .await;
    let members = format!("{organization}members/");
    let shop = script.get("customers/?limit=1&ordering=code").await["customers"][0].clone();
    let theirs = format!("organizations/{}/members/", shop["organization"]["id"].as_str().unwrap());
    let mut invitations = Vec::new();
    for (list, body) in [
        (&members, json!({ "email": "Wanjiku@People.Example", "role": "viewer" })),
        (&members, json!({ "email": "wanjiku@people.example", "role": "admin" })),
        (&members, json!({ "email": "o'brien%_@people.example", "role": "member" })),
        (&members, json!({ "email": "guest@people.example", "role": "viewer", "customer": shop["id"] })),
        (&theirs, json!({ "email": "guest@people.example", "role": "viewer", "customer": shop["id"] })),
        (&theirs, json!({ "email": "guest2@people.example", "role": "admin", "customer": shop })),
        (&theirs, json!({ "email": "nobody", "role": "owner", "colour": 1 })),
    ] {
        invitations.push(script.send("POST", list, &body).await);
    }
    for body in
        [json!({ "role": "admin" }), json!({ "role": "admin" }), json!({ "role": "viewer", "version": 1 })]
    {
        script.send("PATCH", &path("memberships", &invitations[0]), &body).await;
    }
    for query in [
        "",
        "?format=csv&ordering=created_at",
        "?role=admin",
        "?email__icontains=%25_",
        "?email__istartswith=WAN",
        "?user__isnull=false&ordering=-created_at",
        "?limit=1&offset=1",
        "?role__in=viewer,member&limit=1",
    ] {
        script.get(&format!("{members}{query}")).await;
        script.get(&format!("{theirs}{query}")).await;
    }
    let own = script.get(&format!("{members}?user__isnull=false")).await["members"][0].clone();
    script.send("PATCH", &path("memberships", &own), &json!({ "role": "member" })).await;
    script.ask("DELETE one's own", |client| client.delete(&path("memberships", &own))).await;
    script.ask("DELETE an invitation", |client| client.delete(&path("memberships", &invitations[2]))).await;

    let shown = Named { customer: shop, members: theirs, membership: own };
    newcomers(script, service, &shown).await;
    tokens(script, &founded).await;
}

/// What those who come may see, or may not.
struct Named {
    customer: Value,
    /// The path of the members of the shop.
    members: String,
    membership: Value,
}

/// Those who were invited, and staff.
async fn newcomers(script: &mut Transcript, service: &Service, named: &Named) {
    for (login, claims) in
        [("wanjiku", json!({})), ("guest", json!({ "name": "Gäst %" })), ("staff", json!({}))]
    {
        let client = service.with_token(&vouch_for(login, &claims).await);
        let mut ask = async |method: &str, target: &str, body: Value| {
            let line = format!("{method} {target} {body} by {login}");
            script.ask(&line, |_| client.call(method, target).json(&body)).await
        };
        for list in [
            "organizations",
            "customers",
            "orders",
            "items",
            "notifications",
            "users",
            "api-tokens",
            "me/organizations",
        ] {
            ask("GET", &format!("{list}/?limit=100"), Value::Null).await;
            ask("GET", &format!("{list}/?format=csv"), Value::Null).await;
            ask("OPTIONS", &format!("{list}/"), Value::Null).await;
        }
        for order in ["created_at", "-name", "name"] {
            ask("GET", &format!("organizations/?limit=5&ordering={order}"), Value::Null).await;
            ask("GET", &format!("users/?limit=2&ordering={order}"), Value::Null).await;
        }
        for word in ["o", "%", "_", "ß", "S\u{f6}", "people.example", "gäst"] {
            for target in [
                "organizations/?search",
                "users/?search",
                "users/?email__icontains",
                "users/?name__istartswith",
            ] {
                ask("GET", &format!("{target}={word}"), Value::Null).await;
            }
        }
        ask("GET", &named.members, Value::Null).await;
        ask("DELETE", &path("customers", &named.customer), Value::Null).await;
        ask("PATCH", &path("memberships", &named.membership), json!({ "role": "viewer" })).await;
        ask("POST", "items/", json!({ "name": "Mine", "price_per_unit": "1" })).await;
        let users =
            ask("GET", "users/?is_staff=false&is_active=true&ordering=-created_at", Value::Null).await;
        if let Some(user) = users["users"].as_array().and_then(|users| users.first()) {
            let user = path("users", user);
            for body in [
                json!({ "name": "Straße", "is_staff": true }),
                json!({ "is_active": "no" }),
                json!({ "version": 9 }),
            ] {
                ask("PATCH", &user, body).await;
            }
            ask("DELETE", &user, Value::Null).await;
            ask("GET", &user, Value::Null).await;
            ask("GET", "users/?is_active=false", Value::Null).await;
        }
    }
}

/// Tokens, and what they are good for.
async fn tokens(script: &mut Transcript, organization: &Value) {
    for body in [
        json!({ "name": "Till %" }),
        json!({ "name": "till_", "scopes": ["orders:write", "read"], "expires_at": "2090-01-01T03:00:00.5+03:00" }),
        json!({ "name": "bound", "scopes": ["write"], "organization": organization["id"] }),
        json!({ "name": "", "scopes": ["cats:read"], "expires_at": "2001-01-01T00:00:00Z", "organization": 1 }),
        json!({ "name": "x", "expires_at": "2001-01-01T00:00:00Z" }),
    ] {
        let token = script.send("POST", "api-tokens/", &body).await;
        let Some(secret) = token["token"].as_str() else { continue };
        let target = path("api-tokens", &token);
        script.get(&target).await;
        for target in ["me/", "orders/?limit=1", "organizations/", "items/?limit=1", "audit-entries/?limit=1"]
        {
            script
                .ask(&format!("GET {target} by the token"), |client| client.with_token(secret).get(target))
                .await;
        }
        let more = json!({ "name": "more", "scopes": ["write"] });
        script.ask("POST more", |client| client.with_token(secret).post("api-tokens/", &more)).await;
    }
    for query in [
        "ordering=name",
        "ordering=-expires_at",
        "ordering=expires_at,name&limit=2",
        "search=TILL",
        "name__icontains=_",
        "name__icontains=%25",
        "organization__isnull=false",
        "expires_at__gte=2090-01-01T00:00:00.5Z",
        "format=csv&ordering=name",
    ] {
        script.get(&format!("api-tokens/?{query}")).await;
    }
    let listed = script.get("api-tokens/?name=till_").await["api_tokens"][0].clone();
    script.ask("DELETE the token", |client| client.delete(&path("api-tokens", &listed))).await;
    script.ask("DELETE it again", |client| client.delete(&path("api-tokens", &listed))).await;
    script.get("me/").await;
    script.get("me/organizations/?ordering=created_at").await;
}

/// What was written down about all of it.
async fn audit(script: &mut Transcript) {
    for query in [
        "limit=100",
        "limit=100&offset=100",
        "ordering=created_at&limit=100",
        "resource=members",
        "resource__in=organizations,customers&action=delete",
        "action__in=change,delete&limit=5",
        "created_at__gt=2090-01-01T00:00:00Z",
        "user__isnull=true",
        "organization__isnull=true",
        "resource=items&action=change&format=csv&fields=resource,before,after",
        "count=false&limit=1",
    ] {
        script.get(&format!("audit-entries/?{query}")).await;
    }
}

/// Deletions, and what stands against them.
async fn deletions(script: &mut Transcript, shop: &Shop) {
    let stale = path("orders", &shop.orders[5]);
    script.ask("DELETE stale", |client| client.delete(&stale).header("if-match", "\"nonsense\"")).await;
    for target in [
        path("customers", &shop.customers[0]),
        path("customers", &shop.customers[4]),
        path("customers", &shop.customers[4]),
        path("items", &shop.items[0]),
        path("orders", &shop.orders[5]),
        path("orders", &shop.orders[5]),
        "orders/".to_owned(),
        "orders/?quantity=10&limit=5".to_owned(),
        "orders/?item__icontains=soap&status=Cancelled".to_owned(),
        "customers/?all=true".to_owned(),
        "orders/?all=true".to_owned(),
        "customers/?search=mwangi".to_owned(),
        "items/?all=true".to_owned(),
    ] {
        script.ask(&format!("DELETE {target}"), |client| client.delete(&target)).await;
    }
    for plural in ["orders", "customers", "items"] {
        script.get(&format!("{plural}/")).await;
    }
}
