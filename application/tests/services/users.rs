//! What staff can do with users.

use orderdesk_application::Problem;
use orderdesk_application::services::{Browse as _, Precondition, Row, UserChange};
use orderdesk_contract::builders::text;
use orderdesk_contract::kinds::stored;
use orderdesk_domain::{ApiToken, Standing, UserId, UserName};
use uuid::Uuid;

use crate::common::{
    TestDesk, all, come_back, done, let_in, new_customer, on_version, refused, row, verified,
};

fn off() -> UserChange {
    UserChange { is_active: Some(false), ..UserChange::default() }
}

fn on() -> UserChange {
    UserChange { is_active: Some(true), ..UserChange::default() }
}

#[tokio::test]
async fn staff_see_every_user_with_their_address() {
    let desk = TestDesk::new();
    desk.access().sign_in(&verified("wanjiku", "wanjiku@duka.example"), None).await.unwrap();
    let staff = desk.caller(&desk.staff().await).await;
    let users = desk.users().list(&staff, all()).await.unwrap().objects;
    let addresses: Vec<_> = users.iter().filter_map(|it| it.user.account().email.as_ref()).collect();
    assert_eq!((users.len(), addresses.len()), (2, 1));
}

#[tokio::test]
async fn another_name_shows_wherever_the_user_does() {
    let (desk, shop) = TestDesk::with_shop().await;
    let created = desk.customers().create(&shop.caller(), new_customer(), None).await.map(done).unwrap();
    let secret = desk.token(&shop.owner).await;
    let_in(&desk.access(), &secret).await.unwrap();
    let staff = desk.caller(&desk.staff().await).await;
    let name = text(UserName::parse, "Juma");
    let change = UserChange { name: Some(name.clone()), ..UserChange::default() };
    let changed = desk.users().change(&staff, row(shop.owner.id().uuid(), change)).await.unwrap();
    assert_eq!((&changed.user.account().name, changed.user.version().number()), (&name, 2));
    assert_eq!(let_in(&desk.access(), &secret).await.unwrap().user.name, name);
    let found = desk.customers().find(&shop.caller(), created.customer.id().uuid()).await.unwrap();
    assert_eq!(found.created_by.unwrap().name, name);
}

#[tokio::test]
async fn who_becomes_staff_is_it_at_once_and_as_long_as_they_are() {
    let (desk, shop) = TestDesk::with_shop().await;
    let theirs = desk.shop().await;
    let secret = desk.token(&shop.owner).await;
    let caller = let_in(&desk.access(), &secret).await.unwrap();
    assert_eq!(desk.customers().list(&caller, all()).await.unwrap().count, Some(1));
    let staff = desk.caller(&desk.staff().await).await;
    for (is_staff, count) in [(true, 2), (false, 1)] {
        let change = UserChange { is_staff: Some(is_staff), ..UserChange::default() };
        desk.users().change(&staff, row(shop.owner.id().uuid(), change)).await.unwrap();
        let caller = let_in(&desk.access(), &secret).await.unwrap();
        assert_eq!(desk.customers().list(&caller, all()).await.unwrap().count, Some(count));
    }
    assert_ne!(theirs.organization.id(), shop.organization.id());
}

