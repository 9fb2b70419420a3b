//! Scopes: what a caller may not see is not found, not listed, not counted and not deleted.

use orderdesk_application::Scope;
use orderdesk_application::ports::Store;
use orderdesk_application::query::{Field, Filter, Listed, Selection, Value};
use orderdesk_domain::{
    ApiToken, AuditEntry, Customer, CustomerId, Item, Membership, Message, MessageAttempt, MessageTemplate,
    Order, OrderEvent, Organization, OrganizationId, Standing, User, UserId,
};
use uuid::Uuid;

use crate::Harness;
use crate::builders::Maker;
use crate::kinds::{Readable, Writable, append_attempts, count, counted, everything, id_of, keep, place};
use crate::shop::Shop;

/// Three shops with two customers and a template each, and whose owners have a token each; the first two work for the
/// third as well.
struct Street {
    make: Maker,
    shops: [Shop; 3],
    /// The second customers, one of each shop.
    others: [Customer; 3],
}

impl Street {
    async fn open(store: &dyn Store) -> Self {
        let make = Maker::default();
        let mut shops = Vec::new();
        let mut others = Vec::new();
        for _ in 0..3 {
            let shop = Shop::open(store, &make).await;
            let other = Customer::another(&shop, &make);
            keep(store, &other).await;
            keep(store, &ApiToken::another(&shop, &make)).await;
            shops.push(shop);
            others.push(other);
        }
        let shops: [Shop; 3] = shops.try_into().unwrap();
        let third = shops[2].organization.id();
        for shop in &shops[..2] {
            keep(store, &make.membership(third, shop.owner.id(), Standing::Viewer)).await;
        }
        keep(store, &make.invitation(third, Standing::Guest(others[2].id()))).await;
        let homes = shops.iter().map(|shop| Some(shop.organization.id())).chain([None]);
        let entries: Vec<_> = homes.map(|home| make.audit_entry(home)).collect();
        let mut work = store.begin().await.unwrap();
        work.audit_entries().append(&entries).await.unwrap();
        for shop in &shops {
            work.message_templates().insert(&[make.template(shop.organization.id())]).await.unwrap();
        }
        work.commit().await.unwrap();
        Self { make, shops, others: others.try_into().unwrap() }
    }

    /// Lets every customer order something, and tells them.
    async fn trade(&self, store: &dyn Store) {
        for (shop, other) in self.shops.iter().zip(&self.others) {
            let placed = [shop.order(&self.make), self.make.order(other, shop.line())];
            place(store, &placed).await.unwrap();
            for customer in [&shop.customer, other] {
                let message = self.make.message(customer);
                keep(store, &message).await;
                append_attempts(store, &[self.make.attempt(message.id())]).await.unwrap();
            }
        }
    }

    /// Scopes of every shape.
    fn scopes(&self) -> Vec<Scope> {
        let [first, second, third] = self.shops.each_ref().map(|shop| shop.organization.id());
        let [guest, _, other_guest] = self.others.each_ref().map(Customer::id);
        let unknown = Uuid::from_u128(u128::MAX >> 1);
        let limited = |organizations: &[OrganizationId], customers: &[CustomerId]| Scope::Limited {
            organizations: organizations.to_vec(),
            customers: customers.to_vec(),
            user: None,
        };
        let own = |scope: Scope, owner: UserId| match scope {
            Scope::Limited { organizations, customers, .. } => {
                Scope::Limited { organizations, customers, user: Some(owner) }
            }
            Scope::Everything => Scope::Everything,
        };
        let [owner, other_owner, _] = self.shops.each_ref().map(|shop| shop.owner.id());
        vec![
            Scope::Everything,
            limited(&[], &[]),
            limited(&[first], &[]),
            limited(&[second, third], &[]),
            limited(&[first, first], &[]),
            limited(&[OrganizationId::new(unknown)], &[CustomerId::new(unknown)]),
            limited(&[], &[guest]),
            limited(&[], &[guest, other_guest]),
            limited(&[second], &[guest, other_guest]),
            limited(&[first], &[guest]),
            own(limited(&[], &[]), owner),
            own(limited(&[], &[]), UserId::new(unknown)),
            own(limited(&[first], &[]), owner),
            own(limited(&[second], &[]), owner),
            own(limited(&[second, third], &[guest]), other_owner),
        ]
    }
}

/// The meaning of a scope, in other words than the application's own.
fn shows<L: Listed>(scope: &Scope, object: &L) -> bool {
    let Scope::Limited { organizations, customers, user } = scope else { return true };
    let is =
        |field: Option<L::Field>, id: Uuid| field.is_some_and(|field| object.value(field) == Value::Id(id));
    organizations.iter().any(|organization| is(L::Field::ORGANIZATION, organization.uuid()))
        || customers.iter().any(|customer| is(L::Field::CUSTOMER, customer.uuid()))
        || user.is_some_and(|user| is(L::Field::OWNER, user.uuid()))
}

