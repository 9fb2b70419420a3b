//! Two gateways: the second is asked where the first is known not to have taken a text over, and only there.

use std::net::TcpListener;

use orderdesk_e2e::{Store, on_every_lasting_store};
use orderdesk_gateway::{Conduct, GatewayServer};

use super::{Shop, TOO_LONG, attempts, impatient, once, placed, until_tried};

on_every_lasting_store!(
    what_the_first_gateway_does_not_take_the_second_does,
    a_gateway_that_is_not_there_is_passed_by,
    what_the_first_gateway_may_have_taken_nobody_else_is_given,
);

fn tried(attempts: &[(&str, &str)]) -> Vec<(String, String)> {
    attempts.iter().map(|(gateway, outcome)| ((*gateway).to_owned(), (*outcome).to_owned())).collect()
}

async fn what_the_first_gateway_does_not_take_the_second_does(store: Store) {
    let shop = Shop::open(store).await;
    let twilio = GatewayServer::start().await;
    let (_running, client) = shop.serve(shop.program_with_twilio(&twilio)).await;
    // Busy; it does not serve the number; it is out of credit, after which it is not asked for a minute.
    for (number, (conduct, outcome)) in [
        (Conduct::Refuse(500), "deferred"),
        (Conduct::Fail(429), "deferred"),
        (Conduct::Refuse(404), "refused"),
        (Conduct::Refuse(405), "held"),
    ]
    .into_iter()
    .enumerate()
    {
        shop.gateway.script([conduct]);
        let (_, message) = placed(&client).await;
        let sent = once(&client, &message, "sent").await;
        assert_eq!((&sent["gateway"], &sent["attempts"]), (&"twilio".into(), &2.into()), "{conduct:?}");
        let expected = tried(&[("africas-talking", outcome), ("twilio", "accepted")]);
        assert_eq!(attempts(&client, &message).await, expected, "{conduct:?}");
        let reference = twilio.log().sent()[number].accepted.clone();
        assert_eq!(sent["gateway_message_id"].as_str(), reference.as_deref());
    }
    let (_, message) = placed(&client).await;
    let sent = once(&client, &message, "sent").await;
    assert_eq!((&sent["gateway"], &sent["attempts"]), (&"twilio".into(), &1.into()));
    assert_eq!((shop.log().seen(), shop.log().accepted(), twilio.log().accepted()), (4, 0, 5));
}

async fn a_gateway_that_is_not_there_is_passed_by(store: Store) {
    let shop = Shop::open(store).await;
    let twilio = GatewayServer::start().await;
    // Nobody listens there any more.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = shop.program_with_twilio(&twilio);
    let program = program.variable("ORDERDESK_AFRICAS_TALKING_URL", &format!("http://{gone}"));
    let (_running, client) = shop.serve(program).await;
    let (_, message) = placed(&client).await;
    once(&client, &message, "sent").await;
    let expected = tried(&[("africas-talking", "deferred"), ("twilio", "accepted")]);
    assert_eq!(attempts(&client, &message).await, expected);
    // With both away it waits.
    twilio.script([Conduct::Fail(429)]);
    let (_, message) = placed(&client).await;
    let waits = until_tried(&client, &message, 2).await;
    assert!(waits["due_at"].as_str() > waits["updated_at"].as_str(), "{waits}");
    // It is tried again within five seconds.
    once(&client, &message, "sent").await;
    assert_eq!(attempts(&client, &message).await.len(), 4);
}

async fn what_the_first_gateway_may_have_taken_nobody_else_is_given(store: Store) {
    let shop = Shop::open(store).await;
    let twilio = GatewayServer::start().await;
    let (_running, client) = shop.serve(impatient(shop.program_with_twilio(&twilio))).await;
    for conduct in [
        Conduct::AcceptAndHangUp,
        Conduct::HangUp,
        Conduct::AcceptAndGarble,
        Conduct::Garble,
        Conduct::AcceptAndFail(502),
        Conduct::Fail(503),
        Conduct::AcceptAndAnswerAfter(TOO_LONG),
        Conduct::Stall(TOO_LONG),
        Conduct::Refuse(999),
    ] {
        shop.gateway.script([conduct]);
        let (_, message) = placed(&client).await;
        let unknown = once(&client, &message, "unknown").await;
        assert_eq!(unknown["failure"]["code"], "no_answer", "{conduct:?}");
        assert_eq!(attempts(&client, &message).await, tried(&[("africas-talking", "unanswered")]));
    }
    assert_eq!((shop.log().seen(), twilio.log().seen()), (9, 0));
}
