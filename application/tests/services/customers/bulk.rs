//! Changes of several customers: all of them or none.

use std::collections::BTreeMap;

use orderdesk_application::Problem;
use orderdesk_application::services::{CustomerChange, NewCustomer, Row};
use orderdesk_contract::builders::{code, person};
use orderdesk_contract::kinds::stored;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::Customer;
use uuid::Uuid;

use crate::common::{TestDesk, customer_change, done, new_customer, on_version, refused_rows, row};

/// Three customers, with the codes AAAAA, BBBBB and CCCCC.
async fn three() -> (TestDesk, Shop, [Customer; 3]) {
    let (desk, shop) = TestDesk::with_shop().await;
    let create = async |letters| {
        let new = NewCustomer { code: Some(code(letters)), ..new_customer() };
        desk.customers().create(&shop.caller(), new, None).await.map(done).unwrap().customer
    };
    let three = [create("AAAAA").await, create("BBBBB").await, create("CCCCC").await];
    (desk, shop, three)
}

fn renamed(customer: &Customer, name: &str) -> Row<CustomerChange> {
    row(customer.id().uuid(), CustomerChange { first_name: Some(person(name)), ..customer_change() })
}

fn recoded(customer: &Customer, letters: &str) -> Row<CustomerChange> {
    row(customer.id().uuid(), CustomerChange { code: Some(code(letters)), ..customer_change() })
}

async fn are_untouched(desk: &TestDesk, customers: &[Customer]) {
    for customer in customers {
        assert_eq!(stored(&*desk.store, customer).await.as_ref(), Some(customer));
    }
}

/// Asks for all of it, and makes sure that none of it happened.
async fn refusal(
    desk: &TestDesk,
    shop: &Shop,
    customers: &[Customer],
    rows: &[Row<CustomerChange>],
) -> BTreeMap<usize, Vec<Problem>> {
    let problems = refused_rows(desk.customers().change_all(&shop.caller(), rows).await);
    are_untouched(desk, customers).await;
    problems
}

fn taken(letters: &str) -> Vec<Problem> {
    vec![Problem::CodeTaken(code(letters))]
}

#[tokio::test]
async fn objects_are_answered_in_the_order_of_the_rows() {
    let (desk, shop, [first, second, third]) = three().await;
    desk.clock.advance(5);
    let rows =
        [renamed(&third, "Zawadi"), renamed(&first, "Njeri"), row(second.id().uuid(), customer_change())];
    let answered = desk.customers().change_all(&shop.caller(), &rows).await.unwrap();
    let told: Vec<_> = answered
        .iter()
        .map(|it| {
            (it.customer.id(), it.customer.profile().first_name.as_str(), it.customer.version().number())
        })
        .collect();
    assert_eq!(told, [(third.id(), "Zawadi", 2), (first.id(), "Njeri", 2), (second.id(), "Wanjiku", 1)]);
    for details in &answered {
        assert_eq!(stored(&*desk.store, &details.customer).await.as_ref(), Some(&details.customer));
    }
}

#[tokio::test]
async fn no_rows_are_no_change() {
    let (desk, shop, three) = three().await;
    assert_eq!(desk.customers().change_all(&shop.caller(), &[]).await.unwrap(), []);
    are_untouched(&desk, &three).await;
}

#[tokio::test]
async fn every_row_says_what_is_wrong_with_it() {
    let (desk, shop, three) = three().await;
    let stale = Row { precondition: on_version(2), ..renamed(&three[1], "Zawadi") };
    let nobody = row(Uuid::nil(), customer_change());
    let organization = Some(desk.shop().await.organization.id());
    let moved = row(three[2].id().uuid(), CustomerChange { organization, ..customer_change() });
    let problems = refusal(&desk, &shop, &three, &[renamed(&three[0], "Njeri"), stale, nobody, moved]).await;
    let expected =
        [(1, vec![Problem::Stale]), (2, vec![Problem::NotFound]), (3, vec![Problem::OrganizationFixed])];
    assert_eq!(problems, BTreeMap::from(expected));
}

