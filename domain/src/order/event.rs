//! The history of an order: one entry for every change, never altered afterwards.

use crate::identity::{OrderEventId, OrderId, UserId};
use crate::order::OrderLine;
use crate::order::status::OrderStatus;
use crate::version::Version;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderEventKind {
    /// The order came into being.
    Placed,
    /// Its item, quantity or price changed.
    Changed,
    /// It was fulfilled.
    Closed,
    /// It was called off.
    Cancelled,
}

impl OrderEventKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Placed, Self::Changed, Self::Closed, Self::Cancelled];
    /// The name of every kind, in the same order.
    pub const NAMES: [&'static str; 4] = ["placed", "changed", "closed", "cancelled"];

    /// The name as it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Changed => "changed",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The kind of exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The status that an order has after such an event.
    pub const fn status(self) -> OrderStatus {
        match self {
            Self::Placed | Self::Changed => OrderStatus::Pending,
            Self::Closed => OrderStatus::Closed,
            Self::Cancelled => OrderStatus::Cancelled,
        }
    }
}

/// One entry of an order's history: what happened, by whom, and what the order said afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderEvent {
    /// The identity; it carries the time of the event.
    pub id: OrderEventId,
    /// The order it happened to.
    pub order: OrderId,
    /// What happened.
    pub kind: OrderEventKind,
    /// Who did it; `None` for the system itself, or where that user no longer exists.
    pub by: Option<UserId>,
    /// Item, quantity and price after the event.
    pub line: OrderLine,
    /// The order's version after the event.
    pub version: Version,
}
