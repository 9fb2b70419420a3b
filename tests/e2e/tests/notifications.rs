//! Notifications: what customers are told, what became of it, and sending it again.

use orderdesk_e2e::{Fields as _, Post, Service, Store, customer, on_every_store, order, template, until};
use orderdesk_gateway::Conduct;
use serde_json::{Value, json};

on_every_store!(
    a_placed_order_has_one_message_that_waits,
    what_happens_later_is_told_where_a_template_is_active,
    messages_are_listed_like_anything_else,
    messages_have_a_table_of_their_own,
    what_a_message_shows_can_be_thinned_and_is_not_sent_twice,
    messages_are_only_read,
    a_message_goes_with_its_customer_and_before_it_is_sent_with_its_order,
    a_sent_message_says_what_became_of_it,
    what_failed_is_sent_again,
    what_is_unknown_is_sent_again_only_by_who_says_so,
    what_did_not_fail_is_not_sent_again,
    to_send_again_can_be_repeated_under_its_key,
    costs_are_summed_up_by_currency,
    a_held_gateway_is_told_of,
    an_organization_has_its_message_wait_while_it_is_quiet,
);

fn url(object: &Value) -> &str {
    object["url"].as_str().unwrap()
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// An order, and the message that its customer is sent.
async fn placed(service: &Service) -> (Value, Value) {
    let owner = service.create("customers", &customer()).await;
    let order = service.create("orders", &order(&owner)).await;
    let message = service.notification_of(&order).await;
    (order, message)
}

/// Waits until the message has this status, and shows it.
async fn once(service: &Service, message: &Value, status: &str) -> Value {
    until(status, async || service.again(message).await["status"] == status).await;
    service.again(message).await
}

async fn attempts(service: &Service, message: &Value) -> Vec<Value> {
    let list = service.get(&format!("{}attempts/?ordering=created_at", url(message))).await.json(200);
    list["attempts"].as_array().unwrap().clone()
}

async fn a_placed_order_has_one_message_that_waits(store: Store) {
    let service = Service::start(store).await;
    let (order, message) = placed(&service).await;
    let text = message["text"].as_str().unwrap().to_owned();
    for word in ["Amina", "2 x Soap", "KES 149.90", "KES 299.80", "My organization"] {
        assert!(text.contains(word), "{text}");
    }
    let created = message["created_at"].clone();
    let message_url = service.url(&format!("notifications/{}/", id(&message)));
    let expected = json!({
        "id": message["id"],
        "url": message_url,
        "organization": order["organization"],
        "order": order["id"],
        "order_url": order["url"],
        "customer": order["customer"],
        "event": "order.placed",
        "to": "+254712345678",
        "text": text,
        "encoding": "GSM-7",
        "segments": 1,
        "status": "queued",
        "failure": null,
        "gateway": null,
        "gateway_message_id": null,
        "attempts": 0,
        "attempts_url": format!("{message_url}attempts/"),
        "cost": null,
        "cost_currency": null,
        "due_at": created,
        "expires_at": message["expires_at"],
        "created_at": created,
        "updated_at": created,
        "version": 1,
    });
    assert_eq!(message, expected);
    assert!(message["expires_at"].as_str() > created.as_str());
    assert_eq!(service.again(&message).await, message);
    let list = service.get("notifications/").await.json(200);
    assert_eq!(list["notifications"], json!([message]));
    assert!(attempts(&service, &message).await.is_empty());
    // A change of the order tells nobody anything, and what was said stays said.
    service.patch(url(&order), &json!({ "quantity": 7 })).await.json(200);
    assert_eq!(service.notification_of(&order).await, message);
}

async fn what_happens_later_is_told_where_a_template_is_active(store: Store) {
    let service = Service::start(store).await;
    service.create("message-templates", &template("order.closed").with("text", "{{ item }} – done")).await;
    service.create("message-templates", &template("order.cancelled").with("is_active", false)).await;
    let (closed, _) = placed(&service).await;
    let (cancelled, _) = placed(&service).await;
    service.patch(url(&closed), &json!({ "status": "Closed" })).await.json(200);
    service.patch(url(&cancelled), &json!({ "status": "Cancelled" })).await.json(200);
    let told = async |order: &Value| {
        let list = format!("orders/{}/notifications/?ordering=created_at", id(order));
        let texts = service.column(&list, "text").await;
        let events = service.column(&list, "event").await;
        (events, texts.last().unwrap().as_str().unwrap().to_owned())
    };
    let (events, text) = told(&closed).await;
    assert_eq!((events, text.as_str()), (vec![json!("order.placed"), json!("order.closed")], "Soap – done"));
    assert_eq!(told(&cancelled).await.0, ["order.placed"]);
    let list = service.get("notifications/?event=order.closed").await.json(200);
    let shown = &list["notifications"][0];
    // A dash that is not in the default alphabet makes a text a dear one.
    assert_eq!((&shown["encoding"], &shown["segments"]), (&json!("UCS-2"), &json!(1)));
}

async fn messages_are_listed_like_anything_else(store: Store) {
    let service = Service::start(store).await;
    service.create("message-templates", &template("order.closed")).await;
    let (first, first_message) = placed(&service).await;
    let (second, _) = placed(&service).await;
    service.patch(url(&first), &json!({ "status": "Closed" })).await.json(200);
    let count = async |query: &str| service.column(&format!("notifications/?{query}"), "id").await.len();
    let (first_customer, organization) = (id(&first["customer"]), id(&first["organization"]));
    let since = first_message["created_at"].as_str().unwrap();
    for (query, expected) in [
        (String::new(), 3),
        ("status=queued".to_owned(), 3),
        ("status__in=sent,failed".to_owned(), 0),
        ("event=order.placed".to_owned(), 2),
        ("event__in=order.closed,order.cancelled".to_owned(), 1),
        (format!("order={}", id(&first)), 2),
        (format!("order__in={},{}", id(&first), id(&second)), 3),
        (format!("customer={first_customer}"), 2),
        (format!("organization={organization}&event=order.closed"), 1),
        (format!("created_at__gte={since}"), 3),
        (format!("created_at__lt={since}"), 0),
        ("order=01890a5d-ac96-774b-bcce-b302099a8057".to_owned(), 0),
    ] {
        assert_eq!(count(&query).await, expected, "{query}");
    }
    let newest = service.column("notifications/", "created_at").await;
    let oldest = service.column("notifications/?ordering=created_at", "created_at").await;
    assert_eq!(newest, oldest.iter().rev().cloned().collect::<Vec<_>>());
    service.get("notifications/?ordering=status,-created_at").await.json(200);
    // Page by page.
    let page = service.get("notifications/?limit=2").await.json(200);
    assert_eq!(page["pagination"]["count"], 3);
    let next = [("cursor", page["pagination"]["next_cursor"].as_str().unwrap())];
    let rest = service.get("notifications/?limit=2").query(&next).await.json(200);
    assert_eq!(rest["notifications"].as_array().unwrap().len(), 1);
    for (query, parameter) in [
        ("colour=red", "colour"),
        ("status=lost", "status"),
        ("ordering=text", "ordering"),
        ("search=soap", "search"),
        ("text__icontains=soap", "text__icontains"),
        ("fields=phone", "fields"),
    ] {
        service.get(&format!("notifications/?{query}")).await.invalid_only(parameter);
    }
    // The list of one order is a list like any other.
    let list = format!("orders/{}/notifications/", id(&first));
    assert_eq!(service.column(&format!("{list}?event=order.closed"), "order").await, [first["id"].clone()]);
    let nowhere = "orders/01890a5d-ac96-774b-bcce-b302099a8057/notifications/";
    service.get(nowhere).await.refusal(404, "not_found");
}

async fn messages_have_a_table_of_their_own(store: Store) {
    let service = Service::start(store).await;
    service
        .create("message-templates", &template("order.placed").with("text", "=1+1 {{ first_name }}"))
        .await;
    let (order, message) = placed(&service).await;
    let answer = service.get("notifications/?format=csv").await.expect(200);
    let lines: Vec<_> = answer.text().trim_end().split("\r\n").collect();
    let head = "id,organization_id,order_id,customer_id,customer_code,event,to,text,encoding,segments,status,failure_code,\
                failure_remark,gateway,gateway_message_id,attempts,cost,cost_currency,due_at,expires_at,created_at,\
                updated_at,version";
    assert_eq!(lines[0], head);
    let text = |name: &str| message[name].as_str().unwrap().to_owned();
    let cells = [
        text("id"),
        id(&message["organization"]).to_owned(),
        id(&order).to_owned(),
        id(&message["customer"]).to_owned(),
        message["customer"]["code"].as_str().unwrap().to_owned(),
        "order.placed,+254712345678,'=1+1 Amina,GSM-7,1,queued,,,,,0,,".to_owned(),
        text("due_at"),
        text("expires_at"),
        text("created_at"),
        text("updated_at"),
        "1".to_owned(),
    ];
    assert_eq!(lines[1], cells.join(","));
    assert_eq!(lines.len(), 2);
    for list in
        [format!("orders/{}/notifications", id(&order)), format!("notifications/{}/attempts", id(&message))]
    {
        service.get(&format!("{list}/?format=csv")).await.expect(200);
    }
    let table = service.get(&format!("{}attempts/?format=csv", url(&message))).await.expect(200);
    let head = "id,notification_id,gateway,outcome,gateway_message_id,code,cost,cost_currency,error,created_at,finished_at\r\n";
    assert_eq!(table.text(), head);
    service.get("notifications/?format=csv&limit=1").await.invalid_only("limit");
}

async fn what_a_message_shows_can_be_thinned_and_is_not_sent_twice(store: Store) {
    let service = Service::start(store).await;
    let (_, message) = placed(&service).await;
    let answer = service.get(url(&message)).await.expect(200);
    let tag = answer.header("etag").unwrap().to_owned();
    assert!(tag.starts_with("\"1-"), "{tag}");
    service.get(url(&message)).header("if-none-match", &tag).await.expect(304);
    let thin = service.get(&format!("{}?fields=id,status", url(&message))).await.json(200);
    assert_eq!(thin, json!({ "id": message["id"], "status": "queued" }));
    assert_eq!(service.column("notifications/?fields=to", "to").await, ["+254712345678"]);
    // The customer's name is shown as it is now, and the text as it was.
    let change = json!({ "first_name": "Zawadi", "phone": "+254712345670" });
    service.patch(url(&message["customer"]), &change).await.json(200);
    let again = service.get(url(&message)).header("if-none-match", &tag).await.json(200);
    assert_eq!(again["customer"]["first_name"], "Zawadi");
    assert_eq!((&again["text"], &again["to"]), (&message["text"], &message["to"]));
}

async fn messages_are_only_read(store: Store) {
    let service = Service::start(store).await;
    let (_, message) = placed(&service).await;
    for (method, target) in [
        ("POST", "notifications/".to_owned()),
        ("PUT", "notifications/".to_owned()),
        ("DELETE", "notifications/?all=true".to_owned()),
        ("PATCH", url(&message).to_owned()),
        ("DELETE", url(&message).to_owned()),
        ("DELETE", format!("{}attempts/", url(&message))),
    ] {
        service.call(method, &target).json(&json!({})).await.refusal(405, "method_not_allowed");
    }
    assert_eq!(service.again(&message).await, message);
    for nowhere in ["notifications/01890a5d-ac96-774b-bcce-b302099a8057/", "notifications/1/"] {
        service.get(nowhere).await.refusal(404, "not_found");
        service.get(&format!("{nowhere}attempts/")).await.refusal(404, "not_found");
        service.call("POST", &format!("{nowhere}attempts/")).await.refusal(404, "not_found");
    }
}

async fn a_message_goes_with_its_customer_and_before_it_is_sent_with_its_order(store: Store) {
    let service = Service::start(store).await;
    let (order, message) = placed(&service).await;
    service.delete(url(&order)).await.expect(204);
    service.get(url(&message)).await.refusal(404, "not_found");
    let (service, _post) = Post::start(store).await;
    let (order, message) = placed(&service).await;
    let sent = once(&service, &message, "sent").await;
    service.delete(url(&order)).await.expect(204);
    assert_eq!(service.again(&message).await, sent, "what was sent stays");
    assert_eq!(sent["order"], order["id"]);
    service.delete(url(&order["customer"])).await.expect(204);
    service.get(url(&message)).await.refusal(404, "not_found");
    assert!(service.column("notifications/", "id").await.is_empty());
}

async fn a_sent_message_says_what_became_of_it(store: Store) {
    let (service, post) = Post::start(store).await;
    let (_, message) = placed(&service).await;
    let sent = once(&service, &message, "sent").await;
    let [log] = post.gateway.log().sent().try_into().unwrap();
    let reference = log.accepted.unwrap();
    assert_eq!((log.to.as_str(), log.text.as_str()), ("+254712345678", message["text"].as_str().unwrap()));
    assert_eq!(
        (&sent["gateway"], &sent["gateway_message_id"]),
        (&json!("africas-talking"), &json!(reference))
    );
    assert_eq!(
        (&sent["attempts"], &sent["due_at"], &sent["failure"]),
        (&json!(1), &Value::Null, &Value::Null)
    );
    assert_eq!((&sent["cost"], &sent["cost_currency"]), (&json!("0.80"), &json!("KES")));
    // It was queued, given to a worker, and taken over.
    assert_eq!(sent["version"], 3);

    let [attempt] = attempts(&service, &message).await.try_into().unwrap();
    let expected = json!({
        "id": attempt["id"],
        "notification": message["id"],
        "gateway": "africas-talking",
        "outcome": "accepted",
        "gateway_message_id": reference,
        "code": attempt["code"],
        "cost": "0.80",
        "cost_currency": "KES",
        "error": null,
        "created_at": attempt["created_at"],
        "finished_at": attempt["finished_at"],
    });
    assert_eq!(attempt, expected);
    assert!(attempt["created_at"].as_str() <= attempt["finished_at"].as_str());
    let list = format!("{}attempts/", url(&message));
    assert_eq!(
        service.column(&format!("{list}?outcome=accepted&fields=id"), "id").await,
        [attempt["id"].clone()]
    );
    assert!(service.column(&format!("{list}?outcome__in=lost,held"), "id").await.is_empty());

    assert_eq!(post.report(&service, &reference, "Success").await.status, 200);
    let delivered = once(&service, &message, "delivered").await;
    assert_eq!((&delivered["attempts"], &delivered["cost"]), (&json!(1), &json!("0.80")));
}

async fn what_failed_is_sent_again(store: Store) {
    let (service, post) = Post::start(store).await;
    post.gateway.script([Conduct::Refuse(403)]);
    let (_, message) = placed(&service).await;
    let failed = once(&service, &message, "failed").await;
    assert_eq!(failed["failure"]["code"], "invalid_number");
    assert_eq!(failed["failure"].names(), ["code", "remark"]);
    let answer = service.call("POST", &format!("{}attempts/", url(&message))).await;
    assert!(
        answer
            .header("etag")
            .unwrap()
            .starts_with(&format!("\"{}-", failed["version"].as_i64().unwrap() + 1))
    );
    let queued = answer.json(202);
    assert_eq!((&queued["status"], &queued["failure"]), (&json!("queued"), &Value::Null));
    assert_eq!(
        (&queued["id"], &queued["text"], &queued["to"]),
        (&message["id"], &message["text"], &message["to"])
    );
    let sent = once(&service, &message, "sent").await;
    assert_eq!(sent["attempts"], 2);
    let outcomes: Vec<_> =
        attempts(&service, &message).await.iter().map(|it| it["outcome"].clone()).collect();
    assert_eq!(outcomes, ["refused", "accepted"]);
    let audit = service.column("audit-entries/?resource=notifications", "action").await;
    assert_eq!(audit, ["change"]);
}

async fn what_is_unknown_is_sent_again_only_by_who_says_so(store: Store) {
    let (service, post) = Post::start(store).await;
    post.gateway.script([Conduct::AcceptAndHangUp]);
    let (_, message) = placed(&service).await;
    let unknown = once(&service, &message, "unknown").await;
    assert_eq!(unknown["failure"]["code"], "no_answer");
    let list = format!("{}attempts/", url(&message));
    for body in [json!({}), json!({ "confirm_unknown": false })] {
        let message = service.post(&list, &body).await.refusal(409, "transition_refused");
        assert!(message.as_str().unwrap().contains("confirm_unknown"), "{message}");
    }
    assert_eq!(service.again(&message).await, unknown);
    let queued = service.post(&list, &json!({ "confirm_unknown": true })).await.json(202);
    assert_eq!(queued["status"], "queued");
    once(&service, &message, "sent").await;
    assert_eq!(post.gateway.log().accepted_with(message["text"].as_str().unwrap()), 2);
}

async fn what_did_not_fail_is_not_sent_again(store: Store) {
    let service = Service::start(store).await;
    let (_, message) = placed(&service).await;
    let list = format!("{}attempts/", url(&message));
    for body in [json!({}), json!({ "confirm_unknown": true })] {
        let reason = service.post(&list, &body).await.refusal(409, "transition_refused");
        assert!(reason.as_str().unwrap().contains("queued"), "{reason}");
    }
    // Who has nothing to say need say nothing at all.
    service.call("POST", &list).await.refusal(409, "transition_refused");
    service.call("POST", &list).body("application/json", "").await.refusal(409, "transition_refused");
    for (body, field) in [
        (json!({ "confirm_unknown": "yes" }), "confirm_unknown"),
        (json!({ "confirm_unknown": null }), "confirm_unknown"),
        (json!({ "confirm": true }), "confirm"),
    ] {
        service.post(&list, &body).await.invalid_only(field);
    }
    service.post(&list, &json!([])).await.invalid_only("non_field_errors");
    service.post(&format!("{list}?colour=red"), &json!({})).await.invalid_only("colour");
    service.call("POST", &list).body("text/plain", "again").await.refusal(415, "unsupported_media_type");
    assert_eq!(service.again(&message).await, message);
}

async fn to_send_again_can_be_repeated_under_its_key(store: Store) {
    let (service, post) = Post::start(store).await;
    post.gateway.script([Conduct::Refuse(401)]);
    let (_, message) = placed(&service).await;
    once(&service, &message, "failed").await;
    let list = format!("{}attempts/", url(&message));
    let send = async || service.call("POST", &list).header("Idempotency-Key", "again").await.expect(202);
    let first = send().await;
    assert_eq!(first.header("idempotent-replayed"), None);
    once(&service, &message, "sent").await;
    let again = send().await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!((again.body, again.headers.get("etag")), (first.body, first.headers.get("etag")));
    service
        .post(&list, &json!({ "confirm_unknown": true }))
        .header("Idempotency-Key", "again")
        .await
        .refusal(422, "idempotency_key_reused");
    assert_eq!(post.gateway.log().seen(), 2);
}

async fn costs_are_summed_up_by_currency(store: Store) {
    let (service, _post) = Post::start(store).await;
    let costs = async |target: &str| service.get(target).await.json(200)["pagination"].get("costs").cloned();
    assert_eq!(costs("notifications/").await, Some(json!([])));
    let (first, message) = placed(&service).await;
    once(&service, &message, "sent").await;
    let (_, message) = placed(&service).await;
    once(&service, &message, "sent").await;
    let sum = |amount: &str| Some(json!([{ "currency": "KES", "amount": amount }]));
    assert_eq!(costs("notifications/").await, sum("1.60"));
    assert_eq!(
        costs("notifications/?limit=1&offset=1").await,
        sum("1.60"),
        "of all that match, on every page"
    );
    assert_eq!(costs(&format!("notifications/?order={}", id(&first))).await, sum("0.80"));
    assert_eq!(costs("notifications/?status=failed").await, Some(json!([])));
    assert_eq!(costs("notifications/?count=false").await, None);
    for other in [
        "orders/".to_owned(),
        format!("orders/{}/notifications/", id(&first)),
        format!("{}attempts/", url(&message)),
    ] {
        assert_eq!(costs(&other).await, None, "{other}");
    }
}

async fn a_held_gateway_is_told_of(store: Store) {
    let (service, post) = Post::start(store).await;
    post.gateway.always(Conduct::Refuse(405));
    let (_, message) = placed(&service).await;
    let held = async || service.anonymous().get("/health/ready").await.json(200)["held_gateways"].clone();
    until("the gateway is held", async || held().await != json!([])).await;
    let held = held().await;
    assert_eq!(held.as_array().unwrap().len(), 1);
    assert_eq!(held[0].names(), ["gateway", "remark", "since", "until"]);
    assert_eq!(held[0]["gateway"], "africas-talking");
    let line = "orderdesk_gateway_held{gateway=\"africas-talking\"} 1";
    let metrics = async || service.anonymous().get("/metrics").await.expect(200).text().to_owned();
    until("the metrics say so", async || metrics().await.lines().any(|it| it == line)).await;
    let waiting = once(&service, &message, "queued").await;
    assert!(waiting["due_at"].is_string() && waiting["failure"].is_null());
}

async fn an_organization_has_its_message_wait_while_it_is_quiet(store: Store) {
    let (service, post) = Post::start(store).await;
    let organization = service.organization().await;
    // All day but a minute of the night; of two such stretches one is now.
    for hours in ["00:01-00:00", "12:01-12:00"] {
        service.patch(url(&organization), &json!({ "quiet_hours": hours })).await.json(200);
        let (_, message) = placed(&service).await;
        until("the message is put off or sent", async || {
            let shown = service.again(&message).await;
            shown["status"] == "sent" || shown["due_at"].as_str() > shown["created_at"].as_str()
        })
        .await;
        let shown = service.again(&message).await;
        if shown["status"] == "queued" {
            assert_eq!(
                (&shown["attempts"], post.gateway.log().accepted_with(shown["text"].as_str().unwrap())),
                (&json!(0), 0)
            );
            return;
        }
    }
    panic!("no message was put off");
}
