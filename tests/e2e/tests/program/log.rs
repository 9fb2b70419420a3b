//! The log: one line for each request, and nothing in it that is nobody's business.

use orderdesk_e2e::{Fields as _, customer, order};
use serde_json::Value;

use super::program;

#[tokio::test]
async fn a_request_is_one_line_with_what_an_operator_needs() {
    let directory = tempfile::tempdir().unwrap();
    let mut running =
        program(directory.path()).variable("ORDERDESK_INITIAL_TOKEN_FILE", "token").serve().await;
    let token = std::fs::read_to_string(directory.path().join("token")).unwrap();
    let client = running.client().with_token(token.trim());

    let created = client.create("customers", &customer()).await;
    let line = running.logged("request").await;
    assert_eq!(
        (&line["method"], &line["route"], &line["status"]),
        (&"POST".into(), &"/api/v1/customers/".into(), &201.into())
    );
    assert_eq!(line["principal"], created["created_by"]["id"]);
    assert!(line["duration_ms"].as_f64().is_some_and(|duration| duration > 0.0), "{line}");
    assert!(line["request_id"].is_string() && line["timestamp"].is_string(), "{line}");

    client.get(created["url"].as_str().unwrap()).header("x-request-id", "mine").await.json(200);
    let line = running.logged("request").await;
    assert_eq!((&line["route"], &line["request_id"]), (&"/api/v1/customers/{id}/".into(), &"mine".into()));

    client.anonymous().get("customers/").await.expect(401);
    let line = running.logged("request").await;
    assert_eq!((&line["status"], &line["principal"]), (&401.into(), &"-".into()));
    running.signal("TERM").await;
}

#[tokio::test]
async fn nothing_personal_and_nothing_secret_is_logged() {
    let directory = tempfile::tempdir().unwrap();
    let running = program(directory.path())
        .variable("ORDERDESK_INITIAL_TOKEN_FILE", "token")
        .variable("ORDERDESK_LOG", "trace")
        .serve()
        .await;
    let token = std::fs::read_to_string(directory.path().join("token")).unwrap();
    let client = running.client().with_token(token.trim());
    let owner = client
        .create("customers", &customer().with("first_name", "Wangari").with("second_name", "Maathai"))
        .await;
    client.create("orders", &order(&owner).with("item", "Unmentionable")).await;
    client.get("customers/?search=Wangari&phone=%2B254712345678").await.json(200);
    client.post("customers/", &customer().with("phone", "0799999999")).await.expect(400);
    client.post("customers/", &customer().with("code", owner["code"].clone())).await.expect(409);
    client.get("orders/").header("authorization", "Bearer od_0123456789abcdefghjkmnpqrstvwxyz").await;
    let log = running.signal("TERM").await.errors;
    for word in ["Wangari", "Maathai", "Unmentionable", "712345678", "0799999999", token.trim(), "od_0123"] {
        let line = log.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "{word} is in the log");
    }
}

#[tokio::test]
async fn every_line_of_the_log_is_json_where_nobody_watches() {
    let directory = tempfile::tempdir().unwrap();
    let running = program(directory.path()).serve().await;
    running.client().get("/nowhere").await.expect(404);
    let ended = running.signal("TERM").await;
    let lines: Vec<Value> = ended.errors.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let messages: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["serving", "request", "stopping on SIGTERM", "stopped"]);
}