pub async fn a_scope_shows_its_own_and_nothing_else(harness: &impl Harness) {
    async fn check<E: Readable>(store: &dyn Store, scope: &Scope) {
        let all = everything::<E>(store).await.rows;
        let expected: Vec<_> = all.iter().filter(|object| shows(scope, *object)).collect();
        let listed = E::reader(store).list(&counted(scope)).await.unwrap();
        assert_eq!(listed.rows.iter().collect::<Vec<_>>(), expected, "{scope:?}");
        assert_eq!(listed.count, Some(expected.len() as u64), "{scope:?}");
        for object in &all {
            let found = E::reader(store).find(scope, id_of(object)).await.unwrap();
            assert_eq!(found.as_ref(), Some(object).filter(|object| shows(scope, *object)), "{scope:?}");
        }
    }

    /// The same of a unit of work.
    async fn check_inside<K: Writable>(store: &dyn Store, scope: &Scope) {
        let all = everything::<K>(store).await.rows;
        let expected: Vec<_> = all.iter().filter(|object| shows(scope, *object)).collect();
        let mut work = store.begin().await.unwrap();
        let repository = K::repository(&mut *work);
        let listed = repository.list(&counted(scope)).await.unwrap();
        assert_eq!(listed.rows.iter().collect::<Vec<_>>(), expected, "{scope:?}");
        let count = repository.count(&Selection::new(scope, Filter::everything())).await.unwrap();
        assert_eq!(count, expected.len() as u64, "{scope:?}");
        for object in &all {
            let found = repository.find(scope, id_of(object)).await.unwrap();
            assert_eq!(found.as_ref(), Some(object).filter(|object| shows(scope, *object)), "{scope:?}");
        }
    }

    let store = &*harness.fresh().await;
    let street = Street::open(store).await;
    street.trade(store).await;
    assert_eq!(count::<Customer>(store).await, 6);
    assert_eq!(count::<OrderEvent>(store).await, 6);
    assert_eq!(count::<Membership>(store).await, 6);
    assert_eq!(count::<ApiToken>(store).await, 3);
    assert_eq!(count::<AuditEntry>(store).await, 4);
    assert_eq!(count::<Message>(store).await, 6);
    assert_eq!(count::<MessageAttempt>(store).await, 6);
    assert_eq!(count::<MessageTemplate>(store).await, 3);
    for scope in &street.scopes() {
        check::<Customer>(store, scope).await;
        check::<Item>(store, scope).await;
        check::<Order>(store, scope).await;
        check::<OrderEvent>(store, scope).await;
        check::<Organization>(store, scope).await;
        check::<User>(store, scope).await;
        check::<Membership>(store, scope).await;
        check::<ApiToken>(store, scope).await;
        check::<AuditEntry>(store, scope).await;
        check::<Message>(store, scope).await;
        check::<MessageAttempt>(store, scope).await;
        check::<MessageTemplate>(store, scope).await;
        check_inside::<Customer>(store, scope).await;
        check_inside::<Item>(store, scope).await;
        check_inside::<Order>(store, scope).await;
        check_inside::<Organization>(store, scope).await;
        check_inside::<User>(store, scope).await;
        check_inside::<Membership>(store, scope).await;
        check_inside::<ApiToken>(store, scope).await;
        check_inside::<Message>(store, scope).await;
        check_inside::<MessageTemplate>(store, scope).await;
    }
}

pub async fn a_deletion_stays_within_its_scope(harness: &impl Harness) {
    /// Deletes within `scope`, in units of work that are then dropped.
    async fn check<K: Writable>(store: &dyn Store, scope: &Scope) {
        let all = everything::<K>(store).await.rows;
        for object in &all {
            let mut work = store.begin().await.unwrap();
            let deleted = K::repository(&mut *work).delete(&Selection::id(scope, id_of(object))).await;
            assert_eq!(deleted.unwrap(), u64::from(shows(scope, object)), "{scope:?}");
        }
        let mut work = store.begin().await.unwrap();
        let repository = K::repository(&mut *work);
        let left: Vec<_> = all.iter().filter(|object| !shows(scope, *object)).collect();
        let deleted = repository.delete(&Selection::new(scope, Filter::everything())).await.unwrap();
        assert_eq!(deleted, (all.len() - left.len()) as u64, "{scope:?}");
        let listed = repository.list(&counted(&Scope::Everything)).await.unwrap().rows;
        assert_eq!(listed.iter().collect::<Vec<_>>(), left, "{scope:?}");
    }

    let store = &*harness.fresh().await;
    let street = Street::open(store).await;
    for scope in &street.scopes() {
        check::<Customer>(store, scope).await;
        check::<Item>(store, scope).await;
        check::<Membership>(store, scope).await;
        check::<ApiToken>(store, scope).await;
        check::<User>(store, scope).await;
        check::<MessageTemplate>(store, scope).await;
    }
    street.trade(store).await;
    for scope in &street.scopes() {
        check::<Order>(store, scope).await;
        check::<Message>(store, scope).await;
    }
    // Organizations go once they own nothing.
    let mut work = store.begin().await.unwrap();
    work.orders().delete(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap();
    work.customers().delete(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap();
    work.items().delete(&Selection::new(&Scope::Everything, Filter::everything())).await.unwrap();
    work.commit().await.unwrap();
    for scope in &street.scopes() {
        check::<Organization>(store, scope).await;
    }
}
