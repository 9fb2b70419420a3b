//! A gateway to play with: `cargo run -p orderdesk-gateway -- 8100` takes over every message that comes to that port, and
//! shows it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "this crate is for tests, and shows what comes"
)]

use orderdesk_gateway::{API_KEY, GatewayServer, USERNAME};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port = std::env::args().nth(1).map_or(0, |port| port.parse().unwrap());
    let gateway = GatewayServer::start_at(port).await;
    println!("Send to {} as {USERNAME} with the key {API_KEY}.", gateway.url());
    for count in 1.. {
        gateway.log().until_seen(count).await;
        if let Some(sent) = gateway.log().sent().get(count - 1) {
            println!("{}: {}", sent.to, sent.text);
        }
    }
}
