//! What is read is what was written, and what is written stays as it is.

use orderdesk_application::ports::{Record, RecordKind};
use orderdesk_contract::builders::{
    Maker, cost, message_states, message_text, odd_texts, person, price, remark, time,
};
use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::{
    Charter, Currency, Customer, CustomerId, Item, ItemId, Letter, Listing, Message, MessageAttempt,
    MessageId, Organization, OrganizationId, Price, Timestamp, Version,
};

use super::{batches, read, records, written};

/// The same in every version 3, its checksum by `sha256sum`: a line here that changes is a file that can no longer be
/// read, or another format.
const WRITTEN: &str = include_str!("version_3.ndjson");

/// What programs wrote that knew nothing of messages.
const VERSION_2: &str = include_str!("version_2.ndjson");

#[test]
fn a_file_is_written_as_the_format_says_and_read_as_it_was_written() {
    let records = records();
    let file = written(&records);
    let text = std::str::from_utf8(&file).unwrap();
    assert_eq!(text, WRITTEN);
    assert_eq!(read(&file).unwrap(), records);
}

#[test]
fn a_file_of_version_2_is_read_as_what_it_was() {
    let mut expected = records();
    expected.retain(|record| record.kind() <= RecordKind::AuditEntry);
    for record in &mut expected {
        if let Record::Organization(it) = record {
            let charter = Charter { quiet_hours: None, ..it.charter().clone() };
            *it = Organization::restore(it.id(), charter, it.members(), it.updated_at(), it.version());
        }
    }
    assert_eq!(read(VERSION_2.as_bytes()).unwrap(), expected);
}

#[test]
fn a_store_that_holds_nothing_is_a_first_line_and_a_last_one() {
    let file = written(&[]);
    assert_eq!(file.split(|byte| *byte == b'\n').count() - 1, 2);
    assert_eq!(read(&file).unwrap(), []);
}

#[test]
fn how_the_json_is_written_does_not_matter() {
    let records = records();
    let file = String::from_utf8(written(&records)).unwrap();
    let (body, last) = file.trim_end().rsplit_once('\n').unwrap();
    // Spaced out, in another order, escaped, and without a line break at the end.
    let spaced = body.replace(",\"", " , \"").replace("Zo\u{eb}", "Zo\\u00eb");
    let turned = spaced.replace(r#"{"kind":"installation" , "installed_at":"1969-12-31T23:59:59.999Z"}"#, {
        r#"{"installed_at":"1969-12-31T23:59:59.999Z","kind":"installation"}"#
    });
    assert!(turned.contains("\\u00eb") && turned.contains("Z\",\"kind\""));
    assert_eq!(read(&sealed(&turned, last)).unwrap(), records);
}

/// A file with a new checksum in its last line.
fn sealed(body: &str, last: &str) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let body = format!("{body}\n");
    let checksum = crate::records::hexadecimal(&Sha256::digest(body.as_bytes()));
    let (before, _) = last.rsplit_once(":\"").unwrap();
    format!("{body}{before}:\"{checksum}\"}}").into_bytes()
}

#[test]
fn odd_texts_and_extremes_come_back() {
    let make = Maker::default();
    let home = OrganizationId::new(make.id());
    let mut records = vec![Record::Organization(make.organization())];
    for odd in odd_texts() {
        let mut profile = make.profile();
        (profile.first_name, profile.second_name) = (person(&odd), person(&odd));
        let customer = Customer::register(CustomerId::new(make.id()), home, profile, None);
        records.push(Record::Customer(customer));
    }
    // Finer than the yen is now.
    let fine = Price::restore(parse_decimal("0.0001").unwrap(), Currency::parse("JPY").unwrap());
    let prices = ["0", "0.0001", "999999999.99"].map(|amount| price(amount, "CLF"));
    let times = [Timestamp::EARLIEST, time(-1), time(0), Timestamp::LATEST];
    for (price, at) in prices.into_iter().chain([fine]).zip(times) {
        let listing = Listing { price, ..make.listing() };
        let version = Version::new(i64::MAX).unwrap();
        records.push(Record::Item(Item::restore(ItemId::new(make.id()), home, listing, at, version)));
    }
    let customer = make.customer(home);
    let mut messages: Vec<_> =
        message_states(make.now()).into_iter().map(|state| make.message_in(&customer, state)).collect();
    let mut attempts = Vec::new();
    for odd in odd_texts().into_iter().chain(["one\ntwo".to_owned()]) {
        let letter = Letter { text: message_text(&odd), ..make.letter(&customer) };
        let message = Message::queue(MessageId::new(make.id()), letter, Timestamp::LATEST);
        let said = Some(remark(&odd));
        attempts.push(MessageAttempt { code: said.clone(), error: said, ..make.attempt(message.id()) });
        messages.push(message);
    }
    let costs = [(0, "KES"), (1, "JPY"), (7_500, "USD"), (i64::MAX, "UYW")];
    for (amount, code) in costs {
        let cost = Some(cost(amount, code));
        attempts.push(MessageAttempt { cost, ..make.attempt(messages[0].id()) });
    }
    records.extend(messages.into_iter().map(Record::Message));
    records.extend(attempts.into_iter().map(Record::MessageAttempt));
    assert_eq!(read(&written(&records)).unwrap(), records);
}

#[test]
fn records_come_in_batches_of_one_kind_that_know_their_lines() {
    let make = Maker::default();
    let home = OrganizationId::new(make.id());
    let customers = (0..1_500).map(|_| Record::Customer(make.customer(home)));
    let items = (0..2).map(|_| Record::Item(make.item(home)));
    let file = written(&customers.chain(items).collect::<Vec<_>>());
    let batches = batches(&file).unwrap();
    let seen: Vec<_> = batches
        .iter()
        .map(|batch| (batch.records[0].kind(), batch.records.len(), batch.line.unwrap()))
        .collect();
    let (customer, item) = (RecordKind::Customer, RecordKind::Item);
    assert_eq!(seen, [(customer, 1_000, 2), (customer, 500, 1_002), (item, 2, 1_502)]);
}
