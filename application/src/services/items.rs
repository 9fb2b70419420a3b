//! What can be done with the catalogue.

use orderdesk_domain::{
    Currency, Item, ItemId, ItemName, Listing, OrganizationId, Price, Resource, Timestamp, fold,
};
use rust_decimal::Decimal;

use crate::error::{Error, Problem, Result};
use crate::idempotency::{Once, Outcome};
use crate::ports::{Reader, StoreError, Unique, UnitOfWork};
use crate::principal::Caller;
use crate::query::{Filter, Selection};
use crate::scope::Scope;
use crate::services::batch::{Batch, Precondition, Row, delete_found, find_to_delete, matching, only};
use crate::services::browse::Browse;
use crate::services::choice::CurrencyChoice;
use crate::services::desk::Desk;
use crate::services::lookup::Lookup;
use crate::views::{ItemDetails, ItemField, OrderField};

/// An item to create.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// Where; may be left out by a caller who can write to one organization only.
    pub organization: Option<OrganizationId>,
    /// The name.
    pub name: ItemName,
    /// What one unit costs.
    pub price_per_unit: Decimal,
    /// The currency of the price; the organization's where none is given.
    pub currency: Option<Currency>,
    /// Whether new orders may choose it.
    pub is_active: bool,
}

/// What is to change about an item; `None` keeps what is there.
#[derive(Debug, Clone)]
pub struct ItemChange {
    /// Must be the organization that the item is in.
    pub organization: Option<OrganizationId>,
    /// The name.
    pub name: Option<ItemName>,
    /// What one unit costs.
    pub price_per_unit: Option<Decimal>,
    /// The currency of the price.
    pub currency: CurrencyChoice,
    /// Whether new orders may choose it.
    pub is_active: Option<bool>,
}

impl ItemChange {
    fn apply(&self, details: &mut ItemDetails, now: Timestamp) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        if self.organization.is_some_and(|organization| organization != details.organization.id) {
            problems.push(Problem::OrganizationFixed);
        }
        let present = details.item.listing();
        let currency = match self.currency {
            CurrencyChoice::Keep => present.price.currency(),
            CurrencyChoice::Default => details.organization.default_currency,
            CurrencyChoice::Is(currency) => currency,
        };
        let amount = self.price_per_unit.unwrap_or_else(|| present.price.amount());
        if self.price_per_unit.is_none() && currency != present.price.currency() {
            problems.push(Problem::CurrencyAlone(currency));
        }
        match Price::new(amount, currency) {
            Ok(price) if problems.is_empty() => {
                let listing = Listing {
                    name: self.name.clone().unwrap_or_else(|| present.name.clone()),
                    price,
                    is_active: self.is_active.unwrap_or(present.is_active),
                };
                details.item.revise(listing, now);
                return Ok(());
            }
            Ok(_) => {}
            Err(invalid) => problems.push(Problem::Price(invalid)),
        }
        Err(problems)
    }
}

/// The use cases of items.
#[derive(Clone)]
pub struct ItemService {
    desk: Desk,
}

impl Browse for ItemService {
    type Entity = Item;

    fn reader(&self) -> &dyn Reader<Item> {
        self.desk.store.items()
    }
}

impl ItemService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Adds an item to the catalogue.
    ///
    /// # Errors
    /// `NameTaken`, `Price`, `Forbidden`, `ForbiddenIn`, `OrganizationRequired`, `OrganizationUnknown`; `KeyReused`,
    /// `KeyInUse`.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewItem,
        once: Option<&Once<ItemDetails>>,
    ) -> Result<Outcome<ItemDetails>> {
        let organization = &self.desk.organization(caller, new.organization, Resource::Items).await?;
        let currency = new.currency.unwrap_or(organization.default_currency);
        let price = Price::new(new.price_per_unit, currency).map_err(Problem::Price)?;
        let listing = &Listing { name: new.name, price, is_active: new.is_active };
        self.desk
            .once(caller, once, || async move {
                let mut work = self.desk.begin().await?;
                let item = Item::list(ItemId::new(self.desk.mint()), organization.id, listing.clone());
                match work.items().insert(std::slice::from_ref(&item)).await {
                    Err(StoreError::AlreadyExists(Unique::ItemName)) => return Err(taken(&item).into()),
                    outcome => outcome?,
                }
                let details = ItemDetails { item, organization: organization.clone() };
                let entry = self.desk.entry::<Item>(caller, None, Some(&details));
                let answer = self.desk.kept(caller, once, &details);
                self.desk.commit(work, entry.as_slice(), answer).await?;
                Ok(details)
            })
            .await
    }

    /// Changes one item. Orders keep what they were placed with.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `OrganizationFixed`, `Price`, `Stale`, `NameTaken`.
    pub async fn change(&self, caller: &Caller, row: Row<ItemChange>) -> Result<ItemDetails> {
        only(self.change_all(caller, &[row]).await)
    }

    /// Changes items, all or none, and answers them in the order of `rows`.
    ///
    /// # Errors
    /// As for one, by position; `RowRepeated`.
    pub async fn change_all(&self, caller: &Caller, rows: &[Row<ItemChange>]) -> Result<Vec<ItemDetails>> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let mut batch = Batch::load(Lookup::Within(work.items()), caller, rows).await?;
                let now = self.desk.now();
                batch.apply(rows, |details, change| change.apply(details, now));
                batch.keep_unique(|item| (item.organization(), fold(item.listing().name.as_str())), taken);
                let stored = batch.store(&self.desk, work, |work| work.items(), taken).await?;
                if let Some(work) = stored {
                    self.desk.commit(work, &batch.entries(&self.desk, caller), None).await?;
                }
                Ok(batch.into_details())
            })
            .await
    }

    /// Deletes one item.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`, `IsOrdered`.
    pub async fn delete(&self, caller: &Caller, id: ItemId, precondition: &Precondition) -> Result<()> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let found = find_to_delete(work.items(), caller, id.uuid(), precondition).await?;
                self.delete_all(work, caller, &[found]).await.map(drop)
            })
            .await
    }

    /// Deletes every item that `filter` keeps, all or none, and says how many.
    ///
    /// # Errors
    /// `Forbidden`, `TooManyMatches`, `IsOrdered`.
    pub async fn delete_matching(&self, caller: &Caller, filter: Filter<ItemField>) -> Result<u64> {
        let filter = &filter;
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let found = matching(work.items(), caller, filter.clone()).await?;
                self.delete_all(work, caller, &found).await
            })
            .await
    }

    async fn delete_all(
        &self,
        mut work: Box<dyn UnitOfWork>,
        caller: &Caller,
        found: &[ItemDetails],
    ) -> Result<u64> {
        let ids = found.iter().map(|details| details.item.id().uuid());
        let of_them = Filter::any_of(OrderField::ItemId, ids);
        let orders = work.orders().count(&Selection::new(&Scope::Everything, of_them)).await?;
        if orders > 0 {
            return Err(Error::from(Problem::IsOrdered(orders)));
        }
        let (deleted, entries) = delete_found(&self.desk, work.items(), caller, found).await?;
        self.desk.commit(work, &entries, None).await?;
        Ok(deleted)
    }
}

fn taken(item: &Item) -> Problem {
    Problem::NameTaken(item.listing().name.clone())
}
