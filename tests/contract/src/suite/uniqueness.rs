//! Uniqueness: what must not exist twice, in which form, and within what.

use std::slice::from_ref;

use orderdesk_application::ports::{Store, StoreError, Unique};
use orderdesk_domain::{
    Account, ApiToken, AuditEntry, Customer, CustomerCode, CustomerId, ExternalIdentity, Item, ItemId,
    Listing, Member, Membership, MembershipId, OrganizationId, Profile, Standing, TokenId, User, UserId,
};

use crate::Harness;
use crate::builders::{Maker, code, email, identity, item_name, time};
use crate::kinds::{
    Changeable, Writable, change, count, delete, for_every_kind, insert, keep, stored, update,
};
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
    async fn check<K: Changeable>(store: &dyn Store) {
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
    drop(work);

    let entry = make.audit_entry(None);
    let mut work = store.begin().await.unwrap();
    work.audit_entries().append(from_ref(&entry)).await.unwrap();
    let again = work.audit_entries().append(&[AuditEntry { object: make.id(), ..entry }]).await;
    assert_fails!(again, StoreError::AlreadyExists(Unique::Id));
    drop(work);

    let shop = Shop::open(store, &make).await;
    let (token, _) = make.token(shop.owner.id());
    keep(store, &token).await;
    let again = ApiToken { id: token.id, ..make.token(shop.owner.id()).0 };
    assert_fails!(insert(store, &[again]).await, StoreError::AlreadyExists(Unique::Id));
    assert_eq!(stored(store, &token).await, Some(token));
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
    work.access().install(time(0)).await.unwrap();
    drop(work);

    let mut work = store.begin().await.unwrap();
    work.access().install(time(1)).await.unwrap();
    work.commit().await.unwrap();

    let mut work = store.begin().await.unwrap();
    let again = work.access().install(time(2)).await;
    assert_fails!(again, StoreError::AlreadyExists(Unique::Installation));
}

pub async fn a_digest_is_of_one_token(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (token, _) = make.token(shop.owner.id());
    keep(store, &token).await;
    let again = ApiToken { id: TokenId::new(make.id()), ..token.clone() };
    assert_fails!(insert(store, from_ref(&again)).await, StoreError::AlreadyExists(Unique::Id));
    delete(store, &token).await.unwrap();
    keep(store, &again).await;
}

pub async fn an_identity_is_of_one_user(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let user = |identity: &ExternalIdentity| {
        User::enrol(UserId::new(make.id()), Some(identity.clone()), make.account())
    };
    let taken = identity("https://accounts.example", "Subject 1");
    let first = user(&taken);
    keep(store, &first).await;
    assert_fails!(insert(store, &[user(&taken)]).await, StoreError::AlreadyExists(Unique::Identity));
    let fresh = make.identity();
    let twice = insert(store, &[user(&fresh), user(&fresh)]).await;
    assert_fails!(twice, StoreError::AlreadyExists(Unique::Identity));

    // What differs in one letter is somebody else's.
    for (issuer, subject) in [
        ("https://accounts.example", "subject 1"),
        ("https://accounts.example", "Subject 1 "),
        ("https://Accounts.example", "Subject 1"),
        ("https://accounts.example/", "Subject 1"),
    ] {
        keep(store, &user(&identity(issuer, subject))).await;
    }
    // Those whom no issuer knows are not the same, and an address is no identity.
    let account = || Account { email: Some(email("amina@duka.example")), ..make.account() };
    let unknown = || User::enrol(UserId::new(make.id()), None, account());
    insert(store, &[unknown(), unknown()]).await.unwrap();
    keep(store, &unknown()).await;
    assert_eq!(count::<User>(store).await, 8);

    let mut renamed = first.clone();
    renamed.revise(account(), make.now());
    update(store, &first, &renamed).await.unwrap();
    assert_eq!(delete(store, &renamed).await.unwrap(), 1);
    keep(store, &user(&taken)).await;
}

pub async fn who_belongs_to_an_organization_belongs_to_it_once(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [shop, other] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    let (here, owner) = (shop.organization.id(), shop.owner.id());

    let again = make.membership(here, owner, Standing::Viewer);
    assert_fails!(insert(store, &[again]).await, StoreError::AlreadyExists(Unique::Membership));
    let newcomer = make.user();
    keep(store, &newcomer).await;
    let twice = || make.membership(here, newcomer.id(), Standing::Viewer);
    assert_fails!(insert(store, &[twice(), twice()]).await, StoreError::AlreadyExists(Unique::Membership));
    keep(store, &make.membership(other.organization.id(), owner, Standing::Viewer)).await;
    let membership = twice();
    keep(store, &membership).await;
    assert_eq!(delete(store, &membership).await.unwrap(), 1);
    keep(store, &twice()).await;
}

pub async fn an_address_is_invited_to_an_organization_once(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let [shop, other] = [Shop::open(store, &make).await, Shop::open(store, &make).await];
    let here = shop.organization.id();
    let invited = |organization, address| {
        let id = MembershipId::new(make.id());
        Membership::grant(id, organization, Member::Invited(email(address)), Standing::Viewer)
    };
    let first = invited(here, "amina@duka.example");
    keep(store, &first).await;
    let again = insert(store, &[invited(here, "amina@duka.example")]).await;
    assert_fails!(again, StoreError::AlreadyExists(Unique::Membership));
    keep(store, &invited(here, "amina2@duka.example")).await;
    keep(store, &invited(other.organization.id(), "amina@duka.example")).await;

    // Who comes may be there already, and once they have come the address is free.
    let mut accepted = first.clone();
    accepted.accept(shop.owner.id(), make.now());
    let refused = update(store, &first, &accepted).await;
    assert_fails!(refused, StoreError::AlreadyExists(Unique::Membership));
    assert_eq!(stored(store, &first).await.as_ref(), Some(&first));
    let mut accepted = first.clone();
    accepted.accept(other.owner.id(), make.now());
    update(store, &first, &accepted).await.unwrap();
    assert_eq!(stored(store, &first).await, Some(accepted));
    keep(store, &invited(here, "amina@duka.example")).await;
}