#[tokio::test]
async fn an_object_stands_in_a_request_only_once() {
    let (desk, shop, three) = three().await;
    let rows = [renamed(&three[0], "Njeri"), renamed(&three[1], "Juma"), renamed(&three[0], "Zawadi")];
    let problems = refusal(&desk, &shop, &three, &rows).await;
    assert_eq!(problems, BTreeMap::from([(2, vec![Problem::RowRepeated])]));
}

#[tokio::test]
async fn a_repeated_id_that_nobody_has_is_both() {
    let (desk, shop, three) = three().await;
    let nobody = || row(Uuid::nil(), customer_change());
    let problems = refusal(&desk, &shop, &three, &[nobody(), nobody()]).await;
    let expected = [(0, vec![Problem::NotFound]), (1, vec![Problem::RowRepeated, Problem::NotFound])];
    assert_eq!(problems, BTreeMap::from(expected));
}

#[tokio::test]
async fn a_code_that_is_taken_is_told_at_the_row_that_takes_it() {
    let (desk, shop, three) = three().await;
    let rows = [renamed(&three[0], "Njeri"), recoded(&three[1], "CCCCC")];
    let problems = refusal(&desk, &shop, &three, &rows).await;
    assert_eq!(problems, BTreeMap::from([(1, taken("CCCCC"))]));
}

#[tokio::test]
async fn two_rows_cannot_take_one_code() {
    let (desk, shop, three) = three().await;
    let rows = [recoded(&three[0], "NEW01"), recoded(&three[2], "NEW01")];
    let problems = refusal(&desk, &shop, &three, &rows).await;
    assert_eq!(problems, BTreeMap::from([(1, taken("NEW01"))]));
}

#[tokio::test]
async fn codes_that_clash_are_told_together_with_whatever_else_is_wrong() {
    let (desk, shop, three) = three().await;
    let nobody = row(Uuid::nil(), customer_change());
    let rows = [recoded(&three[0], "NEW01"), nobody, recoded(&three[2], "NEW01")];
    let problems = refusal(&desk, &shop, &three, &rows).await;
    assert_eq!(problems, BTreeMap::from([(1, vec![Problem::NotFound]), (2, taken("NEW01"))]));
}

#[tokio::test]
async fn codes_cannot_be_swapped() {
    let (desk, shop, three) = three().await;
    let rows = [recoded(&three[0], "BBBBB"), recoded(&three[1], "AAAAA")];
    let problems = refusal(&desk, &shop, &three, &rows).await;
    assert_eq!(problems, BTreeMap::from([(0, taken("BBBBB")), (1, taken("AAAAA"))]));
}

#[tokio::test]
async fn a_code_cannot_be_passed_on_within_one_request() {
    let (desk, shop, three) = three().await;
    let rows = [recoded(&three[0], "NEW01"), recoded(&three[1], "AAAAA")];
    let problems = refusal(&desk, &shop, &three, &rows).await;
    assert_eq!(problems, BTreeMap::from([(1, taken("AAAAA"))]));
}

#[tokio::test]
async fn a_code_can_be_passed_on_in_a_second_request() {
    let (desk, shop, three) = three().await;
    let change = async |row| desk.customers().change_all(&shop.caller(), &[row]).await.unwrap();
    change(recoded(&three[0], "NEW01")).await;
    change(recoded(&three[1], "AAAAA")).await;
    let now = stored(&*desk.store, &three[1]).await.unwrap();
    assert_eq!(now.profile().code, code("AAAAA"));
}

#[tokio::test]
async fn a_thousand_rows_are_changed_in_one_call() {
    let (desk, shop) = TestDesk::with_shop().await;
    let customers: Vec<_> = (0..1_000).map(|_| desk.make.customer(shop.organization.id())).collect();
    orderdesk_contract::kinds::insert(&*desk.store, &customers).await.unwrap();
    let rows: Vec<_> = customers.iter().map(|customer| renamed(customer, "Njeri")).collect();
    let answered = desk.customers().change_all(&shop.caller(), &rows).await.unwrap();
    assert_eq!(answered.len(), 1_000);
    assert!(answered.iter().zip(&customers).all(|(now, was)| now.customer.id() == was.id()));
    assert!(answered.iter().all(|it| it.customer.profile().first_name == person("Njeri")));
}
