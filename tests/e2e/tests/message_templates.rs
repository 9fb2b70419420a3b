//! Message templates: what customers are told of which event, and what it would look like.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store, order, template};
use serde_json::{Value, json};

on_every_store!(
    a_template_takes_the_place_of_the_built_in_text,
    a_template_is_changed_like_anything_else,
    an_organization_has_one_template_for_each_event,
    what_makes_no_template_is_refused,
    templates_are_listed_like_anything_else,
    a_preview_shows_what_a_message_would_say,
    a_preview_is_of_an_order_that_the_caller_sees,
    what_makes_no_preview_is_refused,
);

fn url(object: &Value) -> &str {
    object["url"].as_str().unwrap()
}

/// What the customer of a new order is told.
async fn told(service: &Service) -> Vec<Value> {
    let owner = service.create("customers", &customer()).await;
    let order = service.create("orders", &order(&owner)).await;
    service.column(&format!("orders/{}/notifications/", order["id"].as_str().unwrap()), "text").await
}

async fn a_template_takes_the_place_of_the_built_in_text(store: Store) {
    let service = Service::start(store).await;
    let body = template("order.placed");
    let answer = service.post("message-templates/", &body).await;
    let location = answer.header("location").unwrap().to_owned();
    let tag = answer.header("etag").unwrap().to_owned();
    let made = answer.json(201);
    let names =
        ["created_at", "event", "id", "is_active", "organization", "text", "updated_at", "url", "version"];
    assert_eq!(made.names(), names);
    assert_eq!((&made["event"], &made["text"]), (&body["event"], &body["text"]));
    assert_eq!((&made["is_active"], &made["version"]), (&json!(true), &json!(1)));
    let organization = service.organization().await;
    assert_eq!(made["organization"], json!({ "id": organization["id"], "name": organization["name"] }));
    assert_eq!(location, url(&made));
    service.get(url(&made)).header("if-none-match", &tag).await.expect(304);
    assert_eq!(told(&service).await, ["Amina: Soap"]);

    service.patch(url(&made), &json!({ "is_active": false })).await.json(200);
    assert!(told(&service).await.is_empty(), "nobody is told where the template says so");
    service.delete(url(&made)).await.expect(204);
    service.get(url(&made)).await.refusal(404, "not_found");
    let [text] = told(&service).await.try_into().unwrap();
    assert!(text.as_str().unwrap().starts_with("Hello Amina"), "{text}");
}

async fn a_template_is_changed_like_anything_else(store: Store) {
    let service = Service::start(store).await;
    let made = service.create("message-templates", &template("order.closed").with("is_active", false)).await;
    let changed = service.patch(url(&made), &json!({ "text": " {{ item }}\r\nready " })).await.json(200);
    assert_eq!((&changed["text"], &changed["is_active"]), (&json!("{{ item }}\nready"), &json!(false)));
    assert_eq!(changed["version"], 2);
    service.patch(url(&made), &json!({ "text": "x", "version": 1 })).await.refusal(412, "stale_version");
    service.delete(url(&made)).header("if-match", "\"1-x\"").await.refusal(412, "stale_version");
    // What was read can be put back; what is left out becomes the default.
    let same = service.put(url(&made), &changed).await.json(200);
    assert_eq!(same, changed);
    let whole = service.put(url(&made), &json!({ "text": "Ready." })).await.json(200);
    assert_eq!((&whole["is_active"], &whole["event"]), (&json!(true), &json!("order.closed")));
    service.put(url(&made), &json!({ "is_active": true })).await.invalid_only("text");
    service.patch(url(&made), &json!({ "event": "order.placed" })).await.invalid_only("event");
    let soko = service.create("organizations", &json!({ "name": "Soko" })).await;
    service.patch(url(&made), &json!({ "organization": soko["id"] })).await.invalid_only("organization");
    let both = json!({ "event": "order.placed", "organization": soko["id"], "text": "{{ x }}" });
    let message = service.patch(url(&made), &both).await.invalid();
    assert_eq!(message.names(), ["event", "organization", "text"]);
    assert_eq!(service.again(&made).await, whole);
    let entries =
        service.get("audit-entries/?resource=message-templates&ordering=created_at").await.json(200);
    let first = &entries["audit_entries"][0];
    assert_eq!((&first["action"], &first["after"]["text"]), (&json!("create"), &made["text"]));
    for (method, target) in [("PUT", "message-templates/"), ("DELETE", "message-templates/?all=true")] {
        service.call(method, target).json(&json!({})).await.refusal(405, "method_not_allowed");
    }
}

