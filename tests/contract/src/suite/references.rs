//! References: none leads nowhere, and what belongs to an object goes with it.

use std::slice::from_ref;

use orderdesk_application::Scope;
use orderdesk_application::ports::{Store, StoreError, StoreResult};
use orderdesk_application::query::Selection;
use orderdesk_domain::{
    Customer, Item, ItemId, Order, OrderEvent, OrderEventId, OrderLine, OrganizationId, Standing, UserId,
};

use crate::Harness;
use crate::builders::{Maker, free_line};
use crate::kinds::{Writable, count, delete, everything, find, insert, place, stored, update};
use crate::outcome::assert_fails;
use crate::shop::Shop;

pub async fn nothing_is_stored_that_refers_to_what_is_not_there(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let here = shop.organization.id();
    let nowhere = OrganizationId::new(make.id());
    let nobody = UserId::new(make.id());

    let homeless = make.customer(nowhere);
    assert_fails!(insert(store, &[homeless]).await, StoreError::Referenced);
    let made = make.customer(here);
    let authored = Customer::register(made.id(), here, made.profile().clone(), Some(nobody));
    assert_fails!(insert(store, &[authored]).await, StoreError::Referenced);
    assert_fails!(insert(store, &[make.item(nowhere)]).await, StoreError::Referenced);

    let (order, event) = make.order(&make.customer(here), shop.line());
    assert_fails!(insert(store, &[order]).await, StoreError::Referenced, "a customer that is not there");
    assert_fails!(append(store, &event).await, StoreError::Referenced, "an order that is not there");
    let (order, _) = make.order(&shop.customer, OrderLine::of(&make.item(here), shop.line().quantity));
    assert_fails!(insert(store, &[order]).await, StoreError::Referenced, "an item that is not there");
    let (placed, event) = shop.order(&make);
    let order = of(&placed, here, Some(nobody));
    assert_fails!(insert(store, &[order]).await, StoreError::Referenced, "an author who is not there");
    let order = of(&placed, nowhere, None);
    assert_fails!(insert(store, &[order]).await, StoreError::Referenced, "an organization that is not there");
    insert(store, from_ref(&placed)).await.unwrap();
    let event = OrderEvent { by: Some(nobody), ..event };
    assert_fails!(append(store, &event).await, StoreError::Referenced, "an actor who is not there");

    let strangers = [
        make.membership(here, nobody, Standing::Viewer),
        make.membership(nowhere, shop.owner.id(), Standing::Viewer),
        make.invitation(nowhere, Standing::Viewer),
    ];
    for membership in &strangers {
        let outcome = insert(store, from_ref(membership)).await;
        assert_fails!(outcome, StoreError::Referenced, "{membership:?}");
    }
    assert_fails!(insert(store, &[make.token(nobody).0]).await, StoreError::Referenced);
    let mut work = store.begin().await.unwrap();
    let session = work.access().add_session(&make.session(nobody).0).await;
    assert_fails!(session, StoreError::Referenced);
    drop(work);

    assert_eq!(count::<Customer>(store).await, 1);
    assert_eq!(count::<Item>(store).await, 1);
    assert_eq!(count::<Order>(store).await, 1);
    assert_eq!(count::<OrderEvent>(store).await, 0);
}

fn of(order: &Order, organization: OrganizationId, created_by: Option<UserId>) -> Order {
    Order::restore(
        order.id(),
        organization,
        order.customer(),
        order.line().clone(),
        order.state(),
        created_by,
        order.updated_at(),
        order.version(),
    )
}

async fn append(store: &dyn Store, event: &OrderEvent) -> StoreResult<()> {
    let mut work = store.begin().await?;
    work.order_events().append(from_ref(event)).await?;
    work.commit().await
}

pub async fn an_order_stays_within_its_organization(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [shop, other] = [Shop::open(store, &make).await, Shop::open(store, &make).await];

    let (order, _) = make.order(&shop.customer, other.line());
    assert_fails!(insert(store, &[order]).await, StoreError::Referenced, "another's item");
    let (free, _) = make.order(&shop.customer, free_line("Soap"));
    let order = of(&free, other.organization.id(), None);
    assert_fails!(insert(store, &[order]).await, StoreError::Referenced, "another's customer");

    let (placed, event) = shop.order(&make);
    place(store, &[(placed.clone(), event)]).await.unwrap();
    let mut amended = placed.clone();
    amended.amend(other.line(), make.act(None)).unwrap();
    assert_fails!(update(store, &placed, &amended).await, StoreError::Referenced);
    assert_eq!(stored(store, &placed).await, Some(placed));
}

