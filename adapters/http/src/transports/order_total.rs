//! What orders come to, over HTTP.

use orderdesk_application::views::OrderTotal;
use poem_openapi::Object;
use serde::Serialize;

use super::common::Amount;
use super::order::StatusTransport;

/// What orders come to, for each status and currency that there is.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OrderTotals")]
pub(crate) struct OrderTotalsTransport {
    /// By status and currency.
    order_totals: Vec<OrderTotalTransport>,
}

/// The orders of one status whose prices are in one currency.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OrderTotal")]
struct OrderTotalTransport {
    /// Where they stand.
    status: StatusTransport,
    /// The currency of their prices (ISO 4217).
    currency: String,
    /// How many they are.
    count: u64,
    /// What they come to.
    total: Amount,
}

impl<'a> FromIterator<&'a OrderTotal> for OrderTotalsTransport {
    fn from_iter<I: IntoIterator<Item = &'a OrderTotal>>(totals: I) -> Self {
        let total = |total: &OrderTotal| OrderTotalTransport {
            status: StatusTransport(total.status),
            currency: total.total.currency().to_string(),
            count: total.count,
            total: Amount(total.total),
        };
        Self { order_totals: totals.into_iter().map(total).collect() }
    }
}
