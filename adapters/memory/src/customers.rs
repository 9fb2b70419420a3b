//! How customers are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_application::views::CustomerDetails;
use orderdesk_domain::Customer;
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Key, Row, Table};

impl Row for Customer {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }

    fn key(&self) -> Option<Key> {
        Some(Key::CustomerCode(self.organization(), self.profile().code))
    }
}

impl Stored for Customer {
    fn table(state: &State) -> &Table<Self> {
        &state.customers
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.customers
    }

    fn is_anchored(&self, state: &State) -> bool {
        state.organizations.contains(self.organization().uuid()) && state.has_author(self.created_by())
    }

    fn details(&self, state: &State) -> StoreResult<CustomerDetails> {
        Ok(CustomerDetails {
            customer: self.clone(),
            organization: state.organization(self.organization())?,
            created_by: state.user(self.created_by()),
        })
    }
}

impl Removable for Customer {
    fn let_go(ids: &BTreeSet<Uuid>, state: &mut State) -> StoreResult<()> {
        if state.orders.values().any(|order| ids.contains(&order.customer().uuid())) {
            return Err(StoreError::Referenced);
        }
        Ok(())
    }
}
