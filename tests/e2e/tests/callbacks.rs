//! What SMS gateways call back with: what became of messages, and who wants no more of them.

use orderdesk_e2e::{
    CALLBACK_SECRET, Client, Fields as _, Post, Service, Store, customer, on_every_store, order, until,
};
use orderdesk_gateway::Conduct;
use serde_json::{Value, json};

on_every_store!(
    only_who_knows_the_secret_is_listened_to,
    a_report_settles_a_message_once,
    a_report_may_come_of_what_nobody_knows,
    a_report_that_makes_no_sense_is_refused,
    only_forms_are_read_and_only_short_ones,
    who_wants_no_texts_gets_none,
    a_gateway_may_call_as_often_as_it_likes,
    who_guesses_is_counted_as_nobody,
    the_secret_is_told_to_nobody,
    twilio_signs_what_it_sends,
);

const NUMBER: &str = "+254712345678";

fn reports(secret: &str) -> String {
    format!("delivery-reports/africas-talking/{secret}/")
}

fn opt_outs(secret: &str) -> String {
    format!("opt-outs/africas-talking/{secret}/")
}

async fn message(service: &Service) -> Value {
    let owner = service.create("customers", &customer()).await;
    let order = service.create("orders", &order(&owner)).await;
    service.notification_of(&order).await
}

/// A message that the gateway has taken over, and what the gateway calls it.
async fn sent(service: &Service) -> (Value, String) {
    let message = message(service).await;
    until("sent", async || service.again(&message).await["status"] == "sent").await;
    let shown = service.again(&message).await;
    let reference = shown["gateway_message_id"].as_str().unwrap().to_owned();
    (shown, reference)
}

async fn status(client: &Client, message: &Value) -> Value {
    client.again(message).await["status"].clone()
}

async fn only_who_knows_the_secret_is_listened_to(store: Store) {
    let (service, post) = Post::start(store).await;
    let (message, reference) = sent(&service).await;
    let form = [("id", reference.as_str()), ("status", "Success"), ("phoneNumber", NUMBER)];
    let wrong = CALLBACK_SECRET.replace('0', "1");
    for target in [
        reports(&wrong),
        reports(&CALLBACK_SECRET[1..]),
        reports(&format!("{CALLBACK_SECRET}0")),
        reports(&CALLBACK_SECRET.to_uppercase()),
        reports("%00"),
        reports("%ff"),
        format!("delivery-reports/twilio/{CALLBACK_SECRET}/"),
        format!("delivery-reports/console/{CALLBACK_SECRET}/"),
        format!("delivery-reports/nobody/{CALLBACK_SECRET}/"),
        opt_outs(&wrong),
    ] {
        // Whoever calls, and however.
        service.anonymous().call("POST", &target).form(&form).await.refusal(404, "not_found");
        service.call("POST", &target).form(&form).await.refusal(404, "not_found");
        service.call("POST", &target).body("text/plain", "x".repeat(100_000)).await.refusal(404, "not_found");
    }
    assert_eq!(service.again(&message).await, message);
    // Credentials are neither asked for nor looked at, nor what the gateway would like to hear.
    let call =
        service.with_token("od_00000000000000000000000000000000").call("POST", &reports(CALLBACK_SECRET));
    let answer = call.form(&form).header("accept", "text/xml").await;
    assert_eq!(answer.json(200), json!({}));
    assert_eq!(status(&service, &message).await, "delivered");
    assert_eq!(post.gateway.log().seen(), 1);
    // Without a secret nobody is listened to.
    let deaf =
        Service::start_with(store, &[("africas_talking_username", "x"), ("africas_talking_api_key", "y")])
            .await;
    for secret in ["x", "%20", CALLBACK_SECRET] {
        deaf.anonymous().call("POST", &reports(secret)).form(&form).await.refusal(404, "not_found");
    }
}

