//! Tokens that are bound to one organization.

use std::collections::BTreeSet;

use orderdesk_application::services::{Browse as _, NewCustomer, Precondition};
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Account, Action, ApiToken, Resource, Standing, User, UserId};

use crate::common::{TestDesk, all, done, new_customer, new_organization, new_token, refused, seen};

/// A caller with a token for `shop` only.
async fn bound(desk: &TestDesk, user: &User, shop: &Shop) -> Caller {
    let organization = Some(shop.organization.id());
    desk.limited(user, |token| ApiToken { organization, ..token }).await
}

/// Somebody who administers two shops, and a token of theirs for the first.
async fn trial() -> (TestDesk, Shop, Shop, Caller) {
    let desk = TestDesk::new();
    let (here, there) = (desk.shop().await, desk.shop().await);
    let user = desk.somebody(&[(&here, Standing::Admin), (&there, Standing::Admin)]).await;
    let caller = bound(&desk, &user, &here).await;
    (desk, here, there, caller)
}

#[tokio::test]
async fn a_bound_token_sees_its_organization_and_no_other() {
    let (desk, here, there, caller) = trial().await;
    let only = |id| BTreeSet::from([id]);
    assert_eq!(seen(&desk.customers(), &caller).await.unwrap(), only(here.customer.id().uuid()));
    assert_eq!(seen(&desk.items(), &caller).await.unwrap(), only(here.item.id().uuid()));
    assert_eq!(seen(&desk.organizations(), &caller).await.unwrap(), only(here.organization.id().uuid()));
    let memberships = desk.members().list(&caller, all()).await.unwrap().objects;
    assert_eq!(memberships.len(), 2, "the owner's and the caller's");
    assert!(memberships.iter().all(|it| it.organization == here.summary()), "not even their own elsewhere");
    let theirs = there.customer.id().uuid();
    assert_eq!(refused(desk.customers().find(&caller, theirs).await), [Problem::NotFound]);
}

#[tokio::test]
async fn a_bound_token_writes_in_its_organization_and_in_no_other() {
    let (desk, here, there, caller) = trial().await;
    // There is only one to choose from.
    let created = desk.customers().create(&caller, new_customer(), None).await.map(done).unwrap();
    assert_eq!(created.organization, here.summary());
    let organization = Some(there.organization.id());
    let elsewhere = NewCustomer { organization, ..new_customer() };
    let refusal = refused(desk.customers().create(&caller, elsewhere, None).await);
    assert_eq!(refusal, [Problem::OrganizationUnknown(there.organization.id())]);
    let founded = desk.organizations().create(&caller, new_organization("Soko"), None).await;
    assert_eq!(refused(founded), [Problem::Forbidden(Action::Create, Resource::Organizations)]);
}

#[tokio::test]
async fn a_bound_token_does_not_leave_other_organizations() {
    let desk = TestDesk::new();
    let (here, there) = (desk.shop().await, desk.shop().await);
    let user = desk.somebody(&[(&here, Standing::Admin)]).await;
    let elsewhere = desk.join(there.organization.id(), &user, Standing::Admin).await;
    let caller = bound(&desk, &user, &here).await;
    let left = desk.members().remove(&caller, elsewhere.id(), &Precondition::default()).await;
    assert_eq!(refused(left), [Problem::NotFound]);
}

#[tokio::test]
async fn a_bound_token_makes_no_token_that_reaches_further() {
    let (desk, here, there, caller) = trial().await;
    let created = desk.api_tokens().create(&caller, new_token("Till"), None).await.map(done).unwrap();
    assert_eq!(created.details.organization, Some(here.summary()));
    let organization = Some(there.organization.id());
    let new = orderdesk_application::services::NewApiToken { organization, ..new_token("Till 2") };
    let refusal = refused(desk.api_tokens().create(&caller, new, None).await);
    assert_eq!(refusal, [Problem::OrganizationUnknown(there.organization.id())]);
}

/// To be staff is to reach everything; a bound token is to reach one organization.
#[tokio::test]
async fn a_bound_token_of_staff_is_good_for_what_they_are_in_the_organization() {
    let desk = TestDesk::new();
    let (here, there) = (desk.shop().await, desk.shop().await);
    let account = Account { is_staff: true, ..desk.make.account() };
    let user = User::enrol(UserId::new(desk.make.id()), None, account);
    orderdesk_contract::kinds::keep(&*desk.store, &user).await;
    desk.join(here.organization.id(), &user, Standing::Viewer).await;

    let caller = bound(&desk, &user, &here).await;
    let only = BTreeSet::from([here.customer.id().uuid()]);
    assert_eq!(seen(&desk.customers(), &caller).await.unwrap(), only);
    let created = desk.customers().create(&caller, new_customer(), None).await;
    assert_eq!(refused(created), [Problem::Forbidden(Action::Create, Resource::Customers)]);
    let users = desk.users().list(&caller, all()).await;
    assert_eq!(refused(users), [Problem::Forbidden(Action::Read, Resource::Users)]);

    let caller = bound(&desk, &user, &there).await;
    let nothing = desk.customers().list(&caller, all()).await;
    assert_eq!(refused(nothing), [Problem::Forbidden(Action::Read, Resource::Customers)]);
}

#[tokio::test]
async fn a_token_bound_to_an_organization_that_is_gone_is_good_for_nothing_there() {
    let (desk, shop) = TestDesk::with_shop().await;
    let founded = desk.organizations().create(&shop.caller(), new_organization("Soko"), None).await;
    let founded = founded.map(done).unwrap().organization;
    let organization = Some(founded.id());
    let (token, secret) = desk.token_with(&shop.owner, |token| ApiToken { organization, ..token }).await;
    let caller = crate::common::let_in(&desk.access(), &secret).await.unwrap();
    desk.organizations().delete(&caller, founded.id(), &Precondition::default()).await.unwrap();

    let caller = crate::common::let_in(&desk.access(), &secret).await.unwrap();
    let forbidden = |resource| [Problem::Forbidden(Action::Read, resource)];
    assert_eq!(refused(desk.customers().list(&caller, all()).await), forbidden(Resource::Customers));
    let listed = desk.api_tokens().find(&shop.caller(), token.id.uuid()).await.unwrap();
    assert_eq!((listed.token.organization, listed.organization), (organization, None));
}
