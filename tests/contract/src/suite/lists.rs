//! Lists by example: what a query means, said once more in plain words and known answers.

use orderdesk_application::Scope;
use orderdesk_application::ports::Store;
use orderdesk_application::query::{
    Comparison, Field, Filter, Key, Listed, Order as Ordering, Query, Selection, Test, Value,
};
use orderdesk_application::views::{CustomerField, ItemField, OrderField};
use orderdesk_domain::{
    Customer, CustomerId, Item, ItemId, Listing, Order, OrderId, OrderState, Profile, Timestamp, Version,
};

use crate::Harness;
use crate::builders::{Maker, code, item_name, person, phone, price, time};
use crate::kinds::{Readable, Writable, counted, delete, insert, keep};
use crate::shop::Shop;

/// What is found of one field, in this order.
async fn values<E: Readable>(
    store: &dyn Store,
    field: E::Field,
    filter: Filter<E::Field>,
    order: Ordering<E::Field>,
) -> Vec<Value> {
    let query = Query { order, ..Query::first(Selection::new(&Scope::Everything, filter), 1000) };
    let found = E::reader(store).list(&query).await.unwrap().rows;
    found.iter().map(|details| details.value(field)).collect()
}

fn by<F: Field>(field: F, descending: bool) -> Ordering<F> {
    Ordering::new(&[Key { field, descending }]).unwrap()
}

fn texts(expected: &[&str]) -> Vec<Value> {
    expected.iter().copied().map(Value::from).collect()
}

/// A shop with another item of each name, at a price of its own.
async fn stock(store: &dyn Store, make: &Maker, names: &[&str]) {
    let shop = Shop::open(store, make).await;
    let item = |(name, units): (&&str, usize)| {
        let listing =
            Listing { name: item_name(name), price: price(&units.to_string(), "KES"), is_active: true };
        Item::list(ItemId::new(make.id()), shop.organization.id(), listing)
    };
    let items: Vec<_> = names.iter().zip(1..).map(item).collect();
    insert(store, &items).await.unwrap();
}

pub async fn wildcards_in_a_needle_are_themselves(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let names =
        ["%", "100%", "1000", "a_b", "a.b", "a*b", "a?b", "axb", "[abc]", "back\\slash", "O'Brien", "\"a\""];
    stock(store, &Maker::default(), &names).await;
    for (needle, expected) in [
        ("%", &["%", "100%"] as &[&str]),
        ("0%", &["100%"]),
        ("_", &["a_b"]),
        ("a_b", &["a_b"]),
        (".", &["a.b"]),
        ("*", &["a*b"]),
        ("?", &["a?b"]),
        ("[a", &["[abc]"]),
        ("\\", &["back\\slash"]),
        ("'", &["O'Brien"]),
        ("\"", &["\"a\""]),
    ] {
        let filter = Filter::contains(ItemField::Name, needle).unwrap();
        let found = values::<Item>(store, ItemField::Name, filter, by(ItemField::PricePerUnit, false)).await;
        assert_eq!(found, texts(expected), "{needle:?}");
    }
    let filter = Filter::starts_with(ItemField::Name, "%").unwrap();
    let found = values::<Item>(store, ItemField::Name, filter, Ordering::newest_first()).await;
    assert_eq!(found, texts(&["%"]));
}

pub async fn text_is_looked_for_in_its_full_case_fold(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    stock(store, &Maker::default(), &["Straße", "ΟΔΟΣ", "Éclair", "ﬁn", "Tea"]).await;
    for (needle, expected) in [
        ("STRASSE", &["Straße"] as &[&str]),
        ("οδος", &["ΟΔΟΣ"]),
        ("éclair", &["Éclair"]),
        ("FI", &["ﬁn"]),
        ("eclair", &[]),
        ("tEA", &["Tea"]),
    ] {
        for filter in
            [Filter::contains(ItemField::Name, needle), Filter::starts_with(ItemField::Name, needle)]
        {
            let order = Ordering::newest_first();
            let found = values::<Item>(store, ItemField::Name, filter.unwrap(), order).await;
            assert_eq!(found, texts(expected), "{needle:?}");
        }
    }
    let exact = Filter::new(ItemField::Name, Test::Equals(Value::from("TEA"))).unwrap();
    assert_eq!(
        values::<Item>(store, ItemField::Name, exact, Ordering::newest_first()).await,
        [],
        "to the letter"
    );
}

