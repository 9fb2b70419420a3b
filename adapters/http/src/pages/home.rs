//! What has happened today, for the page where everything begins.

use orderdesk_domain::{TimeZone, Timestamp};
use poem::http::StatusCode;
use poem::{Endpoint, Response};
use serde_json::Value;

use super::exchange::Exchange;
use super::listing::Parameters;
use crate::links::API;

/// The orders of one status.
pub(super) struct StatusLine {
    pub(super) label: String,
    pub(super) class: String,
    pub(super) count: u64,
    /// Of all orders, 0 to 100.
    pub(super) percent: u64,
    /// What they come to, currency by currency.
    pub(super) amounts: Vec<String>,
    pub(super) href: String,
}

/// A day at a glance.
pub(super) struct Overview {
    pub(super) statuses: Vec<StatusLine>,
    pub(super) failed: u64,
    pub(super) failed_href: String,
}

/// What has happened since the day began by the clock of `zone`; `None` for somebody who may not see it.
pub(super) async fn overview<E>(exchange: &Exchange<E>, zone: &TimeZone, now: Timestamp) -> Option<Overview>
where
    E: Endpoint<Output = Response>,
{
    let since = zone.midnight(now).to_string();
    let today = |field: &str| Parameters::default().with(field, &since);
    let failed = today("created_at__gte").with("status", "failed");
    let failed_href = failed.at(&format!("{API}notifications/"));
    let totals = today("time_placed__gte").at(&format!("{API}order-totals/"));
    let counted = failed.with("limit", "1").at(&format!("{API}notifications/"));
    let (totals, counted) = tokio::join!(exchange.get(&totals), exchange.get(&counted));
    if totals.status != StatusCode::OK {
        return None;
    }
    let totals = totals.json()["order_totals"].as_array().map(Vec::as_slice).unwrap_or_default();
    let all: u64 = totals.iter().map(count).sum();
    let mut statuses: Vec<StatusLine> = Vec::new();
    for total in totals {
        let label = total["status"].as_str().unwrap_or_default();
        let amount = format!(
            "{} {}",
            total["currency"].as_str().unwrap_or_default(),
            total["total"].as_str().unwrap_or_default()
        );
        let known = statuses.iter().position(|line| line.label == label);
        if known.is_none() {
            let href = today("time_placed__gte").with("status", label).at(&format!("{API}orders/"));
            let (label, class) = (label.to_owned(), label.to_lowercase());
            statuses.push(StatusLine { label, class, count: 0, percent: 0, amounts: Vec::new(), href });
        }
        let last = statuses.len().saturating_sub(1);
        let Some(line) = statuses.get_mut(known.unwrap_or(last)) else { continue };
        line.count += count(total);
        line.percent = (line.count * 100).checked_div(all).unwrap_or_default();
        line.amounts.push(amount);
    }
    let pagination = &counted.json()["pagination"];
    let failed = pagination.get("count").and_then(Value::as_u64).unwrap_or_default();
    Some(Overview { statuses, failed, failed_href })
}

fn count(total: &Value) -> u64 {
    total["count"].as_u64().unwrap_or_default()
}
