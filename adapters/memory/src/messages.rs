//! How messages are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::MessageDetails;
use orderdesk_domain::{Message, MessageStatus};
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Key, Row, Table};

impl Row for Message {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }

    fn keys(&self) -> Vec<Key> {
        let (id, letter, course) = (self.id(), self.letter(), self.course());
        let mut keys = vec![Key::Message(letter.organization, letter.order, letter.event)];
        keys.extend(course.state.due().map(|due| Key::Due(self.status(), due, id)));
        if self.status() == MessageStatus::Queued {
            keys.push(Key::Expiring(course.expires_at, id));
        }
        if matches!(self.status(), MessageStatus::Sending | MessageStatus::Unknown) {
            keys.push(Key::Unsettled(letter.to.as_str().to_owned(), id));
        }
        if let (Some(gateway), Some(reference)) = (course.gateway, &course.reference) {
            keys.push(Key::Called(gateway, reference.as_str().to_owned(), id));
        }
        keys
    }
}

impl Stored for Message {
    fn table(state: &State) -> &Table<Self> {
        &state.messages
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.messages
    }

    /// The order may be gone: a message tells what was.
    fn is_anchored(&self, state: &State) -> bool {
        let customer = state.customers.get(self.letter().customer.uuid());
        customer.is_some_and(|customer| customer.organization() == self.letter().organization)
    }

    fn details(&self, state: &State) -> StoreResult<MessageDetails> {
        Ok(MessageDetails {
            message: self.clone(),
            customer: state.customer(self.letter().customer)?,
            organization: state.organization(self.letter().organization)?,
        })
    }
}

impl Removable for Message {
    /// The attempts to send a message go with it.
    fn let_go(ids: &BTreeSet<Uuid>, state: &mut State) -> StoreResult<()> {
        state.message_attempts.remove_all(|attempt| ids.contains(&attempt.message.uuid()));
        Ok(())
    }
}
