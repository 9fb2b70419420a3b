//! The store goes away and comes back while the program runs.

use std::time::Duration;

use orderdesk_e2e::{Client, Running, customer, item};
use orderdesk_servers::{PrivateMongodb, PrivatePostgres};
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::Site;

/// Longer than the program takes to notice that its store has gone or come, however slow the machine.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn an_outage_of_postgres_is_told_and_ends_without_a_restart() {
    let mut server = PrivatePostgres::start().await;
    let site = Site::at(server.url());
    let running = site.program().serve().await;
    let client = site.client(&running);
    client.create("items", &item("Soap", "1")).await;
    server.stop().await;
    assert_away(&client).await;
    server.resume().await;
    assert_back(&client, 1).await;
    server.kill().await;
    assert_away(&client).await;
    server.resume().await;
    assert_back(&client, 2).await;
    assert_ended_well(running).await;
}

#[tokio::test]
async fn an_outage_of_mongodb_is_told_and_ends_without_a_restart() {
    let mut servers = PrivateMongodb::start(1).await;
    let site = Site::at(servers.url());
    let running = site.program().serve().await;
    let client = site.client(&running);
    client.create("items", &item("Soap", "1")).await;
    servers.stop(0).await;
    assert_away(&client).await;
    servers.resume(0).await;
    assert_back(&client, 1).await;
    servers.kill(0).await;
    assert_away(&client).await;
    servers.resume(0).await;
    assert_back(&client, 2).await;
    assert_ended_well(running).await;
}

/// Every question that needs the store is answered: not now.
async fn assert_away(client: &Client) {
    for _ in 0..3 {
        let read = client.get("items/").await;
        assert!(read.header("retry-after").is_some());
        read.refusal(503, "unavailable");
        let write = client.post("customers/", &customer()).await;
        assert!(write.header("retry-after").is_some());
        write.refusal(503, "unavailable");
    }
    // Nobody can say whether this token is good: it is not refused.
    client.with_token("od_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").get("items/").await.refusal(503, "unavailable");
    until_health(client, 503).await;
    assert_eq!(client.anonymous().get("/health/live").await.json(200), json!({ "status": "live" }));
}

/// Waits until the program says this about its store. It does not ask the store anew each time.
async fn until_health(client: &Client, status: u16) {
    let said = async {
        while client.anonymous().get("/health/ready").await.status != status {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(PATIENCE, said).await.is_ok(), "/health/ready does not become {status}");
}

/// Once the program says that it is ready, it is: the customer is the first since the outage.
async fn assert_back(client: &Client, customers: usize) {
    until_health(client, 200).await;
    assert_eq!(client.column("items/", "name").await, ["Soap"]);
    client.create("customers", &customer()).await;
    assert_eq!(client.column("customers/", "id").await.len(), customers);
}

/// An outage is nothing that the program remembers when it ends.
async fn assert_ended_well(running: Running) {
    let ended = running.signal("TERM").await;
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    assert!(!ended.errors.contains("panicked"), "{}", ended.errors);
    assert!(!ended.errors.contains(PrivatePostgres::PASSWORD), "{}", ended.errors);
}
