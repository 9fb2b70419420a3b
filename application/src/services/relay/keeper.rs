//! Looking after messages whose worker is lost, and those that have grown too old.

use std::time::Duration;

use futures_util::future::Shared;
use orderdesk_domain::{
    AttemptOutcome, FailureCode, Message, MessageAttempt, MessageAttemptId, MessageStatus, Timestamp,
};
use uuid::Builder;

use crate::error::{Error, Result};
use crate::ports::{Change, StoreError};
use crate::services::relay::Relay;

/// How often.
const INTERVAL: Duration = Duration::from_secs(1);
/// How many messages at once.
const BATCH: u32 = 100;
/// How often reports about messages of which nobody has heard are forgotten: every so many times.
const SWEEP_EVERY: u64 = 600;

impl Relay {
    /// Looks after what others leave behind, until told to stop.
    pub(super) async fn keep<S>(&self, stop: Shared<S>)
    where
        S: Future<Output = ()> + Send,
    {
        for round in 1_u64.. {
            if let Err(error) = self.look_after(round).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "messages that are overdue could not be looked after");
            }
            self.rest(INTERVAL, &stop).await;
            if stop.peek().is_some() {
                return;
            }
        }
    }

    /// Takes on what others have found out about gateways.
    pub(super) async fn learn_of_holds(&self) {
        match self.desk.store.outbox().holds().await {
            Ok(holds) => self.holds.refresh(holds),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "it is not known which gateways send nothing");
            }
        }
    }

    async fn look_after(&self, round: u64) -> Result<()> {
        let outbox = self.desk.store.outbox();
        self.learn_of_holds().await;
        loop {
            let now = self.desk.now();
            let overdue = outbox.overdue(now, BATCH).await?;
            for message in &overdue {
                match self.give_up(message, now).await {
                    // Somebody else was quicker.
                    Err(Error::Store(
                        StoreError::Conflict | StoreError::Referenced | StoreError::Retry(_),
                    )) => {}
                    outcome => outcome?,
                }
            }
            if overdue.len() < BATCH as usize {
                break;
            }
        }
        if round.is_multiple_of(SWEEP_EVERY) {
            self.desk.sweep_reports().await?;
        }
        Ok(())
    }

    /// Nobody knows what became of a message whose worker is lost; and nobody wants one that has grown too old.
    async fn give_up(&self, message: &Message, now: Timestamp) -> Result<()> {
        let mut given_up = message.clone();
        let is_lost = message.status() == MessageStatus::Sending;
        let outcome = if is_lost {
            given_up.lose(None, FailureCode::WorkerLost.into(), now)
        } else {
            given_up.fail(None, FailureCode::TooOld.into(), now)
        };
        if outcome.is_err() {
            return Ok(());
        }
        let attempt = is_lost.then(|| MessageAttempt {
            id: lost_attempt(message),
            message: message.id(),
            gateway: None,
            outcome: AttemptOutcome::Lost,
            reference: None,
            code: None,
            cost: None,
            error: None,
            finished_at: now,
        });
        let change = Change { was: message.version(), now: given_up };
        self.desk.write_down(&change, attempt.as_slice()).await?;
        tracing::warn!(message = %message.id(), is_lost, "a message was given up");
        if is_lost {
            self.desk.settle_unknown(message.letter()).await?;
        }
        Ok(())
    }
}

/// The identity of the attempt in which a worker was lost: it carries the time at which the message was taken. Those who
/// mint never go back in time.
fn lost_attempt(message: &Message) -> MessageAttemptId {
    let taken = u64::try_from(message.updated_at().milliseconds()).unwrap_or_default();
    let [_, _, _, _, _, _, rest @ ..] = message.id().uuid().into_bytes();
    MessageAttemptId::new(Builder::from_unix_timestamp_millis(taken, &rest).into_uuid())
}

#[cfg(test)]
mod tests {
    use orderdesk_domain::{
        CustomerId, Letter, MessageEvent, MessageId, MessageText, OrderId, OrganizationId, PhoneNumber,
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_lost_attempt_began_when_its_message_was_taken() {
        let at = |milliseconds| Timestamp::from_milliseconds(milliseconds).unwrap();
        let taken = |id: u128, when| {
            let letter = Letter {
                organization: OrganizationId::new(Uuid::nil()),
                order: OrderId::new(Uuid::nil()),
                customer: CustomerId::new(Uuid::nil()),
                event: MessageEvent::OrderPlaced,
                to: PhoneNumber::parse("+254712345678").unwrap(),
                text: MessageText::compose("Hello").unwrap(),
            };
            let mut message = Message::queue(MessageId::new(Uuid::from_u128(id)), letter, at(1_000_000));
            message.claim(at(when + 1_000), at(when)).unwrap();
            lost_attempt(&message)
        };
        let first = taken(1, 5_000);
        assert_eq!(first.created_at(), at(5_000));
        assert_eq!(first.uuid().get_version_num(), 7);
        assert_eq!(first, taken(1, 5_000), "whoever finds out, it is the same attempt");
        assert_ne!(first, taken(2, 5_000), "messages are taken together");
        assert_ne!(first, taken(1, 6_000), "a message may be lost again");
    }
}
