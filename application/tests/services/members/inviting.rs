//! Inviting people.

use orderdesk_application::services::{Browse as _, NewMember, Precondition};
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::builders::{email, scopes};
use orderdesk_contract::kinds::count;
use orderdesk_domain::{
    Action, ApiToken, CustomerId, Member, Membership, OnlyViewersAreBound, OrganizationId, Resource, Role,
    Standing, Version,
};
use uuid::Uuid;

use crate::common::{TestDesk, done, new_member, refused};

#[tokio::test]
async fn an_invitation_is_kept_as_it_was_given() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, organization) = (shop.caller(), shop.organization.id());
    let new = new_member("Juma@Duka.example", Role::Member);
    let invited = desk.members().invite(&caller, organization, new, None).await.map(done).unwrap();
    let membership = &invited.membership;
    assert_eq!(membership.member(), &Member::Invited(email("juma@duka.example")));
    assert_eq!((membership.standing(), membership.version()), (Standing::Member, Version::FIRST));
    assert_eq!(invited.organization, shop.summary());
    assert_eq!((&invited.user, &invited.customer), (&None, &None));
    let found = desk.members().find(&caller, membership.id().uuid()).await.unwrap();
    assert_eq!(found, invited, "what is answered is what is stored");
}

#[tokio::test]
async fn an_address_is_invited_to_an_organization_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let caller = shop.caller();
    let invite = async |address, role| {
        let new = new_member(address, role);
        desk.members().invite(&caller, shop.organization.id(), new, None).await
    };
    invite("juma@duka.example", Role::Viewer).await.unwrap();
    let again = refused(invite("JUMA@duka.example", Role::Admin).await);
    assert_eq!(again, [Problem::MemberAlready(email("juma@duka.example"))]);
    assert_eq!(count::<Membership>(&*desk.store).await, 2);
    invite("jumaa@duka.example", Role::Viewer).await.unwrap();
}

#[tokio::test]
async fn two_organizations_may_invite_the_same_address_and_hear_nothing_of_one_another() {
    let (desk, shop) = TestDesk::with_shop().await;
    let other = desk.shop().await;
    for shop in [&shop, &other] {
        let new = new_member("juma@duka.example", Role::Viewer);
        desk.members().invite(&shop.caller(), shop.organization.id(), new, None).await.unwrap();
    }
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_can_be_given_again() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (caller, organization) = (shop.caller(), shop.organization.id());
    let invite = async || {
        let new = new_member("juma@duka.example", Role::Viewer);
        desk.members().invite(&caller, organization, new, None).await.map(done).unwrap()
    };
    let first = invite().await.membership.id();
    desk.members().remove(&caller, first, &Precondition::default()).await.unwrap();
    assert_eq!(desk.organization(organization).await.members().all, 1, "who never came is not counted");
    assert_ne!(invite().await.membership.id(), first);
}

#[tokio::test]
async fn only_a_viewer_is_bound_to_a_customer_and_to_one_of_the_organization() {
    let (desk, shop) = TestDesk::with_shop().await;
    let theirs = desk.shop().await;
    let caller = shop.caller();
    let invite = async |role, customer: CustomerId| {
        let new = NewMember { customer: Some(customer), ..new_member("juma@duka.example", role) };
        desk.members().invite(&caller, shop.organization.id(), new, None).await
    };
    for role in [Role::Member, Role::Admin] {
        let refusal = refused(invite(role, shop.customer.id()).await);
        assert_eq!(refusal, [Problem::Bound(OnlyViewersAreBound)]);
    }
    for customer in [theirs.customer.id(), CustomerId::new(Uuid::nil())] {
        let refusal = refused(invite(Role::Viewer, customer).await);
        assert_eq!(refusal, [Problem::GuestOfUnknown(customer)], "theirs is as unknown as none");
    }
    assert_eq!(count::<Membership>(&*desk.store).await, 2);
    let invited = invite(Role::Viewer, shop.customer.id()).await.map(done).unwrap();
    assert_eq!(invited.membership.standing(), Standing::Guest(shop.customer.id()));
    assert_eq!(invited.customer.unwrap().code, shop.customer.profile().code);
}

#[tokio::test]
async fn nobody_is_invited_to_what_the_caller_does_not_see() {
    let (desk, shop) = TestDesk::with_shop().await;
    let theirs = desk.shop().await;
    for organization in [theirs.organization.id(), OrganizationId::new(Uuid::nil())] {
        let new = new_member("juma@duka.example", Role::Admin);
        let outcome = desk.members().invite(&shop.caller(), organization, new, None).await;
        assert_eq!(refused(outcome), [Problem::NotFound]);
    }
}

#[tokio::test]
async fn who_may_not_invite_is_told_so() {
    let (desk, shop) = TestDesk::with_shop().await;
    let guest = Standing::Guest(shop.customer.id());
    for standing in [guest, Standing::Viewer, Standing::Member] {
        let caller = desk.member(&shop, standing).await;
        let new = new_member("juma@duka.example", Role::Viewer);
        let outcome = desk.members().invite(&caller, shop.organization.id(), new, None).await;
        assert_eq!(refused(outcome), [Problem::Forbidden(Action::Create, Resource::Members)], "{standing:?}");
    }
}

/// An integration that keeps the list of members need not be good for anything else.
#[tokio::test]
async fn a_token_for_members_alone_invites() {
    let (desk, shop) = TestDesk::with_shop().await;
    let limited = |spelled| {
        let scopes = scopes(spelled);
        desk.limited(&shop.owner, |token| ApiToken { scopes, ..token })
    };
    let invite = async |caller: Caller| {
        let new = new_member("juma@duka.example", Role::Viewer);
        desk.members().invite(&caller, shop.organization.id(), new, None).await
    };
    let forbidden = [Problem::Forbidden(Action::Create, Resource::Members)];
    assert_eq!(refused(invite(limited("read organizations:write").await).await), forbidden);
    assert_eq!(refused(invite(limited("members:read").await).await), forbidden);
    invite(limited("members:write").await).await.unwrap();
}
