//! Finding out who calls, and for how long that is believed.

use std::sync::Arc;

use orderdesk_application::ports::StoreError;
use orderdesk_application::services::{Credentials, Precondition};
use orderdesk_contract::kinds::keep;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{ApiToken, Credential, SessionSecret, Standing, TokenSecret};

use crate::common::{FaultyStore, Step, TestDesk, come_back, failed, let_in};

fn away() -> StoreError {
    StoreError::Unavailable("no route".into())
}

/// A shop in a store that can be made to fail, and a token of its owner.
async fn trial() -> (Arc<FaultyStore>, TestDesk, Shop, ApiToken, TokenSecret) {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let shop = desk.shop().await;
    let (token, secret) = desk.token_with(&shop.owner, |token| token).await;
    (store, desk, shop, token, secret)
}

#[tokio::test]
async fn a_bearer_is_who_was_given_the_token_and_may_do_what_they_may() {
    let (_, desk, shop, token, secret) = trial().await;
    let caller = let_in(&desk.access(), &secret).await.unwrap();
    assert_eq!(caller.user, (&shop.owner).into());
    assert_eq!(caller.credential, Credential::Token(token.id));
    let grants: Vec<_> = caller.grants.iter().map(|grant| (&grant.organization, grant.standing)).collect();
    assert_eq!(grants, [(&shop.summary(), Standing::Admin)]);
    assert!(!caller.is_staff && caller.bound_to.is_none() && caller.expires_at.is_none());
}

#[tokio::test]
async fn a_secret_that_nobody_was_given_lets_nobody_in() {
    let (_, desk, ..) = trial().await;
    assert_eq!(let_in(&desk.access(), &TokenSecret::generate([31; 32])).await, None);
    assert_eq!(come_back(&desk.access(), &SessionSecret::generate([31; 32])).await, None);
}

#[tokio::test]
async fn nobody_is_let_in_while_the_store_is_away() {
    let (store, desk, .., secret) = trial().await;
    store.fail(Step::Read, 1, away);
    let outcome = desk.access().authenticate(&Credentials::Token(secret)).await;
    assert!(matches!(failed(outcome), StoreError::Unavailable(_)));
}

#[tokio::test]
async fn a_bearer_is_looked_up_once_in_a_while() {
    let (store, desk, .., secret) = trial().await;
    let (access, credentials) = (desk.access(), Credentials::Token(secret.clone()));
    let first = let_in(&access, &secret).await.unwrap();
    store.fail(Step::Read, 2, away);

    desk.clock.advance(3_999);
    assert_eq!(let_in(&access, &secret).await.unwrap(), first, "the store is not asked");
    desk.clock.advance(1);
    access.authenticate(&credentials).await.unwrap_err();
    // A clock that was set back says nothing about what is old.
    desk.clock.advance(-10_000);
    access.authenticate(&credentials).await.unwrap_err();
    assert!(store.is_spent());
}

#[tokio::test]
async fn that_a_token_is_unknown_is_not_remembered() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (token, secret) = desk.make.token(shop.owner.id());
    assert_eq!(let_in(&desk.access(), &secret).await, None);
    keep(&*desk.store, &token).await;
    assert!(let_in(&desk.access(), &secret).await.is_some());
}

#[tokio::test]
async fn a_token_that_has_expired_lets_nobody_in_however_fresh_its_look() {
    let (desk, shop) = TestDesk::with_shop().await;
    let expires_at = Some(desk.clock.later(1_000));
    let (_, secret) = desk.token_with(&shop.owner, |token| ApiToken { expires_at, ..token }).await;
    desk.clock.advance(999);
    let caller = let_in(&desk.access(), &secret).await.unwrap();
    assert_eq!(caller.expires_at, expires_at);
    desk.clock.advance(1);
    assert_eq!(let_in(&desk.access(), &secret).await, None);
    desk.clock.advance(10_000);
    assert_eq!(let_in(&desk.access(), &secret).await, None);
}

/// What one program does another hears of after a few seconds.
#[tokio::test]
async fn another_program_on_the_store_believes_what_it_found_out_for_four_seconds() {
    let (store, here, shop, token, secret) = trial().await;
    let there = TestDesk::on(store);
    assert!(let_in(&here.access(), &secret).await.is_some());
    assert!(let_in(&there.access(), &secret).await.is_some());
    here.api_tokens().revoke(&shop.caller(), token.id, &Precondition::default()).await.unwrap();

    assert_eq!(let_in(&here.access(), &secret).await, None, "at once");
    there.clock.advance(3_999);
    assert!(let_in(&there.access(), &secret).await.is_some());
    there.clock.advance(1);
    assert_eq!(let_in(&there.access(), &secret).await, None);
}

/// A look at what is no longer so, which ends after everybody was to be forgotten.
#[tokio::test]
async fn what_was_looked_up_before_a_change_is_not_remembered_after_it() {
    let (store, desk, shop, token, secret) = trial().await;
    let (tokens, owner) = (desk.api_tokens(), shop.caller());
    store.meanwhile(async move {
        tokens.revoke(&owner, token.id, &Precondition::default()).await.unwrap();
    });
    assert!(let_in(&desk.access(), &secret).await.is_some(), "it was good when it was looked at");
    assert_eq!(let_in(&desk.access(), &secret).await, None);
}

#[tokio::test]
async fn what_somebody_may_do_changes_at_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let user = desk.somebody(&[]).await;
    let secret = desk.token(&user).await;
    let access = desk.access();
    assert_eq!(let_in(&access, &secret).await.unwrap().grants.len(), 0);
    // Past the services nobody hears of it.
    let membership = desk.join(shop.organization.id(), &user, Standing::Viewer).await;
    assert_eq!(let_in(&access, &secret).await.unwrap().grants.len(), 0);
    desk.clock.advance(4_000);
    assert_eq!(let_in(&access, &secret).await.unwrap().grants.len(), 1);
    let any = Precondition::default();
    desk.members().remove(&shop.caller(), membership.id(), &any).await.unwrap();
    assert_eq!(let_in(&access, &secret).await.unwrap().grants.len(), 0);
}
