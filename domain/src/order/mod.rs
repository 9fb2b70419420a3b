//! The order aggregate: what a customer asked for, what became of it, and every step between.

mod event;
mod line;
mod status;

pub use event::{OrderEvent, OrderEventKind};
pub use line::{OrderLine, Quantity};
pub use status::{OrderState, OrderStatus};

use thiserror::Error;

use crate::getters::getters;
use crate::identity::{CustomerId, OrderEventId, OrderId, OrganizationId, UserId};
use crate::time::Timestamp;
use crate::version::Version;

/// Why an order would not do what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OrderRefusal {
    /// The transition is not in the table.
    #[error("An order that is {from} cannot become {to}.")]
    Transition {
        /// The present status.
        from: OrderStatus,
        /// The status that was asked for.
        to: OrderStatus,
    },
    /// Only a pending order's item, quantity and price can change.
    #[error("An order that is {status} cannot be changed; only one that is Pending can.")]
    Amendment {
        /// The present status.
        status: OrderStatus,
    },
}

/// Who does something to an order, and the entry that it will leave in the order's history.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    /// The entry's identity; it carries the time of the act.
    pub event: OrderEventId,
    /// The user who acts; `None` for the system itself.
    pub by: Option<UserId>,
}

/// An order of one line, by one customer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Order {
    id: OrderId,
    organization: OrganizationId,
    customer: CustomerId,
    line: OrderLine,
    state: OrderState,
    created_by: Option<UserId>,
    updated_at: Timestamp,
    version: Version,
}

impl Order {
    getters! {
        /// The identity; it carries the time at which the order was placed.
        copy id: OrderId;
        /// Whose order book this is in; it never changes.
        copy organization: OrganizationId;
        /// Who ordered; it never changes.
        copy customer: CustomerId;
        /// What was ordered, how much of it and at what price.
        get line: OrderLine;
        /// The status, with the time at which it became final.
        copy state: OrderState;
        /// Who entered the order, if that user still exists.
        copy created_by: Option<UserId>;
        /// When the order last changed.
        copy updated_at: Timestamp;
        /// Grows with every change.
        copy version: Version;
    }

    /// A new order, pending, and the first entry of its history.
    pub fn place(
        id: OrderId,
        organization: OrganizationId,
        customer: CustomerId,
        line: OrderLine,
        act: Act,
    ) -> (Self, OrderEvent) {
        let order = Self {
            id,
            organization,
            customer,
            line,
            state: OrderState::Pending,
            created_by: act.by,
            updated_at: id.created_at(),
            version: Version::FIRST,
        };
        let event = order.record(act, OrderEventKind::Placed);
        (order, event)
    }

    /// An order as a store kept it.
    #[expect(
        clippy::too_many_arguments,
        reason = "a store hands over every field at once, each of its own type"
    )]
    pub fn restore(
        id: OrderId,
        organization: OrganizationId,
        customer: CustomerId,
        line: OrderLine,
        state: OrderState,
        created_by: Option<UserId>,
        updated_at: Timestamp,
        version: Version,
    ) -> Self {
        Self { id, organization, customer, line, state, created_by, updated_at, version }
    }

    /// When the order was placed.
    pub fn time_placed(&self) -> Timestamp {
        self.id.created_at()
    }

    /// Puts `line` in the place of the present one. The same line is no change and no event.
    pub fn amend(&mut self, line: OrderLine, act: Act) -> Result<Option<OrderEvent>, OrderRefusal> {
        if self.line == line {
            return Ok(None);
        }
        if self.state != OrderState::Pending {
            return Err(OrderRefusal::Amendment { status: self.state.status() });
        }
        self.line = line;
        Ok(Some(self.change(act, OrderEventKind::Changed)))
    }

    /// Takes the order to `status`, if the table of transitions has it. The present status is accepted and is
    /// no change and no event.
    pub fn transition(&mut self, status: OrderStatus, act: Act) -> Result<Option<OrderEvent>, OrderRefusal> {
        let from = self.state.status();
        if status == from {
            return Ok(None);
        }
        if !from.successors().contains(&status) {
            return Err(OrderRefusal::Transition { from, to: status });
        }
        let at = act.event.created_at();
        let (state, kind) = match status {
            OrderStatus::Closed => (OrderState::Closed(at), OrderEventKind::Closed),
            OrderStatus::Cancelled => (OrderState::Cancelled(at), OrderEventKind::Cancelled),
            // No status has this one as a successor.
            OrderStatus::Pending => return Err(OrderRefusal::Transition { from, to: status }),
        };
        self.state = state;
        Ok(Some(self.change(act, kind)))
    }

    fn change(&mut self, act: Act, kind: OrderEventKind) -> OrderEvent {
        self.updated_at = self.updated_at.max(act.event.created_at());
        self.version = self.version.next();
        self.record(act, kind)
    }

    fn record(&self, act: Act, kind: OrderEventKind) -> OrderEvent {
        OrderEvent {
            id: act.event,
            order: self.id,
            kind,
            by: act.by,
            line: self.line.clone(),
            version: self.version,
        }
    }
}

#[cfg(test)]
mod tests;
