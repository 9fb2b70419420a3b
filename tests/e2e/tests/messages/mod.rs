//! Texts end to end: programs, the store that they share, and gateways that know what they have taken over.

mod again;
mod backlog;
mod console;
mod delay;
mod failing_over;
mod holding;
mod nobody_waits;
mod quiet;
mod reports;
mod secrecy;
mod stopping;
mod storm;
mod throughput;

use std::time::Duration;

use orderdesk_e2e::{
    Answer, CALLBACK_SECRET, Client, Fields as _, Program, Running, Store, customer, order, until,
};
use orderdesk_gateway::{ACCOUNT_SID, API_KEY, AUTH_TOKEN, GatewayServer, Log, Sent, USERNAME};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::program::Site;

/// A store, for as many programs as a test needs, and Africa's Talking as those see it.
struct Shop {
    site: Site,
    gateway: GatewayServer,
}

impl Shop {
    async fn open(store: Store) -> Self {
        Self { site: Site::new(store).await, gateway: GatewayServer::start().await }
    }

    /// The program, told of the gateway.
    fn program(&self) -> Program {
        self.site
            .program()
            .variable("ORDERDESK_SMS_WORKER", "on")
            .variable("ORDERDESK_AFRICAS_TALKING_USERNAME", USERNAME)
            .variable("ORDERDESK_AFRICAS_TALKING_API_KEY", API_KEY)
            .variable("ORDERDESK_AFRICAS_TALKING_URL", self.gateway.url())
            .variable("ORDERDESK_SMS_CALLBACK_SECRET", CALLBACK_SECRET)
    }

    /// The program, told of another gateway besides, which it asks after the first.
    fn program_with_twilio(&self, twilio: &GatewayServer) -> Program {
        self.program()
            .variable("ORDERDESK_TWILIO_ACCOUNT_SID", ACCOUNT_SID)
            .variable("ORDERDESK_TWILIO_AUTH_TOKEN", AUTH_TOKEN)
            .variable("ORDERDESK_TWILIO_SENDER", "+15005550006")
            .variable("ORDERDESK_TWILIO_URL", twilio.url())
    }

    /// The program serving, and its administrator.
    async fn serve(&self, program: Program) -> (Running, Client) {
        let running = program.serve().await;
        let client = self.site.client(&running);
        (running, client)
    }

    /// The program serving without sending anything.
    async fn serve_only(&self) -> (Running, Client) {
        self.serve(self.program().variable("ORDERDESK_SMS_WORKER", "off")).await
    }

    fn log(&self) -> &Log {
        self.gateway.log()
    }

    /// Waits until the gateway was asked so often to send something.
    async fn until_seen(&self, count: usize) {
        let seen = timeout(PATIENCE, self.log().until_seen(count)).await;
        assert!(seen.is_ok(), "{} of {count} were sent", self.log().seen());
    }

    /// Waits until the gateway has taken over so many texts.
    async fn until_accepted(&self, count: usize) {
        let accepted = timeout(PATIENCE, self.log().until_accepted(count)).await;
        assert!(accepted.is_ok(), "{} of {count} were accepted", self.log().accepted());
    }
}

/// Nothing takes as long, however slow the machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// As short as leases and answers may be that a test waits for.
fn impatient(program: Program) -> Program {
    program.variable("ORDERDESK_SMS_PATIENCE", "1s").variable("ORDERDESK_SMS_LEASE", "6s")
}

/// Longer than who is impatient waits for an answer.
const TOO_LONG: Duration = Duration::from_secs(3);

/// An order of somebody who has ordered nothing before, and the message about it.
async fn placed(client: &Client) -> (Value, Value) {
    let owner = client.create("customers", &customer()).await;
    let order = client.create("orders", &order(&owner)).await;
    let message = client.notification_of(&order).await;
    (order, message)
}

/// A text says only what was ordered, which tells them apart.
async fn name_what_was_ordered(client: &Client) {
    let template = json!({ "event": "order.placed", "text": "{{ item }}" });
    client.create("message-templates", &template).await;
}

/// Orders of as many things, one after the other, by one customer.
async fn place(client: &Client, things: &[String]) -> Vec<Value> {
    let owner = client.create("customers", &customer()).await;
    let mut placed = Vec::new();
    for thing in things {
        placed.push(client.create("orders", &order(&owner).with("item", thing.as_str())).await);
    }
    placed
}

fn things(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Thing {number}")).collect()
}

/// The message once it has this status.
async fn once(client: &Client, message: &Value, status: &str) -> Value {
    until(status, async || client.again(message).await["status"] == status).await;
    client.again(message).await
}

/// How many messages have this status.
async fn count(client: &Client, status: &str) -> u64 {
    let list = client.get(&format!("notifications/?limit=1&status__in={status}")).await.json(200);
    list["pagination"]["count"].as_u64().unwrap()
}

/// How each attempt to send the message ended, and by which gateway, oldest first.
async fn attempts(client: &Client, message: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let target = format!("{}?ordering=created_at", message["attempts_url"].as_str().unwrap());
    let list = client.get(&target).await.json(200);
    let attempts = list["attempts"].as_array().unwrap().iter();
    attempts.map(|attempt| (text(&attempt["gateway"]), text(&attempt["outcome"]))).collect()
}

/// Where the gateway reports to.
fn reports_at(client: &Client) -> String {
    client.url(&format!("delivery-reports/africas-talking/{CALLBACK_SECRET}/"))
}

/// Somebody tells the gateway that they want no texts.
async fn opt_out(client: &Client, number: &str, secret: &str) -> Answer {
    let target = format!("opt-outs/africas-talking/{secret}/");
    client.anonymous().call("POST", &target).form(&[("senderId", "SHOP"), ("phoneNumber", number)]).await
}

/// What the gateway has taken over.
fn accepted(log: &Log) -> Vec<Sent> {
    log.sent().into_iter().filter(|sent| sent.accepted.is_some()).collect()
}

/// The message once gateways were asked so often to send it, and it waits.
async fn until_tried(client: &Client, message: &Value, attempts: u64) -> Value {
    let waits = |shown: &Value| shown["attempts"] == attempts && shown["status"] == "queued";
    until("it was tried", async || waits(&client.again(message).await)).await;
    client.again(message).await
}
