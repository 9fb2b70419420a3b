//! How orders are kept.

use std::collections::BTreeSet;

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::OrderDetails;
use orderdesk_domain::{ItemId, Order};
use uuid::Uuid;

use crate::state::State;
use crate::stored::{Removable, Stored};
use crate::table::{Row, Table};

impl Row for Order {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }
}

impl Stored for Order {
    fn table(state: &State) -> &Table<Self> {
        &state.orders
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.orders
    }

    /// Customer and item have to be of the order's own organization.
    fn is_anchored(&self, state: &State) -> bool {
        let here = self.organization();
        let customer = state.customers.get(self.customer().uuid());
        let item = |id: ItemId| state.items.get(id.uuid());
        customer.is_some_and(|customer| customer.organization() == here)
            && self.line().item_id.is_none_or(|id| item(id).is_some_and(|item| item.organization() == here))
            && state.has_author(self.created_by())
    }

    fn details(&self, state: &State) -> StoreResult<OrderDetails> {
        Ok(OrderDetails {
            order: self.clone(),
            customer: state.customer(self.customer())?,
            organization: state.organization(self.organization())?,
            created_by: state.user(self.created_by()),
        })
    }
}

impl Removable for Order {
    /// The history of an order goes with it.
    fn let_go(ids: &BTreeSet<Uuid>, state: &mut State) -> StoreResult<()> {
        state.order_events.remove_all(|event| ids.contains(&event.order.uuid()));
        Ok(())
    }
}
