//! Which representation an answer has, and what becomes of a wish that cannot be met.

use orderdesk_e2e::{Service, Store, item, on_every_store};

on_every_store!(
    json_is_what_comes_unless_something_else_is_asked_for,
    what_cannot_be_had_is_not_acceptable,
    a_format_goes_before_what_is_accepted,
);

async fn json_is_what_comes_unless_something_else_is_asked_for(store: Store) {
    let service = Service::start(store).await;
    for accept in [
        "*/*",
        "application/json",
        "application/*",
        "text/csv;q=0.5, application/json",
        "application/json, text/html",
        "",
    ] {
        service.get("items/").header("accept", accept).await.json(200);
    }
    for (accept, kind) in [
        ("text/csv", "text/csv"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("text/csv, text/*;q=0.5", "text/csv"),
        ("text/html, */*;q=0.1", "text/html"),
        ("text/*", "text/html"),
        ("application/json;q=0, */*", "text/html"),
    ] {
        let answer = service.get("items/").header("accept", accept).await.expect(200);
        assert!(answer.header("content-type").unwrap().starts_with(kind), "{accept}");
    }
}

async fn what_cannot_be_had_is_not_acceptable(store: Store) {
    let service = Service::start(store).await;
    let url = service.create("items", &item("Soap", "1")).await["url"].as_str().unwrap().to_owned();
    for (target, accept) in [
        ("items/", "image/png"),
        ("items/", "application/json;q=0"),
        ("items/", "application/xml, text/yaml"),
        (&url, "text/csv"),
        ("", "text/csv"),
        ("/api/schema/", "text/csv"),
    ] {
        let message = service.get(target).header("accept", accept).await.refusal(406, "not_acceptable");
        assert!(message.as_str().unwrap().contains("application/json"), "{target} {accept}: {message}");
    }
    let refused = service.post("items/", &item("Salt", "1")).header("accept", "text/csv").await;
    refused.refusal(406, "not_acceptable");
    assert_eq!(service.column("items/", "name").await, ["Soap"], "nothing was created");
    service.delete("items/?all=true").header("accept", "text/csv").await.refusal(406, "not_acceptable");
}

async fn a_format_goes_before_what_is_accepted(store: Store) {
    let service = Service::start(store).await;
    let url = service.create("items", &item("Soap", "1")).await["url"].as_str().unwrap().to_owned();
    service.get("items/?format=json").header("accept", "image/png").await.json(200);
    service.get(&format!("{url}?format=json")).await.json(200);
    for (target, format) in
        [("items/", "xml"), ("items/", ""), ("items/", "CSV"), ("items/", "yaml"), (&url, "csv"), ("", "csv")]
    {
        let reason = service.get(target).query(&[("format", format)]).await.invalid_only("format");
        assert!(reason.contains("json"), "{target} {format}: {reason}");
    }
}
