//! Which methods a path has, what it says of the others, and the order in which requests are checked.

use orderdesk_e2e::{Client, Service, Store, customer, item, on_every_store, order, template};
use serde_json::json;

on_every_store!(
    a_method_that_a_path_has_not_is_405_with_those_it_has,
    head_answers_as_get_does_without_a_body,
    options_answers_everywhere,
    what_gateways_call_takes_only_post,
    what_is_wrong_first_is_told_first,
);

/// Every path with its methods; `OPTIONS` and, where there is `GET`, `HEAD` come besides.
const PATHS: [(&str, &[&str]); 35] = [
    ("/api/v1/", &["GET"]),
    ("/api/v1/customers/", &["DELETE", "GET", "POST", "PUT"]),
    ("/api/v1/customers/CUSTOMER/", &["DELETE", "GET", "PATCH", "PUT"]),
    ("/api/v1/customers/CUSTOMER/orders/", &["GET"]),
    ("/api/v1/items/", &["DELETE", "GET", "POST", "PUT"]),
    ("/api/v1/items/ITEM/", &["DELETE", "GET", "PATCH", "PUT"]),
    ("/api/v1/orders/", &["DELETE", "GET", "POST", "PUT"]),
    ("/api/v1/orders/ORDER/", &["DELETE", "GET", "PATCH", "PUT"]),
    ("/api/v1/orders/ORDER/events/", &["GET"]),
    ("/api/v1/orders/ORDER/notifications/", &["GET"]),
    ("/api/v1/notifications/", &["GET"]),
    ("/api/v1/notifications/NOTIFICATION/", &["GET"]),
    ("/api/v1/notifications/NOTIFICATION/attempts/", &["GET", "POST"]),
    ("/api/v1/message-templates/", &["GET", "POST"]),
    ("/api/v1/message-templates/TEMPLATE/", &["DELETE", "GET", "PATCH", "PUT"]),
    ("/api/v1/organizations/", &["GET", "POST"]),
    ("/api/v1/organizations/ORGANIZATION/", &["DELETE", "GET", "PATCH", "PUT"]),
    ("/api/v1/organizations/ORGANIZATION/members/", &["GET", "POST"]),
    ("/api/v1/memberships/MEMBERSHIP/", &["DELETE", "GET", "PATCH"]),
    ("/api/v1/users/", &["GET"]),
    ("/api/v1/users/USER/", &["DELETE", "GET", "PATCH"]),
    ("/api/v1/me/", &["GET"]),
    ("/api/v1/me/organizations/", &["GET"]),
    ("/api/v1/api-tokens/", &["GET", "POST"]),
    ("/api/v1/api-tokens/TOKEN/", &["DELETE", "GET"]),
    ("/api/v1/audit-entries/", &["GET"]),
    ("/api/schema/", &["GET"]),
    ("/api/v1/docs/", &["GET"]),
    ("/api/v1/swagger-docs/", &["GET"]),
    ("/health/live", &["GET"]),
    ("/health/ready", &["GET"]),
    ("/metrics", &["GET"]),
    ("/api/v1/customers", &["DELETE", "GET", "POST", "PUT"]),
    ("/api/v1/orders/ORDER", &["DELETE", "GET", "PATCH", "PUT"]),
    ("/api/v1/memberships/MEMBERSHIP", &["DELETE", "GET", "PATCH"]),
];

