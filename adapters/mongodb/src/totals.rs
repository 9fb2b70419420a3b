//! What orders come to.

use async_trait::async_trait;
use mongodb::bson::doc;
use orderdesk_application::ports::{StoreError, StoreResult, Totals};
use orderdesk_application::query::Selection;
use orderdesk_application::views::{OrderField, OrderTotal};
use orderdesk_domain::{Currency, Money, Order, OrderStatus};

use crate::fields::Fields;
use crate::listing;
use crate::schema::ORDERS;
use crate::session::Session;
use crate::shared::viewed;
use crate::store::MongoStore;

#[async_trait]
impl Totals for MongoStore {
    async fn orders(&self, selection: &Selection<OrderField>) -> StoreResult<Vec<OrderTotal>> {
        viewed!(self.shared, |session| totals(session, selection))
    }
}

async fn totals(session: &mut Session, selection: &Selection<OrderField>) -> StoreResult<Vec<OrderTotal>> {
    let of_each = doc! { "status": "$status", "currency": "$currency" };
    let total = doc! { "$sum": { "$multiply": ["$quantity", "$price_per_unit"] } };
    let stages = vec![
        doc! { "$group": { "_id": of_each, "count": { "$sum": 1_i64 }, "total": total } },
        doc! { "$project": { "_id": 0, "status": "$_id.status", "currency": "$_id.currency", "count": 1, "total": 1 } },
        doc! { "$sort": { "status": 1, "currency": 1 } },
    ];
    let found = listing::aggregate::<Order>(session, selection.filter(), stages).await?;
    let totals = found.iter().map(|total| {
        let fields = Fields::new(ORDERS, total);
        let currency = fields.parsed("currency", Currency::parse)?;
        let negative = || StoreError::Corrupt("the sum of orders is below 0".to_owned());
        Ok(OrderTotal {
            status: fields.named("status", OrderStatus::from_name)?,
            count: u64::try_from(fields.integer("count")?).map_err(|_| negative())?,
            total: Money::new(fields.decimal("total")?.normalize(), currency).ok_or_else(negative)?,
        })
    });
    totals.collect()
}
