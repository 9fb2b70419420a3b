//! The kinds of objects that stores keep, so that a test can say once what holds for all of them.

use std::fmt::Debug;
use std::slice::from_ref;

use orderdesk_application::Scope;
use orderdesk_application::ports::{Aggregate, Change, Reader, Repository, Store, StoreResult, UnitOfWork};
use orderdesk_application::query::{Entity, Field, Filter, Listed, Query, Rows, Selection, Value};
use orderdesk_domain::{
    ApiToken, AuditEntry, Course, Customer, Item, Member, Membership, Message, MessageAttempt, MessageState,
    MessageTemplate, Order, OrderEvent, OrderLine, Organization, Quantity, Standing, User,
};
use uuid::Uuid;

use crate::builders::{Maker, version};
use crate::shop::Shop;

/// What can be read.
pub trait Readable: Entity<Details: Debug + PartialEq> + Debug {
    /// Where it is read.
    fn reader(store: &dyn Store) -> &dyn Reader<Self>;
}

/// What can be read and written.
pub trait Writable: Readable + Aggregate + PartialEq {
    /// Where it is written.
    fn repository<'a>(work: &'a mut (dyn UnitOfWork + 'static)) -> &'a mut (dyn Repository<Self> + 'a);

    /// Something new of this kind for `shop`, not stored.
    fn another(shop: &Shop, make: &Maker) -> Self;
}

/// What can be read, written and changed.
pub trait Changeable: Writable {
    /// The same in its next version, with another unique key if it has one that can change.
    #[must_use]
    fn changed(&self, make: &Maker) -> Self;
}

macro_rules! kinds {
    ($($kind:ty: $accessor:ident;)+) => {$(
        impl Readable for $kind {
            fn reader(store: &dyn Store) -> &dyn Reader<Self> {
                store.$accessor()
            }
        }
    )+};
}

kinds! {
    Customer: customers;
    Item: items;
    Order: orders;
    OrderEvent: order_events;
    Organization: organizations;
    User: users;
    Membership: memberships;
    ApiToken: api_tokens;
    AuditEntry: audit_entries;
    Message: messages;
    MessageAttempt: message_attempts;
    MessageTemplate: message_templates;
}

/// Where a kind is written, and how something new of it is made.
macro_rules! writable {
    ($($kind:ty: $accessor:ident, |$shop:pat_param, $make:ident| $another:expr;)+) => {$(
        impl Writable for $kind {
            fn repository<'a>(
                work: &'a mut (dyn UnitOfWork + 'static),
            ) -> &'a mut (dyn Repository<Self> + 'a) {
                work.$accessor()
            }

            fn another($shop: &Shop, $make: &Maker) -> Self {
                $another
            }
        }
    )+};
}

writable! {
    Customer: customers, |shop, make| make.customer(shop.organization.id());
    Item: items, |shop, make| make.item(shop.organization.id());
    Order: orders, |shop, make| shop.order(make).0;
    Organization: organizations, |_, make| make.organization();
    User: users, |_, make| make.user();
    Membership: memberships, |shop, make| make.invitation(shop.organization.id(), Standing::Member);
    ApiToken: api_tokens, |shop, make| make.token(shop.owner.id()).0;
    Message: messages, |shop, make| make.message(&shop.customer);
    MessageTemplate: message_templates, |shop, make| make.template(shop.organization.id());
}

impl Changeable for Customer {
    fn changed(&self, make: &Maker) -> Self {
        let mut changed = self.clone();
        assert!(changed.revise(make.profile(), make.now()));
        changed
    }
}

impl Changeable for Item {
    fn changed(&self, make: &Maker) -> Self {
        let mut changed = self.clone();
        assert!(changed.revise(make.listing(), make.now()));
        changed
    }
}

impl Changeable for Order {
    fn changed(&self, make: &Maker) -> Self {
        let quantity = Quantity::new(self.line().quantity.units() + 1).unwrap();
        let line = OrderLine { quantity, ..self.line().clone() };
        let mut changed = self.clone();
        changed.amend(line, make.act(None)).unwrap().unwrap();
        changed
    }
}

impl Changeable for Organization {
    fn changed(&self, make: &Maker) -> Self {
        let mut changed = self.clone();
        assert!(changed.revise(make.charter(), make.now()));
        changed
    }
}

impl Changeable for User {
    fn changed(&self, make: &Maker) -> Self {
        let mut changed = self.clone();
        assert!(changed.revise(make.account(), make.now()));
        changed
    }
}

impl Changeable for Membership {
    fn changed(&self, make: &Maker) -> Self {
        let standing = if self.standing() == Standing::Viewer { Standing::Member } else { Standing::Viewer };
        let version = version(self.version().number() + 1);
        let member = Member::Invited(make.email());
        Self::restore(self.id(), self.organization(), member, standing, make.now(), version)
    }
}

impl Changeable for Message {
    /// A message keeps its key: what changes is how far it has come.
    fn changed(&self, make: &Maker) -> Self {
        let (state, attempts) = (MessageState::Queued { due: make.now() }, self.course().attempts + 1);
        let course = Course { state, attempts, deferrals: attempts, ..self.course().clone() };
        let version = version(self.version().number() + 1);
        Self::restore(self.id(), self.letter().clone(), course, make.now(), version)
    }
}

