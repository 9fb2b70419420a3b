//! What several tables have in common.

use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{CustomerSummary, OrganizationSummary, UserSummary};
use orderdesk_domain::{
    Cost, Currency, CustomerCode, CustomerId, Failure, FailureCode, GatewayReference, ItemId, ItemName,
    OrderLine, OrganizationId, OrganizationName, PersonName, Price, Quantity, Remark, Role, Standing, UserId,
    UserName,
};

use crate::row::{Cells, RowReader};
use crate::value::SqlValue;

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

/// A column with a note in somebody else's words.
pub(super) fn remark<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Option<Remark>> {
    row.optional_parsed(|text| Remark::new(text).ok_or(()))
}

/// The column `reference`.
pub(super) fn reference<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Option<GatewayReference>> {
    row.optional_parsed(GatewayReference::parse)
}

/// The columns `failure_code`, `failure_remark`.
pub(super) fn failure<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Option<Failure>> {
    let code = row.optional_named(FailureCode::from_name)?;
    let remark = remark(row)?;
    Ok(code.map(|code| Failure { code, remark }))
}

/// What goes into the columns `failure_code`, `failure_remark`.
pub(super) fn failure_values(failure: Option<&Failure>) -> [SqlValue; 2] {
    let remark = failure.and_then(|failure| failure.remark.as_ref());
    [failure.map(|failure| failure.code.name()).into(), remark.map(Remark::as_str).into()]
}

/// The columns `cost`, `cost_currency`.
pub(crate) fn cost<R: Cells>(row: &mut RowReader<'_, R>) -> StoreResult<Option<Cost>> {
    let millionths = row.optional_integer()?;
    let currency = row.optional_parsed(Currency::parse)?;
    let Some((millionths, currency)) = millionths.zip(currency) else { return Ok(None) };
    Cost::from_millionths(millionths, currency)
        .map(Some)
        .ok_or_else(|| row.corrupt("goes with less than nothing"))
}

/// What goes into the columns `cost`, `cost_currency`.
pub(super) fn cost_values(cost: Option<Cost>) -> [SqlValue; 2] {
    [cost.map(Cost::millionths).into(), cost.map(|cost| cost.currency().code()).into()]
}
