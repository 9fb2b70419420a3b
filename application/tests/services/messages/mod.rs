//! What customers are told, and what becomes of it.

mod callbacks;
mod previewing;
mod queueing;
mod relay;
mod sending_again;
mod templates;
mod wording;

use orderdesk_contract::kinds::everything;
use orderdesk_domain::{Message, MessageEvent, OrderId};

use crate::common::TestDesk;

/// All messages, the oldest first.
async fn messages(desk: &TestDesk) -> Vec<Message> {
    let mut found: Vec<_> =
        everything::<Message>(&*desk.store).await.rows.into_iter().map(|it| it.message).collect();
    found.reverse();
    found
}

/// What each of the messages tells, the oldest first.
async fn told(desk: &TestDesk) -> Vec<(MessageEvent, String)> {
    let messages = messages(desk).await.into_iter();
    messages.map(|it| (it.letter().event, it.letter().text.as_str().to_owned())).collect()
}

/// The number under which an order is spoken of.
fn number(order: OrderId) -> String {
    order.to_string().split_off(28).to_uppercase()
}
