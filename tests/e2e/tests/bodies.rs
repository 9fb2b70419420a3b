//! Bodies that are too large or of the wrong type, and the answer that their sender still gets to read.

use orderdesk_e2e::{Fields as _, Service, Store, Wire, customer, item, on_every_store};
use serde_json::{Value, json};

on_every_store!(
    a_body_up_to_the_limit_is_read,
    a_body_over_the_limit_is_refused_readably,
    a_chunked_body_over_the_limit_is_refused_readably,
    a_hundred_megabytes_do_no_harm,
    a_body_of_another_type_is_refused_with_the_types_there_are,
    the_limit_is_a_setting,
);

const LIMIT: usize = 1024 * 1024;

/// A customer in JSON, padded with blanks to this many bytes.
fn padded(length: usize) -> String {
    let body = customer().to_string();
    format!("{body}{}", " ".repeat(length - body.len()))
}

async fn a_body_up_to_the_limit_is_read(store: Store) {
    let service = Service::start(store).await;
    let post = |length| service.call("POST", "customers/").body("application/json", padded(length));
    post(LIMIT).await.json(201);
    let message = post(LIMIT + 1).await.refusal(413, "too_large");
    assert!(message.as_str().unwrap().contains("1048576 bytes"), "{message}");
}

async fn a_body_over_the_limit_is_refused_readably(store: Store) {
    let service = Service::start(store).await;
    for length in [LIMIT + 1, 10 * LIMIT] {
        let answer = service.call("POST", "customers/").body("application/json", vec![b' '; length]).await;
        answer.refusal(413, "too_large");
    }
    // A declared length is enough: nothing has to be sent.
    let mut wire = Wire::connect(service.address()).await;
    let token = service.token();
    let head = format!(
        "POST /api/v1/items/ HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n"
    );
    wire.send(head).await;
    assert_eq!(wire.answer().await.status, 413);
}

async fn a_chunked_body_over_the_limit_is_refused_readably(store: Store) {
    let service = Service::start(store).await;
    let token = service.token();
    let mut wire = Wire::connect(service.address()).await;
    let head = format!(
        "POST /api/v1/items/ HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    wire.send(head).await;
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
    for _ in 0..17 {
        wire.send(&chunk).await;
    }
    wire.send("0\r\n\r\n").await;
    let answer = wire.answer().await;
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, &body["code"]), (413, &json!("too_large")));
}

async fn a_hundred_megabytes_do_no_harm(store: Store) {
    let service = Service::start(store).await;
    let large = bytes::Bytes::from(vec![b' '; 100 * 1024 * 1024]);
    let answer = service.call("POST", "customers/").body("application/json", large).await;
    answer.refusal(413, "too_large");
    service.create("items", &item("Soap", "1")).await;
}

async fn a_body_of_another_type_is_refused_with_the_types_there_are(store: Store) {
    let service = Service::start(store).await;
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json; charset=latin1",
        "application/jsonp",
        "nonsense",
        "application/merge-patch+json",
        "",
    ] {
        let answer = service.call("POST", "customers/").body(media_type, customer().to_string()).await;
        assert_eq!(answer.header("accept"), Some("application/json"), "{media_type}");
        let message = answer.refusal(415, "unsupported_media_type");
        assert!(message.as_str().unwrap().contains("application/json"), "{message}");
    }
    let created = service.create("customers", &customer()).await;
    let patch = service.call("PATCH", created["url"].as_str().unwrap()).body("text/plain", "{}").await;
    assert_eq!(patch.header("accept-patch"), Some("application/json, application/merge-patch+json"));
    patch.refusal(415, "unsupported_media_type");
    for method in ["POST", "PUT"] {
        // No body and no type at all.
        service.call(method, "customers/").await.refusal(415, "unsupported_media_type");
    }
    assert_eq!(service.get("customers/").await.json(200)["pagination"]["count"], 1);
}

async fn the_limit_is_a_setting(store: Store) {
    let service = Service::start_with(store, &[("body_limit", "200")]).await;
    service.create("items", &item("Soap", "1")).await;
    let long = item(&"x".repeat(100), "1")
        .with("currency", "KES")
        .with("is_active", true)
        .with("version", 1)
        .with("id", "x".repeat(100));
    service.post("items/", &long).await.refusal(413, "too_large");
}
