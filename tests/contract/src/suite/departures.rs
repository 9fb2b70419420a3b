//! Departures: what goes with an organization or a user, what keeps it, and what stays behind.

use std::slice::from_ref;

use orderdesk_application::Scope;
use orderdesk_application::ports::{Presented, Store, StoreError};
use orderdesk_application::query::{Filter, Selection};
use orderdesk_application::views::ApiTokenDetails;
use orderdesk_domain::{
    Actor, ApiToken, AuditEntry, Credential, Customer, CustomerId, Item, Membership, Order, OrderEvent,
    OrderId, Organization, Standing, User,
};

use crate::Harness;
use crate::builders::{Maker, free_line};
use crate::kinds::{count, delete, everything, find, insert, keep, place, stored};
use crate::outcome::assert_fails;
use crate::records::{filled, held};
use crate::shop::Shop;

pub async fn an_organization_that_owns_anything_stays(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let free = make.organization();
    keep(store, &free).await;
    let refused = async |what: &str| {
        assert_fails!(delete(store, &shop.organization).await, StoreError::Referenced, "{what}");
        let mut work = store.begin().await.unwrap();
        let both = [free.id().uuid(), shop.organization.id().uuid()];
        let both = Selection::ids(&Scope::Everything, both);
        assert_fails!(work.organizations().delete(&both).await, StoreError::Referenced, "{what}");
        drop(work);
        assert_eq!(count::<Organization>(store).await, 2);
        assert_eq!(count::<Membership>(store).await, 1, "nothing goes along with what stays");
    };
    refused("a customer and an item").await;
    let (order, event) = make.order(&shop.customer, free_line("Soap"));
    place(store, &[(order.clone(), event)]).await.unwrap();
    assert_eq!(delete(store, &shop.item).await.unwrap(), 1);
    refused("a customer with an order").await;
    assert_eq!(delete(store, &order).await.unwrap(), 1);
    refused("a customer").await;
    assert_eq!(delete(store, &shop.customer).await.unwrap(), 1);
    keep(store, &shop.item).await;
    refused("an item").await;
    assert_eq!(delete(store, &shop.item).await.unwrap(), 1);
    assert_eq!(delete(store, &shop.organization).await.unwrap(), 1);
    assert_eq!(stored(store, &shop.organization).await, None);
}

pub async fn memberships_go_with_their_organization_and_nothing_else_does(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [shop, other] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    let [bare, second] = [make.organization(), make.organization()];
    insert(store, &[bare.clone(), second.clone()]).await.unwrap();
    let guest = Standing::Guest(shop.customer.id());
    let theirs = [
        make.membership(bare.id(), shop.owner.id(), Standing::Admin),
        make.membership(bare.id(), other.owner.id(), guest),
        make.invitation(bare.id(), Standing::Member),
        make.invitation(second.id(), Standing::Member),
    ];
    let others = make.invitation(shop.organization.id(), Standing::Member);
    insert(store, &theirs).await.unwrap();
    keep(store, &others).await;
    let bound = ApiToken { organization: Some(bare.id()), ..make.token(shop.owner.id()).0 };
    keep(store, &bound).await;
    let entry = make.audit_entry(Some(bare.id()));
    let mut work = store.begin().await.unwrap();
    work.audit_entries().append(from_ref(&entry)).await.unwrap();
    work.commit().await.unwrap();

    let mut work = store.begin().await.unwrap();
    let both = Selection::ids(&Scope::Everything, [bare.id().uuid(), second.id().uuid()]);
    assert_eq!(work.organizations().delete(&both).await.unwrap(), 2);
    work.commit().await.unwrap();
    for gone in &theirs {
        assert_eq!(stored(store, gone).await, None);
    }
    for left in [&shop.membership, &other.membership, &others] {
        assert_eq!(stored(store, left).await.as_ref(), Some(left));
    }
    assert_eq!(find::<AuditEntry>(store, entry.id.uuid()).await.unwrap().entry, entry);
    let found = find::<ApiToken>(store, bound.id.uuid()).await;
    assert_eq!(found, Some(ApiTokenDetails { token: bound.clone(), organization: None }));
    let bearer = store.credentials().bearer(Presented::Token(&bound.digest)).await.unwrap().unwrap();
    assert_eq!(bearer.memberships, [(shop.summary(), Standing::Admin)]);
    assert_eq!(count::<User>(store).await, 2);
    can_be_moved(harness, store).await;
}

