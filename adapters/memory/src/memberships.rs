//! How memberships are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{CustomerSummary, MembershipDetails};
use orderdesk_domain::Membership;
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Key, Row, Table};

impl Row for Membership {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::membership(self.member(), self.organization())]
    }
}

impl Stored for Membership {
    fn table(state: &State) -> &Table<Self> {
        &state.memberships
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.memberships
    }

    /// The customer of a guest may be gone: such a guest sees nothing.
    fn is_anchored(&self, state: &State) -> bool {
        state.organizations.contains(self.organization().uuid()) && state.has_author(self.member().user())
    }

    fn details(&self, state: &State) -> StoreResult<MembershipDetails> {
        let customer = self.standing().customer().and_then(|id| state.customers.get(id.uuid()));
        Ok(MembershipDetails {
            membership: self.clone(),
            organization: state.organization(self.organization())?,
            user: state.user(self.member().user()),
            customer: customer.map(CustomerSummary::from),
        })
    }
}

impl Removable for Membership {
    fn let_go(_: &BTreeSet<Uuid>, _: &mut State) -> StoreResult<()> {
        Ok(())
    }
}
