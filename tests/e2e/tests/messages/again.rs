//! Sending again: what failed at a word, what is unknown only to who has understood what that means.

use orderdesk_e2e::{Store, on_every_lasting_store};
use orderdesk_gateway::Conduct;
use serde_json::json;

use super::{Shop, TOO_LONG, accepted, attempts, impatient, name_what_was_ordered, once, placed};

on_every_lasting_store!(
    what_failed_is_sent_again,
    what_a_killed_worker_was_sending_is_sent_again_only_by_who_says_so,
);

async fn what_failed_is_sent_again(store: Store) {
    let shop = Shop::open(store).await;
    let (_running, client) = shop.serve_only().await;
    let _worker = shop.program().work().await;
    shop.gateway.script([Conduct::Refuse(403)]);
    let (_, message) = placed(&client).await;
    let failed = once(&client, &message, "failed").await;
    assert_eq!(failed["failure"]["code"], "invalid_number");
    let again = message["attempts_url"].as_str().unwrap();
    client.post(again, &json!({})).await.json(202);
    let sent = once(&client, &message, "sent").await;
    assert_eq!((&sent["attempts"], sent["failure"].is_null()), (&2.into(), true));
    assert_eq!((shop.log().seen(), shop.log().accepted()), (2, 1));
    client.post(again, &json!({})).await.refusal(409, "transition_refused");
}

async fn what_a_killed_worker_was_sending_is_sent_again_only_by_who_says_so(store: Store) {
    let shop = Shop::open(store).await;
    shop.gateway.script([Conduct::AcceptAndAnswerAfter(TOO_LONG)]);
    let (_running, client) = shop.serve_only().await;
    name_what_was_ordered(&client).await;
    let worker = impatient(shop.program()).variable("ORDERDESK_SMS_PATIENCE", "2s").work().await;
    let (_, message) = placed(&client).await;
    shop.until_accepted(1).await;
    worker.signal("KILL").await;
    assert_eq!(client.again(&message).await["status"], "sending");
    let _worker = impatient(shop.program()).work().await;
    let unknown = once(&client, &message, "unknown").await;
    assert_eq!(unknown["failure"]["code"], "worker_lost");
    assert_eq!(attempts(&client, &message).await, [(String::new(), "lost".to_owned())]);

    let again = message["attempts_url"].as_str().unwrap();
    client.post(again, &json!({})).await.refusal(409, "transition_refused");
    client.post(again, &json!({ "confirm_unknown": false })).await.refusal(409, "transition_refused");
    // Another text goes its way meanwhile; this one stays.
    let (_, other) = placed(&client).await;
    once(&client, &other, "sent").await;
    assert_eq!((client.again(&message).await, shop.log().seen()), (unknown, 2));

    client.post(again, &json!({ "confirm_unknown": true })).await.json(202);
    let sent = once(&client, &message, "sent").await;
    assert_eq!(sent["attempts"], 2);
    assert_eq!(accepted(shop.log()).len(), 3);
}
