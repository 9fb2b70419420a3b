//! New customers.

use orderdesk_application::Problem;
use orderdesk_application::ports::{Clock as _, StoreError, Unique};
use orderdesk_application::services::{Browse as _, NewCustomer};
use orderdesk_contract::builders::{code, person, phone};
use orderdesk_contract::kinds::count;
use orderdesk_domain::{Customer, CustomerCode, Version};

use crate::common::{TestDesk, done, failed, member_of, new_customer, refused};

#[tokio::test]
async fn a_customer_is_kept_as_it_was_given() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    let new = NewCustomer { code: Some(code("AB12Z")), ..new_customer() };
    let created = desk.customers().create(&caller, new, None).await.map(done).unwrap();
    let profile = created.customer.profile();
    assert_eq!(profile.code, code("AB12Z"));
    assert_eq!((&profile.first_name, &profile.second_name), (&person("Wanjiku"), &person("Kamau")));
    assert_eq!(profile.phone, phone("+254722000111"));
    assert_eq!(created.organization, shop.summary());
    assert_eq!(created.created_by, Some(caller.user.clone()));
    assert_eq!(created.customer.version(), Version::FIRST);
    assert_eq!(created.customer.id().created_at(), desk.clock.now());
    assert_eq!(created.customer.updated_at(), desk.clock.now());
    let found = desk.customers().find(&caller, created.customer.id().uuid()).await.unwrap();
    assert_eq!(found, created, "what is answered is what is stored");
}

#[tokio::test]
async fn a_code_is_generated_where_none_is_given() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.randomness.draw_next([12_345]);
    let created = desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    assert_eq!(created.customer.profile().code, CustomerCode::generate(12_345));
}

#[tokio::test]
async fn a_generated_code_that_is_taken_is_drawn_again() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.randomness.draw_next([12_345, 12_345, 12_345, 54_321]);
    let first = desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    let second = desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    assert_eq!(first.customer.profile().code, CustomerCode::generate(12_345));
    assert_eq!(second.customer.profile().code, CustomerCode::generate(54_321));
}

#[tokio::test]
async fn drawing_codes_comes_to_an_end() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.randomness.draw_next([12_345; 9]);
    desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    let failure = failed(desk.customers().create(&shop.caller(), new_customer(), None).await.map(done));
    assert!(matches!(failure, StoreError::AlreadyExists(Unique::CustomerCode)), "{failure:?}");
}

#[tokio::test]
async fn a_given_code_that_is_taken_is_refused() {
    let (desk, shop) = TestDesk::with_shop().await;
    let taken = shop.customer.profile().code;
    let new = NewCustomer { code: Some(taken), ..new_customer() };
    let refusal = refused(desk.customers().create(&shop.caller(), new, None).await.map(done));
    assert_eq!(refusal, [Problem::CodeTaken(taken)]);
    assert_eq!(count::<Customer>(&*desk.store).await, 1);
}

#[tokio::test]
async fn another_organization_may_use_the_same_code() {
    let (desk, shop) = TestDesk::with_shop().await;
    let taken = shop.customer.profile().code;
    let other = desk.shop().await;
    let new = NewCustomer { code: Some(taken), ..new_customer() };
    let created = desk.customers().create(&other.caller(), new, None).await.map(done).unwrap();
    assert_eq!(created.customer.profile().code, taken);
}

#[tokio::test]
async fn a_member_of_several_organizations_says_which() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (other, strange) = (desk.shop().await, desk.shop().await);
    let caller = member_of(&[&shop, &other]);
    let create = async |organization| {
        desk.customers().create(&caller, NewCustomer { organization, ..new_customer() }, None).await.map(done)
    };
    let choices = vec![shop.summary(), other.summary()];
    assert_eq!(refused(create(None).await), [Problem::OrganizationRequired(choices)]);
    let theirs = strange.organization.id();
    assert_eq!(refused(create(Some(theirs)).await), [Problem::OrganizationUnknown(theirs)]);
    let created = create(Some(other.organization.id())).await.unwrap();
    assert_eq!(created.organization, other.summary());
    assert_eq!(created.customer.organization(), other.organization.id());
}
