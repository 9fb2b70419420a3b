//! What orders come to, all together.

use orderdesk_domain::{Money, OrderStatus};

/// The orders of one status whose prices are in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderTotal {
    /// Where they stand.
    pub status: OrderStatus,
    /// How many they are.
    pub count: u64,
    /// What they come to.
    pub total: Money,
}
