//! Errors: one shape for all of them, whoever raises them.

use orderdesk_e2e::{Answer, Fields as _, Service, Store, Wire, customer, on_every_store};
use serde_json::{Value, json};

on_every_store!(
    every_kind_of_error_has_the_one_shape,
    a_problem_document_has_the_same_content,
    a_request_has_a_name_that_its_answer_repeats,
    what_is_no_request_is_answered_in_the_same_shape,
    a_long_path_is_only_a_path,
    an_answer_says_what_it_varies_with,
);

const ABSENT: &str = "items/01890a5d-ac96-774b-bcce-b302099a8057/";

/// An answer of every kind of refusal, with its status and word.
async fn refusals(service: &Service, accept: &str) -> Vec<(u16, &'static str, Answer)> {
    let created = service.create("customers", &customer().with("code", "AB12C")).await;
    let url = created["url"].as_str().unwrap();
    let stranger = service.anonymous();
    let twin = customer().with("code", "AB12C");
    let large = "x".repeat(2_000_000);
    let answers = vec![
        (400, "invalid", service.post("customers/", &json!({})).header("accept", accept).await),
        (
            400,
            "invalid",
            service.call("POST", "customers/").body("application/json", "{").header("accept", accept).await,
        ),
        (400, "invalid", service.get("customers/?limit=0").header("accept", accept).await),
        (
            400,
            "invalid",
            service.put("customers/", &json!({ "customers": [{}] })).header("accept", accept).await,
        ),
        (401, "not_authenticated", stranger.get("customers/").header("accept", accept).await),
        (404, "not_found", service.get(ABSENT).header("accept", accept).await),
        (404, "not_found", service.get("nowhere/").header("accept", accept).await),
        (404, "not_found", service.get("/nowhere").header("accept", accept).await),
        (405, "method_not_allowed", service.call("PATCH", "customers/").header("accept", accept).await),
        (409, "duplicate", service.post("customers/", &twin).header("accept", accept).await),
        (412, "stale_version", service.patch(url, &json!({ "version": 7 })).header("accept", accept).await),
        (
            413,
            "too_large",
            service.call("POST", "items/").body("application/json", large).header("accept", accept).await,
        ),
        (
            415,
            "unsupported_media_type",
            service.call("POST", "items/").body("text/plain", "x").header("accept", accept).await,
        ),
    ];
    service.delete(url).await.expect(204);
    answers
}

async fn every_kind_of_error_has_the_one_shape(store: Store) {
    let service = Service::start(store).await;
    for (status, code, answer) in refusals(&service, "application/json").await {
        let message = answer.refusal(status, code);
        assert!(message.is_string() || message.is_object(), "{message}");
    }
    for (status, code, answer) in refusals(&service, "*/*").await {
        answer.refusal(status, code);
    }
    service.get("items/").header("accept", "image/png").await.refusal(406, "not_acceptable");
}

async fn a_problem_document_has_the_same_content(store: Store) {
    let service = Service::start(store).await;
    let plain = refusals(&service, "application/json").await;
    let problems = refusals(&service, "application/problem+json").await;
    for ((status, code, plain), (_, _, problem)) in plain.into_iter().zip(problems) {
        let problem = problem.expect(status);
        assert_eq!(problem.header("content-type"), Some("application/problem+json"));
        let id = problem.header("x-request-id").unwrap().to_owned();
        let body: Value = serde_json::from_slice(&problem.body).unwrap();
        assert_eq!(body.names(), ["code", "detail", "message", "request_id", "status", "title", "type"]);
        assert_eq!(
            (&body["status"], &body["code"], &body["request_id"]),
            (&json!(status), &json!(code), &json!(id))
        );
        assert_eq!((&body["type"], body["title"].is_string()), (&json!("about:blank"), true));
        assert_eq!(body["message"], plain.refusal(status, code));
    }
    // It counts as JSON where nothing is wrong.
    service.get("items/").header("accept", "application/problem+json").await.json(200);
}

async fn a_request_has_a_name_that_its_answer_repeats(store: Store) {
    let service = Service::start(store).await;
    for target in ["items/", "items/?limit=0", "/nowhere", "/health/live"] {
        let answer = service.get(target).header("x-request-id", "my-request_1.2").await;
        assert_eq!(answer.header("x-request-id"), Some("my-request_1.2"), "{target}");
    }
    let mut given = Vec::new();
    for insane in ["a b", "<script>", "{}", &"x".repeat(65), ""] {
        let answer = service.get("items/").header("x-request-id", insane).await;
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert!(id != insane && !id.is_empty() && !given.contains(&id), "{insane}: {id}");
        given.push(id);
    }
}

async fn what_is_no_request_is_answered_in_the_same_shape(store: Store) {
    let service = Service::start(store).await;
    let long = "x".repeat(70_000);
    for (head, status) in [
        ("NOT HTTP\r\n\r\n".to_owned(), 400),
        ("GET /api/v1/ HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n".to_owned(), 400),
        ("GET /api/v1/\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), 400),
        ("POST /api/v1/ HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n".to_owned(), 400),
        (format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), 414),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nA: {long}\r\nB: {long}\r\n\r\n"), 431),
    ] {
        let mut wire = Wire::connect(service.address()).await;
        wire.send(&head).await;
        let answer = wire.answer().await;
        assert_eq!(answer.status, status, "{head:.60}");
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body.names(), ["code", "message", "request_id"]);
        assert!(body["message"].as_str().is_some_and(|text| text.len() > 10), "{body}");
    }
}

async fn a_long_path_is_only_a_path(store: Store) {
    let service = Service::start(store).await;
    let long = "x".repeat(10_000);
    for path in [
        format!("/{long}"),
        format!("/api/v1/{long}"),
        format!("/api/v1/items/{long}/"),
        format!("/api/v1{}", "/x".repeat(5_000)),
    ] {
        service.get(&path).await.refusal(404, "not_found");
    }
    service.get(&format!("items/?search={long}")).await.invalid_only("search");
    service.get(&format!("items/?{long}=1")).await.invalid_only(&long);
    for path in
        ["/api/v2/", "/api/", "/api/v1/items/x/y/", "/api/v1/../v1/nowhere", "/api/v1/%2e%2e/", "/.env", "/"]
    {
        service.get(path).await.refusal(404, "not_found");
    }
}

async fn an_answer_says_what_it_varies_with(store: Store) {
    let service = Service::start(store).await;
    let url = service.create("customers", &customer()).await["url"].as_str().unwrap().to_owned();
    for target in ["", "customers/", "orders/", &url, ABSENT, "items/?limit=0"] {
        let vary = service.get(target).await.members("vary");
        for header in ["accept", "authorization", "cookie"] {
            assert!(vary.contains(&header.to_owned()), "{target}: {vary:?}");
        }
    }
}
