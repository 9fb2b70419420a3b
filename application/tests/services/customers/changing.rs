//! Changes of one customer.

use orderdesk_application::Problem;
use orderdesk_application::services::{Browse as _, CustomerChange, Precondition, Row};
use orderdesk_contract::builders::{code, person, phone};
use orderdesk_contract::kinds::stored;
use orderdesk_domain::{Profile, Version};
use uuid::Uuid;

use crate::common::{TestDesk, customer_change, done, new_customer, on_version, refused, row};

fn renamed(name: &str) -> CustomerChange {
    CustomerChange { first_name: Some(person(name)), ..customer_change() }
}

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let (desk, shop) = TestDesk::with_shop().await;
    let id = shop.customer.id().uuid();
    let at = desk.clock.advance(1_000);
    let changed = desk.customers().change(&shop.caller(), row(id, renamed("Njeri"))).await.unwrap();
    let expected = Profile { first_name: person("Njeri"), ..shop.customer.profile().clone() };
    assert_eq!(changed.customer.profile(), &expected);
    assert_eq!((changed.customer.version().number(), changed.customer.updated_at()), (2, at));
    assert_eq!(changed.customer.id(), shop.customer.id());
    assert_eq!(desk.customers().find(&shop.caller(), id).await.unwrap(), changed);
}

#[tokio::test]
async fn everything_can_change_at_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let change = CustomerChange {
        organization: Some(shop.organization.id()),
        code: Some(code("NEW01")),
        first_name: Some(person("Njeri")),
        second_name: Some(person("Mwangi")),
        phone: Some(phone("+16502530000")),
    };
    let row = row(shop.customer.id().uuid(), change);
    let changed = desk.customers().change(&shop.caller(), row).await.unwrap();
    let profile = changed.customer.profile();
    assert_eq!((profile.code, profile.phone.as_str()), (code("NEW01"), "+16502530000"));
    assert_eq!((&profile.first_name, &profile.second_name), (&person("Njeri"), &person("Mwangi")));
}

#[tokio::test]
async fn what_is_so_already_is_no_change() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.clock.advance(1_000);
    let profile = shop.customer.profile().clone();
    let same = CustomerChange {
        organization: Some(shop.organization.id()),
        code: Some(profile.code),
        first_name: Some(profile.first_name),
        second_name: Some(profile.second_name),
        phone: Some(profile.phone),
    };
    for change in [customer_change(), same] {
        let row = row(shop.customer.id().uuid(), change);
        let answered = desk.customers().change(&shop.caller(), row).await.unwrap();
        assert_eq!(answered, shop.customer_details(&shop.customer));
    }
    assert_eq!(stored(&*desk.store, &shop.customer).await, Some(shop.customer));
}

#[tokio::test]
async fn a_customer_that_is_not_there_is_not_found() {
    let (desk, shop) = TestDesk::with_shop().await;
    let row = row(Uuid::nil(), renamed("Njeri"));
    assert_eq!(refused(desk.customers().change(&shop.caller(), row).await), [Problem::NotFound]);
}

#[tokio::test]
async fn a_customer_stays_in_its_organization() {
    let (desk, shop) = TestDesk::with_shop().await;
    let other = desk.shop().await;
    let organization = Some(other.organization.id());
    let row = row(shop.customer.id().uuid(), CustomerChange { organization, ..renamed("Njeri") });
    let refusal = refused(desk.customers().change(&shop.caller(), row).await);
    assert_eq!(refusal, [Problem::OrganizationFixed]);
    assert_eq!(stored(&*desk.store, &shop.customer).await, Some(shop.customer));
}

#[tokio::test]
async fn a_code_that_another_customer_has_is_refused() {
    let (desk, shop) = TestDesk::with_shop().await;
    let other =
        desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap().customer;
    let taken = shop.customer.profile().code;
    let row = row(other.id().uuid(), CustomerChange { code: Some(taken), ..customer_change() });
    let refusal = refused(desk.customers().change(&shop.caller(), row).await);
    assert_eq!(refusal, [Problem::CodeTaken(taken)]);
    assert_eq!(stored(&*desk.store, &other).await, Some(other));
}

#[tokio::test]
async fn a_change_is_made_on_the_wanted_version_only() {
    let (desk, shop) = TestDesk::with_shop().await;
    let change = async |name, precondition| {
        let row = Row { id: shop.customer.id().uuid(), precondition, change: renamed(name) };
        desk.customers().change(&shop.caller(), row).await
    };
    let second = Version::new(2);
    assert_eq!(change("Njeri", on_version(1)).await.unwrap().customer.version().number(), 2);
    assert_eq!(refused(change("Zawadi", on_version(1)).await), [Problem::Stale]);
    assert_eq!(refused(change("Zawadi", on_version(1).and(second)).await), [Problem::Stale]);
    assert_eq!(refused(change("Zawadi", Precondition::one_of(Vec::new())).await), [Problem::Stale]);
    let [first, third] = [1, 3].map(|number| Version::new(number).unwrap());
    assert_eq!(refused(change("Zawadi", Precondition::one_of(vec![first, third])).await), [Problem::Stale]);
    let one_or_two = Precondition::one_of(vec![first, second.unwrap()]);
    assert_eq!(change("Zawadi", one_or_two.and(second)).await.unwrap().customer.version().number(), 3);
}

#[tokio::test]
async fn a_precondition_is_checked_even_where_nothing_would_change() {
    let (desk, shop) = TestDesk::with_shop().await;
    let row = Row { id: shop.customer.id().uuid(), precondition: on_version(2), change: customer_change() };
    assert_eq!(refused(desk.customers().change(&shop.caller(), row).await), [Problem::Stale]);
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let organization = Some(desk.shop().await.organization.id());
    let change = CustomerChange { organization, ..renamed("Njeri") };
    let row = Row { id: shop.customer.id().uuid(), precondition: on_version(7), change };
    let refusal = refused(desk.customers().change(&shop.caller(), row).await);
    assert_eq!(refusal, [Problem::Stale, Problem::OrganizationFixed]);
}
