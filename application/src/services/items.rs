//! What can be done with the catalogue.

use orderdesk_domain::{Currency, Item, ItemId, ItemName, Listing, OrganizationId, Price, Timestamp, fold};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::error::{Error, Problem, Result};
use crate::ports::{Reader, StoreError, Unique, UnitOfWork};
use crate::principal::{Principal, Scope};
use crate::query::{Filter, Selection};
use crate::services::batch::{Batch, Precondition, Row, find_to_delete, matching, only};
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
    /// `NameTaken`, `Price`, `OrganizationRequired`, `OrganizationUnknown`.
    pub async fn create(&self, caller: &Principal, new: NewItem) -> Result<ItemDetails> {
        let organization = caller.organization(new.organization)?;
        let currency = new.currency.unwrap_or(organization.default_currency);
        let price = Price::new(new.price_per_unit, currency).map_err(Problem::Price)?;
        let listing = &Listing { name: new.name, price, is_active: new.is_active };
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let item = Item::list(ItemId::new(self.desk.mint()), organization.id, listing.clone());
                match work.items().insert(std::slice::from_ref(&item)).await {
                    Err(StoreError::AlreadyExists(Unique::ItemName)) => return Err(taken(&item).into()),
                    outcome => outcome?,
                }
                work.commit().await?;
                Ok(ItemDetails { item, organization: organization.clone() })
            })
            .await
    }

    /// Changes one item. Orders keep what they were placed with.
    ///
    /// # Errors
    /// `NotFound`, `OrganizationFixed`, `Price`, `Stale`, `NameTaken`.
    pub async fn change(&self, caller: &Principal, row: Row<ItemChange>) -> Result<ItemDetails> {
        only(self.change_all(caller, &[row]).await)
    }

    /// Changes items, all or none, and answers them in the order of `rows`.
    ///
    /// # Errors
    /// As for one, by position; `RowRepeated`.
    pub async fn change_all(&self, caller: &Principal, rows: &[Row<ItemChange>]) -> Result<Vec<ItemDetails>> {
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let mut batch = Batch::load(Lookup::Within(work.items()), &caller.scope(), rows).await?;
                let now = self.desk.now();
                batch.apply(rows, |details, change| change.apply(details, now));
                batch.keep_unique(|item| (item.organization(), fold(item.listing().name.as_str())), taken);
                let stored = batch.store(&self.desk, work, |work| work.items(), taken).await?;
                if let Some(work) = stored {
                    work.commit().await?;
                }
                Ok(batch.into_details())
            })
            .await
    }

    /// Deletes one item.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `IsOrdered`.
    pub async fn delete(&self, caller: &Principal, id: ItemId, precondition: &Precondition) -> Result<()> {
        let scope = &caller.scope();
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                find_to_delete(work.items(), scope, id.uuid(), precondition).await?;
                delete(work, scope, vec![id.uuid()]).await.map(drop)
            })
            .await
    }

    /// Deletes every item that `filter` keeps, all or none, and says how many.
    ///
    /// # Errors
    /// `TooManyMatches`, `IsOrdered`.
    pub async fn delete_matching(&self, caller: &Principal, filter: Filter<ItemField>) -> Result<u64> {
        let scope = &caller.scope();
        let selection = &Selection::new(scope, filter);
        self.desk
            .retry(|| async move {
                let mut work = self.desk.begin().await?;
                let ids = matching(work.items(), selection).await?;
                delete(work, scope, ids).await
            })
            .await
    }
}

fn taken(item: &Item) -> Problem {
    Problem::NameTaken(item.listing().name.clone())
}

async fn delete(mut work: Box<dyn UnitOfWork>, scope: &Scope, ids: Vec<Uuid>) -> Result<u64> {
    let of_them = Filter::any_of(OrderField::ItemId, ids.iter().copied());
    let orders = work.orders().count(&Selection::new(&Scope::Everything, of_them)).await?;
    if orders > 0 {
        return Err(Error::from(Problem::IsOrdered(orders)));
    }
    let deleted = work.items().delete(&Selection::ids(scope, ids)).await?;
    work.commit().await?;
    Ok(deleted)
}
