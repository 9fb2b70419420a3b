//! Bodies: how much of them is taken, and what becomes of the rest.

use super::*;

fn post(path: &str, length: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: t\r\nContent-Length: {length}\r\n\r\n")
}

fn post_chunked(path: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
}

const TOO_LARGE: &str = "{\"message\":\"The body of a request may have at most 1000 bytes.\"}";

#[tokio::test]
async fn a_body_up_to_the_limit_is_taken() {
    let server = Server::start(settings()).await;
    let mut client = server.connect().await;
    client.send(post("/length", 1000)).await;
    client.send([b'x'; 1000]).await;
    assert_eq!(client.answer().await.body, "1000");
    client.send(post_chunked("/length")).await;
    client.send("3e8\r\n").await;
    client.send([b'x'; 1000]).await;
    client.send("\r\n0\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "1000");
}

#[tokio::test]
async fn one_byte_too_many_is_413_and_the_connection_lives_on() {
    let server = Server::start(settings()).await;
    let mut client = server.connect().await;
    client.send(post("/length", 1001)).await;
    client.send([b'x'; 1001]).await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.closes(), answer.body.as_str()), (413, false, TOO_LARGE));
    client.send(post_chunked("/length")).await;
    client.send("3e9\r\n").await;
    client.send([b'x'; 1001]).await;
    client.send("\r\n0\r\n\r\n").await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.closes(), answer.body.as_str()), (413, false, TOO_LARGE));
    assert_eq!(client.get("/id").await.status, 200);
}

#[tokio::test]
async fn a_client_that_sends_100_megabytes_before_it_listens_reads_its_413() {
    let megabyte = vec![b'x'; 1_000_000];
    let server = Server::start(settings()).await;

    let mut declared = server.connect().await;
    declared.send(post("/length", 100 * megabyte.len())).await;
    for _ in 0..100 {
        declared.send(&megabyte).await;
    }
    let answer = declared.answer().await;
    assert_eq!((answer.status, answer.closes(), answer.body.as_str()), (413, true, TOO_LARGE));

    let mut chunked = server.connect().await;
    chunked.send(post_chunked("/length")).await;
    for _ in 0..100 {
        chunked.send("f4240\r\n").await;
        chunked.send(&megabyte).await;
        chunked.send("\r\n").await;
    }
    chunked.send("0\r\n\r\n").await;
    let answer = chunked.answer().await;
    assert_eq!((answer.status, answer.closes(), answer.body.as_str()), (413, true, TOO_LARGE));
}

#[tokio::test]
async fn a_body_that_nobody_reads_is_read_away() {
    let server = Server::start(settings()).await;
    let mut client = server.connect().await;
    // The limit does not bite where nobody reads: a missing credential is told first.
    client.send(post("/deaf", 100_000)).await;
    client.send(vec![b'x'; 100_000]).await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.closes()), (401, false));
    assert_eq!(client.get("/id").await.status, 200);
}

#[tokio::test]
async fn a_client_that_asks_for_leave_to_send_too_much_is_spared_the_sending() {
    let server = Server::start(settings()).await;
    for (path, status) in [("/length", 413), ("/deaf", 401)] {
        let mut client = server.connect().await;
        client
            .send(format!(
                "POST {path} HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n"
            ))
            .await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.closes()), (status, true), "{path}");
    }
    let mut client = server.connect().await;
    client
        .send("POST /length HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.status, 100);
    client.send("abc").await;
    assert_eq!(client.answer().await.body, "3");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_the_clients_fault_a_slow_handler_is_ours() {
    let server = Server::start(ServerSettings { request_timeout: SOON, ..settings() }).await;
    let mut client = server.connect().await;
    client.send(post("/length", 10)).await;
    client.send("short").await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.closes()), (408, true));
    assert_eq!(server.connect().await.get("/never").await.status, 503);
}

#[tokio::test]
async fn a_body_that_is_not_what_it_says_is_a_bad_request() {
    let server = Server::start(settings()).await;
    let mut client = server.connect().await;
    client.send(post_chunked("/length")).await;
    client.send("not a chunk\r\n").await;
    assert_eq!(client.answer().await.status, 400);
}
