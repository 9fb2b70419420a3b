//! URLs in bodies and headers: absolute, and of the host under which the client knows the service.

use orderdesk_e2e::{Service, Store, customer, on_every_store};

on_every_store!(
    urls_begin_with_the_host_of_the_request,
    a_configured_public_address_goes_before_the_host,
    forwarded_headers_of_strangers_do_not_count,
    forwarded_headers_of_a_trusted_proxy_count,
    a_host_that_is_no_host_is_not_repeated,
);

async fn urls_begin_with_the_host_of_the_request(store: Store) {
    let service = Service::start(store).await;
    let answer = service.post("customers/", &customer()).header("host", "shop.example:8080").await;
    let location = answer.header("location").unwrap().to_owned();
    let created = answer.json(201);
    let id = created["id"].as_str().unwrap();
    assert_eq!(location, format!("http://shop.example:8080/api/v1/customers/{id}/"));
    assert_eq!(created["url"], location);

    service.create("customers", &customer()).await;
    let list = service.get("customers/?limit=1").header("host", "shop.example:8080").await.json(200);
    let next = list["pagination"]["next"].as_str().unwrap();
    assert!(next.starts_with("http://shop.example:8080/api/v1/customers/?"), "{next}");
}

async fn a_configured_public_address_goes_before_the_host(store: Store) {
    let service = Service::start_with(store, &[("public_url", "https://orders.example")]).await;
    let answer = service.post("customers/", &customer()).await;
    let location = answer.header("location").unwrap();
    assert!(location.starts_with("https://orders.example/api/v1/customers/"), "{location}");
    let root = service.get("").await.json(200);
    assert_eq!(root["orders"], "https://orders.example/api/v1/orders/");
}

async fn forwarded_headers_of_strangers_do_not_count(store: Store) {
    let service = Service::start(store).await;
    let root =
        service.get("").header("x-forwarded-host", "evil.example").header("x-forwarded-proto", "https");
    let root = root.header("forwarded", "host=evil.example;proto=https").await.json(200);
    assert_eq!(root["orders"], service.url("orders/"));
}

async fn forwarded_headers_of_a_trusted_proxy_count(store: Store) {
    let service = Service::start_with(store, &[("trusted_proxies", "10.0.0.0/8, 127.0.0.0/8")]).await;
    let root =
        service.get("").header("x-forwarded-host", "orders.example").header("x-forwarded-proto", "https");
    assert_eq!(root.await.json(200)["orders"], "https://orders.example/api/v1/orders/");
}

async fn a_host_that_is_no_host_is_not_repeated(store: Store) {
    let service = Service::start(store).await;
    let root = service.get("").header("host", "evil.example\"<script>").await;
    assert!(!root.text().contains("script"), "{}", root.text());
}
