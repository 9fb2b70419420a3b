//! A gateway that sends nothing for the account: texts wait, and cost nothing, until it does again.

use orderdesk_e2e::{Client, Store, on_every_lasting_store, until};
use orderdesk_gateway::Conduct;
use serde_json::{Value, json};

use super::{Shop, attempts, count, once, place, placed, things, until_tried};

on_every_lasting_store!(a_gateway_without_credit_is_told_of_and_texts_wait_for_it);

async fn a_gateway_without_credit_is_told_of_and_texts_wait_for_it(store: Store) {
    let shop = Shop::open(store).await;
    shop.gateway.always(Conduct::Refuse(405));
    let (_running, client) = shop.serve(shop.program()).await;
    let (_, first) = placed(&client).await;
    let held = until_tried(&client, &first, 1).await;
    assert_eq!((&held["status"], &held["gateway"]), (&"queued".into(), &"africas-talking".into()));
    until("the hold is told of", async || gateways_held(&client).await == json!(["africas-talking"])).await;
    until("the metrics show it", async || held_in_metrics(&client).await == "1").await;

    // Another worker knows of it as well, and those that come later do not try.
    let worker = shop.program().work().await;
    let orders = place(&client, &things(5)).await;
    let more = shop.program().work().await;
    for order in &orders {
        let message = client.notification_of(order).await;
        assert_eq!((&message["status"], &message["attempts"]), (&"queued".into(), &0.into()), "{message}");
    }
    assert_eq!(shop.log().seen(), 1);
    for running in [worker, more] {
        assert_eq!(running.signal("TERM").await.code, Some(0));
    }
    // Once is enough for what takes a minute.
    if store != Store::Sqlite {
        return;
    }
    shop.gateway.always(Conduct::Accept);
    shop.until_accepted(6).await;
    until("all is written down", async || count(&client, "sent").await == 6).await;
    for order in &orders {
        let message = client.notification_of(order).await;
        assert_eq!(message["attempts"], 1, "{message}");
    }
    let sent = once(&client, &first, "sent").await;
    assert_eq!(sent["attempts"], 2);
    assert_eq!(attempts(&client, &first).await.len(), 2);
    assert_eq!(shop.log().seen(), 7);
    until("the hold is over", async || gateways_held(&client).await == json!([])).await;
    until("the metrics show it", async || held_in_metrics(&client).await == "0").await;
}

/// Which gateways readiness names; the service is ready all the while.
async fn gateways_held(client: &Client) -> Value {
    let ready = client.anonymous().get("/health/ready").await.json(200);
    assert_eq!(ready["status"], "ready");
    ready["held_gateways"].as_array().unwrap().iter().map(|held| held["gateway"].clone()).collect()
}

async fn held_in_metrics(client: &Client) -> String {
    let metrics = client.anonymous().get("/metrics").await.expect(200);
    let line = metrics.text().lines().find(|line| line.contains("held{gateway=\"africas-talking\"}"));
    line.unwrap_or_else(|| panic!("{}", metrics.text())).rsplit(' ').next().unwrap().to_owned()
}
