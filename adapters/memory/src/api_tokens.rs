//! How API tokens are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{ApiTokenDetails, OrganizationSummary};
use orderdesk_domain::ApiToken;
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Key, Row, Table};

impl Row for ApiToken {
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Digest(*self.digest.bytes())]
    }
}

impl Stored for ApiToken {
    fn table(state: &State) -> &Table<Self> {
        &state.api_tokens
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.api_tokens
    }

    /// The organization to which a token is bound may be gone: such a token is good for nothing.
    fn is_anchored(&self, state: &State) -> bool {
        state.users.contains(self.user.uuid())
    }

    fn details(&self, state: &State) -> StoreResult<ApiTokenDetails> {
        let organization = self.organization.and_then(|id| state.organizations.get(id.uuid()));
        Ok(ApiTokenDetails { token: self.clone(), organization: organization.map(OrganizationSummary::from) })
    }
}

impl Removable for ApiToken {
    fn let_go(_: &BTreeSet<Uuid>, _: &mut State) -> StoreResult<()> {
        Ok(())
    }
}
