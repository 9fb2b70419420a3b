//! Programs are killed while they send and gateways misbehave: every customer is told once, or it is known that nobody
//! knows.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use jiff::Timestamp;
use orderdesk_e2e::{Client, Fields as _, Running, Store, customer, on_every_lasting_store, order};
use orderdesk_gateway::{Conduct, GatewayServer, Plan, Protocol, Sent};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Shop, TOO_LONG, count, impatient, reports_at};

on_every_lasting_store!(
    a_storm_leaves_each_customer_told_once,
    #[ignore = "takes minutes; ./tests/long runs it"]
    a_long_storm_leaves_each_customer_told_once,
);

async fn a_storm_leaves_each_customer_told_once(store: Store) {
    let scale = Scale { orders: 300, clients: 8, pause: 300, kills: 12, every: 300..1_200 };
    storm(store, scale).await;
}

async fn a_long_storm_leaves_each_customer_told_once(store: Store) {
    let scale = Scale { orders: 10_000, clients: 16, pause: 150, kills: 100, every: 200..1_300 };
    storm(store, scale).await;
}

/// How long a worker waits for an answer, as `impatient` says.
const PATIENCE: Duration = Duration::from_secs(1);
/// How late clocks and timers may be read.
const SLACK: i64 = 50;
/// Nothing takes as long after the storm, however many messages wait.
const CALM: Duration = Duration::from_mins(5);

struct Scale {
    orders: usize,
    clients: usize,
    /// How long a client pauses between two orders, in milliseconds, on average.
    pause: u64,
    /// How often a program is killed.
    kills: usize,
    /// The time between two kills, in milliseconds.
    every: std::ops::Range<u64>,
}

/// The programs: one that serves and sends, one that serves, two that send.
const PROGRAMS: usize = 4;

struct Programs<'s> {
    shop: &'s Shop,
    twilio: &'s GatewayServer,
    /// Servers keep theirs, so that clients and gateways find them again.
    ports: [u16; 2],
}

impl Programs<'_> {
    async fn start(&self, which: usize) -> Running {
        let program = impatient(self.shop.program_with_twilio(self.twilio))
            .variable("ORDERDESK_LOG", "warn,orderdesk_bootstrap=info");
        match which {
            0 => program.serve_at(self.ports[0]).await,
            1 => program.variable("ORDERDESK_SMS_WORKER", "off").serve_at(self.ports[1]).await,
            _ => program.work().await,
        }
    }

    /// Kills one after the other, and starts each again at once. Answers when programs were killed.
    async fn kill(&self, programs: &mut [Option<Running>], mut rng: Rng, scale: &Scale) -> Vec<(i64, i64)> {
        let mut kills = Vec::new();
        while kills.len() < scale.kills {
            sleep(Duration::from_millis(rng.u64(scale.every.clone()))).await;
            let which = rng.usize(..PROGRAMS);
            let began = now();
            let ended = programs[which].take().unwrap().signal("KILL").await;
            kills.push((began, now()));
            // It had not ended by itself.
            assert_eq!(ended.code, None, "{}", ended.errors);
            assert!(!ended.errors.contains("panicked"), "{}", ended.errors);
            programs[which] = Some(self.start(which).await);
        }
        kills
    }
}

