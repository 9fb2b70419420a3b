//! Keys, secrets, numbers and texts are nobody's business: no log, no metric and no error has them.

use orderdesk_e2e::{
    CALLBACK_SECRET, Fields as _, Store, customer, item, on_every_lasting_store, order, until,
};
use orderdesk_gateway::{API_KEY, AUTH_TOKEN, Conduct, GatewayServer};
use serde_json::json;

use super::{Shop, TOO_LONG, count, impatient, opt_out, reports_at};
use crate::program::Site;

on_every_lasting_store!(nothing_that_is_logged_tells_a_key_a_secret_or_a_number);

/// A secret that somebody tries may be the right one of another installation.
const ANOTHER_SECRET: &str = "fedcba9876543210fedcba9876543210";

/// What must not be found. The last two are the beginning of what Twilio is sent as credentials, and what all numbers here
/// have in them.
const PRIVATE: [&str; 7] =
    [API_KEY, AUTH_TOKEN, CALLBACK_SECRET, ANOTHER_SECRET, "Unmentionable", "Basic QUMw", "151918273"];

async fn nothing_that_is_logged_tells_a_key_a_secret_or_a_number(store: Store) {
    let shop = Shop::open(store).await;
    let twilio = GatewayServer::start().await;
    let loud = |program: orderdesk_e2e::Program| {
        impatient(program)
            .variable("ORDERDESK_LOG", "trace")
            .variable("ORDERDESK_PUBLIC_URL", "https://orders.example")
    };
    let (running, client) = shop.serve(loud(shop.program_with_twilio(&twilio))).await;
    let worker = loud(shop.program_with_twilio(&twilio)).work().await;
    shop.gateway.script([
        Conduct::Refuse(403),
        Conduct::Refuse(404),
        Conduct::Refuse(500),
        Conduct::HangUp,
        Conduct::Garble,
        Conduct::Fail(400),
        Conduct::Fail(503),
        Conduct::Stall(TOO_LONG),
        Conduct::NameNobody("Sent to 0/1"),
        Conduct::Refuse(406),
    ]);
    twilio.script([Conduct::Refuse(21211), Conduct::HangUp]);
    client.create("items", &item("Soap", "1")).await;
    for number in 0..12 {
        let phone = format!("+49151918273{number:02}");
        let owner = client.create("customers", &customer().with("phone", phone)).await;
        client.create("orders", &order(&owner).with("item", "Unmentionable")).await;
    }
    shop.until_seen(12).await;
    until("all are settled", async || count(&client, "sending").await == 0).await;
    // An account that is refused, with the gateway's own words about it.
    shop.gateway.always(Conduct::Fail(401));
    let owner = client.create("customers", &customer().with("phone", "+4915191827399")).await;
    client.create("orders", &order(&owner).with("item", "Unmentionable")).await;
    shop.until_seen(13).await;

    let reports = reports_at(&client);
    for target in [reports.clone(), reports.replace(CALLBACK_SECRET, ANOTHER_SECRET)] {
        for form in [
            &[("id", "ATXid_1"), ("status", "Success"), ("phoneNumber", "+4915191827301")][..],
            &[("status", "Success"), ("phoneNumber", "+4915191827301")],
            &[("id", "ATXid_1"), ("status", "Failed"), ("failureReason", "+4915191827301 is not there")],
        ] {
            client.anonymous().call("POST", &target).form(form).await;
        }
        client.anonymous().get(&target).await;
        client.anonymous().call("POST", &format!("{target}more/")).await;
        client.anonymous().call("POST", target.trim_end_matches('/')).await;
        client.anonymous().post(&target, &json!({ "phoneNumber": "+4915191827301" })).await;
    }
    let twilios = format!("delivery-reports/twilio/{CALLBACK_SECRET}/");
    let unsigned = [("MessageSid", "SM1"), ("MessageStatus", "delivered"), ("To", "+4915191827301")];
    let answer = client.anonymous().call("POST", &twilios).form(&unsigned).await;
    assert!(answer.status >= 400 && !answer.text().contains(CALLBACK_SECRET), "{}", answer.text());
    for secret in [CALLBACK_SECRET, ANOTHER_SECRET] {
        opt_out(&client, "+4915191827302", secret).await;
    }
    until("an answer to all", async || count(&client, "sending").await == 0).await;
    let metrics = client.anonymous().get("/metrics").await.expect(200).text().to_owned();
    let ready = client.anonymous().get("/health/ready").await.json(200).to_string();

    let mut said = vec![("/metrics", metrics), ("/health/ready", ready)];
    for running in [running, worker] {
        let ended = running.signal("TERM").await;
        assert_eq!(ended.code, Some(0));
        said.extend([("standard error", ended.errors), ("standard output", ended.output)]);
    }
    assert!(said.iter().any(|(_, text)| text.contains("\"level\":\"DEBUG\"")), "the logs say little");
    assert_private(&said);
}

#[tokio::test]
async fn settings_are_shown_and_refused_without_their_secrets() {
    let shop = Shop { site: Site::new(Store::Sqlite).await, gateway: GatewayServer::start().await };
    let checked = shop.program_with_twilio(&shop.gateway).arguments(&["config", "check"]).run().await;
    assert_eq!(checked.code, Some(0), "{}", checked.errors);
    assert!(checked.output.contains("africas_talking_api_key = "), "{}", checked.output);
    let mut said = vec![("config check", format!("{checked:?}"))];
    for (name, value) in [
        ("ORDERDESK_SMS_LEASE", "10s"),
        ("ORDERDESK_SMS", "twilio,twilio"),
        ("ORDERDESK_AFRICAS_TALKING_URL", "http://key:atsk_correct_horse_battery_staple@sms.example"),
        ("ORDERDESK_AFRICAS_TALKING_USERNAME", ""),
        ("ORDERDESK_TWILIO_SENDER", ""),
        ("ORDERDESK_SMS_RATE", "0"),
    ] {
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["worker"]] {
            let program = shop.program_with_twilio(&shop.gateway).variable(name, value);
            let ended = program.arguments(command).run().await;
            assert_eq!(ended.code, Some(1), "{name}: {}", ended.errors);
            assert!(!ended.output.contains("od_"), "the token is not shown for nothing: {}", ended.output);
            said.push((name, format!("{ended:?}")));
        }
    }
    // A secret that is none, such as one with a line break.
    for name in
        ["ORDERDESK_AFRICAS_TALKING_API_KEY", "ORDERDESK_TWILIO_AUTH_TOKEN", "ORDERDESK_SMS_CALLBACK_SECRET"]
    {
        for value in [format!("{CALLBACK_SECRET}\n{API_KEY}"), format!("{AUTH_TOKEN} é")] {
            let program = shop.program_with_twilio(&shop.gateway).variable(name, &value);
            let checked = program.arguments(&["config", "check"]).run().await;
            said.push((name, format!("{checked:?}")));
        }
    }
    assert_private(&said);
}

#[track_caller]
fn assert_private(said: &[(&str, String)]) {
    for (place, text) in said {
        for word in PRIVATE {
            let line = text.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "{word} is in {place}");
        }
    }
}
