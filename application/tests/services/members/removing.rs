//! Ending memberships.

use orderdesk_application::Problem;
use orderdesk_application::services::Precondition;
use orderdesk_contract::kinds::{count, stored};
use orderdesk_domain::{Action, Members, Membership, Resource, Standing};

use crate::common::{TestDesk, let_in, refused};

fn any() -> Precondition {
    Precondition::default()
}

#[tokio::test]
async fn who_is_removed_sees_nothing_any_more_at_once() {
    let (desk, shop) = TestDesk::with_shop().await;
    let user = desk.somebody(&[]).await;
    let membership = desk.join(shop.organization.id(), &user, Standing::Member).await;
    let secret = desk.token(&user).await;
    assert_eq!(let_in(&desk.access(), &secret).await.unwrap().grants.len(), 1);
    desk.members().remove(&shop.caller(), membership.id(), &any()).await.unwrap();
    let caller = let_in(&desk.access(), &secret).await.unwrap();
    assert!(caller.grants.is_empty());
    let found = desk.customers();
    let found =
        orderdesk_application::services::Browse::find(&found, &caller, shop.customer.id().uuid()).await;
    assert_eq!(refused(found), [Problem::Forbidden(Action::Read, Resource::Customers)]);
    assert_eq!(
        desk.organization(shop.organization.id()).await.members(),
        Members { all: 1, administrators: 1 }
    );
    assert_eq!(
        stored(&*desk.store, &user).await,
        Some(user),
        "the user stays, as the author of what they wrote"
    );
}

#[tokio::test]
async fn who_leaves_one_organization_stays_in_others() {
    let (desk, shop) = TestDesk::with_shop().await;
    let other = desk.shop().await;
    let user = desk.somebody(&[(&other, Standing::Viewer)]).await;
    let membership = desk.join(shop.organization.id(), &user, Standing::Viewer).await;
    let caller = desk.caller(&user).await;
    desk.members().remove(&caller, membership.id(), &any()).await.unwrap();
    let caller = desk.caller(&user).await;
    let organizations: Vec<_> = caller.grants.iter().map(|grant| grant.organization.id).collect();
    assert_eq!(organizations, [other.organization.id()]);
}

#[tokio::test]
async fn a_member_removes_nobody_else() {
    let (desk, shop) = TestDesk::with_shop().await;
    for standing in [Standing::Viewer, Standing::Member] {
        let caller = desk.member(&shop, standing).await;
        let outcome = desk.members().remove(&caller, shop.membership.id(), &any()).await;
        assert_eq!(refused(outcome), [Problem::Forbidden(Action::Delete, Resource::Members)]);
    }
    let guest = desk.member(&shop, Standing::Guest(shop.customer.id())).await;
    let outcome = desk.members().remove(&guest, shop.membership.id(), &any()).await;
    assert_eq!(refused(outcome), [Problem::NotFound]);
    assert_eq!(count::<Membership>(&*desk.store).await, 4);
}
