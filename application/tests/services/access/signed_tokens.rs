//! Bearers of tokens that an issuer signed.

use std::sync::Arc;

use async_trait::async_trait;
use mockall::mock;
use orderdesk_application::ports::{Clock as _, IdentityError, TokenVerifier, Voucher};
use orderdesk_application::services::{AccessService, Credentials, UserChange};
use orderdesk_application::{Caller, Error, Problem};
use orderdesk_contract::builders::{email, text};
use orderdesk_contract::kinds::{count, everything, keep};
use orderdesk_domain::{
    Credential, Member, Membership, MembershipId, Organization, Standing, Timestamp, User, UserName,
};

use crate::common::{
    FaultyStore, STAFF, TestDesk, done, issuer, new_customer, new_token, refused, row, verified, voucher,
};

mock! {
    Verifier {}

    #[async_trait]
    impl TokenVerifier for Verifier {
        async fn verify(&self, token: &str, now: Timestamp) -> Result<Voucher, IdentityError>;
    }
}

/// Lets in the bearers of `token`, for whom it vouches like that, so many times.
fn vouching(desk: &TestDesk, times: usize, token: &'static str, voucher: &Voucher) -> AccessService {
    let (voucher, now) = (voucher.clone(), desk.clock.now());
    let mut verifier = MockVerifier::new();
    verifier
        .expect_verify()
        .withf(move |presented, at| presented == token && *at >= now)
        .times(times)
        .returning(move |_, _| Ok(voucher.clone()));
    desk.access_with(Some(Arc::new(verifier)))
}

/// Answers every token with this failure, once.
fn failing(desk: &TestDesk, failure: impl Fn() -> IdentityError + Send + 'static) -> AccessService {
    let mut verifier = MockVerifier::new();
    verifier.expect_verify().once().returning(move |_, _| Err(failure()));
    desk.access_with(Some(Arc::new(verifier)))
}

fn signed(token: &str) -> Credentials {
    Credentials::Signed(token.to_owned())
}

async fn enter(access: &AccessService, token: &str) -> Option<Caller> {
    let principal = access.authenticate(&signed(token)).await.unwrap()?;
    Some(Caller { principal, address: None })
}

#[tokio::test]
async fn an_unknown_subject_becomes_a_user_with_an_organization_as_at_a_first_sign_in() {
    let desk = TestDesk::new();
    let access = vouching(&desk, 1, "head.body.signature", &voucher("somebody"));
    let caller = enter(&access, "head.body.signature").await.unwrap();
    assert_eq!(caller.user.name, text(UserName::parse, "Wanjiku Kamau"));
    assert_eq!(caller.credential, Credential::Issuer(issuer()));
    let [grant] = caller.grants.as_slice() else { panic!("{caller:?}") };
    assert_eq!(grant.standing, Standing::Admin);
    let created = desk.customers().create(&caller, new_customer(), None).await.map(done).unwrap();
    assert_eq!(created.organization, grant.organization);
    let store = &*desk.store;
    assert_eq!((count::<User>(store).await, count::<Organization>(store).await), (1, 1));
}

#[tokio::test]
async fn a_known_subject_is_the_same_user_and_nothing_is_written() {
    let store = Arc::new(FaultyStore::default());
    let desk = TestDesk::on(store.clone());
    let first = enter(&vouching(&desk, 1, "one", &voucher("somebody")), "one").await.unwrap();
    let (before, _) = (desk.records().await, store.begun());
    let second = enter(&vouching(&desk, 1, "two", &voucher("somebody")), "two").await.unwrap();
    assert_eq!((second.user.clone(), second.grants.clone()), (first.user.clone(), first.grants.clone()));
    assert_eq!((store.begun(), desk.records().await), (0, before));
    let other = enter(&vouching(&desk, 1, "three", &voucher("somebody else")), "three").await.unwrap();
    assert_ne!(other.user.id, first.user.id);
}

/// Calls of somebody whom nobody has seen before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_first_calls_at_once_one_user_comes() {
    let desk = TestDesk::new();
    let mut verifier = MockVerifier::new();
    verifier.expect_verify().returning(|_, _| Ok(voucher("somebody")));
    let access = desk.access_with(Some(Arc::new(verifier)));
    let calls = (0..20).map(|number| {
        let access = access.clone();
        tokio::spawn(async move { enter(&access, &format!("token {number}")).await.unwrap().user.id })
    });
    let mut ids = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        ids.push(call.await.unwrap());
    }
    ids.dedup();
    let store = &*desk.store;
    assert_eq!((ids.len(), count::<User>(store).await, count::<Organization>(store).await), (1, 1, 1));
}

