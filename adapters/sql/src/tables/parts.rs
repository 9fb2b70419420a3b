//! What several tables have in common.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{CustomerSummary, OrganizationSummary, UserSummary};
use orderdesk_domain::{
    Currency, CustomerCode, CustomerId, ItemId, ItemName, OrderLine, OrganizationId, OrganizationName,
    PersonName, Price, Quantity, Role, Standing, UserId, UserName,
};

use crate::row::{Cells, RowReader};

/// The columns `name`, `default_currency` of an organization.
pub(crate) fn organization<R: Cells>(
    id: OrganizationId,
    row: &mut RowReader<'_, R>,
) -> StoreResult<OrganizationSummary> {
    Ok(OrganizationSummary {
        id,
        name: row.parsed(OrganizationName::parse)?,
        default_currency: row.parsed(Currency::parse)?,
    })
}

/// The columns `name`, `default_currency` of an organization that may be missing.
pub(super) fn optional_organization<R: Cells>(
    id: Option<OrganizationId>,
    row: &mut RowReader<'_, R>,
) -> StoreResult<Option<OrganizationSummary>> {
    let name = row.optional_parsed(OrganizationName::parse)?;
    let currency = row.optional_parsed(Currency::parse)?;
    let summary = |((id, name), default_currency)| OrganizationSummary { id, name, default_currency };
    Ok(id.zip(name).zip(currency).map(summary))
}

/// The columns `code`, `first_name`, `second_name` of a customer who may be missing.
pub(super) fn optional_customer<R: Cells>(
    id: Option<CustomerId>,
    row: &mut RowReader<'_, R>,
) -> StoreResult<Option<CustomerSummary>> {
    let code = row.optional_parsed(CustomerCode::parse)?;
    let first_name = row.optional_parsed(PersonName::parse)?;
    let second_name = row.optional_parsed(PersonName::parse)?;
    let summary =
        |(((id, code), first_name), second_name)| CustomerSummary { id, code, first_name, second_name };
    Ok(id.zip(code).zip(first_name).zip(second_name).map(summary))
}

/// The columns `role`, `customer_id`.
pub(crate) fn standing<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Standing> {
    let role = row.named(Role::from_name)?;
    let customer = row.optional_uuid()?.map(CustomerId::new);
    Standing::new(role, customer).map_err(|_| row.corrupt("does not go with the role"))
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
