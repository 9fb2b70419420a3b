//! What can be done with customers.

use orderdesk_domain::{
    Customer, CustomerCode, CustomerId, OrganizationId, PersonName, PhoneNumber, Profile, Resource, Timestamp,
};

use crate::error::{Error, Problem, Result};
use crate::idempotency::{Once, Outcome};
use crate::ports::{Reader, StoreError, Unique, UnitOfWork};
use crate::principal::Caller;
use crate::query::{Filter, Selection};
use crate::scope::Scope;
use crate::services::batch::{Batch, Precondition, Row, delete_found, find_to_delete, matching, only};
use crate::services::browse::Browse;
use crate::services::desk::Desk;
use crate::services::lookup::Lookup;
use crate::views::{CustomerDetails, CustomerField, MembershipField, OrderField};

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
    /// `CodeTaken`, `Forbidden`, `ForbiddenIn`, `OrganizationRequired`, `OrganizationUnknown`; `KeyReused`, `KeyInUse`.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewCustomer,
        once: Option<&Once<CustomerDetails>>,
    ) -> Result<Outcome<CustomerDetails>> {
        let organization = self.desk.organization(caller, new.organization, Resource::Customers).await?;
        let (new, organization) = (&new, &organization);
        self.desk
            .once(caller, once, || async move {
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
                let details = CustomerDetails {
                    customer,
                    organization: organization.clone(),
                    created_by: Some(caller.user.clone()),
                };
                let entry = self.desk.entry::<Customer>(caller, None, Some(&details));
                let answer = self.desk.kept(caller, once, &details);
                self.desk.commit(work, entry.as_slice(), answer).await?;
                Ok(details)
            })
            .await
    }

    /// Changes one customer.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `OrganizationFixed`, `Stale`, `CodeTaken`.
    pub async fn change(&self, caller: &Caller, row: Row<CustomerChange>) -> Result<CustomerDetails> {
        only(self.change_all(caller, &[row]).await)
    }

    /// Changes customers, all or none, and answers them in the order of `rows`.
    ///
    /// # Errors
    /// As for one, by position; `RowRepeated`.
    pub async fn change_all(
        &self,
        caller: &Caller,
        rows: &[Row<CustomerChange>],
    ) -> Result<Vec<CustomerDetails>> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let mut batch = Batch::load(Lookup::Within(work.customers()), caller, rows).await?;
                let now = self.desk.now();
                batch.apply(rows, |details, change| change.apply(details, now));
                batch.keep_unique(|customer| (customer.organization(), customer.profile().code), taken);
                let stored = batch.store(&self.desk, work, |work| work.customers(), taken).await?;
                if let Some(work) = stored {
                    self.desk.commit(work, &batch.entries(&self.desk, caller), None).await?;
                }
                Ok(batch.into_details())
            })
            .await
    }

    /// Deletes one customer.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`, `HasOrders`, `HasGuests`.
    pub async fn delete(&self, caller: &Caller, id: CustomerId, precondition: &Precondition) -> Result<()> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let found = find_to_delete(work.customers(), caller, id.uuid(), precondition).await?;
                self.delete_all(work, caller, &[found]).await.map(drop)
            })
            .await
    }

    /// Deletes every customer that `filter` keeps, all or none, and says how many.
    ///
    /// # Errors
    /// `Forbidden`, `TooManyMatches`, `HasOrders`, `HasGuests`.
    pub async fn delete_matching(&self, caller: &Caller, filter: Filter<CustomerField>) -> Result<u64> {
        let filter = &filter;
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let found = matching(work.customers(), caller, filter.clone()).await?;
                self.delete_all(work, caller, &found).await
            })
            .await
    }

    async fn delete_all(
        &self,
        mut work: Box<dyn UnitOfWork>,
        caller: &Caller,
        found: &[CustomerDetails],
    ) -> Result<u64> {
        let ids = found.iter().map(|details| details.customer.id().uuid());
        let theirs = Filter::any_of(OrderField::Customer, ids);
        let orders = work.orders().count(&Selection::new(&Scope::Everything, theirs)).await?;
        if orders > 0 {
            return Err(Error::from(Problem::HasOrders(orders)));
        }
        // Whoever is bound to a customer must not be bound to nobody.
        let bound = found.iter().map(|details| details.customer.id().uuid());
        let bound = Filter::any_of(MembershipField::Customer, bound);
        let guests = work.memberships().count(&Selection::new(&Scope::Everything, bound)).await?;
        if guests > 0 {
            return Err(Error::from(Problem::HasGuests(guests)));
        }
        let (deleted, entries) = delete_found(&self.desk, work.customers(), caller, found).await?;
        self.desk.commit(work, &entries, None).await?;
        Ok(deleted)
    }
}

fn taken(customer: &Customer) -> Problem {
    Problem::CodeTaken(customer.profile().code)
}
