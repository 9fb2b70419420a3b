//! How the history of orders is kept.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::OrderEventDetails;
use orderdesk_domain::OrderEvent;
use uuid::Uuid;

use crate::state::{State, lost};
use crate::stored::Stored;
use crate::table::{Row, Table};

impl Row for OrderEvent {
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
}

impl Stored for OrderEvent {
    fn table(state: &State) -> &Table<Self> {
        &state.order_events
    }

    fn table_mut(state: &mut State) -> &mut Table<Self> {
        &mut state.order_events
    }

    /// The item that the order then named may be gone: history tells what was.
    fn is_anchored(&self, state: &State) -> bool {
        state.orders.contains(self.order.uuid()) && state.has_author(self.by)
    }

    fn details(&self, state: &State) -> StoreResult<OrderEventDetails> {
        let order = state.orders.get(self.order.uuid()).ok_or_else(|| lost(self.order))?;
        Ok(OrderEventDetails {
            event: self.clone(),
            organization: order.organization(),
            customer: order.customer(),
            by: state.user(self.by),
        })
    }
}
