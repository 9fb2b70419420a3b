//! What can be done with orders.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use orderdesk_domain::order::Act;
use orderdesk_domain::{
    Customer, Item, ItemId, MessageStatus, Order, OrderEvent, OrderId, OrderLine, OrderStatus,
    OrganizationId, Resource,
};

use crate::error::{Error, Problem, Result};
use crate::idempotency::{Once, Outcome};
use crate::ports::{Reader, UnitOfWork};
use crate::principal::Caller;
use crate::query::{Filter, Query, Selection};
use crate::scope::Scope;
use crate::services::batch::{Batch, Precondition, Row, delete_found, find_to_delete, matching, only};
use crate::services::browse::Browse;
use crate::services::choice::CustomerChoice;
use crate::services::desk::Desk;
use crate::services::line::LineDraft;
use crate::services::lookup::Lookup;
use crate::services::post::Wordings;
use crate::views::{
    CustomerDetails, CustomerField, CustomerSummary, MessageField, OrderDetails, OrderField, OrderTotal,
    OrganizationSummary,
};

/// An order to place.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Where; may be left out by a caller who can write to one organization only.
    pub organization: Option<OrganizationId>,
    /// Who orders.
    pub customer: CustomerChoice,
    /// What is ordered.
    pub line: LineDraft,
}

/// What is to change about an order.
#[derive(Debug, Clone)]
pub struct OrderChange {
    /// Must be the organization that the order is in.
    pub organization: Option<OrganizationId>,
    /// Must be the customer that the order is of.
    pub customer: Option<CustomerChoice>,
    /// What is ordered.
    pub line: LineDraft,
    /// Where the order is to stand afterwards; `None` keeps it where it is.
    pub status: Option<OrderStatus>,
}

impl OrderChange {
    /// Amends first, then changes the status, so that one request can do both.
    fn apply(
        &self,
        details: &mut OrderDetails,
        items: &HashMap<ItemId, Item>,
        mut act: impl FnMut() -> Act,
    ) -> Result<Vec<OrderEvent>, Vec<Problem>> {
        let line = self.line(details, items)?;
        let order = &mut details.order;
        let change = || {
            let amended = order.amend(line, act())?;
            let moved = self.status.map(|status| order.transition(status, act())).transpose()?;
            Ok(amended.into_iter().chain(moved.flatten()).collect())
        };
        change().map_err(|refusal| vec![Problem::Order(refusal)])
    }

    /// The line that the order is to have, or everything that is wrong with what the request names.
    fn line(&self, details: &OrderDetails, items: &HashMap<ItemId, Item>) -> Result<OrderLine, Vec<Problem>> {
        let mut problems = Vec::new();
        if self.organization.is_some_and(|organization| organization != details.organization.id) {
            problems.push(Problem::OrganizationFixed);
        }
        let customer = &details.customer;
        if self.customer.and_then(CustomerChoice::id).is_some_and(|id| id != customer.id) {
            problems.push(Problem::CustomerFixed);
        }
        if self.customer.and_then(CustomerChoice::code).is_some_and(|code| code != customer.code) {
            problems.push(Problem::CustomerCodeFixed(customer.code));
        }
        let present = Some(details.order.line());
        let item = self.line.new_item(present).and_then(|id| items.get(&id));
        let item = item.filter(|item| item.organization() == details.organization.id);
        match self.line.resolve(present, item, details.organization.default_currency) {
            Ok(line) if problems.is_empty() => return Ok(line),
            Ok(_) => {}
            Err(refused) => problems.extend(refused),
        }
        Err(problems)
    }
}

/// The use cases of orders.
#[derive(Clone)]
pub struct OrderService {
    desk: Desk,
}

impl Browse for OrderService {
    type Entity = Order;

    fn reader(&self) -> &dyn Reader<Order> {
        self.desk.store.orders()
    }
}

/// The history of orders; it is read, never written, by itself.
impl Browse for OrderHistory {
    type Entity = OrderEvent;

    fn reader(&self) -> &dyn Reader<OrderEvent> {
        self.desk.store.order_events()
    }
}

/// Reads the history of orders.
#[derive(Clone)]
pub struct OrderHistory {
    desk: Desk,
}

