//! Setting up a store, and what the command line does.

use std::sync::Arc;

use orderdesk_application::ports::{Clock as _, StoreError};
use orderdesk_application::services::{Installation, NewUser};
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::builders::{currency, text, time_zone};
use orderdesk_contract::kinds::{count, keep};
use orderdesk_domain::{
    Account, Members, OrganizationId, OrganizationName, Standing, TokenSecret, User, UserId, UserName,
};
use uuid::Uuid;

use crate::common::{FaultyStore, Step, TestDesk, done, failed, let_in, new_customer, refused};

fn user_name(name: &str) -> UserName {
    text(UserName::parse, name)
}

fn installation() -> Installation {
    Installation {
        organization: text(OrganizationName::parse, "Duka"),
        currency: currency("TZS"),
        time_zone: time_zone("Africa/Dar_es_Salaam"),
        administrator: user_name("Amina"),
    }
}

async fn bearer(desk: &TestDesk, secret: &TokenSecret) -> Caller {
    let_in(&desk.access(), secret).await.unwrap()
}

/// Makes another user of this name, past the services.
async fn enrol(desk: &TestDesk, name: &str) -> User {
    let user = User::enrol(UserId::new(desk.make.id()), None, Account::named(user_name(name)));
    keep(&*desk.store, &user).await;
    user
}

#[tokio::test]
async fn a_new_store_gets_an_organization_and_an_administrator_with_a_token() {
    let desk = TestDesk::new();
    let secret = desk.access().install(&installation()).await.unwrap().unwrap();
    let principal = bearer(&desk, &secret).await;
    assert_eq!(principal.user.name, user_name("Amina"));
    assert_eq!(principal.user.id.created_at(), desk.clock.now());
    let [grant] = principal.grants.as_slice() else { panic!("not one grant: {principal:?}") };
    let charter = desk.organization(grant.organization.id).await.charter().clone();
    assert_eq!(grant.standing, Standing::Admin);
    assert_eq!(charter.name, text(OrganizationName::parse, "Duka"));
    assert_eq!(charter.default_currency, currency("TZS"));
    assert_eq!(charter.time_zone, time_zone("Africa/Dar_es_Salaam"));
    let created = desk.customers().create(&principal, new_customer(), None).await.map(done).unwrap();
    assert_eq!(created.organization, grant.organization, "the administrator can begin at once");
}

#[tokio::test]
async fn a_store_that_is_set_up_is_left_alone() {
    let desk = TestDesk::new();
    let secret = desk.access().install(&installation()).await.unwrap().unwrap();
    let before = bearer(&desk, &secret).await;
    assert_eq!(desk.access().install(&installation()).await.unwrap(), None);
    assert_eq!(bearer(&desk, &secret).await, before);
    assert_eq!(count::<User>(&*desk.store).await, 1);
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
    assert_eq!(bearer(&desk, &secret).await.grants.len(), 1);
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
    let (first, second) = (bearer(&desk, &first).await, bearer(&desk, &second).await);
    assert_eq!((&first.user, &first.grants), (&second.user, &second.grants));
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
async fn somebody_is_added_where_and_as_what_the_operator_says() {
    let (desk, shop) = TestDesk::with_shop().await;
    let organization = Some((shop.organization.id(), Standing::Admin));
    let new = NewUser { name: user_name("Juma"), is_staff: false, organization };
    let caller = bearer(&desk, &desk.access().add_user(&new).await.unwrap()).await;
    assert_eq!((&caller.user.name, caller.is_staff), (&user_name("Juma"), false));
    let [grant] = caller.grants.as_slice() else { panic!("not one grant: {caller:?}") };
    assert_eq!((grant.organization.id, grant.standing), (shop.organization.id(), Standing::Admin));
    let members = desk.organization(shop.organization.id()).await.members();
    assert_eq!(members, Members { all: 2, administrators: 2 }, "who joins is counted");
}

#[tokio::test]
async fn somebody_is_added_to_the_staff_who_belongs_nowhere() {
    let desk = TestDesk::new();
    let new = NewUser { name: user_name("Juma"), is_staff: true, organization: None };
    let caller = bearer(&desk, &desk.access().add_user(&new).await.unwrap()).await;
    assert!(caller.is_staff && caller.grants.is_empty());
}

#[tokio::test]
async fn nobody_is_added_to_an_organization_that_is_not_there() {
    let (desk, _) = TestDesk::with_shop().await;
    let before = desk.records().await;
    let nothing = OrganizationId::new(Uuid::nil());
    let organization = Some((nothing, Standing::Member));
    let new = NewUser { name: user_name("Juma"), is_staff: false, organization };
    assert_eq!(refused(desk.access().add_user(&new).await), [Problem::OrganizationUnknown(nothing)]);
    assert_eq!(desk.records().await, before);
}