async fn a_report_settles_a_message_once(store: Store) {
    let (service, post) = Post::start(store).await;
    let (message, reference) = sent(&service).await;
    for (reported, expected) in [
        ("Submitted", "sent"),
        ("Buffered", "sent"),
        ("Success", "delivered"),
        ("Success", "delivered"),
        ("Failed", "delivered"),
        ("Sent", "delivered"),
    ] {
        post.report(&service, &reference, reported).await.expect(200);
        assert_eq!(status(&service, &message).await, expected, "{reported}");
    }
    let (message, reference) = sent(&service).await;
    let form = [
        ("id", reference.as_str()),
        ("status", "Failed"),
        ("failureReason", "DeliveryFailure"),
        ("phoneNumber", "254712345678"),
        ("networkCode", "63902"),
    ];
    service
        .anonymous()
        .call("POST", reports(CALLBACK_SECRET).trim_end_matches('/'))
        .form(&form)
        .await
        .json(200);
    let failed = service.again(&message).await;
    assert_eq!((&failed["status"], &failed["failure"]["code"]), (&json!("failed"), &json!("undelivered")));
    assert_eq!(failed["failure"]["remark"], "DeliveryFailure");
}

async fn a_report_may_come_of_what_nobody_knows(store: Store) {
    let (service, post) = Post::start(store).await;
    for status in ["Success", "Failed", "Success"] {
        let form = [("id", "ATXid_nobody"), ("status", status), ("phoneNumber", "+254712345670")];
        service.anonymous().call("POST", &reports(CALLBACK_SECRET)).form(&form).await.json(200);
    }
    // And settles what is unknown, where there is no doubt what it is about.
    post.gateway.script([Conduct::AcceptAndHangUp]);
    let message = message(&service).await;
    until("unknown", async || status(&service, &message).await == "unknown").await;
    let [log] = post.gateway.log().sent().try_into().unwrap();
    post.report(&service, &log.accepted.unwrap(), "Success").await.expect(200);
    assert_eq!(status(&service, &message).await, "delivered");
}

async fn a_report_that_makes_no_sense_is_refused(store: Store) {
    let (service, _post) = Post::start(store).await;
    for (form, field) in [
        (vec![("status", "Success")], "id"),
        (vec![("id", "ATXid_1")], "status"),
        (vec![("id", "not an id"), ("status", "Success")], "id"),
        (vec![], "id"),
    ] {
        let call = service.anonymous().call("POST", &reports(CALLBACK_SECRET));
        call.form(&form).await.invalid_only(field);
    }
    let call = service.anonymous().call("POST", &opt_outs(CALLBACK_SECRET));
    call.form(&[("senderId", "ORDERS"), ("phoneNumber", "x")]).await.invalid_only("phoneNumber");
}

async fn only_forms_are_read_and_only_short_ones(store: Store) {
    let (service, _post) = Post::start(store).await;
    let target = reports(CALLBACK_SECRET);
    let call = || service.anonymous().call("POST", &target);
    for media_type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        let answer = call().body(media_type, "{}").await;
        assert_eq!(answer.header("accept"), Some("application/x-www-form-urlencoded"));
        answer.refusal(415, "unsupported_media_type");
    }
    call().await.refusal(415, "unsupported_media_type");
    let form = "application/x-www-form-urlencoded";
    call().body(form, "x").header("content-encoding", "gzip").await.refusal(415, "unsupported_media_type");
    call().body(form, format!("id={}", "x".repeat(64 * 1024))).await.refusal(413, "too_large");
    call().body("Application/X-WWW-Form-URLEncoded; charset=UTF-8", "id=ATXid_1&status=Sent").await.json(200);
}

async fn who_wants_no_texts_gets_none(store: Store) {
    let (service, post) = Post::start(store).await;
    let form = [("senderId", "ORDERS"), ("phoneNumber", "254712345678")];
    for _ in 0..2 {
        let answer = service.anonymous().call("POST", &opt_outs(CALLBACK_SECRET)).form(&form).await;
        assert_eq!(answer.json(200), json!({}));
    }
    let message = message(&service).await;
    until("failed", async || status(&service, &message).await == "failed").await;
    let failed = service.again(&message).await;
    assert_eq!((&failed["failure"]["code"], &failed["attempts"]), (&json!("opted_out"), &json!(0)));
    assert_eq!(post.gateway.log().seen(), 0);
    // Others are told as ever.
    let owner = service.create("customers", &customer().with("phone", "+254712345679")).await;
    let order = service.create("orders", &order(&owner)).await;
    let message = service.notification_of(&order).await;
    until("sent", async || status(&service, &message).await == "sent").await;
}

