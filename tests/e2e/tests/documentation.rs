//! The OpenAPI document and its pages.

use std::path::Path;

use orderdesk_e2e::{Fields as _, Service, Store, on_every_store};
use serde_json::Value;

on_every_store!(
    the_document_comes_in_json_and_yaml,
    the_document_describes_every_path_and_method,
    every_operation_describes_its_refusals,
    a_page_carries_everything_it_needs,
);

async fn the_document_comes_in_json_and_yaml(store: Store) {
    let service = Service::start(store).await;
    let document = service.get("/api/schema/").await.json(200);
    assert_eq!(document["openapi"], "3.0.0");
    for request in [
        service.get("/api/schema/?format=yaml"),
        service.get("/api/schema/").header("accept", "application/yaml"),
        service.get("/api/schema/?format=yaml").header("accept", "application/json"),
    ] {
        let answer = request.await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/yaml"));
        let yaml: Value = serde_norway::from_str(answer.text()).unwrap();
        assert_eq!(yaml, document);
    }
    assert!(service.get("/api/schema/").await.members("vary").contains(&"accept".to_owned()));
    service.get("/api/schema/?format=xml").await.invalid_only("format");
    service.get("/api/schema/?colour=red").await.invalid_only("colour");
}

async fn the_document_describes_every_path_and_method(store: Store) {
    let service = Service::start(store).await;
    let document = service.get("/api/schema/").await.json(200);
    let paths = document["paths"].as_object().unwrap();
    let described: Vec<_> =
        paths.iter().map(|(path, operations)| format!("{path} {}", operations.names().join(" "))).collect();
    let expected = [
        "/api/v1/ get",
        "/api/v1/api-tokens/ get post",
        "/api/v1/api-tokens/{id}/ delete get",
        "/api/v1/audit-entries/ get",
        "/api/v1/customers/ delete get post put",
        "/api/v1/customers/{id}/ delete get patch put",
        "/api/v1/customers/{id}/orders/ get",
        "/api/v1/delivery-reports/{gateway}/{secret}/ post",
        "/api/v1/items/ delete get post put",
        "/api/v1/items/{id}/ delete get patch put",
        "/api/v1/me/ get",
        "/api/v1/me/organizations/ get",
        "/api/v1/memberships/{id}/ delete get patch",
        "/api/v1/message-templates/ get post",
        "/api/v1/message-templates/{id}/ delete get patch put",
        "/api/v1/message-templates/{id}/previews/ post",
        "/api/v1/notifications/ get",
        "/api/v1/notifications/{id}/ get",
        "/api/v1/notifications/{id}/attempts/ get post",
        "/api/v1/opt-outs/{gateway}/{secret}/ post",
        "/api/v1/order-totals/ get",
        "/api/v1/orders/ delete get post put",
        "/api/v1/orders/{id}/ delete get patch put",
        "/api/v1/orders/{id}/events/ get",
        "/api/v1/orders/{id}/notifications/ get",
        "/api/v1/organizations/ get post",
        "/api/v1/organizations/{id}/ delete get patch put",
        "/api/v1/organizations/{id}/members/ get post",
        "/api/v1/users/ get",
        "/api/v1/users/{id}/ delete get patch",
    ];
    let mut sorted = described;
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
}

async fn every_operation_describes_its_refusals(store: Store) {
    let service = Service::start(store).await;
    let document = service.get("/api/schema/").await.json(200);
    let schemes = ["ApiToken", "CsrfToken", "Session", "SignedToken"];
    assert_eq!(document["components"]["securitySchemes"].names(), schemes);
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let responses = operation["responses"].names();
            for status in ["400", "403", "404", "429", "500", "503"] {
                assert!(responses.contains(&status), "{method} {path}: {responses:?}");
            }
            // A gateway needs no credentials but the secret in the path, and is not asked what it accepts.
            for status in ["401", "406"] {
                assert_eq!(responses.contains(&status), !path.contains("{secret}"), "{method} {path}");
            }
            let writes = operation.get("requestBody").is_some();
            for status in ["413", "415"] {
                assert_eq!(responses.contains(&status), writes, "{method} {path}");
            }
            let parameters: Vec<_> = operation["parameters"].as_array().unwrap().iter().collect();
            for parameter in &parameters {
                let twins = parameters
                    .iter()
                    .filter(|it| it["name"] == parameter["name"] && it["in"] == parameter["in"]);
                assert_eq!(twins.count(), 1, "{method} {path} {}", parameter["name"]);
            }
        }
    }
}

async fn a_page_carries_everything_it_needs(store: Store) {
    let service = Service::start(store).await;
    for path in ["/api/v1/docs/", "/api/v1/swagger-docs/"] {
        let page = service.anonymous().get(path).await.expect(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("http"), "{policy}");
        let html = page.text();
        for fetched in ["<link href=\"http", "src=\"http", "src=\"//", "@import", "url(http", "url(\"http"] {
            assert!(!html.contains(fetched), "{path}: {fetched}");
        }
        for operation in
            ["place_order", "list_customers", "replace_items", "invite_member", "preview_message"]
        {
            assert!(html.contains(operation), "{path}: {operation}");
        }
    }
}

#[test]
fn the_committed_document_is_what_the_code_generates() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == orderdesk_http::openapi_json().unwrap(),
        "openapi.json is not what the code generates. Look at the difference after: cargo run -- openapi > openapi.json"
    );
}