async fn storm(store: Store, scale: Scale) {
    let seed = seed();
    println!("{store:?}: the seed of this storm is {seed}; STORM_SEED={seed} makes the same choices");
    let mut rng = Rng::with_seed(seed);
    let shop = &Shop::open(store).await;
    let twilio = GatewayServer::start().await;
    let places = Programs { shop, twilio: &twilio, ports: [free_port(&mut rng), free_port(&mut rng)] };
    let mut programs = Vec::new();
    for which in 0..PROGRAMS {
        programs.push(Some(places.start(which).await));
    }
    let clients = [0, 1].map(|which| shop.site.client(programs[which].as_ref().unwrap()));
    let template = json!({ "event": "order.placed", "text": "{{ first_name }}: {{ item }}" });
    clients[0].create("message-templates", &template).await;
    let owners = owners(&clients[0], scale.orders / 4).await;

    let [first, second] = clients.each_ref().map(reports_at);
    shop.gateway.at_random(rng.u64(..), Conduct::bad_day(TOO_LONG));
    shop.gateway.report_to(&[&first, &second], rng.u64(..), Plan::bad_day(TOO_LONG));
    twilio.at_random(rng.u64(..), twilios_bad_day());

    let began = Instant::now();
    let fork = rng.fork();
    let (kills, placed) =
        tokio::join!(places.kill(&mut programs, fork, &scale), orders(&clients, &owners, &scale, &mut rng));
    let stormed = began.elapsed();

    shop.gateway.always(Conduct::Accept);
    twilio.always(Conduct::Accept);
    while count(&clients[0], "queued,sending").await > 0 {
        assert!(began.elapsed() < stormed + CALM, "messages are stuck");
        sleep(Duration::from_millis(100)).await;
    }
    shop.gateway.until_reported().await;

    let mut logs = shop.log().sent();
    logs.extend(twilio.log().sent());
    let found = Found::of(&clients[1], placed, logs).await;
    let unknown = found.check(&clients[1], &kills).await;
    println!(
        "{store:?}: {} orders in {:.1} s, all settled after {:.1} s; {} kills; {} requests to gateways, {} reports \
         received and {} not; messages {:?}; unknown: {unknown:?}",
        scale.orders,
        stormed.as_secs_f64(),
        began.elapsed().as_secs_f64(),
        kills.len(),
        shop.log().seen() + twilio.log().seen(),
        shop.gateway.reports().0,
        shop.gateway.reports().1,
        found.statuses(),
    );
    for running in programs.into_iter().flatten() {
        let ended = running.signal("TERM").await;
        assert_eq!(ended.code, Some(0), "{}", ended.errors);
        assert!(!ended.errors.contains("panicked"), "{}", ended.errors);
    }
}

/// What the second gateway does on a bad day, in its own words.
fn twilios_bad_day() -> Vec<(u32, Conduct)> {
    vec![
        (60, Conduct::Accept),
        (5, Conduct::AcceptAndHangUp),
        (3, Conduct::AcceptAndGarble),
        (3, Conduct::AcceptAndFail(502)),
        (2, Conduct::AcceptAndAnswerAfter(TOO_LONG)),
        (4, Conduct::Refuse(21211)),
        (3, Conduct::Refuse(21610)),
        (4, Conduct::Refuse(20429)),
        (4, Conduct::Fail(429)),
        (4, Conduct::HangUp),
        (2, Conduct::Garble),
        (2, Conduct::Fail(503)),
    ]
}

/// Whether somebody who was treated like this cannot know what became of the message.
fn leaves_open(sent: &Sent) -> bool {
    match sent.conduct {
        Conduct::AcceptAndHangUp
        | Conduct::AcceptAndGarble
        | Conduct::AcceptAndFail(_)
        | Conduct::Garble
        | Conduct::HangUp => true,
        Conduct::Fail(status) => status >= 500,
        Conduct::AcceptAndAnswerAfter(time) | Conduct::StallAndAccept(time) | Conduct::Stall(time) => {
            time >= PATIENCE
        }
        Conduct::Refuse(code) => sent.protocol == Protocol::AfricasTalking && code == 999,
        Conduct::NameNobody(_) => sent.protocol == Protocol::Twilio,
        Conduct::Accept => false,
    }
}

async fn owners(client: &Client, count: usize) -> Vec<Value> {
    let mut owners = Vec::new();
    for number in 0..count {
        let phone = format!("+2547{number:08}");
        owners.push(client.create("customers", &customer().with("phone", phone)).await);
    }
    owners
}

