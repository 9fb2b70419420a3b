//! What several kinds of objects have in common.

use mongodb::bson::{Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_domain::{Currency, ItemId, ItemName, OrderLine, Price, Quantity};

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
