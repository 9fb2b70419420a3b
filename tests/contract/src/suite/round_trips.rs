//! Round trips: what is read is what was written, to the letter, the digit and the millisecond.

use orderdesk_domain::{
    Account, Charter, Customer, CustomerId, Item, ItemId, ItemName, Listing, Order, OrderEvent, OrderEventId,
    OrderEventKind, OrderId, OrderLine, OrderState, OrderStatus, Organization, OrganizationId,
    OrganizationName, PersonName, Profile, Quantity, Timestamp, User, UserId, UserName, Version,
};
use uuid::Uuid;

use crate::Harness;
use crate::builders::{
    Maker, code, id_at, item_name, odd_texts, person, phone, price, quantity, text, time, version,
};
use crate::kinds::{everything, find, keep, place, update};
use crate::shop::Shop;

pub async fn every_field_of_a_customer_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let profile = Profile {
        code: code("Z09AB"),
        first_name: person("Amina"),
        second_name: person("Otieno"),
        phone: phone("+442070313000"),
    };
    for created_by in [None, Some(shop.owner.id())] {
        let profile = Profile { code: make.profile().code, ..profile.clone() };
        let (id, here) = (CustomerId::new(make.id()), shop.organization.id());
        let customer = Customer::restore(id, here, profile, created_by, time(1_780_000_000_123), version(7));
        keep(store, &customer).await;
        assert_eq!(find::<Customer>(store, id.uuid()).await, Some(shop.customer_details(&customer)));
    }
}

pub async fn every_field_of_an_item_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    for is_active in [true, false] {
        let name = item_name(&format!("Maize flour, {is_active}"));
        let listing = Listing { name, price: price("149.90", "USD"), is_active };
        let id = ItemId::new(make.id());
        let item = Item::restore(id, shop.organization.id(), listing, time(1_780_000_000_123), version(7));
        keep(store, &item).await;
        assert_eq!(find::<Item>(store, id.uuid()).await, Some(shop.item_details(&item)));
    }
}

pub async fn every_field_of_an_order_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let at = time(1_780_000_000_123);
    for state in [OrderState::Pending, OrderState::Closed(at), OrderState::Cancelled(at)] {
        for (item_id, created_by) in [(None, Some(shop.owner.id())), (Some(shop.item.id()), None)] {
            let line = OrderLine {
                item: item_name("Called otherwise than the item"),
                item_id,
                quantity: quantity(12),
                price: price("7.05", "EUR"),
            };
            let id = OrderId::new(make.id());
            let (here, customer) = (shop.organization.id(), shop.customer.id());
            let updated_at = time(1_780_000_000_456);
            let order = Order::restore(id, here, customer, line, state, created_by, updated_at, version(7));
            keep(store, &order).await;
            let expected = shop.order_details(&order, &shop.customer);
            assert_eq!(find::<Order>(store, id.uuid()).await, Some(expected));
        }
    }
}

pub async fn every_field_of_an_order_event_comes_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (order, _) = shop.order(&make);
    keep(store, &order).await;
    let event = |kind, by, line| OrderEvent {
        id: OrderEventId::new(make.id()),
        order: order.id(),
        kind,
        by,
        line,
        version: version(9),
    };
    let free = OrderLine {
        item: item_name("Soap"),
        item_id: None,
        quantity: quantity(12),
        price: price("0.005", "KWD"),
    };
    let events: Vec<_> = OrderEventKind::ALL
        .into_iter()
        .flat_map(|kind| [event(kind, None, shop.line()), event(kind, Some(shop.owner.id()), free.clone())])
        .collect();
    let mut work = store.begin().await.unwrap();
    work.order_events().append(&events).await.unwrap();
    work.commit().await.unwrap();

    for event in &events {
        let found = find::<OrderEvent>(store, event.id.uuid()).await;
        assert_eq!(found, Some(shop.event_details(event)));
    }
}

