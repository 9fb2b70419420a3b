//! Giving members another role.

use orderdesk_application::Problem;
use orderdesk_application::services::{MemberChange, Row};
use orderdesk_application::views::MembershipDetails;
use orderdesk_contract::kinds::{keep, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    ApiToken, CustomerId, Members, Membership, OnlyViewersAreBound, Role, Standing, TokenSecret,
};
use uuid::Uuid;

use crate::common::{TestDesk, let_in, on_version, reappoint, refused, row};

/// A shop, and somebody of this standing in it with a token.
async fn member(standing: impl FnOnce(&Shop) -> Standing) -> (TestDesk, Shop, Membership, TokenSecret) {
    let (desk, shop) = TestDesk::with_shop().await;
    let user = desk.somebody(&[]).await;
    let membership = desk.join(shop.organization.id(), &user, standing(&shop)).await;
    let secret = desk.token(&user).await;
    (desk, shop, membership, secret)
}

async fn change(
    desk: &TestDesk,
    shop: &Shop,
    membership: &Membership,
    change: MemberChange,
) -> orderdesk_application::error::Result<MembershipDetails> {
    desk.members().change(&shop.caller(), row(membership.id().uuid(), change)).await
}

#[tokio::test]
async fn another_role_takes_effect_at_once_and_is_counted() {
    let (desk, shop, membership, secret) = member(|_| Standing::Viewer).await;
    assert_eq!(let_in(&desk.access(), &secret).await.unwrap().grants[0].standing, Standing::Viewer);
    desk.clock.advance(1);
    let members = async || desk.organization(shop.organization.id()).await.members();
    for (role, standing, administrators) in [
        (Role::Admin, Standing::Admin, 2),
        (Role::Member, Standing::Member, 1),
        (Role::Viewer, Standing::Viewer, 1),
    ] {
        let changed = change(&desk, &shop, &membership, reappoint(role)).await.unwrap();
        assert_eq!(changed.membership.standing(), standing);
        assert_eq!(stored(&*desk.store, &membership).await, Some(changed.membership));
        assert_eq!(let_in(&desk.access(), &secret).await.unwrap().grants[0].standing, standing);
        assert_eq!(members().await, Members { all: 2, administrators });
    }
}

#[tokio::test]
async fn the_role_that_somebody_has_is_no_change() {
    let (desk, shop, membership, _) = member(|_| Standing::Member).await;
    let before = desk.records().await;
    let keep = MemberChange { role: None, customer: None };
    for same in [keep, reappoint(Role::Member)] {
        let changed = change(&desk, &shop, &membership, same).await.unwrap();
        assert_eq!(changed.membership, membership);
    }
    assert_eq!(desk.records().await, before, "not even the organization has another version");
}

#[tokio::test]
async fn a_viewer_becomes_the_guest_of_a_customer_and_back() {
    let (desk, shop, membership, secret) = member(|_| Standing::Viewer).await;
    let customer = shop.customer.id();
    let bind = MemberChange { role: None, customer: Some(Some(customer)) };
    let changed = change(&desk, &shop, &membership, bind).await.unwrap();
    assert_eq!(changed.membership.standing(), Standing::Guest(customer));
    assert_eq!(changed.customer.unwrap().id, customer);
    assert_eq!(let_in(&desk.access(), &secret).await.unwrap().grants[0].standing, Standing::Guest(customer));
    let still = change(&desk, &shop, &membership, MemberChange { role: Some(Role::Viewer), customer: None });
    assert_eq!(still.await.unwrap().membership.standing(), Standing::Guest(customer));
    let release = MemberChange { role: None, customer: Some(None) };
    let changed = change(&desk, &shop, &membership, release).await.unwrap();
    assert_eq!((changed.membership.standing(), changed.customer), (Standing::Viewer, None));
}

#[tokio::test]
async fn a_guest_who_is_to_be_more_is_released_first_or_at_once() {
    let (desk, shop, membership, _) = member(|shop| Standing::Guest(shop.customer.id())).await;
    let promote = MemberChange { role: Some(Role::Member), customer: None };
    let refusal = refused(change(&desk, &shop, &membership, promote).await);
    assert_eq!(refusal, [Problem::Bound(OnlyViewersAreBound)]);
    let changed = change(&desk, &shop, &membership, reappoint(Role::Member)).await.unwrap();
    assert_eq!(changed.membership.standing(), Standing::Member);
}

#[tokio::test]
async fn nobody_becomes_the_guest_of_a_customer_of_others() {
    let (desk, shop, membership, _) = member(|_| Standing::Viewer).await;
    let theirs = desk.shop().await.customer.id();
    for customer in [theirs, CustomerId::new(Uuid::nil())] {
        let bind = MemberChange { role: None, customer: Some(Some(customer)) };
        let refusal = refused(change(&desk, &shop, &membership, bind).await);
        assert_eq!(refusal, [Problem::GuestOfUnknown(customer)]);
    }
}

#[tokio::test]
async fn an_invitation_can_be_for_another_role_and_counts_nobody() {
    let (desk, shop) = TestDesk::with_shop().await;
    let invitation = desk.make.invitation(shop.organization.id(), Standing::Viewer);
    keep(&*desk.store, &invitation).await;
    let changed = change(&desk, &shop, &invitation, reappoint(Role::Admin)).await.unwrap();
    assert_eq!(changed.membership.standing(), Standing::Admin);
    assert_eq!(desk.organization(shop.organization.id()).await, shop.organization);
    change(&desk, &shop, &invitation, reappoint(Role::Viewer)).await.unwrap();
}

#[tokio::test]
async fn a_stale_version_is_refused() {
    let (desk, shop, membership, _) = member(|_| Standing::Viewer).await;
    change(&desk, &shop, &membership, reappoint(Role::Member)).await.unwrap();
    let before = desk.records().await;
    let stale = Row { precondition: on_version(1), ..row(membership.id().uuid(), reappoint(Role::Admin)) };
    assert_eq!(refused(desk.members().change(&shop.caller(), stale).await), [Problem::Stale]);
    let removed = desk.members().remove(&shop.caller(), membership.id(), &on_version(1)).await;
    assert_eq!(refused(removed), [Problem::Stale]);
    assert_eq!(desk.records().await, before);
}

/// Nobody makes themselves more than they are.
#[tokio::test]
async fn a_member_gives_nobody_another_role_not_even_themselves() {
    let (desk, shop) = TestDesk::with_shop().await;
    for standing in [Standing::Guest(shop.customer.id()), Standing::Viewer, Standing::Member] {
        let user = desk.somebody(&[]).await;
        let own = desk.join(shop.organization.id(), &user, standing).await;
        let caller = desk.limited(&user, |token: ApiToken| token).await;
        let outcome = desk.members().change(&caller, row(own.id().uuid(), reappoint(Role::Admin))).await;
        let refusal = refused(outcome);
        assert!(matches!(refusal.as_slice(), [Problem::Forbidden(..)]), "{standing:?}: {refusal:?}");
        assert_eq!(stored(&*desk.store, &own).await, Some(own));
    }
}
