//! What is read is what was written, and what is written stays as it is.

use orderdesk_application::ports::{Record, RecordKind};
use orderdesk_contract::builders::{Maker, odd_texts, person, price, time};
use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::{
    Currency, Customer, CustomerId, Item, ItemId, Listing, OrganizationId, Price, Timestamp, Version,
};

use super::{batches, read, records, written};

/// The same in every version 2, its checksum by `sha256sum`: a line here that changes is a file that can no longer be
/// read, or another format.
const WRITTEN: &str = concat!(
    r#"{"format":"orderdesk","version":2}"#,
    "\n",
    r#"{"kind":"installation","installed_at":"1969-12-31T23:59:59.999Z"}"#,
    "\n",
    r#"{"kind":"organization","id":"019b76da-a800-7000-8000-000000000001","name":"Duka","#,
    r#""time_zone":"Africa/Nairobi","default_currency":"KES","members":7,"administrators":2,"#,
    r#""updated_at":"2026-05-28T20:26:40.123Z","version":2}"#,
    "\n",
    r#"{"kind":"user","id":"019b76da-a800-7000-8000-000000000002","name":"Amina","#,
    r#""email":"amina@duka.example","issuer":"https://accounts.example","subject":"Subject 1","#,
    r#""is_staff":true,"is_active":false,"updated_at":"2026-05-28T20:26:40.123Z","version":1}"#,
    "\n",
    r#"{"kind":"user","id":"019b76da-a800-7000-8000-00000000000c","name":"Zawadi","email":null,"#,
    r#""issuer":null,"subject":null,"is_staff":false,"is_active":true,"#,
    r#""updated_at":"2026-05-28T20:26:40.123Z","version":1}"#,
    "\n",
    r#"{"kind":"customer","id":"019b76da-a800-7000-8000-000000000003","#,
    r#""organization_id":"019b76da-a800-7000-8000-000000000001","code":"WK001","#,
    r#""first_name":"Zoë \"Z\"","second_name":"Kamau","phone":"+254798765432","#,
    r#""created_by":"019b76da-a800-7000-8000-000000000002","updated_at":"2026-05-28T20:26:40.123Z","#,
    r#""version":7}"#,
    "\n",
    r#"{"kind":"membership","id":"019b76da-a800-7000-8000-00000000000d","#,
    r#""organization_id":"019b76da-a800-7000-8000-000000000001","#,
    r#""user_id":"019b76da-a800-7000-8000-000000000002","email":null,"role":"admin","customer_id":null,"#,
    r#""updated_at":"2026-05-28T20:26:40.123Z","version":3}"#,
    "\n",
    r#"{"kind":"membership","id":"019b76da-a800-7000-8000-00000000000e","#,
    r#""organization_id":"019b76da-a800-7000-8000-000000000001","user_id":null,"#,
    r#""email":"guest@duka.example","role":"viewer","#,
    r#""customer_id":"019b76da-a800-7000-8000-000000000003","updated_at":"2026-05-28T20:26:40.123Z","#,
    r#""version":3}"#,
    "\n",
    r#"{"kind":"api_token","id":"019b76da-a800-7000-8000-000000000006","#,
    r#""user_id":"019b76da-a800-7000-8000-000000000002","name":"Till, \"back\"","organization_id":null,"#,
    r#""scopes":"write","expires_at":null,"last_used_at":null,"#,
    r#""digest":"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"}"#,
    "\n",
    r#"{"kind":"api_token","id":"019b76da-a800-7000-8000-00000000000f","#,
    r#""user_id":"019b76da-a800-7000-8000-000000000002","name":"Till, \"back\"","#,
    r#""organization_id":"019b76da-a800-7000-8000-000000000001","scopes":"read orders:write","#,
    r#""expires_at":"2026-05-28T20:26:40.123Z","last_used_at":"2026-05-28T20:26:40.123Z","#,
    r#""digest":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"}"#,
    "\n",
    r#"{"kind":"item","id":"019b76da-a800-7000-8000-000000000004","#,
    r#""organization_id":"019b76da-a800-7000-8000-000000000001","name":"Soap, 250 g","#,
    r#""price_per_unit":"149.90","currency":"KES","is_active":true,"#,
    r#""updated_at":"2026-05-28T20:26:40.123Z","version":1}"#,
    "\n",
    r#"{"kind":"order","id":"019b76da-a800-7000-8000-000000000005","#,
    r#""organization_id":"019b76da-a800-7000-8000-000000000001","#,
    r#""customer_id":"019b76da-a800-7000-8000-000000000003","item":"Soap, 250 g","#,
    r#""item_id":"019b76da-a800-7000-8000-000000000004","quantity":3,"price_per_unit":"149.90","#,
    r#""currency":"KES","status":"Closed","time_closed":"2026-05-28T20:26:40.123Z","#,
    r#""created_by":"019b76da-a800-7000-8000-000000000002","updated_at":"2026-05-28T20:26:40.123Z","#,
    r#""version":2}"#,
    "\n",
    r#"{"kind":"order","id":"019b76da-a800-7000-8000-000000000008","#,
    r#""organization_id":"019b76da-a800-7000-8000-000000000001","#,
    r#""customer_id":"019b76da-a800-7000-8000-000000000003","item":"Salt","item_id":null,"quantity":3,"#,
    r#""price_per_unit":"20.00","currency":"KES","status":"Pending","time_closed":null,"#,
    r#""created_by":null,"updated_at":"2026-05-28T20:26:40.123Z","version":1}"#,
    "\n",
    r#"{"kind":"order_event","id":"019b76da-a800-7000-8000-000000000009","#,
    r#""order_id":"019b76da-a800-7000-8000-000000000005","event":"placed","item":"Salt","item_id":null,"#,
    r#""quantity":3,"price_per_unit":"20.00","currency":"KES","created_by":null,"order_version":1}"#,
    "\n",
    r#"{"kind":"order_event","id":"019b76da-a800-7000-8000-00000000000a","#,
    r#""order_id":"019b76da-a800-7000-8000-000000000005","event":"closed","item":"Soap, 250 g","#,
    r#""item_id":"019b76da-a800-7000-8000-000000000004","quantity":3,"price_per_unit":"149.90","#,
    r#""currency":"KES","created_by":"019b76da-a800-7000-8000-000000000002","order_version":2}"#,
    "\n",
    r#"{"kind":"audit_entry","id":"019b76da-a800-7000-8000-000000000010","organization_id":null,"#,
    r#""user_id":null,"credential":"local","credential_id":null,"address":null,"action":"change","#,
    r#""resource":"api-tokens","object_id":"019b76da-a800-7000-8000-000000000006","before":null,"#,
    r#""after":"{}"}"#,
    "\n",
    r#"{"kind":"audit_entry","id":"019b76da-a800-7000-8000-000000000011","#,
    r#""organization_id":"019b76da-a800-7000-8000-000000000001","#,
    r#""user_id":"019b76da-a800-7000-8000-000000000002","credential":"api_token","#,
    r#""credential_id":"019b76da-a800-7000-8000-000000000006","address":"2001:db8::1","#,
    r#""action":"change","resource":"api-tokens","object_id":"019b76da-a800-7000-8000-000000000006","#,
    r#""before":"{ \"b\":1.50}","after":null}"#,
    "\n",
    r#"{"kind":"audit_entry","id":"019b76da-a800-7000-8000-000000000012","#,
    r#""organization_id":"019b76da-a800-7000-8000-000000000001","#,
    r#""user_id":"019b76da-a800-7000-8000-000000000002","credential":"issuer","#,
    r#""credential_id":"https://a.example","address":"192.0.2.1","action":"change","#,
    r#""resource":"api-tokens","object_id":"019b76da-a800-7000-8000-000000000006","before":null,"#,
    r#""after":null}"#,
    "\n",
    r#"{"kind":"end","records":{"installation":1,"organization":1,"user":2,"customer":1,"membership":2,"#,
    r#""api_token":2,"item":1,"order":2,"order_event":2,"audit_entry":3},"#,
    r#""sha256":"5003fa43b754894c23d43f589844a7c023e09bfdf78e3a84bec9dc29b787da3a"}"#,
    "\n",
);

#[test]
fn a_file_is_written_as_the_format_says_and_read_as_it_was_written() {
    let records = records();
    let file = written(&records);
    let text = std::str::from_utf8(&file).unwrap();
    assert_eq!(text, WRITTEN);
    assert_eq!(read(&file).unwrap(), records);
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
    let mut records = Vec::new();
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
