//! Files as they are written, and as they must not be.

mod faults;
mod files;
mod post;
mod round_trips;

use orderdesk_application::ports::{Batch, Record};
use orderdesk_contract::builders::{
    START, code, currency, email, free_line, id_at, identity, item_name, person, phone, price, quantity,
    quiet_hours, scopes, text, time, time_zone, version,
};
use orderdesk_domain::{
    Account, Action, Actor, ApiToken, AuditEntry, AuditEntryId, Charter, Credential, Customer, CustomerId,
    Facts, Issuer, Item, ItemId, Listing, Member, Members, Membership, MembershipId, Order, OrderEvent,
    OrderEventId, OrderEventKind, OrderId, OrderLine, OrderState, Organization, OrganizationId,
    OrganizationName, Profile, Resource, SecretDigest, Standing, TokenId, TokenName, User, UserId, UserName,
};

use self::post::post;
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

/// One to three records of every kind, the same in every run.
fn records() -> Vec<Record> {
    let id = |number| id_at(START, number);
    let (organization, user) = (OrganizationId::new(id(1)), UserId::new(id(2)));
    let (customer, item, order) = (CustomerId::new(id(3)), ItemId::new(id(4)), OrderId::new(id(5)));
    let moment = time(1_780_000_000_123);
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
    let account = Account {
        name: text(UserName::parse, "Amina"),
        email: Some(email("amina@duka.example")),
        is_staff: true,
        is_active: false,
    };
    let token = |number, organization, spelled, at, byte| {
        Record::ApiToken(ApiToken {
            id: TokenId::new(id(number)),
            user,
            name: text(TokenName::parse, "Till, \"back\""),
            organization,
            scopes: scopes(spelled),
            expires_at: at,
            last_used_at: at,
            digest: SecretDigest::new([byte; 32]),
        })
    };
    let entry = |number, credential, address: Option<&str>, before, after| {
        let user = address.map(|_| user);
        let facts = |json: &str| Facts::new(json.to_owned());
        Record::AuditEntry(AuditEntry {
            id: AuditEntryId::new(id(number)),
            organization: address.map(|_| organization),
            actor: Actor { user, credential, address: address.map(|address| address.parse().unwrap()) },
            action: Action::Change,
            resource: Resource::ApiTokens,
            object: id(6),
            before: Option::map(before, facts),
            after: Option::map(after, facts),
        })
    };
    let membership = |number, member, standing| {
        let id = MembershipId::new(id(number));
        Record::Membership(Membership::restore(id, organization, member, standing, moment, version(3)))
    };
    let charter = Charter {
        name: text(OrganizationName::parse, "Duka"),
        time_zone: time_zone("Africa/Nairobi"),
        default_currency: currency("KES"),
        quiet_hours: Some(quiet_hours("21:00-07:00")),
    };
    let members = Members { all: 7, administrators: 2 };
    let known = identity("https://accounts.example", "Subject 1");
    let newcomer = Account::named(text(UserName::parse, "Zawadi"));
    let mut records = vec![
        Record::Installation(time(-1)),
        Record::Organization(Organization::restore(organization, charter, members, moment, version(2))),
        Record::User(User::restore(user, Some(known), account, moment, version(1))),
        Record::User(User::restore(UserId::new(id(12)), None, newcomer, moment, version(1))),
        Record::Customer(Customer::restore(customer, organization, profile, Some(user), moment, version(7))),
        membership(13, Member::User(user), Standing::Admin),
        membership(14, Member::Invited(email("guest@duka.example")), Standing::Guest(customer)),
        token(6, None, "write", None, 0xA5),
        token(15, Some(organization), "read orders:write", Some(moment), 0x5A),
        Record::Item(Item::restore(item, organization, listing, moment, version(1))),
        restored(order, line.clone(), OrderState::Closed(moment), Some(user), version(2)),
        restored(OrderId::new(id(8)), free_line("Salt"), OrderState::Pending, None, version(1)),
        event(9, OrderEventKind::Placed, None, version(1)),
        event(10, OrderEventKind::Closed, Some(user), version(2)),
        entry(16, Credential::Local, None, None, Some("{}")),
        entry(17, Credential::Token(TokenId::new(id(6))), Some("2001:db8::1"), Some("{ \"b\":1.50}"), None),
        entry(
            18,
            Credential::Issuer(text(Issuer::parse, "https://a.example")),
            Some("192.0.2.1"),
            None,
            None,
        ),
    ];
    records.extend(post(organization, customer, order));
    records
}
