//! One user who is one thing here and another there.

use std::collections::BTreeSet;

use orderdesk_application::query::Filter;
use orderdesk_application::services::{Browse as _, CustomerChange, CustomerChoice, NewCustomer, Row};
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::builders::person;
use orderdesk_contract::kinds::stored;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Action, Resource, Standing};

use crate::common::{
    TestDesk, all, catalogue, customer_change, done, new_customer, new_item, new_order, refused, row, seen,
};

/// Somebody who is a member of the first shop, views the second, and is a guest of a customer of the third.
async fn trial() -> (TestDesk, [Shop; 3], Caller) {
    let desk = TestDesk::new();
    let shops = [desk.shop().await, desk.shop().await, desk.shop().await];
    let [one, two, three] = &shops;
    let guest = Standing::Guest(three.customer.id());
    let user = desk.somebody(&[(one, Standing::Member), (two, Standing::Viewer), (three, guest)]).await;
    let caller = desk.caller(&user).await;
    (desk, shops, caller)
}

fn renamed(shop: &Shop) -> Row<CustomerChange> {
    let change = CustomerChange { first_name: Some(person("Njeri")), ..customer_change() };
    row(shop.customer.id().uuid(), change)
}

#[tokio::test]
async fn each_standing_shows_what_it_shows() {
    let (desk, shops, caller) = trial().await;
    let customers: BTreeSet<_> = shops.iter().map(|shop| shop.customer.id().uuid()).collect();
    assert_eq!(seen(&desk.customers(), &caller).await.unwrap(), customers);
    let items: BTreeSet<_> = shops[..2].iter().map(|shop| shop.item.id().uuid()).collect();
    assert_eq!(seen(&desk.items(), &caller).await.unwrap(), items);
    let organizations: BTreeSet<_> = shops.iter().map(|shop| shop.organization.id().uuid()).collect();
    assert_eq!(seen(&desk.organizations(), &caller).await.unwrap(), organizations);
    let members = desk.members().list(&caller, all()).await.unwrap().objects;
    let of_third = members.iter().filter(|it| it.organization == shops[2].summary());
    assert_eq!((members.len(), of_third.count()), (5, 1), "of the third their own only");
}

#[tokio::test]
async fn something_new_goes_where_the_caller_may_create_it() {
    let (desk, shops, caller) = trial().await;
    let created = desk.customers().create(&caller, new_customer(), None).await.map(done).unwrap();
    assert_eq!(created.organization, shops[0].summary(), "the only choice need not be named");
    for shop in &shops[1..] {
        let organization = Some(shop.organization.id());
        let new = NewCustomer { organization, ..new_customer() };
        let refusal = refused(desk.customers().create(&caller, new, None).await);
        let organization = shop.organization.id();
        assert_eq!(refusal, [Problem::ForbiddenIn { organization, resource: Resource::Customers }]);
    }
}

#[tokio::test]
async fn something_is_changed_where_the_caller_may_change_it() {
    let (desk, shops, caller) = trial().await;
    desk.customers().change(&caller, renamed(&shops[0])).await.unwrap();
    for shop in &shops[1..] {
        let refusal = refused(desk.customers().change(&caller, renamed(shop)).await);
        assert_eq!(refusal, [Problem::Forbidden(Action::Change, Resource::Customers)]);
    }
}

/// Whoever may not change one of them changes none.
#[tokio::test]
async fn a_bulk_request_is_refused_where_one_of_its_rows_is() {
    let (desk, shops, caller) = trial().await;
    let rows: Vec<_> = shops[..2].iter().map(renamed).collect();
    let refusal = refused(desk.customers().change_all(&caller, &rows).await);
    assert_eq!(refusal, [Problem::Forbidden(Action::Change, Resource::Customers)]);
    let deleted = desk.customers().delete_matching(&caller, Filter::everything()).await;
    assert_eq!(refused(deleted), [Problem::Forbidden(Action::Delete, Resource::Customers)]);
    for shop in &shops {
        assert_eq!(stored(&*desk.store, &shop.customer).await.as_ref(), Some(&shop.customer));
    }
}

#[tokio::test]
async fn what_may_be_asked_about_before_is_answered_for_the_object_itself() {
    let (desk, shops, caller) = trial().await;
    let permit = async |shop: &Shop| {
        desk.customers().permit(&caller, Action::Change, Some(shop.customer.id().uuid())).await
    };
    permit(&shops[0]).await.unwrap();
    let forbidden = [Problem::Forbidden(Action::Change, Resource::Customers)];
    assert_eq!(refused(permit(&shops[1]).await), forbidden);
    assert_eq!(refused(permit(&shops[2]).await), forbidden);
    let stranger = desk.shop().await;
    assert_eq!(refused(permit(&stranger).await), [Problem::NotFound]);
}

/// To see a customer of one organization does not make them a customer of another.
#[tokio::test]
async fn orders_refer_to_what_is_in_their_own_organization() {
    let (desk, shops, caller) = trial().await;
    let [one, two, three] = &shops;
    for (theirs, line) in [(two, catalogue(&two.item, 1)), (three, catalogue(&three.item, 1))] {
        let new = new_order(CustomerChoice::Id(theirs.customer.id()), line);
        let refusal = refused(desk.orders().place(&caller, new, None).await);
        let unknown =
            [Problem::CustomerUnknown(theirs.customer.id()), Problem::ItemUnknown(theirs.item.id())];
        assert_eq!(refusal, unknown);
    }
    let new = new_order(CustomerChoice::Id(one.customer.id()), catalogue(&one.item, 1));
    desk.orders().place(&caller, new, None).await.unwrap();
    desk.items().create(&caller, new_item("Rope"), None).await.unwrap();
}

#[tokio::test]
async fn staff_who_belong_somewhere_create_there_unless_they_say_where() {
    let (desk, shop) = TestDesk::with_shop().await;
    let staff = desk.caller(&desk.staff().await).await;
    let refusal = refused(desk.customers().create(&staff, new_customer(), None).await);
    assert_eq!(refusal, [Problem::OrganizationRequired(Vec::new())]);
    let organization = Some(shop.organization.id());
    let new = NewCustomer { organization, ..new_customer() };
    let created = desk.customers().create(&staff, new, None).await.map(done).unwrap();
    assert_eq!(created.organization, shop.summary());
    let nothing = orderdesk_domain::OrganizationId::new(uuid::Uuid::nil());
    let new = NewCustomer { organization: Some(nothing), ..new_customer() };
    let refusal = refused(desk.customers().create(&staff, new, None).await);
    assert_eq!(refusal, [Problem::OrganizationUnknown(nothing)]);
}
