//! How the audit is kept.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::AuditEntryDetails;
use orderdesk_domain::AuditEntry;
use uuid::Uuid;

use crate::state::State;
use crate::stored::Stored;
use crate::table::{Row, Table};

impl Row for AuditEntry {
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
}

impl Stored for AuditEntry {
    fn table(state: &State) -> &Table<Self> {
        &state.audit_entries
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.audit_entries
    }

    /// It tells what was done, whatever has become of those who did it and of what they did it to.
    fn is_anchored(&self, _: &State) -> bool {
        true
    }

    fn details(&self, state: &State) -> StoreResult<AuditEntryDetails> {
        Ok(AuditEntryDetails { entry: self.clone(), user: state.user(self.actor.user) })
    }
}
