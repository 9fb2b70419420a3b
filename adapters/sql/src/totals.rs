//! What orders come to.

use async_trait::async_trait;
use orderdesk_application::ports::{StoreResult, Totals};
use orderdesk_application::query::Selection;
use orderdesk_application::views::{OrderField, OrderTotal};
use orderdesk_domain::{Currency, Money, Order, OrderStatus};
use rust_decimal::Decimal;

use crate::dialect::Dialect;
use crate::listing::where_selected;
use crate::row::{Cells, RowReader};
use crate::statement::Statement;
use crate::store::SqlStore;
use crate::table::Table as _;

/// What is read of each total: its parts have to be weighed with 10^8, 10^4 and 1.
const TOTAL: &[&str] = &["status", "currency", "count", "total_8", "total_4", "total_0"];

#[async_trait]
impl<D: Dialect> Totals for SqlStore<D> {
    async fn orders(&self, selection: &Selection<OrderField>) -> StoreResult<Vec<OrderTotal>> {
        let mut statement = Statement::new("SELECT o.status, o.currency, count(*), ");
        statement.push(D::SUM_OF_ORDERS).push(" FROM ").push(Order::SOURCE);
        where_selected::<D, Order>(&mut statement, selection.filter());
        statement.push(" GROUP BY o.status, o.currency ORDER BY o.status, o.currency");
        let rows = self.readers().lease().await?.fetch(statement).await?;
        rows.iter().map(|row| total(&mut RowReader::new(row, TOTAL))).collect()
    }
}

fn total<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<OrderTotal> {
    let status = row.named(OrderStatus::from_name)?;
    let currency = row.parsed(Currency::parse)?;
    let count = row.number()?;
    let mut amount = Decimal::ZERO;
    for weight in [100_000_000, 10_000, 1] {
        let part = row.decimal()?.checked_mul(Decimal::from(weight));
        let sum = part.and_then(|part| amount.checked_add(part));
        amount = sum.ok_or_else(|| row.corrupt("is too much"))?;
    }
    let total = Money::new(amount.normalize(), currency).ok_or_else(|| row.corrupt("is below 0"))?;
    Ok(OrderTotal { status, count, total })
}
