//! When and to whom nothing is sent: quiet hours, and numbers whose owners want no texts.

use jiff::{Timestamp, ToSpan as _};
use orderdesk_e2e::{CALLBACK_SECRET, Fields as _, Store, customer, on_every_lasting_store, order, until};
use serde_json::json;

use super::{Shop, once, opt_out, placed};

on_every_lasting_store!(a_text_waits_until_quiet_hours_end, whoever_has_opted_out_gets_nothing_more,);

async fn a_text_waits_until_quiet_hours_end(store: Store) {
    let shop = Shop::open(store).await;
    let (_running, client) = shop.serve(shop.program()).await;
    let organization = client.organization().await;
    // Where the shop is, it is three hours later.
    let here = Timestamp::now().in_tz("Africa/Nairobi").unwrap();
    let end = here.checked_add(2.hours()).unwrap().with().second(0).subsec_nanosecond(0).build().unwrap();
    let hours =
        |from: &jiff::Zoned, to: &jiff::Zoned| format!("{}-{}", from.strftime("%H:%M"), to.strftime("%H:%M"));
    let now = hours(&here.checked_sub(1.hours()).unwrap(), &end);
    let body = json!({ "quiet_hours": now, "time_zone": "Africa/Nairobi" });
    client.patch(organization["url"].as_str().unwrap(), &body).await.json(200);

    let (_, quiet) = placed(&client).await;
    let due = end.timestamp().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    until("it is put off", async || client.again(&quiet).await["due_at"] == *due).await;
    let waits = client.again(&quiet).await;
    assert_eq!((&waits["status"], &waits["attempts"]), (&"queued".into(), &0.into()), "{waits}");

    let later = hours(&end, &end.checked_add(1.hours()).unwrap());
    client.patch(organization["url"].as_str().unwrap(), &json!({ "quiet_hours": later })).await.json(200);
    let (_, loud) = placed(&client).await;
    once(&client, &loud, "sent").await;
    assert_eq!((client.again(&quiet).await["status"].clone(), shop.log().seen()), ("queued".into(), 1));
}

async fn whoever_has_opted_out_gets_nothing_more(store: Store) {
    let shop = Shop::open(store).await;
    let (_running, client) = shop.serve_only().await;
    // One text waits already, and another is for a neighbour.
    let (_, waiting) = placed(&client).await;
    let neighbour = client.create("customers", &customer().with("phone", "+254712345679")).await;
    let neighbours = client.create("orders", &order(&neighbour)).await;
    opt_out(&client, "+254712345678", "another-secret-another-secret-00").await.refusal(404, "not_found");
    opt_out(&client, "254712345678", CALLBACK_SECRET).await.expect(200);
    let _worker = shop.program().work().await;
    let (_, later) = placed(&client).await;
    for message in [&waiting, &later] {
        let failed = once(&client, message, "failed").await;
        assert_eq!((&failed["failure"]["code"], &failed["attempts"]), (&"opted_out".into(), &0.into()));
    }
    once(&client, &client.notification_of(&neighbours).await, "sent").await;
    let numbers: Vec<_> = shop.log().sent().into_iter().map(|sent| sent.to).collect();
    assert_eq!(numbers, ["+254712345679"]);
}
