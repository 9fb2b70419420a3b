//! What was acknowledged is there after a crash of the program or of its store, whole.

use std::time::Duration;

use orderdesk_e2e::{Client, Fields as _, Store, customer, on_every_lasting_store, order};
use orderdesk_servers::{PrivateMongodb, PrivatePostgres};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Site;

/// How many clients place orders at once.
const CLIENTS: usize = 8;

/// Longer than a store takes to be there again, however slow the machine.
const PATIENCE: Duration = Duration::from_mins(2);

on_every_lasting_store!(
    a_kill_loses_no_order_that_was_acknowledged,
    #[ignore = "kills for minutes; ./tests/long runs it"]
    a_hundred_kills_lose_no_order_that_was_acknowledged,
);

async fn a_kill_loses_no_order_that_was_acknowledged(store: Store) {
    kill_the_program(store, 3).await;
}

async fn a_hundred_kills_lose_no_order_that_was_acknowledged(store: Store) {
    kill_the_program(store, 100).await;
}

/// Kills the program again and again while orders are being placed, and looks for them after every start.
async fn kill_the_program(store: Store, times: u64) {
    let site = Site::new(store).await;
    let mut acknowledged: Vec<Value> = Vec::new();
    for round in 0..times {
        let running = site.program().serve().await;
        let client = site.client(&running);
        assert_kept(&client, &acknowledged).await;
        let placing = Placing::start(&client).await;
        placing.more(1).await;
        // At another moment every time.
        sleep(Duration::from_millis(100 + round * 37 % 200)).await;
        let ended = running.signal("KILL").await;
        assert_eq!(ended.code, None);
        acknowledged.extend(placing.end().await);
    }
    let running = site.program().serve().await;
    assert_kept(&site.client(&running), &acknowledged).await;
}

#[tokio::test]
async fn a_kill_of_postgres_loses_no_order_that_was_acknowledged() {
    let mut server = PrivatePostgres::start().await;
    let site = Site::at(server.url());
    let running = site.program().serve().await;
    let client = site.client(&running);
    let placing = Placing::start(&client).await;
    for _ in 0..3 {
        placing.more(30).await;
        server.kill().await;
        server.resume().await;
    }
    placing.more(30).await;
    assert_kept(&client, &placing.end().await).await;
}

#[tokio::test]
async fn a_kill_of_the_primary_of_three_mongodb_servers_loses_no_order_that_was_acknowledged() {
    let mut servers = PrivateMongodb::start(3).await;
    let site = Site::at(servers.url());
    let running = site.program().serve().await;
    let client = site.client(&running);
    let placing = Placing::start(&client).await;
    for _ in 0..2 {
        placing.more(30).await;
        let primary = servers.primary().await;
        servers.kill(primary).await;
        // The two that are left choose a primary, and go on.
        placing.more(30).await;
        servers.resume(primary).await;
    }
    assert_kept(&client, &placing.end().await).await;
}

/// Clients that place orders until they are told to end, or the program is gone.
struct Placing {
    clients: JoinSet<Vec<Value>>,
    /// How many orders were acknowledged. Nobody counts them any more once the clients are to end.
    acknowledged: watch::Receiver<usize>,
    end: watch::Sender<bool>,
}

impl Placing {
    async fn start(client: &Client) -> Self {
        let owner = client.create("customers", &customer()).await;
        let (count, acknowledged) = watch::channel(0);
        let (end, ending) = watch::channel(false);
        let clients = (0..CLIENTS).map(|number| {
            let body = order(&owner).with("item", format!("Soap {number}"));
            place(client.clone(), body, count.clone(), ending.clone())
        });
        Self { clients: clients.collect(), acknowledged, end }
    }

    /// Waits until so many more orders were acknowledged.
    async fn more(&self, number: usize) {
        let mut acknowledged = self.acknowledged.clone();
        let enough = *acknowledged.borrow() + number;
        let waiting = acknowledged.wait_for(|count| *count >= enough);
        timeout(PATIENCE, waiting).await.expect("no order is acknowledged any more").unwrap();
    }

    /// The orders that were acknowledged.
    async fn end(self) -> Vec<Value> {
        self.end.send_replace(true);
        let placed: Vec<_> = self.clients.join_all().await.into_iter().flatten().collect();
        assert!(!placed.is_empty(), "nothing was placed");
        placed
    }
}

/// Places orders. While its store is away, the program says so and takes none.
async fn place(
    client: Client,
    body: Value,
    count: watch::Sender<usize>,
    ending: watch::Receiver<bool>,
) -> Vec<Value> {
    let mut placed = Vec::new();
    while !*ending.borrow() {
        let Some(answer) = client.post("orders/", &body).try_send().await else { break };
        if answer.status == 201 {
            placed.push(answer.json(201));
            count.send_modify(|count| *count += 1);
        } else {
            assert!(answer.header("retry-after").is_some());
            answer.refusal(503, "unavailable");
        }
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
    }
    // What was not acknowledged may be there as well; each with its history.
    let mut page = client.get("orders/?limit=100&fields=id").await.json(200);
    loop {
        for order in page["orders"].as_array().unwrap() {
            let path = format!("orders/{}/events/", order["id"].as_str().unwrap());
            assert_eq!(client.column(&path, "event").await, ["placed"]);
        }
        let Some(cursor) = page["pagination"]["next_cursor"].as_str() else { break };
        page = client.get("orders/?limit=100&fields=id").query(&[("cursor", cursor)]).await.json(200);
    }
}
