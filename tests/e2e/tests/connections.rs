//! Connections that behave badly, and those beside them.

use std::time::{Duration, Instant};

use orderdesk_e2e::{Service, Store, Wire, item, on_every_store};

on_every_store!(
    slow_clients_do_not_keep_others_waiting,
    a_head_that_does_not_arrive_is_given_up,
    requests_on_one_connection_are_answered_in_order,
    stopping_lets_requests_finish,
);

async fn slow_clients_do_not_keep_others_waiting(store: Store) {
    let service = Service::start(store).await;
    let mut slow = Vec::new();
    for number in 0..200 {
        let mut wire = Wire::connect(service.address()).await;
        match number % 3 {
            0 => wire.send("GET /api/v1/ HTTP/1.1\r\nHost: a\r\nX-Slow: ").await,
            1 => wire.send("G").await,
            _ => {}
        }
        slow.push(wire);
    }
    let started = Instant::now();
    for name in ["a", "b", "c"] {
        service.create("items", &item(name, "1")).await;
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(slow.len(), 200);
}

async fn a_head_that_does_not_arrive_is_given_up(store: Store) {
    let service = Service::start_with(store, &[("header_timeout", "300ms")]).await;
    let mut wire = Wire::connect(service.address()).await;
    wire.send("GET /api/v1/ HTTP/1.1\r\nHost: a\r\n").await;
    let answer = wire.answer().await;
    assert_eq!(answer.status, 408);
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
    assert!(answer.body.contains("did not arrive in time"), "{}", answer.body);
}

async fn requests_on_one_connection_are_answered_in_order(store: Store) {
    let service = Service::start(store).await;
    let mut wire = Wire::connect(service.address()).await;
    let request =
        |path: &str, id: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\nX-Request-Id: {id}\r\n\r\n");
    wire.send(format!(
        "{}{}{}",
        request("/health/live", "1"),
        request("/nowhere", "2"),
        request("/health/ready", "3")
    ))
    .await;
    for (id, status) in [("1", 200), ("2", 404), ("3", 200)] {
        let answer = wire.answer().await;
        assert_eq!(answer.status, status);
        assert!(answer.head.contains(&format!("x-request-id: {id}\r\n")), "{}", answer.head);
    }
}

async fn stopping_lets_requests_finish(store: Store) {
    let service = Service::start(store).await;
    let address = service.address();
    let token = service.token().to_owned();
    let mut wire = Wire::connect(address).await;
    let body = item("Soap", "1").to_string();
    let head = format!(
        "POST /api/v1/items/ HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    wire.send(head).await;
    // The request is under way once its body is asked for.
    assert_eq!(wire.answer().await.status, 100);
    let stopping = tokio::spawn(service.stop());
    wire.send(body).await;
    let answer = wire.answer().await;
    assert_eq!(answer.status, 201);
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
    assert_eq!(stopping.await.unwrap(), orderdesk_http::server::Stopped::Cleanly);
}
