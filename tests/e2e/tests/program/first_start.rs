//! The first start: one installation, whose token is handed over once and never logged.

use std::os::unix::fs::PermissionsExt as _;

use super::{program, token};

#[tokio::test]
async fn the_first_start_prints_a_token_that_works_and_the_second_prints_none() {
    let directory = tempfile::tempdir().unwrap();
    let running = program(directory.path()).serve().await;
    let client = running.client();
    let port = running.address().port();
    let first = running.signal("TERM").await;
    let secret = token(&first.output);
    assert!(
        first
            .output
            .contains(&format!("curl -H 'Authorization: Bearer {secret}' http://localhost:{port}/api/v1/"))
    );
    assert!(!first.errors.contains("od_"), "{}", first.errors);
    drop(client);

    let running = program(directory.path()).serve().await;
    running.client().with_token(secret).get("").await.json(200);
    let second = running.signal("TERM").await;
    assert_eq!(second.output, "");
    assert!(!second.errors.contains("od_"), "{}", second.errors);
}

#[tokio::test]
async fn the_first_token_can_go_into_a_file_for_its_owner_only() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    let running = program(directory.path()).variable("ORDERDESK_INITIAL_TOKEN_FILE", "token").serve().await;
    let secret = std::fs::read_to_string(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(secret, format!("{}\n", secret.trim()));
    running.client().with_token(secret.trim()).get("").await.json(200);
    let ended = running.signal("TERM").await;
    assert_eq!(ended.output, "");
    assert!(!ended.errors.contains("od_"), "{}", ended.errors);
}

#[tokio::test]
async fn a_token_file_that_is_there_already_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("token"), "precious").unwrap();
    let arguments = ["--initial-token-file", "token", "--listen", "127.0.0.1:0"];
    let ended = program(directory.path()).arguments(&arguments).run().await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.errors.contains("cannot write the first token to token"), "{}", ended.errors);
    assert!(ended.errors.contains("orderdesk token create"), "{}", ended.errors);
    assert_eq!(std::fs::read_to_string(directory.path().join("token")).unwrap(), "precious");
}
