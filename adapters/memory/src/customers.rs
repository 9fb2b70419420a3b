//! How customers are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_application::views::CustomerDetails;
use orderdesk_domain::{Customer, Message};
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Key, Row, Table};
use crate::work::remove;

impl Row for Customer {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::CustomerCode(self.organization(), self.profile().code)]
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
    /// What a customer has been told goes along.
    fn let_go(ids: &BTreeSet<Uuid>, state: &mut State) -> StoreResult<()> {
        if state.orders.values().any(|order| ids.contains(&order.customer().uuid())) {
            return Err(StoreError::Referenced);
        }
        let told = state.messages.values().filter(|message| ids.contains(&message.letter().customer.uuid()));
        let told = told.map(Row::uuid).collect();
        remove::<Message>(state, &told)
    }
}
