//! `/order-totals/`.

use orderdesk_application::services::OrderService;
use poem::Result;
use poem_openapi::OpenApi;

use super::{Tag, refusal};
use crate::call::Call;
use crate::listing::FilterParameters;
use crate::reply::Plain;
use crate::transports::{OrderTotalsTransport, OrderTransport};

/// The route of what orders come to.
pub(crate) struct OrderTotalsApi {
    pub(crate) service: OrderService,
}

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Orders")]
impl OrderTotalsApi {
    /// Add orders up
    ///
    /// How many orders match and what they come to, for each status and currency. It takes the filters of the list of
    /// orders; the more match, the longer it takes.
    #[oai(path = "/order-totals", method = "get", operation_id = "show_order_totals")]
    async fn show(
        &self,
        call: Call,
        filter: FilterParameters<OrderTransport>,
    ) -> Result<Plain<OrderTotalsTransport>> {
        let totals = self.service.totals(&call.caller, filter.0).await.map_err(refusal::<OrderTransport>)?;
        Ok(Plain(totals.iter().collect()))
    }
}
