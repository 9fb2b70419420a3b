//! What several kinds of objects have in common.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{
    Cost, Currency, Failure, FailureCode, ItemId, ItemName, OrderLine, Price, Quantity, Remark,
};

use crate::fields::Fields;
use crate::value;

/// The fields `price_per_unit`, `currency`.
pub(super) fn price(fields: &Fields<'_>) -> StoreResult<Price> {
    Ok(Price::restore(fields.decimal("price_per_unit")?, fields.parsed("currency", Currency::parse)?))
}

/// The fields `item`, `item_id`, `quantity`, `price_per_unit`, `currency`.
pub(super) fn line(fields: &Fields<'_>) -> StoreResult<OrderLine> {
    let quantity = Quantity::new(fields.integer("quantity")?);
    Ok(OrderLine {
        item: fields.parsed("item", ItemName::parse)?,
        item_id: fields.optional_id("item_id")?.map(ItemId::new),
        quantity: quantity.map_err(|_| fields.corrupt("quantity", "is out of range"))?,
        price: price(fields)?,
    })
}

/// The same fields, to be written.
pub(super) fn line_document(line: &OrderLine) -> Document {
    doc! {
        "item": line.item.as_str(),
        "item_id": value::optional_id(line.item_id.map(ItemId::uuid)),
        "quantity": line.quantity.units(),
        "price_per_unit": value::decimal(line.price.amount()),
        "currency": line.price.currency().code(),
    }
}

/// The fields `cost`, in millionths, and `cost_currency`.
pub(super) fn cost(fields: &Fields<'_>) -> StoreResult<Option<Cost>> {
    let currency = fields.optional_parsed("cost_currency", Currency::parse)?;
    match (fields.optional_integer("cost")?, currency) {
        (None, None) => Ok(None),
        (Some(millionths), Some(currency)) => {
            let cost = Cost::from_millionths(millionths, currency);
            cost.map(Some).ok_or_else(|| fields.corrupt("cost", "is below 0"))
        }
        _ => Err(fields.corrupt("cost", "does not go with the currency")),
    }
}

/// The same fields, to be written.
pub(super) fn cost_document(cost: Option<Cost>) -> Document {
    doc! { "cost": cost.map(Cost::millionths), "cost_currency": cost.map(|cost| cost.currency().code()) }
}

/// The fields `failure`, `failure_remark`.
pub(super) fn failure(fields: &Fields<'_>) -> StoreResult<Option<Failure>> {
    let remark = fields.optional_named("failure_remark", Remark::new)?;
    match (fields.optional_named("failure", FailureCode::from_name)?, remark) {
        (None, None) => Ok(None),
        (Some(code), remark) => Ok(Some(Failure { code, remark })),
        (None, Some(_)) => Err(fields.corrupt("failure_remark", "is about nothing")),
    }
}

/// The same fields, to be written.
pub(super) fn failure_document(failure: Option<&Failure>) -> Document {
    let remark = failure.and_then(|failure| failure.remark.as_ref());
    doc! { "failure": failure.map(|failure| failure.code.name()), "failure_remark": remark.map(Remark::as_str) }
}
