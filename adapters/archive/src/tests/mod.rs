//! Files as they are written, and as they must not be.

mod faults;
mod files;
mod round_trips;

use orderdesk_application::ports::{Batch, Record};
use orderdesk_contract::builders::{
    START, code, currency, free_line, id_at, item_name, person, phone, price, quantity, text, time,
};
use orderdesk_domain::{
    ApiToken, Customer, CustomerId, Item, ItemId, Listing, Membership, Order, OrderEvent, OrderEventId,
    OrderEventKind, OrderId, OrderLine, OrderState, Organization, OrganizationId, OrganizationName, Profile,
    Role, TokenDigest, TokenId, User, UserId, UserName, Version,
};

use crate::{ArchiveError, ArchiveReader, ArchiveWriter};

/// A file that holds `records`.
fn written(records: &[Record]) -> Vec<u8> {
    let mut writer = ArchiveWriter::begin(Vec::new()).unwrap();
    for record in records {
        writer.add(record).unwrap();
    }
    writer.end().unwrap()
}

/// Everything in a file, as it comes.
fn batches(file: &[u8]) -> Result<Vec<Batch>, ArchiveError> {
    let mut reader = ArchiveReader::begin(file)?;
    let mut batches = Vec::new();
    while let Some(batch) = reader.batch()? {
        batches.push(batch);
    }
    Ok(batches)
}

fn read(file: &[u8]) -> Result<Vec<Record>, ArchiveError> {
    Ok(batches(file)?.into_iter().flat_map(|batch| batch.records).collect())
}

/// One or two records of every kind, the same in every run.
fn records() -> Vec<Record> {
    let id = |number| id_at(START, number);
    let (organization, user) = (OrganizationId::new(id(1)), UserId::new(id(2)));
    let (customer, item, order) = (CustomerId::new(id(3)), ItemId::new(id(4)), OrderId::new(id(5)));
    let moment = time(1_780_000_000_123);
    let version = |number| Version::new(number).unwrap();
    let line = OrderLine {
        item: item_name("Soap, 250 g"),
        item_id: Some(item),
        quantity: quantity(3),
        price: price("149.9", "KES"),
    };
    let profile = Profile {
        code: code("WK001"),
        first_name: person("Zoë \"Z\""),
        second_name: person("Kamau"),
        phone: phone("+254798765432"),
    };
    let listing = Listing { name: line.item.clone(), price: price("149.9", "KES"), is_active: true };
    let event = |number, kind, by, version| {
        let line = if by == Some(user) { line.clone() } else { free_line("Salt") };
        Record::OrderEvent(OrderEvent { id: OrderEventId::new(id(number)), order, kind, by, line, version })
    };
    let restored = |id, line, state, created_by, version| {
        let order = Order::restore(id, organization, customer, line, state, created_by, moment, version);
        Record::Order(order)
    };
    vec![
        Record::Installation(time(-1)),
        Record::Organization(Organization::restore(
            organization,
            text(OrganizationName::parse, "Duka"),
            currency("KES"),
            moment,
            version(2),
        )),
        Record::User(User::restore(user, text(UserName::parse, "Amina"), moment, version(1))),
        Record::Membership(Membership { user, organization, role: Role::Admin }),
        Record::ApiToken(ApiToken { id: TokenId::new(id(6)), user, digest: TokenDigest::new([0xA5; 32]) }),
        Record::Customer(Customer::restore(customer, organization, profile, Some(user), moment, version(7))),
        Record::Item(Item::restore(item, organization, listing, moment, version(1))),
        restored(order, line.clone(), OrderState::Closed(moment), Some(user), version(2)),
        restored(OrderId::new(id(8)), free_line("Salt"), OrderState::Pending, None, version(1)),
        event(9, OrderEventKind::Placed, None, version(1)),
        event(10, OrderEventKind::Closed, Some(user), version(2)),
    ]
}