pub async fn an_order_cannot_be_amended_to_an_item_that_is_not_there(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (order, event) = shop.order(&make);
    place(store, &[(order.clone(), event)]).await.unwrap();

    let mut amended = order.clone();
    let line = OrderLine { item_id: Some(ItemId::new(make.id())), ..order.line().clone() };
    amended.amend(line, make.act(None)).unwrap();
    assert_fails!(update(store, &order, &amended).await, StoreError::Referenced);
    assert_eq!(stored(store, &order).await, Some(order));
}

pub async fn an_invitation_cannot_be_accepted_by_somebody_who_is_not_there(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let invitation = make.invitation(shop.organization.id(), Standing::Viewer);
    insert(store, from_ref(&invitation)).await.unwrap();
    let mut accepted = invitation.clone();
    accepted.accept(UserId::new(make.id()), make.now());
    assert_fails!(update(store, &invitation, &accepted).await, StoreError::Referenced);
    assert_eq!(stored(store, &invitation).await, Some(invitation));
}

pub async fn a_customer_with_orders_stays(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let free = Customer::another(&shop, &make);
    insert(store, from_ref(&free)).await.unwrap();
    place(store, &[make.order(&shop.customer, free_line("Soap"))]).await.unwrap();

    assert_fails!(delete(store, &shop.customer).await, StoreError::Referenced);
    let mut work = store.begin().await.unwrap();
    let both = Selection::ids(&Scope::Everything, [free.id().uuid(), shop.customer.id().uuid()]);
    assert_fails!(work.customers().delete(&both).await, StoreError::Referenced);
    drop(work);
    assert_eq!(count::<Customer>(store).await, 2);
    assert_eq!(delete(store, &free).await.unwrap(), 1);
}

pub async fn an_item_with_orders_stays(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let free = Item::another(&shop, &make);
    insert(store, from_ref(&free)).await.unwrap();
    place(store, &[shop.order(&make)]).await.unwrap();

    assert_fails!(delete(store, &shop.item).await, StoreError::Referenced);
    let mut work = store.begin().await.unwrap();
    let both = Selection::ids(&Scope::Everything, [free.id().uuid(), shop.item.id().uuid()]);
    assert_fails!(work.items().delete(&both).await, StoreError::Referenced);
    drop(work);
    assert_eq!(count::<Item>(store).await, 2);
    assert_eq!(delete(store, &free).await.unwrap(), 1);
}

pub async fn what_nothing_refers_to_any_more_can_go(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (order, event) = shop.order(&make);
    place(store, &[(order.clone(), event)]).await.unwrap();

    let mut amended = order.clone();
    amended.amend(free_line("Soap"), make.act(None)).unwrap();
    update(store, &order, &amended).await.unwrap();
    assert_eq!(delete(store, &shop.item).await.unwrap(), 1);

    let mut work = store.begin().await.unwrap();
    let order = Selection::id(&Scope::Everything, order.id().uuid());
    assert_eq!(work.orders().delete(&order).await.unwrap(), 1);
    let customer = Selection::id(&Scope::Everything, shop.customer.id().uuid());
    assert_eq!(work.customers().delete(&customer).await.unwrap(), 1);
    work.commit().await.unwrap();
    assert_eq!(count::<Customer>(store).await, 0);
}

pub async fn the_history_of_an_order_goes_with_it(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let [first, second] = [shop.order(&make), shop.order(&make)];
    place(store, &[first.clone(), second.clone()]).await.unwrap();
    let amendment = first.0.clone().amend(free_line("Soap"), make.act(None)).unwrap().unwrap();
    append(store, &amendment).await.unwrap();
    assert_eq!(count::<OrderEvent>(store).await, 3);

    assert_eq!(delete(store, &first.0).await.unwrap(), 1);
    let left = everything::<OrderEvent>(store).await;
    assert_eq!(left.rows, [shop.event_details(&second.1)]);
    assert_eq!(left.count, Some(1));
    assert_eq!(find::<OrderEvent>(store, first.1.id.uuid()).await, None);
}

pub async fn history_remembers_an_item_that_is_gone(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (order, placed) = shop.order(&make);
    place(store, &[(order.clone(), placed.clone())]).await.unwrap();
    let mut amended = order.clone();
    amended.amend(free_line("Soap"), make.act(None)).unwrap();
    update(store, &order, &amended).await.unwrap();
    delete(store, &shop.item).await.unwrap();

    assert_eq!(placed.line.item_id, Some(shop.item.id()));
    let late = OrderEvent { id: OrderEventId::new(make.id()), ..placed.clone() };
    append(store, &late).await.unwrap();
    for event in [placed, late] {
        assert_eq!(find::<OrderEvent>(store, event.id.uuid()).await, Some(shop.event_details(&event)));
    }
}