/// Places the orders, each under a key of its own and as often as it takes until it is acknowledged, through whichever
/// server answers. Answers what each is an order of, by its id.
async fn orders(
    clients: &[Client; 2],
    owners: &[Value],
    scale: &Scale,
    rng: &mut Rng,
) -> HashMap<String, String> {
    let mut placing = JoinSet::new();
    for first in 0..scale.clients {
        let (clients, mut rng, pause) = (clients.clone(), rng.fork(), scale.pause);
        let numbers = (first..scale.orders).step_by(scale.clients);
        let orders = numbers.map(|number| {
            let item = format!("Thing {number}");
            let owner = &owners[number % owners.len()];
            (format!("storm-{number}"), item.clone(), order(owner).with("item", item))
        });
        let orders: Vec<_> = orders.collect();
        placing.spawn(async move {
            let mut placed = Vec::new();
            for (key, item, body) in orders {
                placed.push((acknowledged(&clients, &key, &body, &mut rng).await, item));
                sleep(Duration::from_millis(rng.u64(..=2 * pause))).await;
            }
            placed
        });
    }
    placing.join_all().await.into_iter().flatten().collect()
}

async fn acknowledged(clients: &[Client; 2], key: &str, body: &Value, rng: &mut Rng) -> String {
    let began = Instant::now();
    loop {
        let client = &clients[rng.usize(..2)];
        let answer = client.post("orders/", body).header("Idempotency-Key", key).try_send().await;
        match answer {
            Some(answer) if answer.status == 201 => {
                return answer.json(201)["id"].as_str().unwrap().to_owned();
            }
            Some(answer) if answer.status == 409 => {
                answer.refusal(409, "idempotency_key_in_use");
            }
            Some(answer) => {
                answer.refusal(503, "unavailable");
            }
            // The program was killed.
            None => {}
        }
        assert!(began.elapsed() < CALM, "nobody takes {key}");
        sleep(Duration::from_millis(rng.u64(10..100))).await;
    }
}

/// What there is after the storm.
struct Found {
    /// What was ordered, by the order's id.
    placed: HashMap<String, String>,
    /// Every message, by the order's id.
    messages: HashMap<String, Vec<Value>>,
    /// What gateways were asked to send, by the text.
    sent: HashMap<String, Vec<Sent>>,
}

/// How the messages that are unknown came to be so.
#[derive(Debug, Default)]
struct Unknown {
    killed: usize,
    unanswered: usize,
    /// The gateway answered in order, and this machine was too slow to hear it in time.
    late: usize,
    /// Settled by a report about another message, of which nobody had heard, to the same number.
    mistaken: usize,
}

impl Found {
    async fn of(client: &Client, placed: HashMap<String, String>, sent: Vec<Sent>) -> Self {
        let there = all(client, "orders").await;
        assert_eq!(there.len(), placed.len(), "an order was lost, or placed twice");
        for order in &there {
            assert_eq!(placed[order["id"].as_str().unwrap()], order["item"].as_str().unwrap());
        }
        let mut messages: HashMap<String, Vec<Value>> = HashMap::new();
        for message in all(client, "notifications").await {
            messages.entry(message["order"].as_str().unwrap().to_owned()).or_default().push(message);
        }
        let mut by_text: HashMap<String, Vec<Sent>> = HashMap::new();
        for sent in sent {
            by_text.entry(sent.text.clone()).or_default().push(sent);
        }
        Self { placed, messages, sent: by_text }
    }

    fn statuses(&self) -> HashMap<&str, usize> {
        let mut statuses = HashMap::new();
        for message in self.messages.values().flatten() {
            *statuses.entry(message["status"].as_str().unwrap()).or_default() += 1;
        }
        statuses
    }

