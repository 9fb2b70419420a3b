//! Cross-origin requests: off unless origins are named.

use orderdesk_e2e::{Service, Store, on_every_store};

on_every_store!(
    no_origin_is_told_anything_by_default,
    a_named_origin_may_read_answers,
    a_preflight_of_a_named_origin_needs_no_token,
    another_origin_is_told_nothing,
);

const SHOP: &str = "https://shop.example";

async fn with_shop(store: Store) -> Service {
    Service::start_with(store, &[("cors_origins", "https://shop.example, http://localhost:3000")]).await
}

async fn no_origin_is_told_anything_by_default(store: Store) {
    let service = Service::start(store).await;
    let answer = service.get("orders/").header("origin", SHOP).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let preflight = service.anonymous().call("OPTIONS", "orders/").header("origin", SHOP);
    let answer = preflight.header("access-control-request-method", "POST").await.expect(401);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

async fn a_named_origin_may_read_answers(store: Store) {
    let service = with_shop(store).await;
    for origin in [SHOP, "http://localhost:3000"] {
        for (target, status) in [("orders/", 200), ("orders/?limit=0", 400), ("nowhere/", 404)] {
            let answer = service.get(target).header("origin", origin).await.expect(status);
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert!(answer.members("access-control-expose-headers").contains(&"etag".to_owned()));
            assert!(answer.members("vary").contains(&"origin".to_owned()));
        }
    }
    let answer = service.anonymous().get("orders/").header("origin", SHOP).await.expect(401);
    assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP));
}

async fn a_preflight_of_a_named_origin_needs_no_token(store: Store) {
    let service = with_shop(store).await;
    let preflight = service.anonymous().call("OPTIONS", "orders/").header("origin", SHOP);
    let preflight = preflight.header("access-control-request-method", "PUT");
    let answer =
        preflight.header("access-control-request-headers", "authorization,if-match").await.expect(204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP));
    for method in ["get", "post", "put", "patch", "delete"] {
        assert!(answer.members("access-control-allow-methods").contains(&method.to_owned()), "{method}");
    }
    for header in ["authorization", "content-type", "if-match", "if-none-match"] {
        assert!(answer.members("access-control-allow-headers").contains(&header.to_owned()), "{header}");
    }
    // OPTIONS that is no preflight is a question to the API.
    service.anonymous().call("OPTIONS", "orders/").header("origin", SHOP).await.expect(401);
    service.call("OPTIONS", "orders/").header("origin", SHOP).await.json(200);
}

async fn another_origin_is_told_nothing(store: Store) {
    let service = with_shop(store).await;
    for origin in ["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"]
    {
        let answer = service.get("orders/").header("origin", origin).await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        assert!(answer.members("vary").contains(&"origin".to_owned()));
    }
}
