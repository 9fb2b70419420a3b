//! How organizations are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_application::views::OrganizationDetails;
use orderdesk_domain::{Organization, OrganizationId};
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Row, Table};

impl Row for Organization {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }
}

impl Stored for Organization {
    fn table(state: &State) -> &Table<Self> {
        &state.organizations
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.organizations
    }

    fn is_anchored(&self, _: &State) -> bool {
        true
    }

    fn details(&self, _: &State) -> StoreResult<OrganizationDetails> {
        Ok(OrganizationDetails { organization: self.clone() })
    }
}

impl Removable for Organization {
    /// What an organization owns keeps it. Orders and messages have a customer of the same organization,
    /// which stands for them here.
    fn let_go(ids: &BTreeSet<Uuid>, state: &mut State) -> StoreResult<()> {
        let goes = |organization: OrganizationId| ids.contains(&organization.uuid());
        if state.customers.values().any(|customer| goes(customer.organization()))
            || state.items.values().any(|item| goes(item.organization()))
        {
            return Err(StoreError::Referenced);
        }
        state.memberships.remove_all(|membership| goes(membership.organization()));
        state.message_templates.remove_all(|template| goes(template.organization()));
        Ok(())
    }
}