    /// Makes sure of everything that is promised.
    async fn check(&self, client: &Client, kills: &[(i64, i64)]) -> Unknown {
        let mut unknown = Unknown::default();
        for (order, item) in &self.placed {
            let messages = self.messages.get(order).map_or(&[][..], Vec::as_slice);
            let [message] = messages else { panic!("{} messages about {item}", messages.len()) };
            let text = message["text"].as_str().unwrap();
            assert!(text.ends_with(&format!(": {item}")), "{text}");
            let sent = self.sent.get(text).map_or(&[][..], Vec::as_slice);
            let accepted = sent.iter().filter(|sent| sent.accepted.is_some()).count();
            assert!(accepted <= 1, "{item} was sent twice: {sent:?}");
            match message["status"].as_str().unwrap() {
                "unknown" => explain(client, message, sent, kills, &mut unknown).await,
                "sent" => assert_eq!(accepted, 1, "{message}"),
                // Somebody reported that.
                "delivered" | "failed" if message["failure"]["code"].as_str().is_none_or(is_reported) => {
                    if accepted == 0 {
                        assert!(was_unknown(client, message).await, "{message}: {sent:?}");
                        unknown.mistaken += 1;
                    }
                }
                "failed" => assert_eq!(accepted, 0, "{message}: {sent:?}"),
                status => panic!("{item} is {status}: {message}"),
            }
        }
        unknown
    }
}

fn is_reported(code: &str) -> bool {
    code == "undelivered"
}

/// Finds out why nobody knows what became of a message.
async fn explain(
    client: &Client,
    message: &Value,
    sent: &[Sent],
    kills: &[(i64, i64)],
    unknown: &mut Unknown,
) {
    let attempts = attempts(client, message).await;
    let last = attempts.last().unwrap_or_else(|| panic!("nobody tried: {message}"));
    let (began, ended) = (milliseconds(&last["created_at"]), milliseconds(&last["finished_at"]));
    match last["outcome"].as_str().unwrap() {
        "lost" => {
            assert_eq!(message["failure"]["code"], "worker_lost", "{message}");
            let is_explained = kills.iter().any(|(from, to)| *to >= began - SLACK && *from <= ended);
            assert!(is_explained, "no worker was killed: {message} {last}");
            unknown.killed += 1;
        }
        "unanswered" => {
            assert_eq!(message["failure"]["code"], "no_answer", "{message}");
            if sent.iter().any(leaves_open) {
                unknown.unanswered += 1;
            } else {
                assert_eq!(last["error"], "it took too long", "it was answered: {message} {last} {sent:?}");
                unknown.late += 1;
            }
        }
        outcome => panic!("{outcome} is no reason: {message}"),
    }
}

async fn was_unknown(client: &Client, message: &Value) -> bool {
    let attempts = attempts(client, message).await;
    attempts.last().is_some_and(|last| last["outcome"] == "lost" || last["outcome"] == "unanswered")
}

async fn attempts(client: &Client, message: &Value) -> Vec<Value> {
    let target = format!("{}?ordering=created_at", message["attempts_url"].as_str().unwrap());
    client.get(&target).await.json(200)["attempts"].as_array().unwrap().clone()
}

/// Everything in a collection, page by page.
async fn all(client: &Client, plural: &str) -> Vec<Value> {
    let target = format!("{plural}/?limit=100&count=false");
    let mut all = Vec::new();
    let mut page = client.get(&target).await.json(200);
    loop {
        all.extend_from_slice(page[plural].as_array().unwrap());
        let Some(cursor) = page["pagination"]["next_cursor"].as_str() else { return all };
        page = client.get(&target).query(&[("cursor", cursor)]).await.json(200);
    }
}

fn milliseconds(time: &Value) -> i64 {
    time.as_str().unwrap().parse::<Timestamp>().unwrap().as_millisecond()
}

#[expect(clippy::disallowed_methods, reason = "this is no clock of the program")]
fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Another one each time, unless somebody wants one again.
#[expect(clippy::disallowed_methods, reason = "this is no setting of the program")]
fn seed() -> u64 {
    std::env::var("STORM_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap())
}

/// A port that nobody listens on, below those that outgoing connections take.
fn free_port(rng: &mut Rng) -> u16 {
    loop {
        let port = rng.u16(15_000..30_000);
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
