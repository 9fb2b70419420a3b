//! How the sending of messages goes: what waits, and which gateways send nothing.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_application::ports::{Backlog, Clock, Store, StoreResult};
use orderdesk_domain::{Gateway, Hold};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::server::Reading;

/// For how long what was read is told again.
const FRESH: Duration = Duration::from_secs(1);

/// What was read of the outbox.
#[derive(Debug, Clone)]
pub(super) struct Traffic {
    backlog: Backlog,
    holds: Vec<Hold>,
    /// For how many seconds the message has been due that has been due for longest.
    oldest_due: f64,
}

impl Traffic {
    /// As gauges.
    pub(super) fn readings(&self) -> Vec<Reading> {
        let messages = [("queued", self.backlog.queued), ("sending", self.backlog.sending)];
        let messages = messages.map(|(status, number)| {
            let help = "Messages that wait to be sent, due or not, and those that workers have.";
            Reading::new("orderdesk_outbox_messages", help, float(number)).label("status", status)
        });
        let help =
            "Seconds for which the message has been due that has been due for longest; 0 where none is due.";
        let oldest = Reading::new("orderdesk_outbox_oldest_due_seconds", help, self.oldest_due);
        let held = Gateway::ALL.map(|gateway| {
            let help = "Whether a gateway sends nothing at present: no credit, or a wrong key or sender.";
            let is_held = self.holds.iter().any(|hold| hold.gateway == gateway);
            let value = if is_held { 1.0 } else { 0.0 };
            Reading::new("orderdesk_gateway_held", help, value).label("gateway", gateway.name())
        });
        messages.into_iter().chain([oldest]).chain(held).collect()
    }

    /// The gateways that send nothing at present, and why.
    pub(super) fn held_gateways(&self) -> Value {
        let shown = |hold: &Hold| {
            json!({
                "gateway": hold.gateway.name(),
                "remark": hold.remark.as_ref().map(ToString::to_string),
                "since": hold.since.to_string(),
                "until": hold.until.to_string(),
            })
        };
        let mut holds: Vec<_> = self.holds.iter().collect();
        holds.sort_by_key(|hold| hold.gateway);
        holds.into_iter().map(shown).collect()
    }
}

/// Exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "nobody has so many messages that it would matter")]
fn float(number: u64) -> f64 {
    number as f64
}

/// Reads the outbox, once in a second at the most, because anybody may ask.
pub(super) struct TrafficWatch {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    last: Mutex<Option<(Instant, Traffic)>>,
}

impl TrafficWatch {
    /// Watches the outbox of this store.
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, last: Mutex::new(None) }
    }

    /// How it goes.
    pub(super) async fn look(&self) -> StoreResult<Traffic> {
        let mut last = self.last.lock().await;
        if let Some((at, traffic)) = &*last
            && at.elapsed() < FRESH
        {
            return Ok(traffic.clone());
        }
        let outbox = self.store.outbox();
        let (backlog, holds) = (outbox.backlog().await?, outbox.holds().await?);
        let now = self.clock.now();
        let waited = backlog.first_due.map_or(0, |due| now.milliseconds() - due.milliseconds()).max(0);
        let oldest_due = Duration::from_millis(waited.unsigned_abs()).as_secs_f64();
        let traffic = Traffic { backlog, holds, oldest_due };
        *last = Some((Instant::now(), traffic.clone()));
        Ok(traffic)
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_domain::{Remark, Timestamp};

    use super::*;
    use crate::server::Metrics;

    fn traffic() -> Traffic {
        let hold = Hold {
            gateway: Gateway::Twilio,
            remark: Remark::new("no credit"),
            since: Timestamp::EARLIEST,
            until: Timestamp::EARLIEST,
        };
        let backlog = Backlog { queued: 3, sending: 1, first_due: None };
        Traffic { backlog, holds: vec![hold], oldest_due: 1.5 }
    }

    #[test]
    fn what_waits_and_who_is_held_is_measured() {
        let text = Metrics::new().unwrap().render(&traffic().readings()).unwrap();
        for line in [
            "orderdesk_outbox_messages{status=\"queued\"} 3\n",
            "orderdesk_outbox_messages{status=\"sending\"} 1\n",
            "orderdesk_outbox_oldest_due_seconds 1.5\n",
            "orderdesk_gateway_held{gateway=\"africas-talking\"} 0\n",
            "orderdesk_gateway_held{gateway=\"twilio\"} 1\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
    }

    #[test]
    fn why_a_gateway_is_held_is_told() {
        let held = traffic().held_gateways();
        let since = Timestamp::EARLIEST.to_string();
        let expected =
            json!([{ "gateway": "twilio", "remark": "no credit", "since": since, "until": since }]);
        assert_eq!(held, expected);
    }
}
