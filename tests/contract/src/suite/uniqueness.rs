//! Uniqueness: what must not exist twice, in which form, and within what.

use std::slice::from_ref;

use async_trait::async_trait;
use orderdesk_application::ports::{AccountRepository, Store, StoreError, StoreResult, Unique};
use orderdesk_domain::{
    ApiToken, Customer, CustomerCode, CustomerId, Item, ItemId, Listing, Membership, Organization,
    OrganizationId, Profile, Role, TokenId, User,
};

use crate::Harness;
use crate::builders::{Maker, code, currency, item_name, time};
use crate::kinds::{Writable, change, count, delete, for_every_kind, insert, keep, stored, update};
use crate::outcome::assert_fails;
use crate::shop::Shop;

fn customer(make: &Maker, organization: OrganizationId, code: CustomerCode) -> Customer {
    let profile = Profile { code, ..make.profile() };
    Customer::register(CustomerId::new(make.id()), organization, profile, None)
}

fn item(make: &Maker, organization: OrganizationId, name: &str) -> Item {
    let listing = Listing { name: item_name(name), ..make.listing() };
    Item::list(ItemId::new(make.id()), organization, listing)
}

pub async fn an_id_is_taken_once(harness: &impl Harness) {
    async fn check<K: Writable>(store: &dyn Store) {
        let make = Maker::default();
        let shop = Shop::open(store, &make).await;
        let object = K::another(&shop, &make);
        keep(store, &object).await;
        let again = insert(store, &[object.changed(&make)]).await;
        assert_fails!(again, StoreError::AlreadyExists(Unique::Id));
        assert_eq!(stored(store, &object).await, Some(object));
    }
    for_every_kind!(harness, check);

    let store = &*harness.fresh().await;
    let make = Maker::default();
    let (order, event) = Shop::open(store, &make).await.order(&make);
    keep(store, &order).await;
    let mut work = store.begin().await.unwrap();
    work.order_events().append(from_ref(&event)).await.unwrap();
    let again = work.order_events().append(&[event]).await;
    assert_fails!(again, StoreError::AlreadyExists(Unique::Id));
}

pub async fn a_customer_code_is_taken_once_in_an_organization(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [first, second] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    let taken = code("AB12Z");
    keep(store, &customer(&make, first.organization.id(), taken)).await;

    let again = customer(&make, first.organization.id(), taken);
    assert_fails!(insert(store, &[again]).await, StoreError::AlreadyExists(Unique::CustomerCode));
    let elsewhere = || customer(&make, second.organization.id(), taken);
    let twice = insert(store, &[elsewhere(), elsewhere()]).await;
    assert_fails!(twice, StoreError::AlreadyExists(Unique::CustomerCode));
    keep(store, &elsewhere()).await;
    assert_eq!(count::<Customer>(store).await, 4);
}

