//! How templates of messages are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::MessageTemplateDetails;
use orderdesk_domain::MessageTemplate;
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Key, Row, Table};

impl Row for MessageTemplate {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::MessageTemplate(self.organization(), self.event())]
    }
}

impl Stored for MessageTemplate {
    fn table(state: &State) -> &Table<Self> {
        &state.message_templates
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.message_templates
    }

    fn is_anchored(&self, state: &State) -> bool {
        state.organizations.contains(self.organization().uuid())
    }

    fn details(&self, state: &State) -> StoreResult<MessageTemplateDetails> {
        Ok(MessageTemplateDetails {
            template: self.clone(),
            organization: state.organization(self.organization())?,
        })
    }
}

impl Removable for MessageTemplate {
    fn let_go(_: &BTreeSet<Uuid>, _: &mut State) -> StoreResult<()> {
        Ok(())
    }
}
