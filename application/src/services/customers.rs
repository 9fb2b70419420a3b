//! What can be done with customers.

use orderdesk_domain::{
    Customer, CustomerCode, CustomerId, OrganizationId, PersonName, PhoneNumber, Profile, Timestamp,
};
use uuid::Uuid;

use crate::error::{Error, Problem, Result};
use crate::ports::{Reader, StoreError, Unique, UnitOfWork};
use crate::principal::{Principal, Scope};
use crate::query::{Filter, Selection};
use crate::services::batch::{Batch, Precondition, Row, find_to_delete, matching, only};
use crate::services::browse::Browse;
use crate::services::desk::Desk;
use crate::services::lookup::Lookup;
use crate::views::{CustomerDetails, CustomerField, OrderField};

/// A customer to create.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// Where; may be left out by a caller who can write to one organization only.
    pub organization: Option<OrganizationId>,
    /// The code; one is generated where none is given.
    pub code: Option<CustomerCode>,
    /// The first name.
    pub first_name: PersonName,
    /// The second name.
    pub second_name: PersonName,
    /// The phone number.
    pub phone: PhoneNumber,
}

/// What is to change about a customer; `None` keeps what is there.
#[derive(Debug, Clone, Default)]
pub struct CustomerChange {
    /// Must be the organization that the customer is in.
    pub organization: Option<OrganizationId>,
    /// The code.
    pub code: Option<CustomerCode>,
    /// The first name.
    pub first_name: Option<PersonName>,
    /// The second name.
    pub second_name: Option<PersonName>,
    /// The phone number.
    pub phone: Option<PhoneNumber>,
}

impl CustomerChange {
    fn apply(&self, details: &mut CustomerDetails, now: Timestamp) -> Result<(), Vec<Problem>> {
        if self.organization.is_some_and(|organization| organization != details.organization.id) {
            return Err(vec![Problem::OrganizationFixed]);
        }
        let present = details.customer.profile();
        let profile = Profile {
            code: self.code.unwrap_or(present.code),
            first_name: self.first_name.clone().unwrap_or_else(|| present.first_name.clone()),
            second_name: self.second_name.clone().unwrap_or_else(|| present.second_name.clone()),
            phone: self.phone.clone().unwrap_or_else(|| present.phone.clone()),
        };
        details.customer.revise(profile, now);
        Ok(())
    }
}

/// The use cases of customers.
#[derive(Clone)]
pub struct CustomerService {
    desk: Desk,
}

impl Browse for CustomerService {
    type Entity = Customer;

    fn reader(&self) -> &dyn Reader<Customer> {
        self.desk.store.customers()
    }
}

impl CustomerService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Creates a customer. A generated code that is taken is drawn again.
    ///
    /// # Errors
    /// `CodeTaken`, `OrganizationRequired`, `OrganizationUnknown`.
    pub async fn create(&self, caller: &Principal, new: NewCustomer) -> Result<CustomerDetails> {
        let organization = caller.organization(new.organization)?;
        let new = &new;
        self.desk
            .retry(|| async move {
                let code = new.code.unwrap_or_else(|| CustomerCode::generate(self.desk.randomness.number()));
                let profile = Profile {
                    code,
                    first_name: new.first_name.clone(),
                    second_name: new.second_name.clone(),
                    phone: new.phone.clone(),
                };
                let mut work = self.desk.begin().await?;
                let id = CustomerId::new(self.desk.mint());
                let customer = Customer::register(id, organization.id, profile, caller.author());
                match work.customers().insert(std::slice::from_ref(&customer)).await {
                    Err(StoreError::AlreadyExists(Unique::CustomerCode)) if new.code.is_some() => {
                        return Err(taken(&customer).into());
                    }
                    outcome => outcome?,
                }
                work.commit().await?;
                Ok(CustomerDetails {
                    customer,
                    organization: organization.clone(),
                    created_by: Some(caller.user.clone()),
                })
            })
            .await
    }

    /// Changes one customer.
    ///
    /// # Errors
    /// `NotFound`, `OrganizationFixed`, `Stale`, `CodeTaken`.
    pub async fn change(&self, caller: &Principal, row: Row<CustomerChange>) -> Result<CustomerDetails> {
        only(self.change_all(caller, &[row]).await)
    }

    /// Changes customers, all or none, and answers them in the order of `rows`.
    ///
    /// # Errors
    /// As for one, by position; `RowRepeated`.
    pub async fn change_all(
        &self,
        caller: &Principal,
        rows: &[Row<CustomerChange>],
    ) -> Result<Vec<CustomerDetails>> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let mut batch = Batch::load(Lookup::Within(work.customers()), &caller.scope(), rows).await?;
                let now = self.desk.now();
                batch.apply(rows, |details, change| change.apply(details, now));
                batch.keep_unique(|customer| (customer.organization(), customer.profile().code), taken);
                let stored = batch.store(&self.desk, work, |work| work.customers(), taken).await?;
                if let Some(work) = stored {
                    work.commit().await?;
                }
                Ok(batch.into_details())
            })
            .await
    }

    /// Deletes one customer.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `HasOrders`.
    pub async fn delete(
        &self,
        caller: &Principal,
        id: CustomerId,
        precondition: &Precondition,
    ) -> Result<()> {
        let scope = &caller.scope();
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                find_to_delete(work.customers(), scope, id.uuid(), precondition).await?;
                delete(work, scope, vec![id.uuid()]).await.map(drop)
            })
            .await
    }

    /// Deletes every customer that `filter` keeps, all or none, and says how many.
    ///
    /// # Errors
    /// `TooManyMatches`, `HasOrders`.
    pub async fn delete_matching(&self, caller: &Principal, filter: Filter<CustomerField>) -> Result<u64> {
        let scope = &caller.scope();
        let selection = &Selection::new(scope, filter);
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let ids = matching(work.customers(), selection).await?;
                delete(work, scope, ids).await
            })
            .await
    }
}

fn taken(customer: &Customer) -> Problem {
    Problem::CodeTaken(customer.profile().code)
}

async fn delete(mut work: Box<dyn UnitOfWork>, scope: &Scope, ids: Vec<Uuid>) -> Result<u64> {
    let theirs = Filter::any_of(OrderField::Customer, ids.iter().copied());
    let orders = work.orders().count(&Selection::new(&Scope::Everything, theirs)).await?;
    if orders > 0 {
        return Err(Error::from(Problem::HasOrders(orders)));
    }
    let deleted = work.customers().delete(&Selection::ids(scope, ids)).await?;
    work.commit().await?;
    Ok(deleted)
}
