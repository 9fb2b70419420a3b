//! The statuses of an order and the one table of what may follow what.

use std::fmt;

use crate::time::Timestamp;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Placed; may still change.
    Pending,
    /// Fulfilled; final.
    Closed,
    /// Called off; final.
    Cancelled,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Closed, Self::Cancelled];
    /// The name of every status, in the same order.
    pub const NAMES: [&'static str; 3] = ["Pending", "Closed", "Cancelled"];

    /// The table of transitions: the statuses that may follow this one.
    pub const fn successors(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Closed, Self::Cancelled],
            Self::Closed | Self::Cancelled => &[],
        }
    }

    /// The name as it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Closed => "Closed",
            Self::Cancelled => "Cancelled",
        }
    }

    /// The status of exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A status together with the time at which it became final: a pending order has none, the others must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Not final.
    Pending,
    /// Fulfilled at that time.
    Closed(Timestamp),
    /// Called off at that time.
    Cancelled(Timestamp),
}

impl OrderState {
    /// Puts the two halves together as a store keeps them; `None` where they contradict each other.
    pub fn new(status: OrderStatus, time_closed: Option<Timestamp>) -> Option<Self> {
        match (status, time_closed) {
            (OrderStatus::Pending, None) => Some(Self::Pending),
            (OrderStatus::Closed, Some(at)) => Some(Self::Closed(at)),
            (OrderStatus::Cancelled, Some(at)) => Some(Self::Cancelled(at)),
            _ => None,
        }
    }

    /// The status alone.
    pub const fn status(self) -> OrderStatus {
        match self {
            Self::Pending => OrderStatus::Pending,
            Self::Closed(_) => OrderStatus::Closed,
            Self::Cancelled(_) => OrderStatus::Cancelled,
        }
    }

    /// When the order was closed or cancelled.
    pub const fn time_closed(self) -> Option<Timestamp> {
        match self {
            Self::Pending => None,
            Self::Closed(at) | Self::Cancelled(at) => Some(at),
        }
    }
}
