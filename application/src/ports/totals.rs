//! Adding up, where that is quicker than to read what is added.

use async_trait::async_trait;

use crate::ports::StoreResult;
use crate::query::Selection;
use crate::views::{OrderField, OrderTotal};

/// Adds up orders. Not to be called while a unit of work is held.
#[async_trait]
pub trait Totals: Send + Sync {
    /// What the orders of a selection come to, exactly: one total for each status and currency that there is, in the order
    /// of the statuses' names and of the currencies' codes.
    async fn orders(&self, selection: &Selection<OrderField>) -> StoreResult<Vec<OrderTotal>>;
}
