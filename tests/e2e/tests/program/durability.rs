//! What was acknowledged is there after a crash, whole.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_e2e::{Client, Fields as _, customer, order};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::program;

/// How many clients place orders at once.
const CLIENTS: usize = 8;

#[tokio::test]
async fn a_kill_loses_no_order_that_was_acknowledged() {
    kill(3).await;
}

#[tokio::test]
#[ignore = "kills for minutes; ./tests/long runs it"]
async fn a_hundred_kills_lose_no_order_that_was_acknowledged() {
    kill(100).await;
}

/// Kills the program again and again while orders are being placed, and looks for them after every start.
async fn kill(times: u64) {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<Value> = Vec::new();
    for round in 0..times {
        let running =
            program(directory.path()).variable("ORDERDESK_INITIAL_TOKEN_FILE", "token").serve().await;
        let token = std::fs::read_to_string(directory.path().join("token")).unwrap();
        let client = running.client().with_token(token.trim());
        assert_kept(&client, &acknowledged).await;
        let owner = client.create("customers", &customer()).await;
        let mut clients = JoinSet::new();
        let placing = Arc::new(Notify::new());
        for number in 0..CLIENTS {
            let body = order(&owner).with("item", format!("{round} {number}"));
            clients.spawn(place(client.clone(), body, Arc::clone(&placing)));
        }
        placing.notified().await;
        // At another moment every time.
        sleep(Duration::from_millis(100 + round * 37 % 200)).await;
        let ended = running.signal("KILL").await;
        assert_eq!(ended.code, None);
        let before = acknowledged.len();
        acknowledged.extend(clients.join_all().await.into_iter().flatten());
        assert!(acknowledged.len() > before, "nothing was placed in round {round}");
    }
    let running = program(directory.path()).serve().await;
    let token = std::fs::read_to_string(directory.path().join("token")).unwrap();
    assert_kept(&running.client().with_token(token.trim()), &acknowledged).await;
}

/// Places orders until the program is gone, tells of each, and answers those that were acknowledged.
async fn place(client: Client, body: Value, placing: Arc<Notify>) -> Vec<Value> {
    let mut placed = Vec::new();
    while let Some(answer) = client.post("orders/", &body).try_send().await {
        placed.push(answer.json(201));
        placing.notify_one();
    }
    placed
}

/// Makes sure that every order is there with its history, and that no half of one is.
async fn assert_kept(client: &Client, acknowledged: &[Value]) {
    for order in acknowledged {
        let path = format!("orders/{}/", order["id"].as_str().unwrap());
        let kept = client.get(&path).await.json(200);
        for field in ["item", "quantity", "total", "status", "version"] {
            assert_eq!(kept[field], order[field]);
        }
        assert_eq!(client.column(&format!("{path}events/"), "event").await, ["placed"]);
    }
}
