//! What gateways report: in every order in which they do, of what is known and what is not.

use std::time::Duration;

use orderdesk_e2e::{Client, Store, on_every_lasting_store, until};
use orderdesk_gateway::{Conduct, Plan, Report, Step};
use serde_json::Value;

use super::{Shop, TOO_LONG, accepted, attempts, impatient, once, placed, reports_at};

on_every_lasting_store!(
    what_became_of_a_text_is_known_whenever_it_is_reported,
    a_report_that_comes_before_the_answer_is_not_lost,
    a_late_report_settles_what_is_unknown,
);

fn report(id: &str, status: &str) -> Report {
    Report {
        id: id.to_owned(),
        status: status.to_owned(),
        number: "+254712345678".to_owned(),
        failure_reason: (status == "Failed").then(|| "UserDoesNotExist".to_owned()),
    }
}

/// Reports; every report is received, whatever comes of it.
async fn told(shop: &Shop, client: &Client, id: &str, status: &str) {
    let url = reports_at(client);
    assert_eq!(shop.gateway.report(&url, report(id, status)).await.unwrap().as_u16(), 200, "{status}");
}

async fn what_became_of_a_text_is_known_whenever_it_is_reported(store: Store) {
    let shop = Shop::open(store).await;
    // Any program on the store listens.
    let (_running, client) = shop.serve_only().await;
    let _worker = shop.program().work().await;
    for (reported, status) in [
        (["Sent", "Submitted", "Success"], "delivered"),
        (["Success", "Success", "Success"], "delivered"),
        (["Success", "Sent", "Failed"], "delivered"),
        (["Submitted", "Failed", "Failed"], "failed"),
        (["Failed", "Success", "Sent"], "failed"),
        (["Sent", "Buffered", "Submitted"], "sent"),
    ] {
        let (_, message) = placed(&client).await;
        let sent = once(&client, &message, "sent").await;
        let reference = sent["gateway_message_id"].as_str().unwrap();
        for report in reported {
            told(&shop, &client, reference, report).await;
            told(&shop, &client, &format!("ATXid_nobody_{reference}"), report).await;
        }
        let settled = client.again(&message).await;
        assert_eq!(settled["status"], status, "{reported:?}");
        let reason = (status == "failed").then_some("undelivered");
        assert_eq!(settled["failure"]["code"].as_str(), reason);
        assert_eq!(settled["attempts"], 1);
    }
    let url = reports_at(&client).replace("0123", "3210");
    let wrong = shop.gateway.report(&url, report("ATXid_1", "Success")).await.unwrap();
    assert_eq!(wrong.as_u16(), 404);
}

async fn a_report_that_comes_before_the_answer_is_not_lost(store: Store) {
    let shop = Shop::open(store).await;
    let (_running, client) = shop.serve_only().await;
    let _worker = shop.program().work().await;
    for (step, status) in [(Step::Say("Success"), "delivered"), (Step::Fail("AbsentSubscriber"), "failed")] {
        let plan = Plan(vec![step, Step::Answer]);
        shop.gateway.report_to(&[&reports_at(&client)], 1, vec![(1, plan)]);
        let (_, message) = placed(&client).await;
        let settled = once(&client, &message, status).await;
        assert!(settled["gateway_message_id"].is_string(), "{settled}");
        let expected = [("africas-talking".to_owned(), "accepted".to_owned())];
        assert_eq!(attempts(&client, &message).await, expected);
    }
}

async fn a_late_report_settles_what_is_unknown(store: Store) {
    let shop = Shop::open(store).await;
    let (first, client) = shop.serve(impatient(shop.program())).await;
    for conduct in
        [Conduct::AcceptAndHangUp, Conduct::AcceptAndAnswerAfter(TOO_LONG), Conduct::AcceptAndGarble]
    {
        shop.gateway.script([conduct]);
        let (_, message) = placed(&client).await;
        once(&client, &message, "unknown").await;
        let reference = accepted(shop.log()).pop().unwrap().accepted.unwrap();
        told(&shop, &client, &reference, "Success").await;
        let settled = client.again(&message).await;
        assert_eq!(
            (&settled["status"], &settled["gateway_message_id"], &settled["failure"]),
            (&"delivered".into(), &reference.into(), &Value::Null)
        );
    }
    // The worker is killed while the gateway holds the answer back, and the report says what the worker cannot.
    shop.gateway.script([Conduct::AcceptAndAnswerAfter(Duration::from_mins(1))]);
    let worker = impatient(shop.program()).variable("ORDERDESK_SMS_PATIENCE", "2s").work().await;
    let (running, client) = {
        let (running, client) = shop.serve_only().await;
        drop(first);
        (running, client)
    };
    let before = shop.log().accepted();
    let (_, message) = placed(&client).await;
    shop.until_accepted(before + 1).await;
    worker.signal("KILL").await;
    let reference = accepted(shop.log()).pop().unwrap().accepted.unwrap();
    told(&shop, &client, &reference, "Success").await;
    assert_eq!(client.again(&message).await["status"], "sending");
    // Somebody else finds out that it is lost; the report has been kept until then.
    let _other = impatient(shop.program()).work().await;
    until("delivered", async || client.again(&message).await["status"] == "delivered").await;
    let tried = attempts(&client, &message).await;
    assert_eq!(tried, [(String::new(), "lost".to_owned())]);
    drop(running);
}