async fn an_organization_has_one_template_for_each_event(store: Store) {
    let service = Service::start(store).await;
    let first = service.organization().await;
    let made = service.create("message-templates", &template("order.placed")).await;
    let message =
        service.post("message-templates/", &template("order.placed")).await.refusal(409, "duplicate");
    assert_eq!(message.names(), ["event"]);
    service.create("message-templates", &template("order.cancelled")).await;
    // Another organization has its own.
    let soko = service.create("organizations", &json!({ "name": "Soko" })).await;
    service.post("message-templates/", &template("order.placed")).await.invalid_only("organization");
    let theirs = template("order.placed").with("organization", soko["id"].clone());
    service.create("message-templates", &theirs).await;
    service.delete(url(&made)).await.expect(204);
    let again = template("order.placed").with("organization", first["id"].clone());
    service.create("message-templates", &again).await;
}

async fn what_makes_no_template_is_refused(store: Store) {
    let service = Service::start(store).await;
    let long = "x".repeat(1_001);
    for (body, fields) in [
        (json!({}), vec!["event", "text"]),
        (template("order.lost"), vec!["event"]),
        (template("order.placed").with("event", Value::Null), vec!["event"]),
        (template("order.placed").with("text", ""), vec!["text"]),
        (template("order.placed").with("text", long), vec!["text"]),
        (template("order.placed").with("text", "a\u{7}"), vec!["text"]),
        (template("order.placed").with("text", "{{ phone }}"), vec!["text"]),
        (template("order.placed").with("text", "{{ item"), vec!["text"]),
        (template("order.placed").with("text", "{% if several %}x{% endif %}"), vec!["text"]),
        (template("order.placed").with("is_active", "yes"), vec!["is_active"]),
        (template("order.placed").with("language", "sw"), vec!["language"]),
        (
            template("order.placed").with("organization", "01890a5d-ac96-774b-bcce-b302099a8057"),
            vec!["organization"],
        ),
    ] {
        let message = service.post("message-templates/", &body).await.invalid();
        assert_eq!(message.names(), fields, "{body}");
    }
    let reason =
        service.post("message-templates/", &template("order.placed").with("text", "{{ phone }}")).await;
    assert!(reason.invalid_only("text").contains("first_name, second_name, customer_code"));
    assert!(service.column("message-templates/", "id").await.is_empty());
}

async fn templates_are_listed_like_anything_else(store: Store) {
    let service = Service::start(store).await;
    for event in ["order.placed", "order.closed", "order.cancelled"] {
        let body = template(event).with("is_active", event == "order.placed").with("text", "=1 {{ item }}");
        service.create("message-templates", &body).await;
    }
    let events = async |query: &str| service.column(&format!("message-templates/?{query}"), "event").await;
    assert_eq!(events("").await, ["order.cancelled", "order.closed", "order.placed"]);
    assert_eq!(events("ordering=created_at&limit=1").await, ["order.placed"]);
    assert_eq!(events("ordering=-event").await, ["order.placed", "order.closed", "order.cancelled"]);
    assert_eq!(events("event=order.closed").await, ["order.closed"]);
    assert_eq!(events("event__in=order.closed,order.placed&is_active=true").await, ["order.placed"]);
    let organization = service.organization().await;
    assert_eq!(events(&format!("organization={}", organization["id"].as_str().unwrap())).await.len(), 3);
    service.get("message-templates/?text=x").await.invalid_only("text");
    let table = service.get("message-templates/?format=csv&fields=event,text,is_active").await.expect(200);
    assert_eq!(table.text().lines().nth(1), Some("order.cancelled,'=1 {{ item }},false"));
    assert_eq!(service.get("message-templates/").await.json(200)["pagination"].get("costs"), None);
}

async fn preview(service: &Service, template: &Value, body: &Value) -> Value {
    service.post(&format!("{}previews/", url(template)), body).await.json(200)
}

