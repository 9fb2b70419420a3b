//! Each kind of record as a line: its fields, as they are written and as they are read.

use std::fmt::Write as _;

use orderdesk_application::ports::{Record, RecordKind};
use orderdesk_domain::{
    Customer, CustomerCode, CustomerId, Item, ItemId, ItemName, Listing, Order, OrderEvent, OrderEventId,
    OrderEventKind, OrderId, OrderLine, OrderState, OrderStatus, OrganizationId, PersonName, PhoneNumber,
    Price, Profile, Quantity, UserId,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::accounts::{
    read_membership, read_organization, read_token, read_user, write_membership, write_organization,
    write_token, write_user,
};
use crate::audit::{read_audit_entry, write_audit_entry};
use crate::error::Fault;
use crate::fields::{Fields, expected};
use crate::messages::{
    read_attempt, read_message, read_opt_out, read_template, write_attempt, write_message, write_opt_out,
    write_template,
};

/// A record as the object on its line.
pub(crate) struct Line<'r>(pub(crate) &'r Record);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_map(None)?;
        line.serialize_entry("kind", self.0.kind().name())?;
        match self.0 {
            Record::Installation(at) => line.serialize_entry("installed_at", &at.to_string())?,
            Record::Organization(organization) => write_organization(&mut line, organization)?,
            Record::User(user) => write_user(&mut line, user)?,
            Record::Membership(membership) => write_membership(&mut line, membership)?,
            Record::ApiToken(token) => write_token(&mut line, token)?,
            Record::Customer(customer) => write_customer(&mut line, customer)?,
            Record::Item(item) => write_item(&mut line, item)?,
            Record::Order(order) => write_order(&mut line, order)?,
            Record::OrderEvent(event) => write_event(&mut line, event)?,
            Record::AuditEntry(entry) => write_audit_entry(&mut line, entry)?,
            Record::MessageTemplate(template) => write_template(&mut line, template)?,
            Record::Message(message) => write_message(&mut line, message)?,
            Record::MessageAttempt(attempt) => write_attempt(&mut line, attempt)?,
            Record::OptOut(opt_out) => write_opt_out(&mut line, opt_out)?,
        }
        line.end()
    }
}

/// The record of this kind that the other fields of its line describe, in a file of this version.
pub(crate) fn read(kind: RecordKind, version: i64, fields: &mut Fields<'_>) -> Result<Record, Fault> {
    Ok(match kind {
        RecordKind::Installation => Record::Installation(fields.time("installed_at")?),
        RecordKind::Organization => Record::Organization(read_organization(fields, version)?),
        RecordKind::User => Record::User(read_user(fields)?),
        RecordKind::Membership => Record::Membership(read_membership(fields)?),
        RecordKind::ApiToken => Record::ApiToken(read_token(fields)?),
        RecordKind::Customer => Record::Customer(read_customer(fields)?),
        RecordKind::Item => Record::Item(read_item(fields)?),
        RecordKind::Order => Record::Order(read_order(fields)?),
        RecordKind::OrderEvent => Record::OrderEvent(read_event(fields)?),
        RecordKind::AuditEntry => Record::AuditEntry(read_audit_entry(fields)?),
        RecordKind::MessageTemplate => Record::MessageTemplate(read_template(fields)?),
        RecordKind::Message => Record::Message(read_message(fields)?),
        RecordKind::MessageAttempt => Record::MessageAttempt(read_attempt(fields)?),
        RecordKind::OptOut => Record::OptOut(read_opt_out(fields)?),
    })
}

fn write_customer<M: SerializeMap>(line: &mut M, customer: &Customer) -> Result<(), M::Error> {
    let profile = customer.profile();
    line.serialize_entry("id", &customer.id().to_string())?;
    line.serialize_entry("organization_id", &customer.organization().to_string())?;
    line.serialize_entry("code", profile.code.as_str())?;
    line.serialize_entry("first_name", profile.first_name.as_str())?;
    line.serialize_entry("second_name", profile.second_name.as_str())?;
    line.serialize_entry("phone", profile.phone.as_str())?;
    line.serialize_entry("created_by", &customer.created_by().map(|user| user.to_string()))?;
    line.serialize_entry("updated_at", &customer.updated_at().to_string())?;
    line.serialize_entry("version", &customer.version().number())
}

fn read_customer(fields: &mut Fields<'_>) -> Result<Customer, Fault> {
    let id = fields.id("id", CustomerId::new)?;
    let organization = fields.id("organization_id", OrganizationId::new)?;
    let profile = Profile {
        code: fields.parsed("code", CustomerCode::parse, CustomerCode::as_str)?,
        first_name: fields.parsed("first_name", PersonName::parse, PersonName::as_str)?,
        second_name: fields.parsed("second_name", PersonName::parse, PersonName::as_str)?,
        phone: fields.parsed("phone", PhoneNumber::restore, PhoneNumber::as_str)?,
    };
    let created_by = fields.optional_id("created_by", UserId::new)?;
    let (updated_at, version) = (fields.time("updated_at")?, fields.version("version")?);
    Ok(Customer::restore(id, organization, profile, created_by, updated_at, version))
}

