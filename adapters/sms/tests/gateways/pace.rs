//! How many messages a gateway gets in a second.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use orderdesk_gateway::GatewayServer;
use orderdesk_sms::AfricasTalking;

use crate::{PATIENCE, africas_talking_settings, client, send};

#[tokio::test]
async fn a_gateway_gets_no_more_messages_a_second_than_it_may() {
    let server = GatewayServer::start().await;
    let mut settings = africas_talking_settings(server.url());
    settings.rate = NonZeroU32::new(20).unwrap();
    let gateway = Arc::new(AfricasTalking::new(settings, client(PATIENCE)));
    let began = Instant::now();
    let sending: Vec<_> = (0..11)
        .map(|number| {
            let gateway = Arc::clone(&gateway);
            tokio::spawn(async move { send(gateway.as_ref(), &number.to_string()).await })
        })
        .collect();
    for sent in sending {
        sent.await.unwrap();
    }
    // The first goes at once, and ten more one after the other.
    assert!(began.elapsed() >= Duration::from_millis(10 * 50), "{:?}", began.elapsed());
    let texts: Vec<_> = server.log().sent().into_iter().map(|sent| sent.text).collect();
    assert_eq!(texts, (0..11).map(|number| number.to_string()).collect::<Vec<_>>(), "nobody is overtaken");
}