async fn a_gateway_may_call_as_often_as_it_likes(store: Store) {
    let (service, post) = Post::start_with(store, &[("throttle", "anon=3/h, auth=3/h")]).await;
    let (_, reference) = sent(&service).await;
    for _ in 0..10 {
        let answer = post.report(&service, &reference, "Sent").await.expect(200);
        assert_eq!(answer.header("ratelimit"), None);
    }
    service.anonymous().get("/api/schema/").await.expect(200);
}

async fn who_guesses_is_counted_as_nobody(store: Store) {
    let (service, post) = Post::start_with(store, &[("throttle", "anon=3/h, auth=100/h")]).await;
    for guess in ["a", "b", "c"] {
        let answer = service.anonymous().call("POST", &reports(guess)).form(&[]).await;
        assert_eq!(answer.header("ratelimit-policy"), Some("\"anon\";q=3;w=3600"));
        answer.refusal(404, "not_found");
    }
    let refused = service.anonymous().call("POST", &opt_outs("d")).form(&[]).await;
    assert!(refused.header("retry-after").is_some());
    refused.refusal(429, "throttled");
    service.anonymous().get("/api/schema/").await.refusal(429, "throttled");
    // Who knows the secret is heard all the same, and so is who has credentials.
    post.report(&service, "ATXid_nobody", "Success").await.expect(200);
    service.get("notifications/").await.json(200);
}

async fn the_secret_is_told_to_nobody(store: Store) {
    let (service, _post) = Post::start(store).await;
    let target = reports(CALLBACK_SECRET);
    let client = service.anonymous();
    let mut told = Vec::new();
    for answer in [
        client.call("POST", &target).form(&[("id", "ATXid_1"), ("status", "Sent")]).await,
        client.call("POST", &target).form(&[]).await,
        client.call("POST", &target).body("text/plain", "x").await,
        client
            .call("POST", &format!("{target}?x=1"))
            .form(&[])
            .header("accept", "application/problem+json")
            .await,
        client.get(&target).await,
        client.call("OPTIONS", &target).await,
        client.call("POST", &format!("{target}more/")).await,
        service.call("POST", &format!("{target}more/")).await,
        client.get("/metrics").await,
    ] {
        told.push(format!("{:?}\n{}", answer.headers, answer.text()));
    }
    for text in &told {
        assert!(!text.contains(CALLBACK_SECRET), "{text}");
    }
    let metrics = told.last().unwrap();
    let line = "http_requests_total{method=\"POST\",route=\"/api/v1/delivery-reports/{gateway}/{secret}/\",status=\"200\"} 1";
    assert!(metrics.contains(line), "{metrics}");
    let root = service.get("").await.json(200);
    assert!(!root.names().iter().any(|name| name.contains("report") || name.contains("opt")), "{root}");
}

async fn twilio_signs_what_it_sends(store: Store) {
    // Signed with this token, for this address and these fields: by `openssl dgst -sha1 -hmac`.
    let settings = [
        ("twilio_account_sid", "AC00000000000000000000000000000001"),
        ("twilio_auth_token", "twilio-token"),
        ("twilio_sender", "+15005550006"),
        ("sms_callback_secret", CALLBACK_SECRET),
        ("public_url", "https://orders.example"),
    ];
    let service = Service::start_with(store, &settings).await;
    let target = format!("/api/v1/opt-outs/twilio/{CALLBACK_SECRET}/");
    let fields = [("From", NUMBER), ("OptOutType", "STOP"), ("Body", "Stop")];
    let call = |target: &str| service.anonymous().call("POST", target).form(&fields);
    call(&target).await.refusal(403, "forbidden");
    call(&target).header("x-twilio-signature", "AAAA").await.refusal(403, "forbidden");
    call(&target).header("x-twilio-signature", SIGNATURE).await.json(200);
    // The address is part of it, to the slash at its end.
    call(target.trim_end_matches('/'))
        .header("x-twilio-signature", SIGNATURE)
        .await
        .refusal(403, "forbidden");
    call(&format!("{target}?x=1")).header("x-twilio-signature", SIGNATURE).await.refusal(403, "forbidden");
}

/// Of `https://orders.example/api/v1/opt-outs/twilio/<secret>/BodyStopFrom+254712345678OptOutTypeSTOP`.
const SIGNATURE: &str = "Vy0tTchMJpF/6JNZ+CChzlElVfs=";
