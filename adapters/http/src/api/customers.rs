//! `/customers/` and `/customers/{id}/`.

use orderdesk_application::services::{CustomerChange, CustomerService, NewCustomer};
use orderdesk_domain::CustomerId;
use poem::Result;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Tag, find, list, refusal, row};
use crate::body::{New, Partial, Rows, Whole};
use crate::call::Call;
use crate::listing::{DeletionParameters, ListParameters, NoParameters, ObjectParameters};
use crate::reply::{All, Created, Deleted, DeletedCount, Many, One, Plain};
use crate::transports::{CustomerTransport, Transport as _};

/// The routes of customers.
pub(crate) struct CustomersApi {
    pub(crate) service: CustomerService,
}

type Shown = CustomerTransport;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Customers")]
impl CustomersApi {
    /// List customers
    #[oai(path = "/customers", method = "get", operation_id = "list_customers")]
    async fn list(&self, call: Call, parameters: ListParameters<Shown>) -> Result<Many<Shown>> {
        Ok(list(&self.service, call, parameters).await?)
    }

    /// Create a customer
    #[oai(path = "/customers", method = "post", operation_id = "create_customer")]
    async fn create(&self, call: Call, body: New<NewCustomer>) -> Result<Created<Shown>> {
        let once = call.once::<Shown>(body.digest);
        let outcome = self.service.create(&call.caller, body.body?, once.as_ref()).await;
        Ok(Created::of(outcome.map_err(refusal::<Shown>)?, |details| Shown::new(details, &call.links)))
    }

    /// Change customers, all or none
    #[oai(path = "/customers", method = "put", operation_id = "replace_customers")]
    async fn replace_all(&self, call: Call, body: Rows<CustomerChange>) -> Result<All<Shown>> {
        let details = self.service.change_all(&call.caller, &body.0).await.map_err(refusal::<Shown>)?;
        Ok(All::new(&call, &details)?)
    }

    /// Delete the customers that match, all or none
    #[oai(path = "/customers", method = "delete", operation_id = "delete_customers")]
    async fn delete_matching(
        &self,
        call: Call,
        parameters: DeletionParameters<Shown>,
    ) -> Result<Plain<DeletedCount>> {
        let deleted =
            self.service.delete_matching(&call.caller, parameters.0).await.map_err(refusal::<Shown>)?;
        Ok(Plain(DeletedCount { deleted }))
    }

    /// Show a customer
    #[oai(path = "/customers/:id", method = "get", operation_id = "show_customer")]
    async fn show(
        &self,
        call: Call,
        id: Path<Uuid>,
        parameters: ObjectParameters<Shown>,
    ) -> Result<One<Shown>> {
        Ok(find(&self.service, &call, id.0, &parameters).await?)
    }

    /// Replace a customer
    #[oai(path = "/customers/:id", method = "put", operation_id = "replace_customer")]
    async fn replace(&self, call: Call, id: Path<Uuid>, body: Whole<CustomerChange>) -> Result<One<Shown>> {
        let row = row(&call, id.0, body.0?);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Change a customer
    #[oai(path = "/customers/:id", method = "patch", operation_id = "change_customer")]
    async fn change(&self, call: Call, id: Path<Uuid>, body: Partial<CustomerChange>) -> Result<One<Shown>> {
        let row = row(&call, id.0, body.0?);
        let details = self.service.change(&call.caller, row).await.map_err(refusal::<Shown>)?;
        Ok(One::changed(&Shown::new(&details, &call.links))?)
    }

    /// Delete a customer
    ///
    /// A customer that has orders cannot be deleted: 409 says how many.
    #[oai(path = "/customers/:id", method = "delete", operation_id = "delete_customer")]
    async fn delete(&self, call: Call, id: Path<Uuid>, _none: NoParameters) -> Result<Deleted> {
        let id = CustomerId::new(id.0);
        self.service.delete(&call.caller, id, &call.precondition()).await.map_err(refusal::<Shown>)?;
        Ok(Deleted)
    }
}
