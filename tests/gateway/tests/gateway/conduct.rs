//! How requests are taken.

use std::time::{Duration, Instant};

use orderdesk_gateway::{Conduct, GatewayServer, Protocol};
use serde_json::Value;

use crate::{NUMBER, client, recipient, request, send, twilio};

#[tokio::test]
async fn what_is_accepted_is_in_the_log_under_the_name_that_was_answered() {
    let gateway = GatewayServer::start().await;
    let accepted = recipient(send(&gateway, "Order 7").await.unwrap()).await;
    assert_eq!(accepted["statusCode"], 101);
    let sent = gateway.log().sent();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].to.as_str(), sent[0].text.as_str()), (NUMBER, "Order 7"));
    assert_eq!(accepted["messageId"], sent[0].accepted.as_deref().unwrap());
    assert_eq!((gateway.log().accepted_with("Order 7"), gateway.log().accepted_with("Order 8")), (1, 0));
}

#[tokio::test]
async fn messages_are_counted_by_what_they_are_about() {
    let gateway = GatewayServer::start().await;
    gateway.script([Conduct::Accept, Conduct::AcceptAndHangUp, Conduct::Refuse(403), Conduct::Accept]);
    for text in ["Order 7 is placed", "Order 7 is placed", "Order 8 is placed", "Hello"] {
        send(&gateway, text).await.ok();
    }
    let counts = gateway
        .log()
        .accepted_by(|sent| sent.text.strip_prefix("Order ")?.split(' ').next().map(str::to_owned));
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("7".to_owned(), 2)]);
    assert_eq!((gateway.log().seen(), gateway.log().accepted()), (4, 3));
}

#[tokio::test]
async fn every_way_to_take_a_request_is_answered_and_counted_as_it_says() {
    let blink = Duration::from_millis(50);
    for (conduct, answer, accepted) in [
        (Conduct::Accept, Some((201, "\"statusCode\":101")), 1),
        (Conduct::AcceptAndAnswerAfter(blink), Some((201, "\"statusCode\":101")), 1),
        (Conduct::AcceptAndHangUp, None, 1),
        (Conduct::AcceptAndGarble, Some((201, "{\"SMSMessageData\": {\"Mess")), 1),
        (Conduct::AcceptAndFail(502), Some((502, "Something")), 1),
        (Conduct::StallAndAccept(blink), Some((201, "\"statusCode\":101")), 1),
        (Conduct::Stall(blink), None, 0),
        (Conduct::Refuse(406), Some((201, "\"status\":\"UserInBlacklist\"")), 0),
        (
            Conduct::NameNobody("InvalidSenderId"),
            Some((201, "\"Message\":\"InvalidSenderId\",\"Recipients\":[]")),
            0,
        ),
        (Conduct::Garble, Some((201, "{\"SMSMessageData\": {\"Mess")), 0),
        (Conduct::Fail(429), Some((429, "Something")), 0),
        (Conduct::HangUp, None, 0),
    ] {
        let gateway = GatewayServer::start().await;
        gateway.always(conduct);
        let answered = match send(&gateway, "Hello").await {
            Ok(response) => Some((response.status().as_u16(), response.text().await.unwrap())),
            Err(_) => None,
        };
        let fits = match (&answered, answer) {
            (Some((status, body)), Some((expected, part))) => *status == expected && body.contains(part),
            (None, None) => true,
            _ => false,
        };
        assert!(fits, "{conduct:?}: {answered:?}");
        let sent = gateway.log().sent();
        assert_eq!(
            (sent.len(), sent[0].conduct, gateway.log().accepted()),
            (1, conduct, accepted),
            "{conduct:?}"
        );
    }
}

#[tokio::test]
async fn what_is_accepted_before_it_is_answered_is_so_for_who_does_not_wait() {
    let gateway = GatewayServer::start().await;
    let long = Duration::from_mins(1);
    gateway.script([Conduct::AcceptAndAnswerAfter(long), Conduct::StallAndAccept(long)]);
    for text in ["first", "second"] {
        let impatient = request(&client(), &gateway, text).timeout(Duration::from_millis(300));
        assert!(impatient.send().await.unwrap_err().is_timeout());
    }
    gateway.log().until_seen(2).await;
    assert_eq!((gateway.log().accepted_with("first"), gateway.log().accepted_with("second")), (1, 0));
}

#[tokio::test]
async fn only_the_account_is_served() {
    let gateway = GatewayServer::start().await;
    let url = format!("{}/version1/messaging", gateway.url());
    let response =
        client().post(&url).form(&[("username", "somebody"), ("to", NUMBER)]).send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.text().await.unwrap(), "The supplied authentication is invalid");
    let response = client().post(url.replace("messaging", "other")).send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(gateway.log().seen(), 0);
}

#[tokio::test]
async fn twilio_is_spoken_as_well() {
    let gateway = GatewayServer::start().await;
    let response = twilio(&client(), &gateway, "Hello").send().await.unwrap();
    assert_eq!(response.status(), 201);
    let created: Value = response.json().await.unwrap();
    let sent = gateway.log().sent();
    assert_eq!(sent[0].protocol, Protocol::Twilio);
    assert_eq!(created["sid"], sent[0].accepted.as_deref().unwrap());
    assert_eq!(sent[0].report_to.as_deref(), Some("https://desk.example/"));
    gateway.always(Conduct::Refuse(21610));
    let response = twilio(&client(), &gateway, "Hello").send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(response.json::<Value>().await.unwrap()["code"], 21610);
    let url = twilio(&client(), &gateway, "Hello").build().unwrap().url().clone();
    assert_eq!(client().post(url).form(&[("To", NUMBER)]).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn thousands_are_counted_exactly() {
    const TASKS: usize = 20;
    const EACH: usize = 150;
    let gateway = GatewayServer::start().await;
    let http = client();
    let began = Instant::now();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let requests: Vec<_> =
                (0..EACH).map(|index| request(&http, &gateway, &format!("{task} {index}"))).collect();
            tokio::spawn(async move {
                for request in requests {
                    assert_eq!(request.send().await.unwrap().status(), 201);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let rate = (TASKS * EACH) as u128 * 1_000 / began.elapsed().as_millis();
    println!("{rate} requests a second");
    let counts = gateway.log().accepted_by(|sent| Some(sent.text.clone()));
    assert_eq!((counts.len(), gateway.log().accepted()), (TASKS * EACH, TASKS * EACH));
    let mut references: Vec<_> = gateway.log().sent().into_iter().filter_map(|sent| sent.accepted).collect();
    references.sort_unstable();
    references.dedup();
    assert_eq!(references.len(), TASKS * EACH);
}

#[tokio::test]
async fn a_log_outlives_its_gateway() {
    let gateway = GatewayServer::start().await;
    send(&gateway, "Hello").await.unwrap();
    let (url, log) = (gateway.url().to_owned(), gateway.log().clone());
    drop(gateway);
    assert_eq!(log.accepted(), 1);
    // The port is free as soon as the thread has come to its end.
    while client().get(&url).send().await.is_ok() {}
}
