//! What can be done with orders.

mod amending;
mod bulk;
mod deleting;
mod examining;
mod history;
mod moving;
mod placing;

use orderdesk_application::services::CustomerChoice;
use orderdesk_application::views::OrderDetails;
use orderdesk_contract::shop::Shop;

use crate::common::{TestDesk, catalogue, done, new_order};

/// A pending order of two units of the shop's item, by the shop's customer.
async fn pending(desk: &TestDesk, shop: &Shop) -> OrderDetails {
    let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 2));
    desk.orders().place(&shop.caller(), new, None).await.map(done).unwrap()
}
