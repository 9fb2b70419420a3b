//! `/orders/{id}/events/`.

use orderdesk_application::query::{Filter, Test};
use orderdesk_application::services::{Browse as _, OrderHistory, OrderService};
use orderdesk_application::views::OrderEventField;
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, list, refusal};
use crate::call::Call;
use crate::listing::ListParameters;
use crate::problem::Failure;
use crate::reply::Many;
use crate::transports::OrderEventTransport;

/// The routes of the history of orders.
pub(crate) struct OrderEventsApi {
    pub(crate) orders: OrderService,
    pub(crate) history: OrderHistory,
}

type Shown = OrderEventTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Orders")]
impl OrderEventsApi {
    /// List what happened to an order
    ///
    /// An entry for its placing, and one for every change, with what the order said afterwards.
    #[oai(path = "/orders/:id/events", method = "get", operation_id = "list_events_of_order")]
    async fn list(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ListParameters<Shown>,
    ) -> Result<Many<Shown>> {
        self.orders.find(&call.caller, id.0).await.map_err(refusal::<Shown>)?;
        let its =
            Filter::new(OrderEventField::Order, Test::Equals(id.0.into())).map_err(Failure::internal)?;
        Ok(list(&self.history, call, parameters.within(its)).await?)
    }
}
