//! What belongs to others does not exist for the caller.

use orderdesk_application::query::Filter;
use orderdesk_application::services::{
    Browse, CustomerChange, CustomerChoice, ItemChange, ItemChoice, LineDraft, NewCustomer, NewItem,
    NewOrder, OrderChange, Precondition,
};
use orderdesk_application::{Caller, Error, Principal, Problem};
use orderdesk_contract::builders::{item_name, person};
use orderdesk_contract::kinds::{count, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Action, Customer, Item, Order as PlacedOrder, OrderEvent, Resource};
use uuid::Uuid;

use crate::common::{
    TestDesk, all, catalogue, close, customer_change, done, draft, free_text, item_change, member_of,
    new_customer, new_item, new_order, order_change, refused, refused_rows, row,
};

/// Two shops in one store, the second with an order.
async fn neighbours() -> (TestDesk, Shop, Shop, PlacedOrder) {
    let (desk, shop) = TestDesk::with_shop().await;
    let theirs = desk.shop().await;
    let new = new_order(CustomerChoice::Id(theirs.customer.id()), catalogue(&theirs.item, 1));
    let order = desk.orders().place(&theirs.caller(), new, None).await.map(done).unwrap().order;
    (desk, shop, theirs, order)
}

/// How many the caller sees, by listing and by counting.
async fn seen<B: Browse>(service: &B, caller: &Caller) -> (usize, Option<u64>) {
    let page = service.list(caller, all()).await.unwrap();
    (page.objects.len(), page.count)
}

/// Whether an object that is there is hidden from the caller, however it is asked for.
async fn is_hidden<B: Browse>(service: &B, caller: &Caller, id: Uuid) -> bool {
    let found = service.find(caller, id).await;
    let several = service.find_several(caller, vec![id]).await.unwrap();
    several.is_empty() && matches!(found, Err(Error::Refused(why)) if why == [Problem::NotFound])
}

#[tokio::test]
async fn nothing_of_theirs_is_found_listed_or_counted() {
    let (desk, shop, theirs, order) = neighbours().await;
    let caller = shop.caller();
    assert!(is_hidden(&desk.customers(), &caller, theirs.customer.id().uuid()).await);
    assert!(is_hidden(&desk.items(), &caller, theirs.item.id().uuid()).await);
    assert!(is_hidden(&desk.orders(), &caller, order.id().uuid()).await);
    assert_eq!(seen(&desk.customers(), &caller).await, (1, Some(1)));
    assert_eq!(seen(&desk.items(), &caller).await, (1, Some(1)));
    assert_eq!(seen(&desk.orders(), &caller).await, (0, Some(0)));
    assert_eq!(seen(&desk.orders().history(), &caller).await, (0, Some(0)));
}

#[tokio::test]
async fn who_belongs_to_both_sees_both_and_who_belongs_nowhere_sees_nothing() {
    let (desk, shop, theirs, _) = neighbours().await;
    let both = member_of(&[&shop, &theirs]);
    assert_eq!(seen(&desk.customers(), &both).await, (2, Some(2)));
    assert_eq!(seen(&desk.orders().history(), &both).await, (1, Some(1)));
    let nobody = Caller::from(Principal { grants: Vec::new(), ..shop.principal() });
    let forbidden = |resource| [Problem::Forbidden(Action::Read, resource)];
    assert_eq!(refused(desk.customers().list(&nobody, all()).await), forbidden(Resource::Customers));
    assert_eq!(refused(desk.items().list(&nobody, all()).await), forbidden(Resource::Items));
    assert_eq!(refused(desk.orders().list(&nobody, all()).await), forbidden(Resource::Orders));
    assert_eq!(refused(desk.orders().history().list(&nobody, all()).await), forbidden(Resource::Orders));
}

#[tokio::test]
async fn nothing_of_theirs_is_changed() {
    let (desk, shop, theirs, order) = neighbours().await;
    let caller = shop.caller();
    let customer = CustomerChange { first_name: Some(person("Njeri")), ..customer_change() };
    let item = ItemChange { name: Some(item_name("Rope")), ..item_change() };
    let (customer, item) = (row(theirs.customer.id().uuid(), customer), row(theirs.item.id().uuid(), item));
    assert_eq!(refused(desk.customers().change(&caller, customer).await), [Problem::NotFound]);
    assert_eq!(refused(desk.items().change(&caller, item).await), [Problem::NotFound]);
    let moved = row(order.id().uuid(), close());
    assert_eq!(refused(desk.orders().change(&caller, moved.clone()).await), [Problem::NotFound]);
    assert_eq!(refused(desk.orders().examine_change(&caller, moved).await), [Problem::NotFound]);
    assert_eq!(stored(&*desk.store, &theirs.customer).await, Some(theirs.customer));
    assert_eq!(stored(&*desk.store, &theirs.item).await, Some(theirs.item));
    assert_eq!(stored(&*desk.store, &order).await, Some(order));
}