impl OrderService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// The history that orders leave.
    pub fn history(&self) -> OrderHistory {
        OrderHistory { desk: self.desk.clone() }
    }

    /// What the orders that `filter` keeps come to, by status and currency.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn totals(&self, caller: &Caller, filter: Filter<OrderField>) -> Result<Vec<OrderTotal>> {
        let selection = Selection::new(&caller.scope(Resource::Orders)?, filter);
        Ok(self.desk.store.totals().orders(&selection).await?)
    }

    /// Places an order.
    ///
    /// # Errors
    /// `CustomerUnknown`, `CustomerCodeUnknown`, `CustomerCodeDisagrees`, `ItemUnknown`, `ItemInactive`, `Price`,
    /// `Forbidden`, `ForbiddenIn`, `OrganizationRequired`, `OrganizationUnknown`; `KeyReused`, `KeyInUse`.
    pub async fn place(
        &self,
        caller: &Caller,
        new: NewOrder,
        once: Option<&Once<OrderDetails>>,
    ) -> Result<Outcome<OrderDetails>> {
        let organization = self.desk.organization(caller, new.organization, Resource::Orders).await?;
        let wordings = self.desk.wordings(organization.id).await?;
        let (new, organization, wordings) = (&new, &organization, &wordings);
        let placed = self
            .desk
            .once(caller, once, || async move {
                let mut work = self.desk.begin().await?;
                let customer =
                    customer(Lookup::Within(work.customers()), caller, organization, new.customer).await?;
                let items = items(Lookup::Within(work.items()), caller, new.line.new_item(None)).await?;
                let (customer, line) = decided(customer, items, organization, new)?;
                let id = OrderId::new(self.desk.mint());
                let (order, event) = Order::place(
                    id,
                    organization.id,
                    customer.id(),
                    line,
                    self.desk.act(caller, id.created_at()),
                );
                work.orders().insert(std::slice::from_ref(&order)).await?;
                let message = self.desk.message(wordings, &order, &event, &customer, organization);
                work.order_events().append(&[event]).await?;
                if let Some(message) = message {
                    work.messages().insert(&[message]).await?;
                }
                let details = OrderDetails {
                    order,
                    customer: CustomerSummary::from(&customer),
                    organization: organization.clone(),
                    created_by: Some(caller.user.clone()),
                };
                let entry = self.desk.entry::<Order>(caller, None, Some(&details));
                let answer = self.desk.kept(caller, once, &details);
                self.desk.commit(work, entry.as_slice(), answer).await?;
                Ok(details)
            })
            .await?;
        self.desk.post.ring();
        Ok(placed)
    }

    /// Finds out what stands against the customer, the item and the price of an order, without placing it: for a
    /// client that is to hear of everything at once although something else is wrong already.
    ///
    /// # Errors
    /// As for [`Self::place`].
    pub async fn examine(&self, caller: &Caller, new: &NewOrder) -> Result<()> {
        let organization = &self.desk.organization(caller, new.organization, Resource::Orders).await?;
        let store = &self.desk.store;
        let customer =
            customer(Lookup::Beside(store.customers()), caller, organization, new.customer).await?;
        let items = items(Lookup::Beside(store.items()), caller, new.line.new_item(None)).await?;
        decided(customer, items, organization, new).map(drop)
    }

    /// Changes one order.
    ///
    /// # Errors
    /// `NotFound`, `OrganizationFixed`, `CustomerFixed`, `CustomerCodeFixed`, `ItemUnknown`, `ItemInactive`, `Price`,
    /// `Stale`, `Order`.
    pub async fn change(&self, caller: &Caller, row: Row<OrderChange>) -> Result<OrderDetails> {
        only(self.change_all(caller, &[row]).await)
    }

    /// Changes orders, all or none, and answers them in the order of `rows`.
    ///
    /// # Errors
    /// As for one, by position; `RowRepeated`.
    pub async fn change_all(&self, caller: &Caller, rows: &[Row<OrderChange>]) -> Result<Vec<OrderDetails>> {
        let wordings = &self.wordings(caller, rows).await?;
        let changed = self
            .desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let batch = Batch::load(Lookup::Within(work.orders()), caller, rows).await?;
                let items = items(Lookup::Within(work.items()), caller, chosen(rows)).await?;
                let (batch, events) = self.revise(caller, rows, batch, &items);
                let stored = batch.store(&self.desk, work, |work| work.orders(), no_key).await?;
                if let Some(mut work) = stored {
                    work.order_events().append(&events).await?;
                    self.tell(&mut *work, wordings, &batch, &events).await?;
                    self.desk.commit(work, &batch.entries(&self.desk, caller), None).await?;
                }
                Ok(batch.into_details())
            })
            .await?;
        self.desk.post.ring();
        Ok(changed)
    }

    /// What the customers of the organizations are told whose orders may come to their end here.
    async fn wordings(
        &self,
        caller: &Caller,
        rows: &[Row<OrderChange>],
    ) -> Result<HashMap<OrganizationId, Wordings>> {
        let is_end = |row: &&Row<OrderChange>| row.change.status.is_some_and(|it| it != OrderStatus::Pending);
        let ending: Vec<_> = rows.iter().filter(is_end).map(|row| row.id).collect();
        let mut wordings = HashMap::new();
        if ending.is_empty() {
            return Ok(wordings);
        }
        for details in self.find_several(caller, ending).await? {
            let organization = details.organization.id;
            if let Entry::Vacant(vacant) = wordings.entry(organization) {
                vacant.insert(self.desk.wordings(organization).await?);
            }
        }
        Ok(wordings)
    }

    /// Queues what customers are told of `events`.
    async fn tell(
        &self,
        work: &mut dyn UnitOfWork,
        wordings: &HashMap<OrganizationId, Wordings>,
        batch: &Batch<Order>,
        events: &[OrderEvent],
    ) -> Result<()> {
        let orders: HashMap<_, _> = batch.now().map(|details| (details.order.id(), details)).collect();
        let told = events.iter().filter_map(|event| {
            let details = orders.get(&event.order)?;
            let wordings = wordings.get(&details.organization.id)?;
            wordings.tell(event).then_some((event, *details, wordings))
        });
        let told: Vec<_> = told.collect();
        if told.is_empty() {
            return Ok(());
        }
        let ids: HashSet<_> = told.iter().map(|(_, details, _)| details.customer.id.uuid()).collect();
        let limit = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let query = Query::first(Selection::ids(&Scope::Everything, ids), limit);
        let customers = work.customers().list(&query).await?.rows;
        let messages = told.into_iter().filter_map(|(event, details, wordings)| {
            let customer = customers.iter().find(|it| it.customer.id() == details.customer.id)?;
            self.desk.message(wordings, &details.order, event, &customer.customer, &details.organization)
        });
        let messages: Vec<_> = messages.collect();
        Ok(work.messages().insert(&messages).await?)
    }

    /// Finds out what stands against a change of one order, without making it; see [`Self::examine`].
    ///
    /// # Errors
    /// As for [`Self::change`].
    pub async fn examine_change(&self, caller: &Caller, row: Row<OrderChange>) -> Result<()> {
        let (store, rows) = (&self.desk.store, &[row]);
        let batch = Batch::load(Lookup::Beside(store.orders()), caller, rows).await?;
        let items = items(Lookup::Beside(store.items()), caller, chosen(rows)).await?;
        let (batch, _) = self.revise(caller, rows, batch, &items);
        only(batch.changes().map(|_| vec![()]))
    }

    /// Makes orders what they are to become, in memory.
    fn revise(
        &self,
        caller: &Caller,
        rows: &[Row<OrderChange>],
        mut batch: Batch<Order>,
        items: &HashMap<ItemId, Item>,
    ) -> (Batch<Order>, Vec<OrderEvent>) {
        let mut events = Vec::new();
        batch.apply(rows, |details, change| {
            let last = details.order.updated_at();
            events.extend(change.apply(details, items, || self.desk.act(caller, last))?);
            Ok(())
        });
        (batch, events)
    }

    /// Deletes one order with its history and the messages about it that are still queued, whatever its status.
    ///
    /// # Errors
    /// `NotFound`, `Stale`.
    pub async fn delete(&self, caller: &Caller, id: OrderId, precondition: &Precondition) -> Result<()> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let found = find_to_delete(work.orders(), caller, id.uuid(), precondition).await?;
                drop_unsent(&mut *work, std::slice::from_ref(&found)).await?;
                let (_, entries) = delete_found(&self.desk, work.orders(), caller, &[found]).await?;
                Ok(self.desk.commit(work, &entries, None).await?)
            })
            .await
    }

    /// Deletes every order that `filter` keeps, all or none, and says how many.
    ///
    /// # Errors
    /// `TooManyMatches`.
    pub async fn delete_matching(&self, caller: &Caller, filter: Filter<OrderField>) -> Result<u64> {
        let filter = &filter;
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let found = matching(work.orders(), caller, filter.clone()).await?;
                drop_unsent(&mut *work, &found).await?;
                let (deleted, entries) = delete_found(&self.desk, work.orders(), caller, &found).await?;
                self.desk.commit(work, &entries, None).await?;
                Ok(deleted)
            })
            .await
    }
}

