//! A gateway in bad weather: what is said of a message is never more than is known.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use orderdesk_application::ports::{SmsGateway, Verdict};
use orderdesk_gateway::{Conduct, GatewayServer};

use crate::{africas_talking, client, send, twilio};

const TASKS: usize = 16;
const EACH: usize = 40;
/// Some answers take longer than this, so that some messages are given up.
const PATIENCE: Duration = Duration::from_millis(500);

/// Every message arrives once at the most, what is said to be accepted is, under that name, and what is said to be
/// refused or put off is not.
async fn brave(server: GatewayServer, gateway: Arc<dyn SmsGateway>, weather: Vec<(u32, Conduct)>) {
    server.at_random(7, weather);
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let gateway = Arc::clone(&gateway);
            tokio::spawn(async move {
                let mut verdicts = Vec::new();
                for index in 0..EACH {
                    let text = format!("{task} {index}");
                    let verdict = send(gateway.as_ref(), &text).await.verdict;
                    verdicts.push((text, verdict));
                }
                verdicts
            })
        })
        .collect();
    let mut verdicts = Vec::new();
    for task in tasks {
        verdicts.extend(task.await.unwrap());
    }
    let sent = server.log().sent();
    assert_eq!(sent.len(), TASKS * EACH, "each was sent once");
    let sent: HashMap<_, _> = sent.into_iter().map(|sent| (sent.text.clone(), sent)).collect();
    let mut unanswered = 0;
    for (text, verdict) in verdicts {
        let sent = &sent[&text];
        match verdict {
            Verdict::Accepted { reference, .. } => {
                assert_eq!(
                    reference.unwrap().as_str(),
                    sent.accepted.as_deref().unwrap(),
                    "{:?}",
                    sent.conduct
                );
            }
            Verdict::Unanswered => unanswered += 1,
            refused => assert_eq!(sent.accepted, None, "{refused:?}: {:?}", sent.conduct),
        }
    }
    assert!((1..TASKS * EACH / 2).contains(&unanswered), "{unanswered} are unanswered");
}

#[tokio::test]
async fn africas_talking_may_misbehave_in_every_way() {
    let server = GatewayServer::start().await;
    let gateway = Arc::new(africas_talking(server.url(), client(PATIENCE)));
    brave(server, gateway, Conduct::bad_day(2 * PATIENCE)).await;
}

#[tokio::test]
async fn twilio_may_misbehave_in_every_way() {
    let server = GatewayServer::start().await;
    let gateway = Arc::new(twilio(server.url(), client(PATIENCE)));
    let mut weather = Conduct::bad_day(2 * PATIENCE);
    weather.retain(|(_, conduct)| !matches!(conduct, Conduct::Refuse(_)));
    weather.extend([21211, 21610, 21606, 21611, 99].map(|code| (2, Conduct::Refuse(code))));
    // It names no message in success, which is no answer.
    brave(server, gateway, weather).await;
}
