//! What can be done with messages: look at them, and send them again.

use orderdesk_domain::{Action, Cost, Message, MessageAttempt, MessageId};

use crate::error::{Problem, Result};
use crate::idempotency::{Once, Outcome};
use crate::ports::{Change, Reader};
use crate::principal::Caller;
use crate::query::{Entity as _, Filter, Selection};
use crate::services::browse::Browse;
use crate::services::desk::Desk;
use crate::views::{MessageDetails, MessageField};

/// The use cases of messages.
#[derive(Clone)]
pub struct MessageService {
    desk: Desk,
}

impl Browse for MessageService {
    type Entity = Message;

    fn reader(&self) -> &dyn Reader<Message> {
        self.desk.store.messages()
    }
}

/// Reads attempts to send messages.
#[derive(Clone)]
pub struct MessageAttempts {
    desk: Desk,
}

impl Browse for MessageAttempts {
    type Entity = MessageAttempt;

    fn reader(&self) -> &dyn Reader<MessageAttempt> {
        self.desk.store.message_attempts()
    }
}

impl MessageService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// The attempts to send messages.
    pub fn attempts(&self) -> MessageAttempts {
        MessageAttempts { desk: self.desk.clone() }
    }

    /// Queues a message once more that has failed; one of which nobody knows what became of it only if the caller has
    /// `confirmed` that the customer may get it twice.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Message`; `KeyReused`, `KeyInUse`.
    pub async fn send_again(
        &self,
        caller: &Caller,
        id: MessageId,
        confirmed: bool,
        once: Option<&Once<MessageDetails>>,
    ) -> Result<Outcome<MessageDetails>> {
        let scope = &caller.scope(Message::RESOURCE)?;
        let queued = self.desk.once(caller, once, || async move {
            let mut work = self.desk.begin().await?;
            let before = work.messages().find(scope, id.uuid()).await?.ok_or(Problem::NotFound)?;
            caller.require::<Message>(Action::Change, &before)?;
            let mut details = before.clone();
            let now = self.desk.now();
            details.message.requeue(confirmed, self.desk.post.expiry(now), now).map_err(Problem::Message)?;
            let change = Change { was: before.message.version(), now: details.message.clone() };
            work.messages().update(std::slice::from_ref(&change)).await?;
            let entry = self.desk.entry::<Message>(caller, Some(&before), Some(&details));
            let answer = self.desk.kept(caller, once, &details);
            self.desk.commit(work, entry.as_slice(), answer).await?;
            Ok(details)
        });
        let queued = queued.await?;
        self.desk.post.ring();
        Ok(queued)
    }

    /// What the messages that `filter` keeps have cost, a sum for each currency.
    pub async fn costs(&self, caller: &Caller, filter: Filter<MessageField>) -> Result<Vec<Cost>> {
        let selection = Selection::new(&caller.scope(Message::RESOURCE)?, filter);
        Ok(self.desk.store.outbox().costs(&selection).await?)
    }
}