fn write_item<M: SerializeMap>(line: &mut M, item: &Item) -> Result<(), M::Error> {
    let listing = item.listing();
    line.serialize_entry("id", &item.id().to_string())?;
    line.serialize_entry("organization_id", &item.organization().to_string())?;
    line.serialize_entry("name", listing.name.as_str())?;
    write_price(line, listing.price)?;
    line.serialize_entry("is_active", &listing.is_active)?;
    line.serialize_entry("updated_at", &item.updated_at().to_string())?;
    line.serialize_entry("version", &item.version().number())
}

fn read_item(fields: &mut Fields<'_>) -> Result<Item, Fault> {
    let id = fields.id("id", ItemId::new)?;
    let organization = fields.id("organization_id", OrganizationId::new)?;
    let listing = Listing {
        name: fields.parsed("name", ItemName::parse, ItemName::as_str)?,
        price: fields.price()?,
        is_active: fields.boolean("is_active")?,
    };
    let (updated_at, version) = (fields.time("updated_at")?, fields.version("version")?);
    Ok(Item::restore(id, organization, listing, updated_at, version))
}

fn write_order<M: SerializeMap>(line: &mut M, order: &Order) -> Result<(), M::Error> {
    line.serialize_entry("id", &order.id().to_string())?;
    line.serialize_entry("organization_id", &order.organization().to_string())?;
    line.serialize_entry("customer_id", &order.customer().to_string())?;
    write_line(line, order.line())?;
    line.serialize_entry("status", order.state().status().name())?;
    line.serialize_entry("time_closed", &order.state().time_closed().map(|time| time.to_string()))?;
    line.serialize_entry("created_by", &order.created_by().map(|user| user.to_string()))?;
    line.serialize_entry("updated_at", &order.updated_at().to_string())?;
    line.serialize_entry("version", &order.version().number())
}

fn read_order(fields: &mut Fields<'_>) -> Result<Order, Fault> {
    let id = fields.id("id", OrderId::new)?;
    let organization = fields.id("organization_id", OrganizationId::new)?;
    let customer = fields.id("customer_id", CustomerId::new)?;
    let line = read_line(fields)?;
    let status = fields.named("status", OrderStatus::from_name, &OrderStatus::NAMES)?;
    let state = OrderState::new(status, fields.optional_time("time_closed")?).ok_or_else(|| {
        expected("time_closed", "expected a time unless the order is Pending, and then null")
    })?;
    let created_by = fields.optional_id("created_by", UserId::new)?;
    let (updated_at, version) = (fields.time("updated_at")?, fields.version("version")?);
    Ok(Order::restore(id, organization, customer, line, state, created_by, updated_at, version))
}

fn write_event<M: SerializeMap>(line: &mut M, event: &OrderEvent) -> Result<(), M::Error> {
    line.serialize_entry("id", &event.id.to_string())?;
    line.serialize_entry("order_id", &event.order.to_string())?;
    line.serialize_entry("event", event.kind.name())?;
    write_line(line, &event.line)?;
    line.serialize_entry("created_by", &event.by.map(|user| user.to_string()))?;
    line.serialize_entry("order_version", &event.version.number())
}

fn read_event(fields: &mut Fields<'_>) -> Result<OrderEvent, Fault> {
    Ok(OrderEvent {
        id: fields.id("id", OrderEventId::new)?,
        order: fields.id("order_id", OrderId::new)?,
        kind: fields.named("event", OrderEventKind::from_name, &OrderEventKind::NAMES)?,
        line: read_line(fields)?,
        by: fields.optional_id("created_by", UserId::new)?,
        version: fields.version("order_version")?,
    })
}

fn write_line<M: SerializeMap>(line: &mut M, ordered: &OrderLine) -> Result<(), M::Error> {
    line.serialize_entry("item", ordered.item.as_str())?;
    line.serialize_entry("item_id", &ordered.item_id.map(|item| item.to_string()))?;
    line.serialize_entry("quantity", &ordered.quantity.units())?;
    write_price(line, ordered.price)
}

fn read_line(fields: &mut Fields<'_>) -> Result<OrderLine, Fault> {
    Ok(OrderLine {
        item: fields.parsed("item", ItemName::parse, ItemName::as_str)?,
        item_id: fields.optional_id("item_id", ItemId::new)?,
        quantity: Quantity::new(fields.integer("quantity")?)
            .map_err(|invalid| expected("quantity", &invalid.to_string()))?,
        price: fields.price()?,
    })
}

/// With the minor digits of the currency, or more where there are more.
fn write_price<M: SerializeMap>(line: &mut M, price: Price) -> Result<(), M::Error> {
    let mut amount = price.amount();
    amount.rescale(amount.scale().max(price.currency().minor_digits()));
    line.serialize_entry("price_per_unit", &amount.to_string())?;
    line.serialize_entry("currency", price.currency().code())
}

/// Bytes as text, two digits each.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
