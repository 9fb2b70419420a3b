//! Changes of one item.

use orderdesk_application::Problem;
use orderdesk_application::error::Result;
use orderdesk_application::services::{Browse as _, CurrencyChoice, ItemChange, Row};
use orderdesk_contract::builders::{currency, item_name, price};
use orderdesk_contract::kinds::stored;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::{Listing, Reason};

use crate::common::{TestDesk, done, item_change, new_item, on_version, refused, row};

async fn change(desk: &TestDesk, shop: &Shop, change: ItemChange) -> Result<Listing> {
    let changed = desk.items().change(&shop.caller(), row(shop.item.id().uuid(), change)).await?;
    let found = desk.items().find(&shop.caller(), shop.item.id().uuid()).await?;
    assert_eq!(found, changed, "what is answered is what is stored");
    Ok(changed.item.listing().clone())
}

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let (desk, shop) = TestDesk::with_shop().await;
    let at = desk.clock.advance(1_000);
    let inactive = ItemChange { is_active: Some(false), ..item_change() };
    let listing = change(&desk, &shop, inactive).await.unwrap();
    assert_eq!(listing, Listing { is_active: false, ..shop.item.listing().clone() });
    let item = stored(&*desk.store, &shop.item).await.unwrap();
    assert_eq!((item.version().number(), item.updated_at()), (2, at));
    let renamed = ItemChange { name: Some(item_name("Soap")), ..item_change() };
    let listing = change(&desk, &shop, renamed).await.unwrap();
    assert_eq!(listing.name, item_name("Soap"));
    assert!(!listing.is_active);
}

#[tokio::test]
async fn a_price_keeps_its_currency_unless_another_is_named() {
    let (desk, shop) = TestDesk::with_shop().await;
    let priced = |amount, currency| ItemChange {
        price_per_unit: Some(parse_decimal(amount).unwrap()),
        currency,
        ..item_change()
    };
    let dollars = CurrencyChoice::Is(currency("USD"));
    let to = async |change_to| change(&desk, &shop, change_to).await.unwrap().price;
    assert_eq!(to(priced("2.50", dollars)).await, price("2.50", "USD"));
    assert_eq!(to(priced("3", CurrencyChoice::Keep)).await, price("3", "USD"));
    assert_eq!(to(priced("4", CurrencyChoice::Default)).await, price("4", "KES"));
}

#[tokio::test]
async fn money_is_not_relabelled_another_currency_wants_a_price_in_it() {
    let (desk, shop) = TestDesk::with_shop().await;
    let dollars = ItemChange { currency: CurrencyChoice::Is(currency("USD")), ..item_change() };
    let refusal = refused(change(&desk, &shop, dollars).await);
    assert_eq!(refusal, [Problem::CurrencyAlone(currency("USD"))]);
    assert_eq!(stored(&*desk.store, &shop.item).await, Some(shop.item));
}

#[tokio::test]
async fn the_price_must_fit_a_new_currency() {
    let (desk, shop) = TestDesk::with_shop().await;
    let yen = ItemChange {
        price_per_unit: Some(parse_decimal("1.5").unwrap()),
        currency: CurrencyChoice::Is(currency("JPY")),
        ..item_change()
    };
    let refusal = refused(change(&desk, &shop, yen).await);
    let [Problem::Price(invalid)] = refusal.as_slice() else { panic!("{refusal:?}") };
    assert_eq!(invalid.reasons(), [Reason::MinorDigits { allowed: 0, currency: "JPY".to_owned() }]);
    assert_eq!(stored(&*desk.store, &shop.item).await, Some(shop.item));
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let organization = Some(desk.shop().await.organization.id());
    let moved = ItemChange { organization, ..item_change() };
    let wrong = ItemChange { price_per_unit: Some((-1).into()), ..moved.clone() };
    let row = |change| Row { id: shop.item.id().uuid(), precondition: on_version(2), change };
    let refusal = refused(desk.items().change(&shop.caller(), row(wrong)).await);
    let [Problem::Stale, Problem::OrganizationFixed, Problem::Price(_)] = refusal.as_slice() else {
        panic!("{refusal:?}")
    };
    let refusal = refused(desk.items().change(&shop.caller(), row(moved)).await);
    assert_eq!(refusal, [Problem::Stale, Problem::OrganizationFixed]);
    assert_eq!(stored(&*desk.store, &shop.item).await, Some(shop.item));
}

#[tokio::test]
async fn what_is_so_already_is_no_change() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.clock.advance(1_000);
    let listing = shop.item.listing().clone();
    let same = ItemChange {
        organization: Some(shop.organization.id()),
        name: Some(listing.name.clone()),
        price_per_unit: Some(parse_decimal("149.900").unwrap()),
        currency: CurrencyChoice::Is(listing.price.currency()),
        is_active: Some(listing.is_active),
    };
    for nothing in [item_change(), same] {
        assert_eq!(change(&desk, &shop, nothing).await.unwrap(), listing);
    }
    assert_eq!(stored(&*desk.store, &shop.item).await, Some(shop.item));
}

#[tokio::test]
async fn a_name_that_another_item_has_is_refused_but_the_case_of_ones_own_can_change() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.items().create(&shop.caller(), new_item("Soap"), None).await.map(done).unwrap();
    let renamed = |name| ItemChange { name: Some(item_name(name)), ..item_change() };
    let refusal = refused(change(&desk, &shop, renamed("SOAP")).await);
    assert_eq!(refusal, [Problem::NameTaken(item_name("SOAP"))]);
    let louder = shop.item.listing().name.as_str().to_uppercase();
    assert_eq!(change(&desk, &shop, renamed(&louder)).await.unwrap().name, item_name(&louder));
}