pub async fn an_update_replaces_every_field_that_can_change(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;

    let mut customer = shop.customer.clone();
    let profile = Profile {
        code: code("Q7Q7Q"),
        first_name: person("Wanjiru"),
        second_name: person("Mwangi"),
        phone: phone("+16502530000"),
    };
    assert!(customer.revise(profile, make.now()));
    update(store, &shop.customer, &customer).await.unwrap();
    let found = find::<Customer>(store, customer.id().uuid()).await;
    assert_eq!(found, Some(shop.customer_details(&customer)));

    let mut item = shop.item.clone();
    let listing = Listing { name: item_name("Tea"), price: price("3", "JPY"), is_active: false };
    assert!(item.revise(listing, make.now()));
    update(store, &shop.item, &item).await.unwrap();
    assert_eq!(find::<Item>(store, item.id().uuid()).await, Some(shop.item_details(&item)));

    let (placed, _) = shop.order(&make);
    keep(store, &placed).await;
    let mut order = placed.clone();
    let line = OrderLine {
        item: item_name("Tea, loose"),
        item_id: None,
        quantity: quantity(41),
        price: price("2", "JPY"),
    };
    order.amend(line, make.act(None)).unwrap();
    update(store, &placed, &order).await.unwrap();
    let found = find::<Order>(store, order.id().uuid()).await;
    assert_eq!(found, Some(shop.order_details(&order, &customer)));

    let amended = order.clone();
    order.transition(OrderStatus::Cancelled, make.act(None)).unwrap();
    update(store, &amended, &order).await.unwrap();
    let found = find::<Order>(store, order.id().uuid()).await;
    assert_eq!(found, Some(shop.order_details(&order, &customer)));
}

pub async fn odd_text_comes_back_to_the_letter(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    for odd in odd_texts() {
        let charter = Charter { name: text(OrganizationName::parse, &odd), ..make.charter() };
        let organization = Organization::found(OrganizationId::new(make.id()), charter);
        let account = Account::named(text(UserName::parse, &odd));
        let owner = User::enrol(UserId::new(make.id()), None, account);
        let shop = Shop::open_as(store, &make, organization, owner).await;
        let here = shop.organization.id();

        let profile = Profile { first_name: person(&odd), second_name: person(&odd), ..make.profile() };
        let id = CustomerId::new(make.id());
        let customer = Customer::register(id, here, profile, Some(shop.owner.id()));
        keep(store, &customer).await;
        let found = find::<Customer>(store, id.uuid()).await;
        assert_eq!(found, Some(shop.customer_details(&customer)));

        let listing = Listing { name: item_name(&odd), ..make.listing() };
        let item = Item::list(ItemId::new(make.id()), here, listing);
        keep(store, &item).await;
        assert_eq!(find::<Item>(store, item.id().uuid()).await, Some(shop.item_details(&item)));

        let (order, event) = make.order(&customer, OrderLine::of(&item, quantity(1)));
        place(store, &[(order.clone(), event.clone())]).await.unwrap();
        let found = find::<Order>(store, order.id().uuid()).await;
        assert_eq!(found, Some(shop.order_details(&order, &customer)));
        assert_eq!(find::<OrderEvent>(store, event.id.uuid()).await.unwrap().event, event);
    }
}

/// No store has to cope with NUL, which some cannot keep, nor with any other: there is no name that has one.
#[expect(clippy::unused_async, reason = "it stands in the list beside tests that wait for a store")]
pub async fn control_characters_never_reach_a_store(_: &impl Harness) {
    for character in (0..=u8::MAX).map(char::from).filter(|character| character.is_control()) {
        let odd = format!("a{character}b");
        assert!(PersonName::parse(&odd).is_err(), "{odd:?}");
        assert!(ItemName::parse(&odd).is_err(), "{odd:?}");
        assert!(OrganizationName::parse(&odd).is_err(), "{odd:?}");
        assert!(UserName::parse(&odd).is_err(), "{odd:?}");
    }
}