/// A service with one object of each kind, every path with ids that are there, and who may see all of it.
async fn paths(store: Store) -> (Service, Client, Vec<(String, Vec<&'static str>)>) {
    let service = Service::start_with_issuer(store).await;
    let staff = service.person("staff").await;
    let organization = service.organization().await;
    let customer = service.create("customers", &customer()).await;
    let order = service.create("orders", &order(&customer)).await;
    let objects = [
        ("CUSTOMER", customer.clone()),
        ("ITEM", service.create("items", &item("Soap", "1")).await),
        ("NOTIFICATION", service.notification_of(&order).await),
        ("TEMPLATE", service.create("message-templates", &template("order.closed")).await),
        ("ORDER", order),
        ("ORGANIZATION", organization.clone()),
        ("MEMBERSHIP", service.invite(&organization, "amina", &json!({ "role": "viewer" })).await),
        ("USER", service.me().await),
        ("TOKEN", staff.create_api_token(&json!({ "name": "till" })).await),
    ];
    let paths = PATHS.map(|(path, methods)| {
        let path = objects
            .iter()
            .fold(path.to_owned(), |path, (name, object)| path.replace(name, object["id"].as_str().unwrap()));
        let mut methods = methods.to_vec();
        methods.extend(["HEAD", "OPTIONS"]);
        methods.sort_unstable();
        (path, methods)
    });
    (service, staff, paths.to_vec())
}

async fn a_method_that_a_path_has_not_is_405_with_those_it_has(store: Store) {
    let (_service, staff, paths) = paths(store).await;
    for (path, methods) in paths {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"]
        {
            if methods.contains(&method) {
                continue;
            }
            let answer = staff.call(method, &path).await;
            assert_eq!(answer.header("allow"), Some(methods.join(", ").as_str()), "{method} {path}");
            let message = answer.refusal(405, "method_not_allowed");
            assert!(message.as_str().unwrap().contains(&methods.join(", ")), "{method} {path}: {message}");
        }
    }
}

async fn head_answers_as_get_does_without_a_body(store: Store) {
    let (_service, staff, paths) = paths(store).await;
    for (path, _) in paths {
        let get = staff.call("GET", &path).header("x-request-id", "1").await.expect(200);
        let head = staff.call("HEAD", &path).header("x-request-id", "1").await.expect(200);
        assert!(head.body.is_empty(), "{path}");
        for name in
            ["content-type", "content-length", "etag", "vary", "x-request-id", "content-security-policy"]
        {
            // What it counts grows between the two.
            if path != "/metrics" || name != "content-length" {
                assert_eq!(head.members(name), get.members(name), "{path} {name}");
            }
        }
    }
    let missing = staff.call("HEAD", "orders/01890a5d-ac96-774b-bcce-b302099a8057/").await.expect(404);
    assert!(missing.body.is_empty());
    assert_eq!(staff.call("HEAD", "orders/?limit=0").await.status, 400);
}

async fn options_answers_everywhere(store: Store) {
    let (_service, staff, paths) = paths(store).await;
    for (path, methods) in paths {
        let answer = staff.call("OPTIONS", &path).await;
        assert_eq!(answer.header("allow"), Some(methods.join(", ").as_str()), "{path}");
        let metadata = answer.json(200);
        assert_eq!(metadata["methods"], json!(methods), "{path}");
    }
}

async fn what_is_wrong_first_is_told_first(store: Store) {
    let (service, _, _) = paths(store).await;
    let order = service.get("orders/").await.json(200)["orders"][0].clone();
    let url = order["url"].as_str().unwrap();
    let absent = "/api/v1/orders/01890a5d-ac96-774b-bcce-b302099a8057/";
    let refused = json!({ "status": "Nope" });
    let large = "x".repeat(2_000_000);
    let stranger = service.anonymous();
    for (answer, status) in [
        // 401 before everything.
        (stranger.call("POST", "nowhere/").body("text/plain", large.clone()).await, 401),
        (stranger.call("POST", url).header("accept", "image/png").await, 401),
        // Then 404 and 405.
        (
            service
                .call("POST", "nowhere/")
                .header("accept", "image/png")
                .body("text/plain", large.clone())
                .await,
            404,
        ),
        (
            service.call("POST", url).header("accept", "image/png").body("text/plain", large.clone()).await,
            405,
        ),
        (service.call("PATCH", absent).body("text/plain", large.clone()).await, 404),
        (service.patch(absent, &refused).await, 404),
        // Then 406, 415 and 413.
        (
            service.call("PATCH", url).header("accept", "image/png").body("text/plain", large.clone()).await,
            406,
        ),
        (service.call("PATCH", url).body("text/plain", large.clone()).await, 415),
        (service.call("PATCH", url).body("application/json", large).await, 413),
        // Then 400, 412 and 409.
        (service.patch(url, &refused).header("if-match", "\"7-x\"").await, 400),
        (service.patch(url, &json!({ "status": "Closed", "version": 7 })).await, 412),
    ] {
        answer.expect(status);
    }
    let closed = service.patch(url, &json!({ "status": "Closed" })).await.json(200);
    let again = json!({ "status": "Pending", "version": 1 });
    service.patch(url, &again).await.refusal(412, "stale_version");
    let again = json!({ "status": "Pending", "version": closed["version"] });
    service.patch(url, &again).await.refusal(409, "transition_refused");
}

/// What only takes `POST` says so as well, and needs no credentials for it.
async fn what_gateways_call_takes_only_post(store: Store) {
    let service = Service::start(store).await;
    for path in ["delivery-reports/twilio/guess/", "opt-outs/africas-talking/guess"] {
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE"] {
            let answer = service.anonymous().call(method, path).await.expect(405);
            assert_eq!(answer.header("allow"), Some("OPTIONS, POST"), "{method} {path}");
        }
        let told = service.anonymous().call("OPTIONS", path).await.json(200);
        assert_eq!((&told["methods"], &told["actions"]), (&json!(["OPTIONS", "POST"]), &json!({})));
        assert_eq!(told["parses"], json!(["application/x-www-form-urlencoded"]));
    }
    for path in ["delivery-reports/", "delivery-reports/twilio/", "opt-outs/twilio/guess/more/"] {
        service.anonymous().call("POST", path).await.refusal(401, "not_authenticated");
        service.call("POST", path).await.refusal(404, "not_found");
    }
}
