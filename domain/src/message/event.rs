//! What customers are told about.

use crate::names::named;
use crate::order::OrderEventKind;

named! {
    /// What happens to an order that its customer may hear of.
    MessageEvent {
        /// It came into being.
        OrderPlaced = "order.placed",
        /// It was fulfilled.
        OrderClosed = "order.closed",
        /// It was called off.
        OrderCancelled = "order.cancelled",
    }
}

impl MessageEvent {
    /// What a customer may hear of such an entry in the history of an order; each happens to an order once.
    pub const fn of(kind: OrderEventKind) -> Option<Self> {
        match kind {
            OrderEventKind::Placed => Some(Self::OrderPlaced),
            OrderEventKind::Changed => None,
            OrderEventKind::Closed => Some(Self::OrderClosed),
            OrderEventKind::Cancelled => Some(Self::OrderCancelled),
        }
    }

    /// Whether customers are told unless an organization says otherwise.
    pub const fn is_told_by_default(self) -> bool {
        matches!(self, Self::OrderPlaced)
    }
}
