//! What several kinds of objects have in common.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{OrganizationSummary, UserSummary};
use orderdesk_domain::{
    Currency, ItemId, ItemName, OrderLine, OrganizationId, OrganizationName, Price, Quantity, UserId,
    UserName,
};

use crate::row::{Cells, RowReader};

/// The columns `name`, `default_currency` of an organization.
pub(super) fn organization<R: Cells>(
    id: OrganizationId,
    row: &mut RowReader<'_, R>,
) -> StoreResult<OrganizationSummary> {
    Ok(OrganizationSummary {
        id,
        name: row.parsed(OrganizationName::parse)?,
        default_currency: row.parsed(Currency::parse)?,
    })
}

/// The column `name` of a user who may be missing.
pub(super) fn author<R: Cells>(
    id: Option<UserId>,
    row: &mut RowReader<'_, R>,
) -> StoreResult<Option<UserSummary>> {
    let name = row.optional_parsed(UserName::parse)?;
    Ok(id.zip(name).map(|(id, name)| UserSummary { id, name }))
}

/// The columns `price_per_unit`, `currency`.
pub(super) fn price<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Price> {
    let amount = row.decimal()?;
    let currency = row.parsed(Currency::parse)?;
    Ok(Price::restore(amount, currency))
}

/// The columns `item`, `item_id`, `quantity`, `price_per_unit`, `currency`.
pub(super) fn line<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<OrderLine> {
    Ok(OrderLine {
        item: row.parsed(ItemName::parse)?,
        item_id: row.optional_uuid()?.map(ItemId::new),
        quantity: {
            let units = row.integer()?;
            Quantity::new(units).map_err(|_| row.corrupt("is out of range"))?
        },
        price: price(row)?,
    })
}
