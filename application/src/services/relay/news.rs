//! Hearing of messages that other programs have queued.

use std::time::Duration;

use orderdesk_domain::Timestamp;

use crate::ports::{Announcements, Outbox};
use crate::services::post::later;

/// How often the outbox is looked into where the store tells when there is something: in case that got lost.
const HEARING: Duration = Duration::from_secs(2);
/// How often where it does not: half of this is how long a message waits on average.
const BLIND: Duration = Duration::from_millis(100);
/// After how many milliseconds somebody listens again who has stopped hearing.
const LISTEN_AGAIN: i64 = 10_000;

/// What is heard of other programs.
pub(super) enum News {
    /// The store tells.
    Heard(Box<dyn Announcements>),
    /// It does not, and there is no use in asking it before then; `None` for never.
    Silent(Option<Timestamp>),
}

impl News {
    /// Nobody has listened yet.
    pub(super) const fn unheard() -> Self {
        Self::Silent(Some(Timestamp::EARLIEST))
    }

    /// Begins to listen, where that is worth another try.
    pub(super) async fn listen(&mut self, outbox: &dyn Outbox, now: Timestamp) {
        let Self::Silent(Some(again)) = self else { return };
        if *again > now {
            return;
        }
        *self = match outbox.listen().await {
            Ok(Some(announcements)) => Self::Heard(announcements),
            Ok(None) => Self::Silent(None),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    error,
                    "nothing is heard of messages that other programs queue; the outbox is looked into often"
                );
                Self::Silent(Some(later(now, LISTEN_AGAIN)))
            }
        };
    }

    /// For how long nobody looks into the outbox unless something is heard.
    pub(super) const fn patience(&self) -> Duration {
        match self {
            Self::Heard(_) => HEARING,
            Self::Silent(_) => BLIND,
        }
    }

    /// Comes back when something has been queued, or nothing more will be heard.
    pub(super) async fn heard(&mut self, now: Timestamp) {
        let Self::Heard(announcements) = self else { return std::future::pending().await };
        if let Err(error) = announcements.next().await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "nothing more is heard of messages that other programs queue");
            *self = Self::Silent(Some(later(now, LISTEN_AGAIN)));
        }
    }
}
