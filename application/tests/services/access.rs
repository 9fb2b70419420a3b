//! Setting up a store, and letting in.

use std::sync::Arc;

use orderdesk_application::ports::{Clock as _, StoreError};
use orderdesk_application::services::Installation;
use orderdesk_application::{Principal, Problem};
use orderdesk_contract::builders::{currency, text};
use orderdesk_domain::{ApiToken, OrganizationName, Role, TokenId, TokenSecret, User, UserId, UserName};

use crate::common::{FaultyStore, Step, TestDesk, failed, refused};

fn user_name(name: &str) -> UserName {
    text(UserName::parse, name)
}

fn installation() -> Installation {
    Installation {
        organization: text(OrganizationName::parse, "Duka"),
        currency: currency("TZS"),
        administrator: user_name("Amina"),
    }
}

async fn bearer(desk: &TestDesk, secret: &TokenSecret) -> Arc<Principal> {
    desk.access().authenticate(secret).await.unwrap().unwrap()
}

/// Makes another user of this name, past the services.
async fn enrol(desk: &TestDesk, name: &str) -> User {
    let user = User::enrol(UserId::new(desk.make.id()), user_name(name));
    let mut work = desk.store.begin().await.unwrap();
    work.accounts().add_user(&user).await.unwrap();
    work.commit().await.unwrap();
    user
}

#[tokio::test]
async fn a_new_store_gets_an_organization_and_an_administrator_with_a_token() {
    let desk = TestDesk::new();
    let secret = desk.access().install(&installation()).await.unwrap().unwrap();
    let principal = bearer(&desk, &secret).await;
    assert_eq!(principal.user.name, user_name("Amina"));
    assert_eq!(principal.user.id.created_at(), desk.clock.now());
    let [(organization, role)] = principal.memberships.as_slice() else {
        panic!("not one membership: {principal:?}")
    };
    assert_eq!(*role, Role::Admin);
    assert_eq!(organization.name, text(OrganizationName::parse, "Duka"));
    assert_eq!(organization.default_currency, currency("TZS"));
    assert_eq!(principal.organization(None), Ok(organization), "the administrator can begin at once");
}

#[tokio::test]
async fn a_store_that_is_set_up_is_left_alone() {
    let desk = TestDesk::new();
    let secret = desk.access().install(&installation()).await.unwrap().unwrap();
    let before = bearer(&desk, &secret).await;
    assert_eq!(desk.access().install(&installation()).await.unwrap(), None);
    assert_eq!(bearer(&desk, &secret).await, before);
    let mut work = desk.store.begin().await.unwrap();
    assert_eq!(work.accounts().users_named(&user_name("Amina")).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_that_set_up_at_once_one_does() {
    let desk = TestDesk::new();
    let attempts: Vec<_> = (0..8)
        .map(|_| {
            let access = desk.access();
            tokio::spawn(async move { access.install(&installation()).await })
        })
        .collect();
    let mut secrets = Vec::new();
    for attempt in attempts {
        secrets.extend(attempt.await.unwrap().unwrap());
    }
    let [secret] = secrets.as_slice() else { panic!("{} tokens were given out", secrets.len()) };
    assert_eq!(bearer(&desk, secret).await.user.name, user_name("Amina"));
}

#[tokio::test]
async fn an_installation_that_is_lost_is_made_again() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    store.fail(Step::Commit, 2, || StoreError::Retry("lost".into()));
    let secret = desk.access().install(&installation()).await.unwrap().unwrap();
    assert_eq!((store.begun(), store.is_spent()), (3, true));
    assert_eq!(bearer(&desk, &secret).await.memberships.len(), 1);
}

#[tokio::test]
async fn an_installation_that_fails_leaves_the_store_to_be_set_up() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    store.fail(Step::Commit, 1, || StoreError::Backend("disk full".into()));
    assert!(matches!(failed(desk.access().install(&installation()).await), StoreError::Backend(_)));
    assert!(desk.access().install(&installation()).await.unwrap().is_some());
}

#[tokio::test]
async fn another_token_acts_for_the_same_user() {
    let desk = TestDesk::new();
    let first = desk.access().install(&installation()).await.unwrap().unwrap();
    let second = desk.access().create_token(&user_name("Amina")).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(bearer(&desk, &first).await, bearer(&desk, &second).await);
}

#[tokio::test]
async fn of_several_users_of_one_name_the_oldest_gets_the_token() {
    let desk = TestDesk::new();
    let oldest = enrol(&desk, "Juma").await;
    enrol(&desk, "Juma").await;
    let secret = desk.access().create_token(&user_name("Juma")).await.unwrap();
    assert_eq!(bearer(&desk, &secret).await.user.id, oldest.id());
}

#[tokio::test]
async fn a_token_for_nobody_is_refused() {
    let desk = TestDesk::new();
    desk.access().install(&installation()).await.unwrap();
    let refusal = refused(desk.access().create_token(&user_name("amina")).await);
    assert_eq!(refusal, [Problem::NotFound]);
}

#[tokio::test]
async fn a_secret_that_nobody_was_given_lets_nobody_in() {
    let desk = TestDesk::new();
    desk.access().install(&installation()).await.unwrap();
    let secret = TokenSecret::generate([31; 32]);
    assert_eq!(desk.access().authenticate(&secret).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_is_let_in_while_the_store_is_away() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    store.fail(Step::Read, 1, || StoreError::Unavailable("no route".into()));
    let outcome = desk.access().authenticate(&TokenSecret::generate([0; 32])).await;
    assert!(matches!(failed(outcome), StoreError::Unavailable(_)));
}

#[tokio::test]
async fn a_bearer_is_looked_up_once_in_a_while() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let access = desk.access();
    let secret = access.install(&installation()).await.unwrap().unwrap();
    let first = access.authenticate(&secret).await.unwrap().unwrap();
    let away = || StoreError::Unavailable("gone".into());
    store.fail(Step::Read, 2, away);

    desk.clock.advance(3_999);
    assert_eq!(access.authenticate(&secret).await.unwrap().unwrap(), first, "the store is not asked");
    desk.clock.advance(1);
    access.authenticate(&secret).await.unwrap_err();
    desk.clock.advance(-10_000);
    access.authenticate(&secret).await.unwrap_err();
    assert!(store.is_spent());
}

#[tokio::test]
async fn that_a_token_is_unknown_is_not_remembered() {
    let desk = TestDesk::new();
    let access = desk.access();
    let secret = TokenSecret::generate([7; 32]);
    assert_eq!(access.authenticate(&secret).await.unwrap(), None);
    let user = enrol(&desk, "Amina").await;
    let token = ApiToken { id: TokenId::new(desk.make.id()), user: user.id(), digest: secret.digest() };
    let mut work = desk.store.begin().await.unwrap();
    work.accounts().add_token(&token).await.unwrap();
    work.commit().await.unwrap();
    assert!(access.authenticate(&secret).await.unwrap().is_some());
}
