//! Races: whoever comes at once, the outcome is one that could have come of turns.

use std::collections::BTreeSet;
use std::slice::from_ref;
use std::sync::Arc;

use futures_util::FutureExt as _;
use orderdesk_application::Scope;
use orderdesk_application::ports::{Presented, Store, StoreError, StoreResult, Unique};
use orderdesk_application::query::Selection;
use orderdesk_domain::{
    ApiToken, Customer, CustomerId, Item, ItemId, Listing, Membership, Order, OrderEvent, OrderLine,
    Organization, Price, Profile, Standing, User,
};
use rust_decimal::Decimal;
use tokio::task::yield_now;

use crate::Harness;
use crate::builders::{Maker, code, free_line, item_name, quantity, time};
use crate::kinds::{
    Changeable, Writable, change, count, delete, everything, find, insert, keep, place, stored, update,
};
use crate::outcome::{assert_fails, persist, race};
use crate::shop::Shop;

/// How many write at once.
const WRITERS: usize = 8;

/// How many units of work each of them commits.
const EACH: usize = 25;

/// How often a race is run: often enough for either side to win some.
const ROUNDS: usize = 40;

pub async fn eight_writers_lose_no_update(harness: &impl Harness) {
    /// Raises the price of the shop's item by one, renames `own`, and lets it order something.
    async fn trade(store: &dyn Store, shop: &Shop, make: &Maker, own: CustomerId) -> StoreResult<()> {
        let mut work = store.begin().await?;
        let found = work.items().find(&Scope::Everything, shop.item.id().uuid()).await?;
        let item = found.unwrap().item;
        let Listing { price, .. } = item.listing();
        let price = Price::new(price.amount() + Decimal::ONE, price.currency()).unwrap();
        let mut dearer = item.clone();
        dearer.revise(Listing { price, ..item.listing().clone() }, make.now());
        work.items().update(&[change(&item, &dearer)]).await?;

        let found = work.customers().find(&Scope::Everything, own.uuid()).await?;
        let customer = found.unwrap().customer;
        work.customers().update(&[change(&customer, &customer.changed(make))]).await?;

        let (order, event) = make.order(&customer, OrderLine::of(&dearer, quantity(1)));
        work.orders().insert(&[order]).await?;
        work.order_events().append(&[event]).await?;
        work.commit().await
    }

    let store = harness.fresh().await;
    let make = Arc::new(Maker::default());
    let shop = Shop::open(&*store, &make).await;
    let customers: Vec<_> = (0..WRITERS).map(|_| Customer::another(&shop, &make)).collect();
    insert(&*store, &customers).await.unwrap();

    let writer = |customer: &Customer| {
        let (store, make, shop, own) = (Arc::clone(&store), Arc::clone(&make), shop.clone(), customer.id());
        async move {
            for _ in 0..EACH {
                while let Err(error) = trade(&*store, &shop, &make, own).await {
                    assert!(matches!(error, StoreError::Retry(_) | StoreError::Conflict), "{error:?}");
                    yield_now().await;
                }
            }
        }
    };
    race(customers.iter().map(writer)).await;

    let (all, each) = (i64::try_from(WRITERS * EACH).unwrap(), i64::try_from(EACH).unwrap());
    let item = stored(&*store, &shop.item).await.unwrap();
    assert_eq!(item.version().number(), shop.item.version().number() + all);
    let raise = item.listing().price.amount() - shop.item.listing().price.amount();
    assert_eq!(raise, Decimal::from(all));
    for customer in &customers {
        let version = stored(&*store, customer).await.unwrap().version().number();
        assert_eq!(version, customer.version().number() + each);
    }
    let orders = everything::<Order>(&*store).await;
    assert_eq!(orders.count, u64::try_from(all).ok());
    for customer in &customers {
        let own = orders.rows.iter().filter(|details| details.customer.id == customer.id()).count();
        assert_eq!(own, EACH);
    }
    let prices: BTreeSet<_> = orders.rows.iter().map(|row| row.order.line().price.amount()).collect();
    assert_eq!(prices.len(), WRITERS * EACH, "no two saw the same price");
    assert_eq!(count::<OrderEvent>(&*store).await, WRITERS as u64 * EACH as u64);
}

/// Lets an order and the deletion of what it refers to race: one of the two succeeds, the other says `Referenced`.
async fn order_against_deletion<K: Writable>(
    harness: &impl Harness,
    order: fn(&Maker, &Shop, &K) -> (Order, OrderEvent),
) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    let mut orders = 0;
    for round in 0..ROUNDS {
        let target = K::another(&shop, &make);
        keep(&*store, &target).await;
        let placed = [order(&make, &shop, &target)];
        let placing = {
            let (store, placed) = (Arc::clone(&store), placed.clone());
            async move { persist(|| place(&*store, &placed)).await.map(|()| 1) }.boxed()
        };
        let deleting = {
            let (store, target) = (Arc::clone(&store), target.clone());
            async move { persist(|| delete(&*store, &target)).await }.boxed()
        };
        let mut outcomes = race([placing, deleting]).await;
        let (deleted, placed_one) = (outcomes.pop().unwrap(), outcomes.pop().unwrap());

        let [(order, event)] = &placed;
        let there = stored(&*store, &target).await.is_some();
        let order_there = stored(&*store, order).await.is_some();
        let event_there = find::<OrderEvent>(&*store, event.id.uuid()).await.is_some();
        match (placed_one, deleted) {
            (Ok(1), Err(StoreError::Referenced)) => {
                assert!(there && order_there && event_there, "round {round}");
                orders += 1;
            }
            (Err(StoreError::Referenced), Ok(1)) => {
                assert!(!there && !order_there && !event_there, "round {round}");
            }
            outcomes => panic!("round {round}: {outcomes:?}"),
        }
    }
    assert_eq!(count::<Order>(&*store).await, orders);
}