pub async fn text_is_ordered_by_case_fold_then_by_code_point(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    delete(store, &shop.customer).await.unwrap();
    let mut names = [
        "007",
        "1000",
        "200",
        "a b",
        "AB",
        "Ab",
        "ab",
        "e",
        "STRASSE",
        "Straẞe",
        "straße",
        "Zoe",
        "zoe",
        "zulu",
        "É",
        "é",
        "\u{ff01}",
        "\u{1f9ba}",
    ];
    let customer = |name: &&str| {
        let profile = Profile { second_name: person(name), ..make.profile() };
        Customer::register(CustomerId::new(make.id()), shop.organization.id(), profile, None)
    };
    let customers: Vec<_> = names.iter().rev().map(customer).collect();
    insert(store, &customers).await.unwrap();

    let field = CustomerField::SecondName;
    let found = values::<Customer>(store, field, Filter::everything(), by(field, false)).await;
    assert_eq!(found, texts(&names));
    names.reverse();
    let found = values::<Customer>(store, field, Filter::everything(), by(field, true)).await;
    assert_eq!(found, texts(&names));
}

pub async fn no_value_sorts_lowest_and_passes_no_comparison(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let closings = [Some(Timestamp::EARLIEST), None, Some(time(5)), None, Some(Timestamp::LATEST)];
    let order = |closed: Option<Timestamp>| {
        let state = closed.map_or(OrderState::Pending, OrderState::Closed);
        let (id, here, customer) = (OrderId::new(make.id()), shop.organization.id(), shop.customer.id());
        Order::restore(id, here, customer, shop.line(), state, None, make.now(), Version::FIRST)
    };
    insert(store, &closings.map(order)).await.unwrap();

    let field = OrderField::TimeClosed;
    let mut ascending = closings.map(Value::from).to_vec();
    ascending.sort_by(Value::compare);
    assert_eq!(ascending[..2], [Value::Null, Value::Null]);
    let found = values::<Order>(store, field, Filter::everything(), by(field, false)).await;
    assert_eq!(found, ascending);
    let found = values::<Order>(store, field, Filter::everything(), by(field, true)).await;
    assert!(found.iter().eq(ascending.iter().rev()));

    let latest = Value::Time(Timestamp::LATEST);
    for (test, expected) in [
        (Test::Compare(Comparison::AtMost, latest.clone()), &ascending[2..]),
        (Test::Compare(Comparison::Below, latest), &ascending[2..4]),
        (Test::IsNull(true), &ascending[..2]),
        (Test::IsNull(false), &ascending[2..]),
    ] {
        let filter = Filter::new(field, test).unwrap();
        assert_eq!(
            values::<Order>(store, field, filter.clone(), by(field, false)).await,
            expected,
            "{filter:?}"
        );
    }
}

pub async fn every_word_of_a_search_is_in_some_field(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    delete(store, &shop.customer).await.unwrap();
    let customer = |(code_, first, second, number): (&str, &str, &str, &str)| {
        let (first_name, second_name) = (person(first), person(second));
        let profile = Profile { code: code(code_), first_name, second_name, phone: phone(number) };
        Customer::register(CustomerId::new(make.id()), shop.organization.id(), profile, None)
    };
    let customers = [
        ("AB12Z", "Amina", "Otieno", "+254712345678"),
        ("CD34Y", "Otieno", "Abdi", "+254712345679"),
        ("EF56X", "100%", "O'Brien", "+16502530000"),
    ];
    insert(store, &customers.map(customer)).await.unwrap();
    for (words, expected) in [
        ("otieno", &["AB12Z", "CD34Y"] as &[&str]),
        ("OTIENO ab", &["AB12Z", "CD34Y"]),
        (" otieno   amina ", &["AB12Z"]),
        ("ab12z +2547", &["AB12Z"]),
        ("3456 otieno 9", &["CD34Y"]),
        ("% 'b", &["EF56X"]),
        ("_", &[]),
        ("otieno 100%", &[]),
        ("", &["AB12Z", "CD34Y", "EF56X"]),
    ] {
        let field = CustomerField::Code;
        let found = values::<Customer>(store, field, Filter::search(words), by(field, false)).await;
        assert_eq!(found, texts(expected), "{words:?}");
    }
}

pub async fn a_page_of_nothing_and_a_page_beyond_the_end_are_empty(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    keep(store, &Customer::another(&shop, &make)).await;
    let all = counted(&Scope::Everything);
    for query in [
        Query { limit: 0, ..all.clone() },
        Query { offset: 2, ..all.clone() },
        Query { offset: u64::MAX, limit: u32::MAX, ..all.clone() },
    ] {
        let found = store.customers().list(&query).await.unwrap();
        assert_eq!(found.rows, []);
        assert_eq!(found.count, Some(2));
    }
    let found = store.customers().list(&Query { limit: u32::MAX, ..all }).await.unwrap();
    assert_eq!(found.rows.len(), 2);
}