pub async fn what_lets_a_user_in_goes_with_them(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [shop, other] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    let elsewhere = make.membership(other.organization.id(), shop.owner.id(), Standing::Viewer);
    let invitation = make.invitation(shop.organization.id(), Standing::Viewer);
    insert(store, &[elsewhere.clone(), invitation.clone()]).await.unwrap();
    let tokens =
        [make.token(shop.owner.id()).0, make.token(shop.owner.id()).0, make.token(other.owner.id()).0];
    insert(store, &tokens).await.unwrap();
    let sessions = [make.session(shop.owner.id()).0, make.session(other.owner.id()).0];
    let mut work = store.begin().await.unwrap();
    for session in &sessions {
        work.access().add_session(session).await.unwrap();
    }
    work.commit().await.unwrap();

    assert_eq!(delete(store, &shop.owner).await.unwrap(), 1);
    assert_eq!(stored(store, &shop.owner).await, None);
    let memberships = everything::<Membership>(store).await.rows;
    let left: Vec<_> = memberships.into_iter().map(|details| details.membership).collect();
    assert_eq!(left, [invitation, other.membership.clone()], "those of nobody and of somebody else");
    assert_eq!(count::<ApiToken>(store).await, 1);
    let credentials = store.credentials();
    for (number, token) in tokens.iter().enumerate() {
        let bearer = credentials.bearer(Presented::Token(&token.digest)).await.unwrap();
        assert_eq!(bearer.is_some(), number == 2);
    }
    for (number, session) in sessions.iter().enumerate() {
        let bearer = credentials.bearer(Presented::Session(&session.digest)).await.unwrap();
        assert_eq!(bearer.is_some(), number == 1);
    }
    assert_eq!(count::<Organization>(store).await, 2);
    can_be_moved(harness, store).await;
}

pub async fn what_a_user_has_written_stays_and_is_nobodys(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [shop, other] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    let author = make.user();
    keep(store, &author).await;
    let (here, by) = (shop.organization.id(), Some(author.id()));
    let customer = Customer::register(CustomerId::new(make.id()), here, make.profile(), by);
    let owners = Customer::register(CustomerId::new(make.id()), here, make.profile(), Some(shop.owner.id()));
    insert(store, &[customer.clone(), owners.clone()]).await.unwrap();
    let id = OrderId::new(make.id());
    let placed = Order::place(id, here, customer.id(), shop.line(), make.act(by));
    let mut amended = placed.0.clone();
    let owners_event = amended.amend(free_line("Salt"), make.act(Some(shop.owner.id()))).unwrap().unwrap();
    place(store, from_ref(&placed)).await.unwrap();
    let actor = Actor { user: by, credential: Credential::Local, address: None };
    let entry = AuditEntry { actor, ..make.audit_entry(Some(here)) };
    let mut work = store.begin().await.unwrap();
    work.order_events().append(from_ref(&owners_event)).await.unwrap();
    work.audit_entries().append(from_ref(&entry)).await.unwrap();
    work.commit().await.unwrap();

    assert_eq!(delete(store, &author).await.unwrap(), 1);
    let found = find::<Customer>(store, customer.id().uuid()).await.unwrap();
    let profile = customer.profile().clone();
    let nobodys =
        Customer::restore(customer.id(), here, profile, None, customer.updated_at(), customer.version());
    assert_eq!(found, shop.customer_details(&nobodys), "neither its version nor its time is another");
    let found = find::<Order>(store, id.uuid()).await.unwrap();
    assert_eq!((found.order.created_by(), &found.created_by), (None, &None));
    assert_eq!(found.order.version(), placed.0.version());
    let found = find::<OrderEvent>(store, placed.1.id.uuid()).await.unwrap();
    assert_eq!(found.event, OrderEvent { by: None, ..placed.1.clone() });
    assert_eq!(found.by, None);

    assert_eq!(find::<Customer>(store, owners.id().uuid()).await, Some(shop.customer_details(&owners)));
    let found = find::<OrderEvent>(store, owners_event.id.uuid()).await.unwrap().event;
    assert_eq!(found, owners_event);
    let found = find::<AuditEntry>(store, entry.id.uuid()).await.unwrap();
    assert_eq!((found.entry, found.user), (entry, None), "the audit still tells who it was");
    assert_eq!(stored(store, &other.owner).await.as_ref(), Some(&other.owner));
    can_be_moved(harness, store).await;
}

pub async fn users_are_deleted_as_a_filter_says(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let users: Vec<_> = (0..20).map(|_| make.user()).collect();
    insert(store, &users).await.unwrap();
    let organization = make.organization();
    keep(store, &organization).await;
    let memberships: Vec<_> =
        users.iter().map(|user| make.membership(organization.id(), user.id(), Standing::Viewer)).collect();
    insert(store, &memberships).await.unwrap();
    let some = Selection::ids(&Scope::Everything, users.iter().step_by(2).map(|user| user.id().uuid()));
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.users().delete(&some).await.unwrap(), 10);
    assert_eq!(work.users().delete(&some).await.unwrap(), 0);
    assert_eq!(
        work.memberships().count(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap(),
        10
    );
    work.commit().await.unwrap();
    for (number, membership) in memberships.iter().enumerate() {
        assert_eq!(stored(store, membership).await.is_some(), number % 2 == 1);
    }
}

/// Asserts that nothing of what is left leads nowhere: another store takes all of it.
async fn can_be_moved(harness: &impl Harness, store: &dyn Store) {
    let records = held(store).await;
    let target = &*filled(harness, &records).await;
    assert_eq!(held(target).await, records);
    assert_eq!(everything::<Item>(target).await, everything::<Item>(store).await);
}
