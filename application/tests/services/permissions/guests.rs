//! Guests, who see one customer with its orders.

use std::collections::BTreeSet;

use orderdesk_application::services::{Browse as _, CustomerChoice, OrderService, Precondition};
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::kinds::{delete, keep};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Customer, Order, Standing};
use uuid::Uuid;

use crate::common::{TestDesk, all, catalogue, done, new_order, refused, seen};

async fn placed(orders: &OrderService, shop: &Shop, customer: &Customer) -> Order {
    let new = new_order(CustomerChoice::Id(customer.id()), catalogue(&shop.item, 1));
    orders.place(&shop.caller(), new, None).await.map(done).unwrap().order
}

/// A shop with two customers who have each ordered, and a guest of the first.
async fn trial() -> (TestDesk, Shop, [Order; 2], Caller) {
    let (desk, shop) = TestDesk::with_shop().await;
    let other = desk.make.customer(shop.organization.id());
    keep(&*desk.store, &other).await;
    let orders =
        [placed(&desk.orders(), &shop, &shop.customer).await, placed(&desk.orders(), &shop, &other).await];
    let guest = desk.member(&shop, Standing::Guest(shop.customer.id())).await;
    (desk, shop, orders, guest)
}

fn only(id: Uuid) -> BTreeSet<Uuid> {
    BTreeSet::from([id])
}

#[tokio::test]
async fn a_guest_sees_the_customer_its_orders_and_their_history() {
    let (desk, shop, [order, theirs], guest) = trial().await;
    assert_eq!(seen(&desk.customers(), &guest).await.unwrap(), only(shop.customer.id().uuid()));
    assert_eq!(seen(&desk.orders(), &guest).await.unwrap(), only(order.id().uuid()));
    let events = desk.orders().history().list(&guest, all()).await.unwrap();
    assert_eq!(events.count, Some(1));
    assert_eq!(events.objects[0].event.order, order.id());
    let other = theirs.customer().uuid();
    assert_eq!(refused(desk.customers().find(&guest, other).await), [Problem::NotFound]);
    assert_eq!(refused(desk.orders().find(&guest, theirs.id().uuid()).await), [Problem::NotFound]);
    assert_eq!(desk.orders().find_several(&guest, vec![theirs.id().uuid()]).await.unwrap(), []);
}

#[tokio::test]
async fn a_guest_sees_the_organization_and_of_its_members_none_but_themselves() {
    let (desk, shop, _, guest) = trial().await;
    let organization = shop.organization.id().uuid();
    assert_eq!(seen(&desk.organizations(), &guest).await.unwrap(), only(organization));
    let members = desk.members().list(&guest, all()).await.unwrap().objects;
    let users: Vec<_> = members.iter().map(|it| it.membership.member().user()).collect();
    assert_eq!(users, [Some(guest.user.id)]);
}

#[tokio::test]
async fn nothing_is_left_to_the_guest_of_a_customer_who_is_gone() {
    let (desk, shop, [order, theirs], guest) = trial().await;
    desk.orders().delete(&shop.caller(), order.id(), &Precondition::default()).await.unwrap();
    delete(&*desk.store, &shop.customer).await.unwrap();
    assert_eq!(seen(&desk.customers(), &guest).await.unwrap(), BTreeSet::new());
    assert_eq!(seen(&desk.orders(), &guest).await.unwrap(), BTreeSet::new());
    assert_eq!(refused(desk.orders().find(&guest, theirs.id().uuid()).await), [Problem::NotFound]);
    let members = desk.members().list(&shop.caller(), all()).await.unwrap().objects;
    let theirs = members.iter().find(|it| it.membership.member().user() == Some(guest.user.id)).unwrap();
    assert_eq!(theirs.customer, None);
}
