//! The audit: what was written down comes back to the letter, and stays whatever goes.

use std::net::IpAddr;

use orderdesk_application::Scope;
use orderdesk_application::ports::Store;
use orderdesk_application::query::{Filter, Query, Selection, Test, Value};
use orderdesk_application::views::{AuditEntryDetails, AuditEntryField, UserSummary};
use orderdesk_domain::{
    Account, Action, Actor, AuditEntry, AuditEntryId, Credential, Facts, Issuer, OrganizationId, Resource,
    SessionId, TokenId, User, UserId,
};

use crate::Harness;
use crate::builders::{Maker, id_at, odd_texts, text};
use crate::kinds::{delete, everything, find, update};
use crate::shop::Shop;

async fn append(store: &dyn Store, entries: &[AuditEntry]) {
    let mut work = store.begin().await.unwrap();
    work.audit_entries().append(entries).await.unwrap();
    work.commit().await.unwrap();
}

/// An entry as it is to be read, if `user` did it.
fn details(entry: &AuditEntry, user: Option<&User>) -> AuditEntryDetails {
    AuditEntryDetails { entry: entry.clone(), user: user.map(UserSummary::from) }
}

pub async fn every_field_of_an_entry_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let longest = format!("https://{}", "\u{1f9ba}".repeat(492));
    let credentials = [
        Credential::Token(TokenId::new(make.id())),
        Credential::Session(SessionId::new(make.id())),
        Credential::Issuer(text(Issuer::parse, "https://Accounts.example/O'Brien")),
        Credential::Issuer(text(Issuer::parse, &longest)),
        Credential::Local,
    ];
    let addresses: [Option<&str>; 7] = [
        None,
        Some("0.0.0.0"),
        Some("203.0.113.255"),
        Some("::"),
        Some("2001:db8::1"),
        Some("::ffff:192.0.2.1"),
        Some("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ];
    let mut entries = Vec::new();
    for credential in credentials {
        for address in addresses {
            for user in [None, Some(shop.owner.id())] {
                let address: Option<IpAddr> = address.map(|address| address.parse().unwrap());
                let actor = Actor { user, credential: credential.clone(), address };
                entries.push(AuditEntry { actor, ..make.audit_entry(Some(shop.organization.id())) });
            }
        }
    }
    for resource in Resource::ALL {
        for action in [Action::Create, Action::Change, Action::Delete] {
            entries.push(AuditEntry { resource, action, ..make.audit_entry(None) });
        }
    }
    let facts = |json: &str| Some(Facts::new(json.to_owned()));
    for (before, after) in [
        (None, None),
        (facts("{}"), None),
        (None, facts("{\"b\":1,\"a\":2,\"b\":3}")),
        // To the letter: blanks, escapes, the order of names, and how numbers are written.
        (facts("{ \"price\" : 1.50, \"note\":\"\\u0000\\u00e9\\n\" }"), facts("{\"a\":1e400,\"z\":null}")),
    ] {
        entries.push(AuditEntry { before, after, ..make.audit_entry(None) });
    }
    for odd in odd_texts() {
        let escaped = odd.replace('\\', "\\\\").replace('"', "\\\"");
        let json = format!("{{\"name\":\"{escaped}\"}}");
        entries.push(AuditEntry { before: facts(&json), ..make.audit_entry(None) });
    }
    let long = format!("{{\"text\":\"{}\"}}", "\u{390}".repeat(20_000));
    entries.push(AuditEntry { before: facts(&long), after: facts(&long), ..make.audit_entry(None) });
    append(store, &entries).await;

    for entry in &entries {
        let user = entry.actor.user.map(|_| &shop.owner);
        assert_eq!(find::<AuditEntry>(store, entry.id.uuid()).await, Some(details(entry, user)));
    }
    let listed = everything::<AuditEntry>(store).await;
    assert!(listed.rows.iter().map(|row| &row.entry).eq(entries.iter().rev()), "the newest comes first");
    assert_eq!(listed.count, Some(entries.len() as u64));
}

pub async fn an_entry_may_tell_of_what_is_not_there(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let (nobody, nowhere) = (UserId::new(make.id()), OrganizationId::new(make.id()));
    let actor = Actor { user: Some(nobody), credential: Credential::Local, address: None };
    let entry = AuditEntry { actor, ..make.audit_entry(Some(nowhere)) };
    append(store, std::slice::from_ref(&entry)).await;
    append(store, &[]).await;
    assert_eq!(find::<AuditEntry>(store, entry.id.uuid()).await, Some(details(&entry, None)));
    let here = Scope::Limited { organizations: vec![nowhere], customers: Vec::new(), user: None };
    let found = store.audit_entries().find(&here, entry.id.uuid()).await.unwrap();
    assert_eq!(found, Some(details(&entry, None)));
}

pub async fn an_entry_shows_who_did_it_as_they_are_called_now_and_stays_when_they_go(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let user = make.user();
    crate::kinds::keep(store, &user).await;
    let actor = Actor { user: Some(user.id()), credential: Credential::Local, address: None };
    let entry = AuditEntry { actor, object: user.id().uuid(), ..make.audit_entry(None) };
    append(store, std::slice::from_ref(&entry)).await;

    let mut renamed = user.clone();
    renamed.revise(Account { name: shop.owner.account().name.clone(), ..user.account().clone() }, make.now());
    update(store, &user, &renamed).await.unwrap();
    let found = find::<AuditEntry>(store, entry.id.uuid()).await;
    assert_eq!(found, Some(details(&entry, Some(&renamed))));
    assert_eq!(delete(store, &renamed).await.unwrap(), 1);
    let theirs = Filter::new(AuditEntryField::User, Test::Equals(Value::Id(user.id().uuid()))).unwrap();
    let query = Query::first(Selection::new(&Scope::Everything, theirs), 10);
    let found = store.audit_entries().list(&query).await.unwrap().rows;
    assert_eq!(found, [details(&entry, None)]);
}

pub async fn entries_of_one_millisecond_stand_in_the_order_of_their_ids(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let entry = |number| AuditEntry {
        id: AuditEntryId::new(id_at(1_780_000_000_000, number)),
        ..make.audit_entry(None)
    };
    let entries = [3, 1, 4, 2].map(entry);
    append(store, &entries).await;
    let listed = everything::<AuditEntry>(store).await.rows;
    assert!(listed.iter().map(|row| &row.entry).eq([&entries[2], &entries[0], &entries[3], &entries[1]]));
}