pub async fn an_item_name_is_taken_once_whatever_its_case(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [first, second] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    for (name, same) in [
        ("Maize flour", "MAIZE Flour"),
        ("STRASSE", "straße"),
        ("Gruß", "GRUẞ"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬁn", "FIN"),
        ("Zoë", "ZOE\u{308}"),
        ("ſoap", "SOAP"),
        ("İ", "i\u{307}"),
        ("Ꭰ", "ꭰ"),
        ("\u{10400}", "\u{10428}"),
    ] {
        keep(store, &item(&make, first.organization.id(), name)).await;
        let again = insert(store, &[item(&make, first.organization.id(), same)]).await;
        assert_fails!(again, StoreError::AlreadyExists(Unique::ItemName), "{name} and {same}");
        let pair = [name, same].map(|name| item(&make, second.organization.id(), name));
        let both = insert(store, &pair).await;
        assert_fails!(both, StoreError::AlreadyExists(Unique::ItemName), "{name} and {same}");
        keep(store, &item(&make, second.organization.id(), same)).await;
    }
}

pub async fn names_that_only_look_alike_are_different(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    for alike in [
        &["istanbul", "ıstanbul", "İstanbul"] as &[&str],
        &["e", "é", "ê", "ё", "е"],
        &["ab", "a b", "a  b", "a-b", "a_b", "a%b", "a.b", "a\u{200d}b", "\u{feff}ab"],
        &["ア", "ｱ", "あ"],
        &["1", "①", "１", "01", "1.0", "١"],
        &["o", "ø", "ο", "о"],
        &["日", "\u{2f47}"],
        &["\u{1f9ba}", "\u{1f9bb}"],
    ] {
        for name in alike {
            keep(store, &item(&make, shop.organization.id(), name)).await;
        }
    }
}

pub async fn a_taken_key_is_refused_to_an_update(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;

    let first = shop.customer.profile();
    let second = Customer::another(&shop, &make);
    keep(store, &second).await;
    let mut changed = second.clone();
    changed.revise(Profile { code: first.code, ..second.profile().clone() }, make.now());
    let refused = update(store, &second, &changed).await;
    assert_fails!(refused, StoreError::AlreadyExists(Unique::CustomerCode));
    assert_eq!(stored(store, &second).await, Some(second));

    let [first, second] = ["Straße", "Tea"].map(|name| item(&make, shop.organization.id(), name));
    insert(store, &[first.clone(), second.clone()]).await.unwrap();
    let renamed = |item: &Item, name| {
        let mut renamed = item.clone();
        renamed.revise(Listing { name: item_name(name), ..item.listing().clone() }, make.now());
        renamed
    };
    let refused = update(store, &second, &renamed(&second, "STRASSE")).await;
    assert_fails!(refused, StoreError::AlreadyExists(Unique::ItemName));
    assert_eq!(stored(store, &second).await, Some(second));

    let louder = renamed(&first, "STRASSE");
    update(store, &first, &louder).await.unwrap();
    assert_eq!(stored(store, &first).await, Some(louder), "nothing is in its own way");
}

pub async fn a_key_that_was_given_up_is_free(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let here = shop.organization.id();

    let free = shop.customer.profile().code;
    update(store, &shop.customer, &shop.customer.changed(&make)).await.unwrap();
    let next = customer(&make, here, free);
    keep(store, &next).await;
    assert_eq!(delete(store, &next).await.unwrap(), 1);
    keep(store, &customer(&make, here, free)).await;

    let free = shop.item.listing().name.as_str();
    let mut work = store.begin().await.unwrap();
    work.items().update(&[change(&shop.item, &shop.item.changed(&make))]).await.unwrap();
    let next = item(&make, here, free);
    work.items().insert(from_ref(&next)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(delete(store, &next).await.unwrap(), 1);
    keep(store, &item(&make, here, free)).await;
}

pub async fn a_store_is_installed_once(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let mut work = store.begin().await.unwrap();
    work.accounts().install(time(0)).await.unwrap();
    drop(work);

    let mut work = store.begin().await.unwrap();
    work.accounts().install(time(1)).await.unwrap();
    work.commit().await.unwrap();

    let mut work = store.begin().await.unwrap();
    let again = work.accounts().install(time(2)).await;
    assert_fails!(again, StoreError::AlreadyExists(Unique::Installation));
}

/// Something that [`AccountRepository`] can add.
#[async_trait]
trait Account: Sync {
    async fn add_to(&self, accounts: &mut dyn AccountRepository) -> StoreResult<()>;
}

macro_rules! account {
    ($($account:ty: $add:ident;)+) => {$(
        #[async_trait]
        impl Account for $account {
            async fn add_to(&self, accounts: &mut dyn AccountRepository) -> StoreResult<()> {
                accounts.$add(self).await
            }
        }
    )+};
}

account! {
    Organization: add_organization;
    User: add_user;
    Membership: add_membership;
    ApiToken: add_token;
}

pub async fn accounts_are_added_once(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (token, _) = make.token(shop.owner.id());
    let mut work = store.begin().await.unwrap();
    work.accounts().add_token(&token).await.unwrap();
    work.commit().await.unwrap();

    let organization =
        Organization::found(shop.organization.id(), make.organization().name().clone(), currency("EUR"));
    let again: [&dyn Account; 5] = [
        &organization,
        &User::enrol(shop.owner.id(), make.user().name().clone()),
        &Membership { role: Role::Viewer, ..shop.membership() },
        &ApiToken { id: token.id, ..make.token(shop.owner.id()).0 },
        &ApiToken { id: TokenId::new(make.id()), ..token.clone() },
    ];
    for account in again {
        let mut work = store.begin().await.unwrap();
        let outcome = account.add_to(work.accounts()).await;
        assert_fails!(outcome, StoreError::AlreadyExists(Unique::Id));
        drop(work);
    }
    let principal = store.credentials().principal(&token.digest).await.unwrap();
    assert_eq!(principal, Some(shop.principal()));
}
