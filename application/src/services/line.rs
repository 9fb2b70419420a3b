//! From what a request says of item, quantity and price to the line of an order.

use orderdesk_domain::{Currency, Item, ItemId, OrderLine, Price, Quantity};
use rust_decimal::Decimal;

use crate::error::Problem;
use crate::services::choice::{CurrencyChoice, ItemChoice};

/// Item, quantity and price as a request names them.
#[derive(Debug, Clone)]
pub struct LineDraft {
    /// What is ordered.
    pub item: ItemChoice,
    /// How many units; `None` keeps what is there.
    pub quantity: Option<Quantity>,
    /// What one unit costs; `None` takes it from the catalogue, or keeps what is there.
    pub price_per_unit: Option<Decimal>,
    /// The currency of the price.
    pub currency: CurrencyChoice,
    /// Whether the request shows the whole order, as a `PUT` does. What it shows beside a *newly* chosen item
    /// and equals what the order says now is an echo, not a wish: the new item's snapshot goes before it.
    pub whole: bool,
}

impl LineDraft {
    /// The item of the catalogue that has to be read to resolve the draft: the one that is newly chosen.
    pub(super) fn new_item(&self, present: Option<&OrderLine>) -> Option<ItemId> {
        match self.item {
            ItemChoice::Catalogue(id, _) if present.and_then(|line| line.item_id) != Some(id) => Some(id),
            _ => None,
        }
    }

    /// The line that the draft describes, starting from the present one where there is one. `item` is what was
    /// read for [`Self::new_item`].
    pub(super) fn resolve(
        &self,
        present: Option<&OrderLine>,
        item: Option<&Item>,
        default_currency: Currency,
    ) -> Result<OrderLine, Vec<Problem>> {
        let mut problems = Vec::new();
        let base = match self.new_item(present) {
            Some(id) => snapshot(id, item).map_err(|problem| problems.push(problem)).ok(),
            None => present.cloned(),
        };
        // What an item would have said is not missing because the item is.
        let item_refused = !problems.is_empty();
        let echo = present.filter(|_| self.whole && self.new_item(present).is_some());
        let (name, item_id) = match &self.item {
            ItemChoice::Text(name) => (Some(name.clone()), None),
            ItemChoice::Keep => (None, base.as_ref().and_then(|line| line.item_id)),
            ItemChoice::Detach => (None, None),
            ItemChoice::Catalogue(id, name) => {
                (name.clone().filter(|name| echo.is_none_or(|echo| echo.item != *name)), Some(*id))
            }
        };
        let of_catalogue = matches!(self.item, ItemChoice::Catalogue(..));
        let currency = match self.currency {
            CurrencyChoice::Is(currency) => Some(currency),
            CurrencyChoice::Default if !of_catalogue => Some(default_currency),
            CurrencyChoice::Default | CurrencyChoice::Keep => None,
        };
        // An amount means something in its currency only: they echo together, or neither does.
        let echoes = |price: Price| {
            self.price_per_unit.is_none_or(|amount| amount == price.amount())
                && currency.is_none_or(|currency| currency == price.currency())
        };
        let (amount, currency) = match echo {
            Some(line) if echoes(line.price) => (None, None),
            _ => (self.price_per_unit, currency),
        };
        let base_price = base.as_ref().map(|line| line.price);
        if let (None, Some(currency), Some(price)) = (amount, currency, base_price)
            && price.currency() != currency
        {
            problems.push(Problem::CurrencyAlone(currency));
        }
        let known_currency = currency.or(base_price.map(Price::currency));
        let price = match amount.or(base_price.map(Price::amount)) {
            // In which currency an amount is, only the item could have said.
            Some(_) if item_refused && known_currency.is_none() => None,
            Some(amount) => Price::new(amount, known_currency.unwrap_or(default_currency))
                .map_err(|invalid| problems.push(Problem::Price(invalid)))
                .ok(),
            None => missing(&mut problems, item_refused, Problem::PriceRequired),
        };
        let item = name.or(base.as_ref().map(|line| line.item.clone()));
        let item = item.or_else(|| missing(&mut problems, item_refused, Problem::ItemRequired));
        let quantity = self.quantity.or(present.map(|line| line.quantity));
        let quantity = quantity.or_else(|| missing(&mut problems, false, Problem::QuantityRequired));
        match (item, quantity, price) {
            (Some(item), Some(quantity), Some(price)) if problems.is_empty() => {
                Ok(OrderLine { item, item_id, quantity, price })
            }
            _ => Err(problems),
        }
    }
}

/// Notes that something is missing, unless that has been explained already.
fn missing<T>(problems: &mut Vec<Problem>, explained: bool, problem: Problem) -> Option<T> {
    if !explained {
        problems.push(problem);
    }
    None
}

/// One unit of a newly chosen item, as the catalogue has it.
fn snapshot(id: ItemId, item: Option<&Item>) -> Result<OrderLine, Problem> {
    let item = item.ok_or(Problem::ItemUnknown(id))?;
    if !item.listing().is_active {
        return Err(Problem::ItemInactive(item.listing().name.clone()));
    }
    Ok(OrderLine::of(item, Quantity::ONE))
}

#[cfg(test)]
mod tests;