#[tokio::test]
async fn one_row_of_theirs_refuses_the_whole_request() {
    let (desk, shop, theirs, _) = neighbours().await;
    let change = CustomerChange { first_name: Some(person("Njeri")), ..customer_change() };
    let rows = [&shop, &theirs].map(|shop| row(shop.customer.id().uuid(), change.clone()));
    let problems = refused_rows(desk.customers().change_all(&shop.caller(), &rows).await);
    assert_eq!(problems, [(1, vec![Problem::NotFound])].into());
    assert_eq!(stored(&*desk.store, &shop.customer).await, Some(shop.customer));
}

#[tokio::test]
async fn nothing_of_theirs_is_deleted() {
    let (desk, shop, theirs, order) = neighbours().await;
    let (caller, any) = (shop.caller(), Precondition::default());
    let customer = desk.customers().delete(&caller, theirs.customer.id(), &any).await;
    assert_eq!(refused(customer), [Problem::NotFound]);
    assert_eq!(refused(desk.items().delete(&caller, theirs.item.id(), &any).await), [Problem::NotFound]);
    assert_eq!(refused(desk.orders().delete(&caller, order.id(), &any).await), [Problem::NotFound]);
    assert_eq!(desk.orders().delete_matching(&caller, Filter::everything()).await.unwrap(), 0);
    assert_eq!(desk.customers().delete_matching(&caller, Filter::everything()).await.unwrap(), 1);
    assert_eq!(desk.items().delete_matching(&caller, Filter::everything()).await.unwrap(), 1);
    assert_eq!(stored(&*desk.store, &theirs.customer).await, Some(theirs.customer));
    assert_eq!(stored(&*desk.store, &theirs.item).await, Some(theirs.item));
    assert_eq!(stored(&*desk.store, &order).await, Some(order));
    assert_eq!(count::<OrderEvent>(&*desk.store).await, 1);
}

#[tokio::test]
async fn nothing_of_theirs_can_be_referred_to() {
    let (desk, shop, theirs, _) = neighbours().await;
    let caller = shop.caller();
    let place =
        async |customer, line| desk.orders().place(&caller, new_order(customer, line), None).await.map(done);
    let (customer, code) = (theirs.customer.id(), theirs.customer.profile().code);
    let rope = || free_text("Rope", "20");
    assert_eq!(
        refused(place(CustomerChoice::Id(customer), rope()).await),
        [Problem::CustomerUnknown(customer)]
    );
    assert_eq!(
        refused(place(CustomerChoice::Code(code), rope()).await),
        [Problem::CustomerCodeUnknown(code)]
    );
    let own = CustomerChoice::Id(shop.customer.id());
    let unknown = [Problem::ItemUnknown(theirs.item.id())];
    assert_eq!(refused(place(own, catalogue(&theirs.item, 1)).await), unknown);
    let order = place(own, rope()).await.unwrap().order;
    let line = LineDraft { item: ItemChoice::Catalogue(theirs.item.id(), None), ..draft() };
    let change = row(order.id().uuid(), OrderChange { line, ..order_change() });
    assert_eq!(refused(desk.orders().change(&caller, change).await), unknown);
}

#[tokio::test]
async fn nothing_is_created_among_theirs() {
    let (desk, shop, theirs, _) = neighbours().await;
    let caller = shop.caller();
    let organization = Some(theirs.organization.id());
    let unknown = [Problem::OrganizationUnknown(theirs.organization.id())];
    let customer = desk
        .customers()
        .create(&caller, NewCustomer { organization, ..new_customer() }, None)
        .await
        .map(done);
    assert_eq!(refused(customer), unknown);
    let item =
        desk.items().create(&caller, NewItem { organization, ..new_item("Rope") }, None).await.map(done);
    assert_eq!(refused(item), unknown);
    let new = new_order(CustomerChoice::Id(theirs.customer.id()), free_text("Rope", "20"));
    let order = desk.orders().place(&caller, NewOrder { organization, ..new }, None).await.map(done);
    assert_eq!(refused(order), unknown);
    assert_eq!((count::<Customer>(&*desk.store).await, count::<Item>(&*desk.store).await), (2, 2));
    assert_eq!(count::<PlacedOrder>(&*desk.store).await, 1);
}