impl Changeable for MessageTemplate {
    /// A template keeps its key as well.
    fn changed(&self, make: &Maker) -> Self {
        let mut changed = self.clone();
        assert!(changed.revise(make.wording(), make.now()));
        changed
    }
}

/// Adds objects in a unit of work of their own.
pub async fn insert<K: Writable>(store: &dyn Store, objects: &[K]) -> StoreResult<()> {
    let mut work = store.begin().await?;
    K::repository(&mut *work).insert(objects).await?;
    work.commit().await
}

/// Adds orders, each with the first entry of its history.
pub async fn place(store: &dyn Store, placed: &[(Order, OrderEvent)]) -> StoreResult<()> {
    let (orders, events): (Vec<_>, Vec<_>) = placed.iter().cloned().unzip();
    let mut work = store.begin().await?;
    work.orders().insert(&orders).await?;
    work.order_events().append(&events).await?;
    work.commit().await
}

/// Stores `now`, which was read as `was`, in a unit of work of its own.
pub async fn update<K: Writable>(store: &dyn Store, was: &K, now: &K) -> StoreResult<()> {
    let mut work = store.begin().await?;
    K::repository(&mut *work).update(&[change(was, now)]).await?;
    work.commit().await
}

/// Removes one object, whoever owns it, in a unit of work of its own.
pub async fn delete<K: Writable>(store: &dyn Store, object: &K) -> StoreResult<u64> {
    let mut work = store.begin().await?;
    let selection = Selection::id(&Scope::Everything, object.id());
    let deleted = K::repository(&mut *work).delete(&selection).await?;
    work.commit().await?;
    Ok(deleted)
}

/// That `now` was read as `was`.
pub fn change<K: Writable>(was: &K, now: &K) -> Change<K> {
    Change { was: was.version(), now: now.clone() }
}

/// Does one thing in a unit of work of its own.
pub async fn committed<T>(
    store: &dyn Store,
    step: impl AsyncFnOnce(&mut (dyn UnitOfWork + 'static)) -> StoreResult<T>,
) -> T {
    let mut work = store.begin().await.unwrap();
    let outcome = step(&mut *work).await.unwrap();
    work.commit().await.unwrap();
    outcome
}

/// Adds attempts to send messages in a unit of work of their own.
pub async fn append_attempts(store: &dyn Store, attempts: &[MessageAttempt]) -> StoreResult<()> {
    let mut work = store.begin().await?;
    work.message_attempts().append(attempts).await?;
    work.commit().await
}

/// The object of this id, whoever owns it.
pub async fn find<E: Readable>(store: &dyn Store, id: Uuid) -> Option<E::Details> {
    E::reader(store).find(&Scope::Everything, id).await.unwrap()
}

/// What is stored under the id of `object`, without what is shown beside it.
pub async fn stored<K: Writable>(store: &dyn Store, object: &K) -> Option<K> {
    find::<K>(store, object.id()).await.map(|details| K::of(&details).clone())
}

/// The newest thousand of everything there is, and the count.
pub async fn everything<E: Readable>(store: &dyn Store) -> Rows<E::Details> {
    E::reader(store).list(&counted(&Scope::Everything)).await.unwrap()
}

/// How many there are.
pub async fn count<E: Readable>(store: &dyn Store) -> u64 {
    everything::<E>(store).await.count.unwrap()
}

/// Adds one object and fails the test where that fails.
pub async fn keep<K: Writable>(store: &dyn Store, object: &K) {
    insert(store, from_ref(object)).await.unwrap();
}

/// A query for the newest thousand that `scope` shows, counted.
pub(crate) fn counted<F: Field>(scope: &Scope) -> Query<F> {
    Query { counted: true, ..Query::first(Selection::new(scope, Filter::everything()), 1000) }
}

/// The identity of what a list holds.
pub(crate) fn id_of<L: Listed>(object: &L) -> Uuid {
    match object.value(L::Field::ID) {
        Value::Id(id) => id,
        other => panic!("{other:?} is no id"),
    }
}

/// Runs a check, a function over a kind and a store, for every kind that can be changed.
macro_rules! for_every_kind {
    ($harness:expr, $check:ident) => {
        $crate::kinds::for_every_numerous_kind!($harness, $check);
        $check::<orderdesk_domain::MessageTemplate>(&*$harness.fresh().await).await;
    };
}

/// The same for every kind of which an organization can have any number.
macro_rules! for_every_numerous_kind {
    ($harness:expr, $check:ident) => {
        $check::<orderdesk_domain::Customer>(&*$harness.fresh().await).await;
        $check::<orderdesk_domain::Item>(&*$harness.fresh().await).await;
        $check::<orderdesk_domain::Order>(&*$harness.fresh().await).await;
        $check::<orderdesk_domain::Organization>(&*$harness.fresh().await).await;
        $check::<orderdesk_domain::User>(&*$harness.fresh().await).await;
        $check::<orderdesk_domain::Membership>(&*$harness.fresh().await).await;
        $check::<orderdesk_domain::Message>(&*$harness.fresh().await).await;
    };
}

pub(crate) use {for_every_kind, for_every_numerous_kind};
