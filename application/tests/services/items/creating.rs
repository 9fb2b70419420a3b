//! New items.

use orderdesk_application::Problem;
use orderdesk_application::ports::Clock as _;
use orderdesk_application::services::{Browse as _, NewItem};
use orderdesk_contract::builders::{currency, item_name, price};
use orderdesk_contract::kinds::count;
use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::{Item, Listing, Reason, Version};

use crate::common::{TestDesk, done, member_of, new_item, refused};

fn priced(amount: &str, code: Option<&str>) -> NewItem {
    NewItem {
        price_per_unit: parse_decimal(amount).unwrap(),
        currency: code.map(currency),
        ..new_item("Soap")
    }
}

#[tokio::test]
async fn an_item_is_kept_as_it_was_given() {
    let (desk, shop) = TestDesk::with_shop().await;
    let new = NewItem { is_active: false, ..priced("2.50", Some("USD")) };
    let created = desk.items().create(&shop.caller(), new, None).await.map(done).unwrap();
    let listing = Listing { name: item_name("Soap"), price: price("2.5", "USD"), is_active: false };
    assert_eq!(created.item.listing(), &listing);
    assert_eq!(created.organization, shop.summary());
    assert_eq!((created.item.version(), created.item.updated_at()), (Version::FIRST, desk.clock.now()));
    let found = desk.items().find(&shop.caller(), created.item.id().uuid()).await.unwrap();
    assert_eq!(found, created, "what is answered is what is stored");
}

#[tokio::test]
async fn the_currency_is_the_organizations_where_none_is_given() {
    let (desk, shop) = TestDesk::with_shop().await;
    let created = desk.items().create(&shop.caller(), priced("10", None), None).await.map(done).unwrap();
    assert_eq!(created.item.listing().price, price("10", "KES"));
}

#[tokio::test]
async fn a_price_that_does_not_fit_is_refused_with_every_reason() {
    let (desk, shop) = TestDesk::with_shop().await;
    let refusal =
        refused(desk.items().create(&shop.caller(), priced("-0.5", Some("JPY")), None).await.map(done));
    let [Problem::Price(invalid)] = refusal.as_slice() else { panic!("{refusal:?}") };
    let too_fine = Reason::MinorDigits { allowed: 0, currency: "JPY".to_owned() };
    assert_eq!(invalid.reasons(), [Reason::PriceRange, too_fine]);
    assert_eq!(count::<Item>(&*desk.store).await, 1);
}

#[tokio::test]
async fn a_name_is_taken_whatever_its_case() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.items().create(&shop.caller(), new_item("Straße"), None).await.map(done).unwrap();
    let refusal = refused(desk.items().create(&shop.caller(), new_item("STRASSE"), None).await.map(done));
    assert_eq!(refusal, [Problem::NameTaken(item_name("STRASSE"))]);
    assert_eq!(count::<Item>(&*desk.store).await, 2);
}

#[tokio::test]
async fn another_organization_may_use_the_same_name() {
    let (desk, shop) = TestDesk::with_shop().await;
    let other = desk.shop().await;
    desk.items().create(&shop.caller(), new_item("Soap"), None).await.map(done).unwrap();
    desk.items().create(&other.caller(), new_item("Soap"), None).await.map(done).unwrap();
}

#[tokio::test]
async fn a_member_of_several_organizations_says_which() {
    let (desk, shop) = TestDesk::with_shop().await;
    let other = desk.shop().await;
    let caller = member_of(&[&shop, &other]);
    let refusal = refused(desk.items().create(&caller, new_item("Soap"), None).await.map(done));
    assert_eq!(refusal, [Problem::OrganizationRequired(vec![shop.summary(), other.summary()])]);
    let new = NewItem { organization: Some(other.organization.id()), ..new_item("Soap") };
    assert_eq!(
        desk.items().create(&caller, new, None).await.map(done).unwrap().organization,
        other.summary()
    );
}
