//! Pages of lists, and objects by their ids.

use orderdesk_application::query::{Field, Filter, Key, Order, Position, Test, Value};
use orderdesk_application::services::{Browse, CustomerService, ItemService, ListRequest, NewItem, Page};
use orderdesk_application::views::{CustomerDetails, CustomerField, ItemDetails, ItemField};
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::CustomerId;
use uuid::Uuid;

use crate::common::{TestDesk, done, new_customer, new_item, refused};

fn everything<F: Field>(limit: u32) -> ListRequest<F> {
    let order = Order::newest_first();
    ListRequest { filter: Filter::everything(), order, after: None, offset: 0, limit, counted: false }
}

/// A desk whose shop has so many customers, the oldest first.
async fn crowd(size: usize) -> (TestDesk, Shop, Vec<CustomerDetails>) {
    let (desk, shop) = TestDesk::with_shop().await;
    let mut crowd = vec![shop.customer_details(&shop.customer)];
    while crowd.len() < size {
        desk.clock.advance(1);
        crowd.push(desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap());
    }
    (desk, shop, crowd)
}

fn ids(objects: &[CustomerDetails]) -> Vec<CustomerId> {
    objects.iter().map(|details| details.customer.id()).collect()
}

/// Reads page after page until there is none.
async fn read_through(
    service: &CustomerService,
    caller: &Caller,
    request: ListRequest<CustomerField>,
) -> Vec<Page<CustomerDetails>> {
    let mut pages = Vec::new();
    let mut after: Option<Position> = None;
    loop {
        let page =
            service.list(caller, ListRequest { after: after.clone(), ..request.clone() }).await.unwrap();
        after.clone_from(&page.next);
        pages.push(page);
        if after.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn pages_follow_one_another_to_the_end() {
    let (desk, shop, mut crowd) = crowd(7).await;
    crowd.reverse();
    for (limit, sizes) in [
        (1, vec![1; 7]),
        (3, vec![3, 3, 1]),
        (6, vec![6, 1]),
        (7, vec![7]),
        (8, vec![7]),
        (u32::MAX, vec![7]),
    ] {
        let pages = read_through(&desk.customers(), &shop.caller(), everything(limit)).await;
        assert_eq!(pages.iter().map(|page| page.objects.len()).collect::<Vec<_>>(), sizes, "limit {limit}");
        let read: Vec<_> = pages.into_iter().flat_map(|page| page.objects).collect();
        assert_eq!(read, crowd, "limit {limit}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_where_all_objects_tie() {
    let (desk, shop, _) = crowd(1).await;
    for _ in 0..5 {
        desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    }
    for descending in [false, true] {
        let order = Order::new(&[Key { field: CustomerField::FirstName, descending }]).unwrap();
        let request = ListRequest { order, ..everything(2) };
        let pages = read_through(&desk.customers(), &shop.caller(), request).await;
        let read: Vec<_> = pages.iter().flat_map(|page| ids(&page.objects)).collect();
        let mut distinct = read.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!((read.len(), distinct.len()), (6, 6));
    }
}

#[tokio::test]
async fn what_comes_in_between_neither_skips_nor_repeats_anything() {
    let (desk, shop, mut crowd) = crowd(6).await;
    crowd.reverse();
    let first = desk.customers().list(&shop.caller(), everything(3)).await.unwrap();
    desk.clock.advance(1);
    desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    let request = ListRequest { after: first.next, ..everything(3) };
    let second = desk.customers().list(&shop.caller(), request).await.unwrap();
    assert_eq!([first.objects, second.objects].concat(), crowd);
}

#[tokio::test]
async fn an_offset_leaves_out_the_beginning() {
    let (desk, shop, mut crowd) = crowd(5).await;
    crowd.reverse();
    let from = async |offset| {
        let request = ListRequest { offset, ..everything(2) };
        desk.customers().list(&shop.caller(), request).await.unwrap()
    };
    let (middle, last, beyond) = (from(2).await, from(4).await, from(5).await);
    assert_eq!(middle.objects, crowd[2..4]);
    assert!(middle.next.is_some());
    assert_eq!((last.objects.as_slice(), last.next), (&crowd[4..], None));
    assert_eq!((beyond.objects.as_slice(), beyond.next), (&[][..], None));
}

#[tokio::test]
async fn all_that_match_are_counted_where_that_is_asked() {
    let (desk, shop, crowd) = crowd(5).await;
    let one_of = Test::In(crowd[1..4].iter().map(|it| it.customer.id().created_at().into()).collect());
    let filter = Filter::new(CustomerField::CreatedAt, one_of).unwrap();
    let request = ListRequest { filter, counted: true, ..everything(2) };
    let page = desk.customers().list(&shop.caller(), request.clone()).await.unwrap();
    assert_eq!((page.count, page.objects.len()), (Some(3), 2));
    let second = ListRequest { after: page.next, ..request.clone() };
    let page = desk.customers().list(&shop.caller(), second).await.unwrap();
    assert_eq!((page.count, page.objects.len()), (Some(3), 1), "the place in the list does not count");
    let uncounted = ListRequest { counted: false, ..request };
    assert_eq!(desk.customers().list(&shop.caller(), uncounted).await.unwrap().count, None);
}

async fn names(service: &ItemService, caller: &Caller, request: ListRequest<ItemField>) -> Vec<String> {
    let page = service.list(caller, request).await.unwrap();
    page.objects.iter().map(|ItemDetails { item, .. }| item.listing().name.to_string()).collect()
}

#[tokio::test]
async fn a_list_is_filtered_searched_and_ordered() {
    let (desk, shop) = TestDesk::with_shop().await;
    for (name, price) in [("Soft soap", 30), ("Hard soap", 9), ("SOAP dish", 100), ("Rope", 9)] {
        let new = NewItem { price_per_unit: price.into(), ..new_item(name) };
        desk.items().create(&shop.caller(), new, None).await.map(done).unwrap();
    }
    let by_price = Order::new(&[Key { field: ItemField::PricePerUnit, descending: false }]).unwrap();
    let soaps = ListRequest { filter: Filter::search("soap"), order: by_price, ..everything(10) };
    assert_eq!(
        names(&desk.items(), &shop.caller(), soaps.clone()).await,
        ["Hard soap", "Soft soap", "SOAP dish"]
    );
    let cheap = Filter::new(ItemField::PricePerUnit, Test::Equals(Value::Decimal(9.into())));
    let cheap_soaps = ListRequest { filter: soaps.filter.and(cheap.unwrap()), ..everything(10) };
    assert_eq!(names(&desk.items(), &shop.caller(), cheap_soaps).await, ["Hard soap"]);
}

#[tokio::test]
async fn several_are_found_by_their_ids() {
    let (desk, shop, crowd) = crowd(4).await;
    let wanted = [&crowd[2], &crowd[0]].map(|it| it.customer.id().uuid());
    let asked = vec![wanted[0], Uuid::nil(), wanted[1], wanted[0]];
    let mut found = desk.customers().find_several(&shop.caller(), asked).await.unwrap();
    found.sort_by_key(|details| details.customer.id());
    assert_eq!(found, [crowd[0].clone(), crowd[2].clone()]);
    assert_eq!(desk.customers().find_several(&shop.caller(), Vec::new()).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, nothing) = (shop.caller(), Uuid::nil());
    assert_eq!(refused(desk.customers().find(&caller, nothing).await), [Problem::NotFound]);
    assert_eq!(refused(desk.items().find(&caller, nothing).await), [Problem::NotFound]);
    assert_eq!(refused(desk.orders().find(&caller, nothing).await), [Problem::NotFound]);
    assert_eq!(refused(desk.orders().history().find(&caller, nothing).await), [Problem::NotFound]);
}
