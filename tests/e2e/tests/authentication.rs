//! Who may call: everything under the API's path needs a token, but its documentation.

use orderdesk_e2e::{Service, Store, Wire, on_every_store};

on_every_store!(
    nothing_of_the_api_answers_without_a_token,
    credentials_that_nobody_has_are_refused,
    no_way_of_writing_a_path_gets_around_the_token,
    what_is_open_needs_no_token,
    the_scheme_knows_no_case,
);

async fn nothing_of_the_api_answers_without_a_token(store: Store) {
    let service = Service::start(store).await;
    let stranger = service.anonymous();
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v1/customers/",
        "/api/v1/customers",
        &format!("/api/v1/orders/{id}/"),
        &format!("/api/v1/orders/{id}/events/"),
        "/api/v1/nowhere/",
        "/api/v1/docs/x",
        "/api/v1/orders/?limit=0",
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            let answer = stranger.call(method, path).await.expect(401);
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{method} {path}");
            if method != "HEAD" {
                answer.refusal(401, "not_authenticated");
            }
        }
    }
}

async fn credentials_that_nobody_has_are_refused(store: Store) {
    let service = Service::start(store).await;
    let stranger = service.anonymous();
    let token = service.token();
    for credentials in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer od_0123456789abcdefghjkmnpqrstvwxyz".to_owned(),
        "Bearer x".to_owned(),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer {token}x"),
        format!("Bearer {}", &token[..token.len() - 1]),
        format!("Basic {token}"),
        format!("Token {token}"),
        token.to_owned(),
        "Basic YTpi".to_owned(),
    ] {
        let answer = stranger.get("orders/").header("authorization", &credentials).await;
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{credentials}");
        let message = answer.refusal(401, "not_authenticated");
        assert!(!message.as_str().unwrap().contains("od_"), "{message}");
    }
    // Nowhere but in the header.
    stranger.get(&format!("orders/?access_token={token}")).await.refusal(401, "not_authenticated");
    stranger
        .get("orders/")
        .header("cookie", &format!("token={token}"))
        .await
        .refusal(401, "not_authenticated");
}

async fn no_way_of_writing_a_path_gets_around_the_token(store: Store) {
    let service = Service::start(store).await;
    for path in [
        "//api/v1/items/",
        "/api//v1/items/",
        "/%61pi/v1/items/",
        "/api/v1/docs/../items/",
        "/api/v1/docs//../items",
        "/API/v1/items/",
        "/api/v1;x/items/",
        "/./api/v1/items/",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let mut wire = Wire::connect(service.address()).await;
            wire.send(format!("{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")).await;
            let status = wire.answer().await.status;
            assert!([401, 404].contains(&status), "{method} {path}: {status}");
        }
    }
}

async fn what_is_open_needs_no_token(store: Store) {
    let service = Service::start(store).await;
    for path in [
        "/api/schema/",
        "/api/schema/?format=yaml",
        "/api/v1/docs/",
        "/api/v1/swagger-docs/",
        "/api/v1/docs",
        "/health/live",
        "/health/ready",
        "/metrics",
    ] {
        service.anonymous().get(path).await.expect(200);
        // A bad token is nobody's concern where none is needed.
        service.with_token("od_nobody").get(path).await.expect(200);
    }
}

async fn the_scheme_knows_no_case(store: Store) {
    let service = Service::start(store).await;
    let token = service.token();
    for credentials in [format!("bearer {token}"), format!("BEARER  {token} ")] {
        service.anonymous().get("").header("authorization", &credentials).await.json(200);
    }
}
