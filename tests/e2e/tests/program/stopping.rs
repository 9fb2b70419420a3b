//! How the program ends: gracefully on a signal, and with a code that tells.

use orderdesk_e2e::{Wire, item};

use super::program;

#[tokio::test]
async fn a_signal_ends_the_program_with_success() {
    for (signal, name) in [("TERM", "SIGTERM"), ("INT", "SIGINT")] {
        let directory = tempfile::tempdir().unwrap();
        let running = program(directory.path()).serve().await;
        let ended = running.signal(signal).await;
        assert_eq!(ended.code, Some(0), "{}", ended.errors);
        assert!(ended.errors.contains(&format!("stopping on {name}")), "{}", ended.errors);
    }
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let running = program(directory.path()).variable("ORDERDESK_INITIAL_TOKEN_FILE", "token").serve().await;
    let token = std::fs::read_to_string(directory.path().join("token")).unwrap();
    let body = item("Soap", "1").to_string();
    let mut wire = begin(&running, token.trim(), &body).await;
    running.send_signal("TERM").await;
    wire.send(&body).await;
    assert_eq!(wire.answer().await.status, 201);
    assert_eq!(running.ended().await.code, Some(0));
    let running = program(directory.path()).serve().await;
    let client = running.client().with_token(token.trim());
    assert_eq!(client.column("items/", "name").await, ["Soap"]);
}

#[tokio::test]
async fn a_request_that_outlasts_the_grace_is_cut_off_and_the_code_tells() {
    let directory = tempfile::tempdir().unwrap();
    let running = program(directory.path())
        .variable("ORDERDESK_INITIAL_TOKEN_FILE", "token")
        .variable("ORDERDESK_SHUTDOWN_GRACE", "200ms")
        .serve()
        .await;
    let token = std::fs::read_to_string(directory.path().join("token")).unwrap();
    let _wire = begin(&running, token.trim(), "{}").await;
    let ended = running.signal("TERM").await;
    assert_eq!(ended.code, Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("1 connections did not finish within the grace"), "{}", ended.errors);
}

/// Sends the head of a POST and waits until the service asks for the body.
async fn begin(running: &orderdesk_e2e::Running, token: &str, body: &str) -> Wire {
    let mut wire = Wire::connect(running.address()).await;
    let head = format!(
        "POST /api/v1/items/ HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    wire.send(head).await;
    assert_eq!(wire.answer().await.status, 100);
    wire
}
