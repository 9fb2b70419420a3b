//! What orders come to.

use std::collections::BTreeMap;

use async_trait::async_trait;
use orderdesk_application::ports::{StoreError, StoreResult, Totals};
use orderdesk_application::query::Selection;
use orderdesk_application::views::{OrderField, OrderTotal};
use orderdesk_domain::{Money, Order};

use crate::list::select;
use crate::store::MemoryStore;

#[async_trait]
impl Totals for MemoryStore {
    async fn orders(&self, selection: &Selection<OrderField>) -> StoreResult<Vec<OrderTotal>> {
        let mut totals: BTreeMap<(&str, &str), OrderTotal> = BTreeMap::new();
        for details in select::<Order>(&*self.state()?, selection)? {
            let (status, total) = (details.order.state().status(), details.order.line().total());
            let currency = total.currency();
            let so_far = totals.get(&(status.name(), currency.code()));
            let sum = so_far.map_or(Some(total), |so_far| {
                Money::new(so_far.total.amount().checked_add(total.amount())?, currency)
            });
            let count = so_far.map_or(0, |so_far| so_far.count) + 1;
            let total = sum.ok_or_else(|| StoreError::Corrupt(format!("too many {currency} in all")))?;
            totals.insert((status.name(), currency.code()), OrderTotal { status, count, total });
        }
        Ok(totals.into_values().collect())
    }
}
