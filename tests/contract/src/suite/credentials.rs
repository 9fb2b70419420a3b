//! Credentials: who a token speaks for, and where that user belongs.

use orderdesk_application::Principal;
use orderdesk_application::views::{OrganizationSummary, UserSummary};
use orderdesk_domain::{Membership, Role, User, UserId, UserName, Version};

use crate::Harness;
use crate::builders::{Maker, text, unknown_digest};
use crate::shop::Shop;

pub async fn a_principal_is_found_by_the_digest_of_its_token(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    // Somebody else, whose memberships are nobody else's.
    let shop = Shop::open(store, &make).await;
    let (other_token, _) = make.token(shop.owner.id());

    let (user, newcomer) = (make.user(), make.user());
    let (first_token, _) = make.token(user.id());
    let (second_token, secret) = make.token(user.id());
    let (newcomers_token, _) = make.token(newcomer.id());
    let organizations = [make.organization(), make.organization(), make.organization()];
    let mut work = store.begin().await.unwrap();
    let accounts = work.accounts();
    for user in [&user, &newcomer] {
        accounts.add_user(user).await.unwrap();
    }
    for token in [&other_token, &first_token, &second_token, &newcomers_token] {
        accounts.add_token(token).await.unwrap();
    }
    for (organization, role) in organizations.iter().zip(Role::ALL) {
        accounts.add_organization(organization).await.unwrap();
        let (user, organization) = (user.id(), organization.id());
        accounts.add_membership(&Membership { user, organization, role }).await.unwrap();
    }
    work.commit().await.unwrap();

    let credentials = store.credentials();
    for digest in [first_token.digest, secret.digest()] {
        let mut principal = credentials.principal(&digest).await.unwrap().unwrap();
        principal.memberships.sort_by_key(|(organization, _)| organization.id);
        let memberships = organizations.iter().map(OrganizationSummary::from).zip(Role::ALL).collect();
        assert_eq!(principal, Principal { user: UserSummary::from(&user), memberships });
    }
    let principal = credentials.principal(&other_token.digest).await.unwrap();
    assert_eq!(principal, Some(shop.principal()));
    let principal = credentials.principal(&newcomers_token.digest).await.unwrap();
    assert_eq!(principal, Some(Principal { user: UserSummary::from(&newcomer), memberships: Vec::new() }));
}

pub async fn a_digest_that_nobody_was_given_finds_nobody(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    assert_eq!(store.credentials().principal(&unknown_digest()).await.unwrap(), None);

    let make = Maker::default();
    let shop = Shop::open(store, &make).await;
    let (token, _) = make.token(shop.owner.id());
    let mut work = store.begin().await.unwrap();
    work.accounts().add_token(&token).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(store.credentials().principal(&unknown_digest()).await.unwrap(), None);
    assert!(store.credentials().principal(&token.digest).await.unwrap().is_some());
}

pub async fn users_are_found_by_their_exact_name_the_oldest_first(harness: &impl Harness) {
    let store = &*harness.fresh().await;
    let make = Maker::default();
    let named = |name| User::enrol(UserId::new(make.id()), text(UserName::parse, name));
    let eldest = User::restore(
        UserId::new(make.id()),
        text(UserName::parse, "Administrator"),
        make.now(),
        Version::new(4).unwrap(),
    );
    let others = [named("administrator"), named("Administrator 2"), named("Admin%"), named("Ädministrator")];
    let youngest = named("Administrator");

    let mut work = store.begin().await.unwrap();
    let accounts = work.accounts();
    accounts.add_user(&youngest).await.unwrap();
    for user in &others {
        accounts.add_user(user).await.unwrap();
    }
    accounts.add_user(&eldest).await.unwrap();
    let found = accounts.users_named(eldest.name()).await.unwrap();
    assert_eq!(found, [eldest.clone(), youngest.clone()], "own writes are visible");
    work.commit().await.unwrap();

    let mut work = store.begin().await.unwrap();
    assert_eq!(work.accounts().users_named(eldest.name()).await.unwrap(), [eldest, youngest]);
    let nobody = text(UserName::parse, "Nobody");
    assert_eq!(work.accounts().users_named(&nobody).await.unwrap(), []);
}