#[tokio::test]
async fn an_issuer_is_asked_once_in_a_while_and_no_longer_than_the_token_lasts() {
    let desk = TestDesk::new();
    let vouched = Voucher { expires_at: Some(desk.clock.later(6_000)), ..voucher("somebody") };
    let access = vouching(&desk, 3, "token", &vouched);
    let caller = enter(&access, "token").await.unwrap();
    assert_eq!(caller.expires_at, vouched.expires_at);
    desk.clock.advance(3_999);
    enter(&access, "token").await.unwrap();
    desk.clock.advance(1);
    enter(&access, "token").await.unwrap();
    desk.clock.advance(1_999);
    enter(&access, "token").await.unwrap();
    // What to make of an expired token is the verifier's to say: it is asked.
    desk.clock.advance(1);
    enter(&access, "token").await.unwrap();
}

#[tokio::test]
async fn what_an_issuer_does_not_vouch_for_lets_nobody_in_and_makes_nobody() {
    let desk = TestDesk::new();
    let refused = || IdentityError::Refused("the signature does not match".into());
    assert_eq!(enter(&failing(&desk, refused), "token").await, None);
    assert_eq!(enter(&failing(&desk, || IdentityError::NotAdmitted), "token").await, None);
    assert_eq!(enter(&desk.access(), "token").await, None, "nobody verifies tokens here");
    assert_eq!(desk.records().await, []);
}

#[tokio::test]
async fn an_issuer_that_cannot_be_asked_is_no_refusal() {
    let desk = TestDesk::new();
    let access = failing(&desk, || IdentityError::Unavailable("connection refused".into()));
    let outcome = access.authenticate(&signed("token")).await;
    assert!(matches!(outcome, Err(Error::Identity(IdentityError::Unavailable(_)))), "{outcome:?}");
}

#[tokio::test]
async fn a_deactivated_user_is_refused_with_a_signed_token_at_once() {
    let desk = TestDesk::new();
    let access = vouching(&desk, 2, "token", &voucher("somebody"));
    let caller = enter(&access, "token").await.unwrap();
    let staff = desk.caller(&desk.staff().await).await;
    let off = UserChange { is_active: Some(false), ..UserChange::default() };
    desk.users().change(&staff, row(caller.user.id.uuid(), off)).await.unwrap();
    let before = desk.records().await;
    assert_eq!(enter(&access, "token").await, None);
    assert_eq!(desk.records().await, before, "nobody is enrolled anew");
}

#[tokio::test]
async fn an_enrolled_bearer_belongs_where_their_verified_address_was_invited() {
    let (desk, shop) = TestDesk::with_shop().await;
    let member = Member::Invited(email("wanjiku@duka.example"));
    let id = MembershipId::new(desk.make.id());
    let invitation = Membership::grant(id, shop.organization.id(), member, Standing::Viewer);
    keep(&*desk.store, &invitation).await;
    let access = vouching(&desk, 1, "token", &verified("somebody", "wanjiku@duka.example"));
    let caller = enter(&access, "token").await.unwrap();
    let here = caller.grants.iter().find(|grant| grant.organization.id == shop.organization.id());
    assert_eq!(here.unwrap().standing, Standing::Viewer);
}

#[tokio::test]
async fn a_configured_address_is_staff_with_a_signed_token_too() {
    let desk = TestDesk::new();
    let access = vouching(&desk, 1, "token", &verified("boss", STAFF));
    assert!(enter(&access, "token").await.unwrap().is_staff);
    let users = everything::<User>(&*desk.store).await.rows;
    assert_eq!(users[0].user.account().email, Some(email(STAFF)));
}

#[tokio::test]
async fn the_bearer_of_a_signed_token_makes_no_token_that_lasts_longer() {
    let desk = TestDesk::new();
    let vouched = Voucher { expires_at: Some(desk.clock.later(60_000)), ..voucher("somebody") };
    let caller = enter(&vouching(&desk, 1, "token", &vouched), "token").await.unwrap();
    let new = new_token("forever");
    let refusal = refused(desk.api_tokens().create(&caller, new, None).await);
    assert!(matches!(refusal.as_slice(), [Problem::LongerThanOwn(_)]), "{refusal:?}");
}