pub async fn the_largest_and_smallest_values_come_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let prices = [
        ("0", "KES"),
        ("0.01", "KES"),
        ("999999999.99", "KES"),
        ("999999999", "JPY"),
        ("0.001", "KWD"),
        ("999999999.989", "KWD"),
        ("0.0001", "CLF"),
        ("999999999.9899", "UYW"),
        ("999999999.99", "UYW"),
        // Tenths have no finite binary form.
        ("0.1", "USD"),
        ("0.3", "USD"),
        ("10", "USD"),
    ];
    let quantities = [Quantity::MINIMUM, Quantity::MAXIMUM];
    let times = [Timestamp::EARLIEST, time(-1), time(0), time(1), time(1_780_000_000_123), Timestamp::LATEST];
    let versions = [Version::FIRST, version(i64::from(u32::MAX)), version(i64::MAX)];

    for (number, (amount, code)) in prices.into_iter().enumerate() {
        let price = price(amount, code);
        let at = times[number % times.len()];
        let version = versions[number % versions.len()];
        let listing = Listing { price, ..make.listing() };
        let item = Item::restore(ItemId::new(make.id()), shop.organization.id(), listing, at, version);
        keep(store, &item).await;
        let found = find::<Item>(store, item.id().uuid()).await.unwrap();
        assert_eq!(found, shop.item_details(&item));
        assert_eq!(found.item.listing().price.amount().to_string(), price.amount().to_string());

        let quantity = quantity(quantities[number % quantities.len()]);
        let state = if number % 4 == 0 { OrderState::Pending } else { OrderState::Closed(at) };
        let line = OrderLine { price, ..OrderLine::of(&item, quantity) };
        let (id, here, customer) = (OrderId::new(make.id()), shop.organization.id(), shop.customer.id());
        let order = Order::restore(id, here, customer, line, state, None, at, version);
        keep(store, &order).await;
        let found = find::<Order>(store, id.uuid()).await.unwrap();
        assert_eq!(found, shop.order_details(&order, &shop.customer));
        assert_eq!(found.order.line().total().to_string(), order.line().total().to_string());
    }
}

pub async fn ids_of_any_age_come_back(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let last_millisecond = (1 << 48) - 1;
    let ids = [
        Uuid::nil(),
        id_at(0, 0),
        id_at(1, 0),
        id_at(0x7FFF_FFFF_FFFF, 0),
        id_at(0x8000_0000_0000, 0),
        id_at(last_millisecond, 0),
        id_at(last_millisecond, (1 << 62) - 1),
        Uuid::max(),
    ];
    for id in ids {
        let here = shop.organization.id();
        let customer = Customer::register(CustomerId::new(id), here, make.profile(), None);
        keep(store, &customer).await;
        assert_eq!(find::<Customer>(store, id).await, Some(shop.customer_details(&customer)));
    }
    let listed = everything::<Customer>(store).await.rows;
    let listed: Vec<_> = listed.iter().map(|details| details.customer.id().uuid()).collect();
    let mut expected: Vec<_> = ids.into_iter().chain([shop.customer.id().uuid()]).collect();
    expected.sort_unstable_by(|left, right| right.cmp(left));
    assert_eq!(listed, expected, "the newest comes first");
}

pub async fn an_order_shows_its_customer_as_the_customer_is_now(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (order, event) = shop.order(&make);
    place(store, &[(order.clone(), event)]).await.unwrap();

    let mut renamed = shop.customer.clone();
    let profile =
        Profile { code: code("NEW00"), first_name: person("Achieng"), ..shop.customer.profile().clone() };
    assert!(renamed.revise(profile, make.now()));
    update(store, &shop.customer, &renamed).await.unwrap();

    let found = find::<Order>(store, order.id().uuid()).await;
    assert_eq!(found, Some(shop.order_details(&order, &renamed)));
}