pub async fn an_order_and_the_deletion_of_its_customer_never_both_succeed(harness: &impl Harness) {
    order_against_deletion::<Customer>(harness, |make, _, customer| make.order(customer, free_line("Soap")))
        .await;
}

pub async fn an_order_and_the_deletion_of_its_item_never_both_succeed(harness: &impl Harness) {
    order_against_deletion::<Item>(harness, |make, shop, item| {
        make.order(&shop.customer, OrderLine::of(item, quantity(1)))
    })
    .await;
}

/// Deletes `target` if it is still what it was, and says how many that were.
async fn delete_unchanged<K: Writable>(store: &dyn Store, target: &K) -> StoreResult<u64> {
    let mut work = store.begin().await?;
    let repository = K::repository(&mut *work);
    let found = repository.find(&Scope::Everything, target.id()).await?;
    let unchanged = found.is_some_and(|details| K::of(&details).version() == target.version());
    if !unchanged {
        return Ok(0);
    }
    let deleted = repository.delete(&Selection::id(&Scope::Everything, target.id())).await?;
    work.commit().await?;
    Ok(deleted)
}

async fn deletion_against_update<K: Changeable>(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    for round in 0..ROUNDS {
        let target = K::another(&shop, &make);
        let changed = target.changed(&make);
        keep(&*store, &target).await;
        let deleting = {
            let (store, target) = (Arc::clone(&store), target.clone());
            async move { persist(|| delete_unchanged(&*store, &target)).await }.boxed()
        };
        let updating = {
            let (store, target, changed) = (Arc::clone(&store), target.clone(), changed.clone());
            async move { persist(|| update(&*store, &target, &changed)).await.map(|()| 0) }.boxed()
        };
        let mut outcomes = race([deleting, updating]).await;
        let (updated, deleted) = (outcomes.pop().unwrap(), outcomes.pop().unwrap());
        match (deleted, updated, stored(&*store, &target).await) {
            (Ok(1), Err(StoreError::Conflict), None) => {}
            (Ok(0), Ok(0), Some(now)) => assert_eq!(now, changed, "round {round}"),
            outcomes => panic!("round {round}: {outcomes:?}"),
        }
    }
}

pub async fn what_was_changed_is_not_deleted_for_what_it_was(harness: &impl Harness) {
    deletion_against_update::<Customer>(harness).await;
    deletion_against_update::<Order>(harness).await;
}

pub async fn of_several_installers_one_succeeds(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let installers: Vec<_> = (0..4)
        .map(|_| {
            let (organization, user) = (make.organization(), make.user());
            let membership = make.membership(organization.id(), user.id(), Standing::Admin);
            let (token, _) = make.token(user.id());
            (organization, user, membership, token)
        })
        .collect();
    let install = |(organization, user, membership, token): (Organization, User, Membership, ApiToken)| {
        let store = Arc::clone(&store);
        async move {
            let attempt = || async {
                let mut work = store.begin().await?;
                work.access().install(time(0)).await?;
                work.organizations().insert(from_ref(&organization)).await?;
                work.users().insert(from_ref(&user)).await?;
                work.memberships().insert(from_ref(&membership)).await?;
                work.api_tokens().insert(from_ref(&token)).await?;
                work.commit().await
            };
            persist(attempt).await
        }
    };
    let outcomes = race(installers.clone().into_iter().map(install)).await;

    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    for (outcome, (_, _, _, token)) in outcomes.into_iter().zip(&installers) {
        let bearer = store.credentials().bearer(Presented::Token(&token.digest)).await.unwrap();
        assert_eq!(bearer.is_some(), outcome.is_ok());
        if outcome.is_err() {
            assert_fails!(outcome, StoreError::AlreadyExists(Unique::Installation));
        }
    }
}

/// Lets four create objects with one key at once: one of them succeeds.
async fn four_with_one_key<K: Writable>(
    harness: &impl Harness,
    unique: Unique,
    one: fn(&Maker, &Shop, u64) -> K,
) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    let before = count::<K>(&*store).await;
    for round in 1..=ROUNDS as u64 / 4 {
        let rivals: Vec<_> = (0..4).map(|_| one(&make, &shop, round)).collect();
        let create = |rival: K| {
            let store = Arc::clone(&store);
            async move { persist(|| insert(&*store, from_ref(&rival))).await }
        };
        let outcomes = race(rivals.into_iter().map(create)).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        for error in outcomes.into_iter().filter_map(Result::err) {
            assert!(matches!(error, StoreError::AlreadyExists(taken) if taken == unique), "{error:?}");
        }
        assert_eq!(count::<K>(&*store).await, before + round);
    }
}

pub async fn of_several_customers_with_one_code_one_is_created(harness: &impl Harness) {
    four_with_one_key::<Customer>(harness, Unique::CustomerCode, |make, shop, round| {
        let profile = Profile { code: code(&format!("{round:05}")), ..make.profile() };
        Customer::register(CustomerId::new(make.id()), shop.organization.id(), profile, None)
    })
    .await;
}

pub async fn of_several_items_with_one_name_one_is_created(harness: &impl Harness) {
    four_with_one_key::<Item>(harness, Unique::ItemName, |make, shop, round| {
        let listing = Listing { name: item_name(&format!("Straße {round}")), ..make.listing() };
        Item::list(ItemId::new(make.id()), shop.organization.id(), listing)
    })
    .await;
}