/// Takes back what the customers of these orders have not been told yet. What is being sent is sent.
async fn drop_unsent(work: &mut dyn UnitOfWork, orders: &[OrderDetails]) -> Result<()> {
    if orders.is_empty() {
        return Ok(());
    }
    let of_them = Filter::any_of(MessageField::Order, orders.iter().map(|details| details.order.id().uuid()));
    let queued = Filter::equals(MessageField::Status, MessageStatus::Queued.name());
    work.messages().delete(&Selection::new(&Scope::Everything, of_them.and(queued))).await?;
    Ok(())
}

/// An order has no unique key but its id, which does not change.
fn no_key(_: &Order) -> Problem {
    Problem::Stale
}

/// The customer and the line of an order to place, or everything that is wrong with what the request names.
fn decided(
    customer: Result<Customer, Problem>,
    items: HashMap<ItemId, Item>,
    organization: &OrganizationSummary,
    new: &NewOrder,
) -> Result<(Customer, OrderLine)> {
    let item = items.into_values().next().filter(|item| item.organization() == organization.id);
    match (customer, new.line.resolve(None, item.as_ref(), organization.default_currency)) {
        (Ok(customer), Ok(line)) => Ok((customer, line)),
        (customer, line) => {
            Err(Error::Refused(customer.err().into_iter().chain(line.err().unwrap_or_default()).collect()))
        }
    }
}

