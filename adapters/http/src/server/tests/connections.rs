//! How connections begin, wait and end.

use std::time::Instant;

use super::*;

#[tokio::test]
async fn a_client_that_never_finishes_its_head_is_told_and_closed_on_time() {
    let server = Server::start(ServerSettings { header_timeout: SOON, ..settings() }).await;
    let mut client = server.connect().await;
    let started = Instant::now();
    client.send("GET /id HTTP/1.1\r\nHost: t").await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.closes()), (408, true));
    assert_eq!(answer.body, "{\"message\":\"The head of the request did not arrive in time.\"}");
    client.closed().await;
    assert!(started.elapsed() >= SOON);
}

#[tokio::test]
async fn trickling_a_head_does_not_win_time() {
    let server = Server::start(ServerSettings { header_timeout: SOON, ..settings() }).await;
    let mut client = server.connect().await;
    let started = Instant::now();
    client.send("GET /id HTTP/1.1\r\nHost: t").await;
    while tokio::time::timeout(SOON / 8, client.spoken_to()).await.is_err() {
        client.send("t").await;
        assert!(started.elapsed() < FAR, "every byte moved the deadline");
    }
    assert_eq!(client.answer().await.status, 408);
}

#[tokio::test]
async fn a_silent_connection_is_closed_on_time_without_a_word() {
    let server = Server::start(ServerSettings { header_timeout: SOON, ..settings() }).await;
    server.connect().await.closed().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_on_time_without_a_word() {
    let server = Server::start(ServerSettings { header_timeout: SOON, ..settings() }).await;
    let mut client = server.connect().await;
    assert_eq!(client.get("/id").await.status, 200);
    client.closed().await;
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_is_given_up() {
    let server =
        Server::start(ServerSettings { request_timeout: SOON, maximum_connections: 1, ..settings() }).await;
    let mut greedy = server.connect().await;
    greedy.send("GET /endless HTTP/1.1\r\nHost: t\r\n\r\n").await;
    // The only slot is free again once the first client was given up.
    assert_eq!(server.connect().await.get("/id").await.status, 200);
}

#[tokio::test]
async fn one_connection_more_than_allowed_waits_for_a_slot() {
    let server = Server::start(ServerSettings { maximum_connections: 1, ..settings() }).await;
    let mut first = server.connect().await;
    first.send("GET /gate HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").await;
    server.gate.entered.notified().await;
    let mut second = server.connect().await;
    second.send("GET /id HTTP/1.1\r\nHost: t\r\n\r\n").await;
    assert!(tokio::time::timeout(SOON, second.answer()).await.is_err(), "served beyond the bound");
    server.gate.released.notify_one();
    assert_eq!(first.answer().await.body, "released");
    drop(first);
    assert_eq!(second.answer().await.status, 200);
}

#[tokio::test]
async fn stopping_closes_idle_connections_and_finishes_requests_in_flight() {
    let server = Server::start(settings()).await;
    let mut silent = server.connect().await;
    let mut idle = server.connect().await;
    assert_eq!(idle.get("/id").await.status, 200);
    let mut busy = server.connect().await;
    busy.send("GET /gate HTTP/1.1\r\nHost: t\r\n\r\n").await;
    server.gate.entered.notified().await;

    server.stop.send(()).unwrap();
    idle.closed().await;
    silent.closed().await;
    assert!(tokio::net::TcpStream::connect(server.address).await.is_err(), "still accepts");
    assert!(!server.served.is_finished());
    server.gate.released.notify_one();
    let answer = busy.answer().await;
    assert_eq!((answer.body.as_str(), answer.closes()), ("released", true));
    busy.closed().await;
    assert_eq!(server.served.await.unwrap(), Stopped::Cleanly);
}

#[tokio::test]
async fn stopping_cuts_off_what_outlasts_the_grace() {
    let server = Server::start(ServerSettings { shutdown_grace: SOON, ..settings() }).await;
    let mut busy = server.connect().await;
    busy.send("GET /gate HTTP/1.1\r\nHost: t\r\n\r\n").await;
    server.gate.entered.notified().await;
    server.stop.send(()).unwrap();
    assert_eq!(server.served.await.unwrap(), Stopped::CutOff(1));
    busy.closed().await;
}

#[tokio::test]
async fn a_path_of_ten_kilobytes_reaches_the_routes() {
    let server = Server::start(settings()).await;
    let answer = server.connect().await.get(&format!("/{}", "x".repeat(10_000))).await;
    assert_eq!((answer.status, answer.closes()), (404, false));
}

#[tokio::test]
async fn an_unreadable_head_is_answered_in_the_one_shape() {
    let server = Server::start(settings()).await;
    let long = "x".repeat(70_000);
    for (head, status) in [
        ("NOT HTTP AT ALL\r\n\r\n".to_owned(), 400),
        ("GET /id HTTP/1.1\r\nbad header\r\n\r\n".to_owned(), 400),
        ("POST /id HTTP/1.1\r\nContent-Length: -1\r\n\r\n".to_owned(), 400),
        (format!("GET /{long} HTTP/1.1\r\nHost: t\r\n\r\n"), 414),
        (format!("GET /id HTTP/1.1\r\nHost: t\r\nA: {long}\r\nB: {long}\r\n\r\n"), 431),
        (format!("GET /id HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(101)), 431),
    ] {
        // Also as the second request of a connection.
        for before in [0, 1] {
            let mut client = server.connect().await;
            for _ in 0..before {
                assert_eq!(client.get("/id").await.status, 200);
            }
            client.send(&head).await;
            let answer = client.answer().await;
            assert_eq!((answer.status, answer.closes()), (status, true), "{head:.40}");
            assert!(answer.body.starts_with("{\"message\":\""), "{}", answer.body);
            assert!(answer.head.contains("x-request-id: "), "{}", answer.head);
            client.closed().await;
        }
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = Server::start(settings()).await;
    let mut client = server.connect().await;
    client.send("GET /id HTTP/1.1\r\nX-Request-Id: 1\r\n\r\nGET /id HTTP/1.1\r\nX-Request-Id: 2\r\n\r\nBAD\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "1");
    assert_eq!(client.answer().await.body, "2");
    assert_eq!(client.answer().await.status, 400);
    client.closed().await;
}

#[tokio::test]
async fn targets_that_are_no_path_are_answered_too() {
    let server = Server::start(settings()).await;
    for (line, status) in [
        ("OPTIONS *", 404),
        ("CONNECT t:80", 404),
        ("GET http://t/id", 200),
        ("GET http://t", 404),
        ("GET //", 404),
    ] {
        let mut client = server.connect().await;
        client.send(format!("{line} HTTP/1.1\r\nHost: t\r\n\r\n")).await;
        assert_eq!(client.answer().await.status, status, "{line}");
    }
}
