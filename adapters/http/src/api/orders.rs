//! `/orders/` and `/orders/{id}/`, and the orders of one customer.

use std::collections::{HashMap, HashSet};

use orderdesk_application::query::{Filter, Test};
use orderdesk_application::services::{
    Browse as _, CustomerService, NewOrder, OrderChange, OrderService, Row,
};
use orderdesk_application::views::{OrderDetails, OrderField};
use orderdesk_domain::OrderId;
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, list, read_page, refusal, row};
use crate::body::{Edit, New, Partial, Refusal, Rejected, Rows, Whole};
use crate::call::Call;
use crate::listing::{DeletionParameters, ListParameters, NoParameters, ObjectParameters};
use crate::problem::Failure;
use crate::reply::{All, Created, Deleted, DeletedCount, Many, One, Plain};
use crate::transports::{OrderTransport, Transport as _};

/// The routes of orders.
pub(crate) struct OrdersApi {
    pub(crate) service: OrderService,
    pub(crate) customers: CustomerService,
}

impl OrdersApi {
    /// A list of orders, with their customers whole if the client asked for that.
    async fn list_expanded(
        &self,
        call: Call,
        parameters: ListParameters<Shown>,
    ) -> Result<Many<Shown>, Failure> {
        if !parameters.projection.expanded {
            return list(&self.service, call, parameters).await;
        }
        let (mut page, details) = read_page(&self.service, &call, &parameters).await?;
        self.expand(&call, &mut page.objects, &details).await?;
        Many::page(&call, &parameters, &page)
    }

    /// What is wrong with an order to place: the fields that could not be read, and what those that could name.
    async fn explain_new(&self, call: &Call, refused: Refusal<NewOrder>) -> poem::Error {
        let Refusal::Rejected(Rejected { errors, draft: Some(new) }) = refused else { return refused.into() };
        let examined = self.service.examine(&call.caller, &new).await;
        Failure::invalid_besides(errors, examined.err(), Shown::PLURAL).into()
    }

    /// A change of one order, or what is wrong with its body and what the readable fields name.
    async fn accept(
        &self,
        call: &Call,
        id: Uuid,
        body: Result<Edit<OrderChange>, Refusal<Edit<OrderChange>>>,
    ) -> Result<Row<OrderChange>> {
        let Err(Refusal::Rejected(Rejected { errors, draft: Some(edit) })) = body else {
            return Ok(row(call, id, body?));
        };
        let examined = self.service.examine_change(&call.caller, row(call, id, edit)).await;
        Err(Failure::invalid_besides(errors, examined.err(), Shown::PLURAL).into())
    }

    /// Shows the customers of `orders` whole; all of them are read at once.
    async fn expand(
        &self,
        call: &Call,
        orders: &mut [Shown],
        details: &[OrderDetails],
    ) -> Result<(), Failure> {
        let ids: HashSet<_> = details.iter().map(|details| details.customer.id.uuid()).collect();
        let found = self.customers.find_several(&call.caller, ids.into_iter().collect()).await;
        let found = found.map_err(refusal::<Shown>)?;
        let customers: HashMap<_, _> = found.iter().map(|details| (details.customer.id(), details)).collect();
        for (order, details) in orders.iter_mut().zip(details) {
            if let Some(customer) = customers.get(&details.customer.id) {
                order.expand(customer, &call.links);
            }
        }
        Ok(())
    }
}

type Shown = OrderTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Orders")]
impl OrdersApi {
    /// List orders
    #[oai(path = "/orders", method = "get", operation_id = "list_orders")]
    async fn list(&self, call: Call, parameters: ListParameters<Shown>) -> Result<Many<Shown>> {
        Ok(self.list_expanded(call, parameters).await?)
    }

    /// List the orders of a customer
    #[oai(path = "/customers/:id/orders", method = "get", operation_id = "list_orders_of_customer")]
    async fn list_of_customer(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ListParameters<Shown>,
    ) -> Result<Many<Shown>> {
        self.customers.find(&call.caller, id.0).await.map_err(refusal::<Shown>)?;
        let theirs =
            Filter::new(OrderField::Customer, Test::Equals(id.0.into())).map_err(Failure::internal)?;
        Ok(self.list_expanded(call, parameters.within(theirs)).await?)
    }

    /// Place an order
    #[oai(path = "/orders", method = "post", operation_id = "place_order")]
    async fn place(&self, call: Call, body: New<NewOrder>) -> Result<Created<Shown>> {
        let once = call.once::<Shown>(body.digest);
        let new = match body.body {
            Ok(new) => new,
            Err(refused) => return Err(self.explain_new(&call, refused).await),
        };
        let outcome = self.service.place(&call.caller, new, once.as_ref()).await;
        Ok(Created::of(outcome.map_err(refusal::<Shown>)?, |details| Shown::new(details, &call.links)))
    }

    /// Change orders, all or none
    #[oai(path = "/orders", method = "put", operation_id = "replace_orders")]
    async fn replace_all(&self, call: Call, body: Rows<OrderChange>) -> Result<All<Shown>> {
        let details = self.service.change_all(&call.caller, &body.0).await.map_err(refusal::<Shown>)?;
        Ok(All::new(&call, &details)?)
    }

    /// Delete the orders that match, all or none
    #[oai(path = "/orders", method = "delete", operation_id = "delete_orders")]
    async fn delete_matching(
        &self,
        call: Call,
        parameters: DeletionParameters<Shown>,
    ) -> Result<Plain<DeletedCount>> {
        let deleted =
            self.service.delete_matching(&call.caller, parameters.0).await.map_err(refusal::<Shown>)?;
        Ok(Plain(DeletedCount { deleted }))
    }

    /// Show an order
    #[oai(path = "/orders/:id", method = "get", operation_id = "show_order")]
    async fn show(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ObjectParameters<Shown>,
    ) -> Result<One<Shown>> {
        let details = self.service.find(&call.caller, id.0).await.map_err(refusal::<Shown>)?;
        let mut order = [Shown::new(&details, &call.links)];
        if parameters.projection.expanded {
            self.expand(&call, &mut order, &[details]).await?;
        }
        Ok(One::new(&call, &order[0], &parameters.projection)?)
    }

    /// Replace an order
    #[oai(path = "/orders/:id", method = "put", operation_id = "replace_order")]
    async fn replace(&self, call: Call, id: Path<Uuid>, body: Whole<OrderChange>) -> Result<One<Shown>> {
        let row = self.accept(&call, id.0, body.0).await?;
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Change an order
    #[oai(path = "/orders/:id", method = "patch", operation_id = "change_order")]
    async fn change(&self, call: Call, id: Path<Uuid>, body: Partial<OrderChange>) -> Result<One<Shown>> {
        let row = self.accept(&call, id.0, body.0).await?;
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Delete an order
    ///
    /// In any status, with its history.
    #[oai(path = "/orders/:id", method = "delete", operation_id = "delete_order")]
    async fn delete(&self, call: Call, id: Path<Uuid>, _none: NoParameters) -> Result<Deleted> {
        let id = OrderId::new(id.0);
        self.service.delete(&call.caller, id, &call.precondition()).await.map_err(refusal::<Shown>)?;
        Ok(Deleted)
    }
}