/// The items that changes may choose.
fn chosen(rows: &[Row<OrderChange>]) -> impl Iterator<Item = ItemId> + '_ {
    rows.iter().filter_map(|row| row.change.line.new_item(None))
}

/// The customer that the request names, among those of `organization`.
async fn customer(
    customers: Lookup<'_, Customer>,
    caller: &Caller,
    organization: &OrganizationSummary,
    choice: CustomerChoice,
) -> Result<Result<Customer, Problem>> {
    let (named, unknown) = match choice {
        CustomerChoice::Id(id) | CustomerChoice::Both(id, _) => {
            (Filter::equals(CustomerField::Id, id.uuid()), Problem::CustomerUnknown(id))
        }
        CustomerChoice::Code(code) => {
            (Filter::equals(CustomerField::Code, code.as_str()), Problem::CustomerCodeUnknown(code))
        }
    };
    let here = Filter::equals(CustomerField::Organization, organization.id.uuid());
    let query = Query::first(Selection::new(&caller.reach(Resource::Customers), here.and(named)), 1);
    let found = customers.read(&query).await?.pop();
    Ok(match found {
        None => Err(unknown),
        Some(CustomerDetails { customer, .. }) => match choice.code() {
            Some(code) if code != customer.profile().code => {
                Err(Problem::CustomerCodeDisagrees(customer.profile().code))
            }
            _ => Ok(customer),
        },
    })
}

/// The items of the catalogue that a request chooses and the caller may see, read in one query; none where none is chosen.
async fn items(
    items: Lookup<'_, Item>,
    caller: &Caller,
    chosen: impl IntoIterator<Item = ItemId>,
) -> Result<HashMap<ItemId, Item>> {
    let chosen: HashSet<_> = chosen.into_iter().map(ItemId::uuid).collect();
    if chosen.is_empty() {
        return Ok(HashMap::new());
    }
    let limit = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
    let query = Query::first(Selection::ids(&caller.reach(Resource::Items), chosen), limit);
    let found = items.read(&query).await?;
    Ok(found.into_iter().map(|details| (details.item.id(), details.item)).collect())
}
