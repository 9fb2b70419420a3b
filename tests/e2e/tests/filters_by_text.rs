//! Text in filters: every character means itself, and case is folded the same way in every store.

use orderdesk_e2e::{Fields as _, Service, Store, customer, item, on_every_store};
use serde_json::Value;

on_every_store!(no_character_is_a_wildcard, case_is_folded_as_unicode_says, equality_is_to_the_letter);

const NAMES: [&str; 14] = [
    "100 percent",
    "100% wool",
    "100_ wool",
    "100x wool",
    "a*b",
    "a.b",
    "a?b",
    "axb",
    "back\\slash",
    "it's",
    "[a-z]",
    "quo\"te",
    "STRASSE",
    "\u{c9}clair",
];

async fn catalogue(store: Store) -> Service {
    let service = Service::start(store).await;
    for name in NAMES {
        service.create("items", &item(name, "1")).await;
    }
    service
}

/// The names of the items that a filter keeps, sorted.
async fn kept(service: &Service, filter: &str, value: &str) -> Vec<String> {
    let list = service.get("items/?limit=100").query(&[(filter, value)]).await.json(200);
    let name = |item: &Value| item["name"].as_str().unwrap().to_owned();
    let mut names: Vec<_> = list["items"].as_array().unwrap().iter().map(name).collect();
    names.sort_unstable();
    names
}

async fn no_character_is_a_wildcard(store: Store) {
    let service = catalogue(store).await;
    for (value, names) in [
        ("100%", ["100% wool"].as_slice()),
        ("100_", &["100_ wool"]),
        ("%", &["100% wool"]),
        ("_", &["100_ wool"]),
        ("a.b", &["a.b"]),
        ("a*b", &["a*b"]),
        ("a?b", &["a?b"]),
        (".", &["a.b"]),
        ("*", &["a*b"]),
        ("\\", &["back\\slash"]),
        ("\\%", &[]),
        ("'", &["it's"]),
        ("\"", &["quo\"te"]),
        ("[a-z]", &["[a-z]"]),
        ("^a", &[]),
        ("$", &[]),
        ("100% wool", &["100% wool"]),
        ("' OR '1'='1", &[]),
    ] {
        assert_eq!(kept(&service, "name__icontains", value).await, names, "{value}");
    }
    for (value, names) in
        [("100%", ["100% wool"].as_slice()), ("%", &[]), ("_00", &[]), ("a.", &["a.b"]), ("[a", &["[a-z]"])]
    {
        assert_eq!(kept(&service, "name__istartswith", value).await, names, "{value}");
    }
    for (value, names) in [("100_ wool", ["100_ wool"].as_slice()), ("100% woo_", &[]), ("a%b", &[])] {
        assert_eq!(kept(&service, "name", value).await, names, "{value}");
    }
    for (value, names) in [("100% wool", ["100% wool"].as_slice()), ("_", &["100_ wool"]), ("a.b", &["a.b"])]
    {
        assert_eq!(kept(&service, "search", value).await, names, "{value}");
    }
}

async fn case_is_folded_as_unicode_says(store: Store) {
    let service = catalogue(store).await;
    for value in ["stra\u{df}e", "STRASSE", "rass", "Stra\u{1e9e}e"] {
        assert_eq!(kept(&service, "name__icontains", value).await, ["STRASSE"], "{value}");
    }
    for value in ["\u{e9}CL", "\u{c9}cl"] {
        assert_eq!(kept(&service, "name__istartswith", value).await, ["\u{c9}clair"], "{value}");
        assert_eq!(kept(&service, "search", value).await, ["\u{c9}clair"], "{value}");
    }
    assert!(kept(&service, "name__icontains", "eclair").await.is_empty());
}

async fn equality_is_to_the_letter(store: Store) {
    let service = catalogue(store).await;
    assert_eq!(kept(&service, "name", "STRASSE").await, ["STRASSE"]);
    for value in ["strasse", "Stra\u{df}e", "STRASS"] {
        assert!(kept(&service, "name", value).await.is_empty(), "{value}");
    }
    // Codes know no case.
    service.create("customers", &customer().with("code", "AB12C")).await;
    for code in ["AB12C", "ab12c", " Ab12c "] {
        let list = service.get("customers/").query(&[("code", code)]).await.json(200);
        assert_eq!(list["pagination"]["count"], 1, "{code}");
    }
}
