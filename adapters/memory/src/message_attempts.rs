//! How attempts to send messages are kept.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::MessageAttemptDetails;
use orderdesk_domain::MessageAttempt;
use uuid::Uuid;

use crate::state::{State, lost};
use crate::stored::Stored;
use crate::table::{Row, Table};

impl Row for MessageAttempt {
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
}

impl Stored for MessageAttempt {
    fn table(state: &State) -> &Table<Self> {
        &state.message_attempts
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.message_attempts
    }

    fn is_anchored(&self, state: &State) -> bool {
        state.messages.contains(self.message.uuid())
    }

    fn details(&self, state: &State) -> StoreResult<MessageAttemptDetails> {
        let message = state.messages.get(self.message.uuid()).ok_or_else(|| lost(self.message))?;
        let letter = message.letter();
        Ok(MessageAttemptDetails {
            attempt: self.clone(),
            organization: letter.organization,
            customer: letter.customer,
        })
    }
}