#[tokio::test]
async fn a_deactivated_user_is_refused_at_once_with_every_token_and_session() {
    let (desk, shop) = TestDesk::with_shop().await;
    let access = desk.access();
    let secret = desk.token(&shop.owner).await;
    let organization = Some(shop.organization.id());
    let (_, bound) = desk.token_with(&shop.owner, |token| ApiToken { organization, ..token }).await;
    let sessions = [
        access.sign_in_with_token(&secret, None).await.unwrap(),
        access.sign_in_with_token(&secret, None).await.unwrap(),
    ];
    let other = desk.somebody(&[(&shop, Standing::Viewer)]).await;
    let other = access.sign_in_with_token(&desk.token(&other).await, None).await.unwrap();
    for session in &sessions {
        assert!(come_back(&access, session).await.is_some());
    }
    for token in [&secret, &bound] {
        assert!(let_in(&access, token).await.is_some());
    }
    let staff = desk.caller(&desk.staff().await).await;
    desk.users().deactivate(&staff, shop.owner.id(), Precondition::default()).await.unwrap();
    for token in [&secret, &bound] {
        assert!(let_in(&access, token).await.is_none());
    }
    for session in &sessions {
        assert!(come_back(&access, session).await.is_none());
    }
    assert!(come_back(&access, &other).await.is_some(), "nobody else is signed out");
    let kept = stored(&*desk.store, &shop.owner).await.unwrap();
    assert!(!kept.account().is_active, "the user stays, as the author of what they wrote");
}

/// Tokens are the user's own to revoke, and good again; whoever was signed out signs in again.
#[tokio::test]
async fn who_is_reactivated_calls_with_their_tokens_and_has_to_sign_in() {
    let (desk, shop) = TestDesk::with_shop().await;
    let access = desk.access();
    let secret = desk.token(&shop.owner).await;
    let session = access.sign_in_with_token(&secret, None).await.unwrap();
    let staff = desk.caller(&desk.staff().await).await;
    desk.users().change(&staff, row(shop.owner.id().uuid(), off())).await.unwrap();
    desk.users().change(&staff, row(shop.owner.id().uuid(), on())).await.unwrap();
    assert_eq!(let_in(&access, &secret).await.unwrap().grants.len(), 1, "with what they had");
    assert!(come_back(&access, &session).await.is_none());
    access.sign_in_with_token(&secret, None).await.unwrap();
}

#[tokio::test]
async fn staff_can_neither_deactivate_themselves_nor_give_it_up() {
    let desk = TestDesk::new();
    let user = desk.staff().await;
    let staff = desk.caller(&user).await;
    let plain = UserChange { is_staff: Some(false), ..UserChange::default() };
    for change in [off(), plain] {
        let outcome = desk.users().change(&staff, row(user.id().uuid(), change)).await;
        assert_eq!(refused(outcome), [Problem::OwnAccount]);
    }
    let outcome = desk.users().deactivate(&staff, user.id(), Precondition::default()).await;
    assert_eq!(refused(outcome), [Problem::OwnAccount]);
    assert_eq!(stored(&*desk.store, &user).await, Some(user.clone()));
    let name = Some(text(UserName::parse, "The boss"));
    let renamed = UserChange { name, ..UserChange::default() };
    desk.users().change(&staff, row(user.id().uuid(), renamed)).await.unwrap();
    // Somebody else of the staff can do it.
    let other = desk.caller(&desk.staff().await).await;
    desk.users().deactivate(&other, user.id(), Precondition::default()).await.unwrap();
}

#[tokio::test]
async fn what_is_so_already_is_no_change() {
    let desk = TestDesk::new();
    let user = desk.somebody(&[]).await;
    let staff = desk.caller(&desk.staff().await).await;
    let before = desk.records().await;
    for change in [UserChange::default(), on()] {
        desk.users().change(&staff, row(user.id().uuid(), change)).await.unwrap();
    }
    assert_eq!(desk.records().await, before);
}

#[tokio::test]
async fn a_stale_version_is_refused_and_so_is_a_user_who_is_not_there() {
    let desk = TestDesk::new();
    let user = desk.somebody(&[]).await;
    let staff = desk.caller(&desk.staff().await).await;
    let stale = Row { precondition: on_version(2), ..row(user.id().uuid(), off()) };
    assert_eq!(refused(desk.users().change(&staff, stale).await), [Problem::Stale]);
    let nobody = UserId::new(Uuid::nil());
    let outcome = desk.users().deactivate(&staff, nobody, Precondition::default()).await;
    assert_eq!(refused(outcome), [Problem::NotFound]);
}