async fn a_preview_shows_what_a_message_would_say(store: Store) {
    let service = Service::start(store).await;
    let text = "{{ organization }}: {{ quantity }} x {{ item }}, {{ currency }} {{ total }}";
    let made = service.create("message-templates", &template("order.placed").with("text", text)).await;
    let example = preview(&service, &made, &json!({})).await;
    assert_eq!(example.names(), ["encoding", "segments", "text"]);
    assert!(example["text"].as_str().unwrap().starts_with("My organization: "), "{example}");
    assert_eq!((&example["encoding"], &example["segments"]), (&json!("GSM-7"), &json!(1)));
    let bare = service.call("POST", &format!("{}previews/", url(&made))).await.json(200);
    assert_eq!(bare, example, "who has nothing to say need say nothing");

    let dear = "Asante sana 🧺 ".repeat(10);
    let shown = preview(&service, &made, &json!({ "text": dear })).await;
    assert_eq!(shown, json!({ "text": dear.trim(), "encoding": "UCS-2", "segments": 3 }));
    let plain = preview(&service, &made, &json!({ "text": "a".repeat(161) })).await;
    assert_eq!((&plain["encoding"], &plain["segments"]), (&json!("GSM-7"), &json!(2)));
    assert_eq!(service.again(&made).await, made, "nothing is kept");
    assert!(service.column("notifications/", "id").await.is_empty(), "and nothing is sent");
}

async fn a_preview_is_of_an_order_that_the_caller_sees(store: Store) {
    let service = Service::start_with_issuer(store).await;
    let made = service.create("message-templates", &template("order.placed")).await;
    let owner = service.create("customers", &customer().with("first_name", "Zawadi")).await;
    let soap = service.create("items", &item("Salt", "2")).await;
    let of_salt = json!({ "customer": owner["id"], "item_id": soap["id"], "quantity": 3 });
    let placed = service.create("orders", &of_salt).await;
    for order in [placed["id"].clone(), json!({ "id": placed["id"] }), placed.clone()] {
        assert_eq!(preview(&service, &made, &json!({ "order": order })).await["text"], "Zawadi: Salt");
    }
    let other = service.person("amina").await;
    let theirs = other.create("customers", &customer()).await;
    let theirs = other.create("orders", &order(&theirs)).await;
    let list = format!("{}previews/", url(&made));
    for unknown in [&theirs["id"], &json!("01890a5d-ac96-774b-bcce-b302099a8057")] {
        service.post(&list, &json!({ "order": unknown })).await.invalid_only("order");
    }
    // Who only reads may look.
    let viewer = service.member("wanjiku", "viewer").await;
    let shown = viewer.post(&list, &json!({ "order": placed["id"] })).await.json(200);
    assert_eq!(shown["text"], "Zawadi: Salt");
    other.post(&list, &json!({})).await.refusal(404, "not_found");
}

async fn what_makes_no_preview_is_refused(store: Store) {
    let service = Service::start(store).await;
    let made = service.create("message-templates", &template("order.placed")).await;
    let list = format!("{}previews/", url(&made));
    for (body, field) in [
        (json!({ "text": "{{ phone }}" }), "text"),
        (json!({ "text": "" }), "text"),
        (json!({ "order": 7 }), "order"),
        (json!({ "event": "order.placed" }), "event"),
    ] {
        service.post(&list, &body).await.invalid_only(field);
    }
    service.get(&list).await.refusal(405, "method_not_allowed");
    let nowhere = "message-templates/01890a5d-ac96-774b-bcce-b302099a8057/";
    service.post(&format!("{nowhere}previews/"), &json!({ "text": 1 })).await.refusal(404, "not_found");
    let fields = service.call("OPTIONS", &list).await.json(200)["actions"]["POST"].take();
    assert_eq!(fields["order"]["source"], service.url("orders/"));
    let fields = service.call("OPTIONS", "message-templates/").await.json(200)["actions"]["POST"].take();
    assert_eq!(fields["event"]["choices"], json!(["order.placed", "order.closed", "order.cancelled"]));
    assert!(fields["text"]["help_text"].as_str().unwrap().contains("order_number"));
}
