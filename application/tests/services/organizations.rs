//! What can be done with organizations.

use orderdesk_application::services::{Browse as _, NewOrganization, OrganizationChange, Precondition, Row};
use orderdesk_application::views::OrganizationDetails;
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::builders::{currency, text, time_zone};
use orderdesk_contract::kinds::{count, delete, stored};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{
    Credential, Members, Membership, Organization, OrganizationId, OrganizationName, Standing, User, Version,
};

use crate::common::{
    TestDesk, all, come_back, done, let_in, new_customer, new_organization, on_version, refused, row, seen,
    voucher,
};

/// A desk, and somebody who belongs nowhere, who has founded an organization.
async fn founded() -> (TestDesk, User, Caller, OrganizationDetails) {
    let desk = TestDesk::new();
    let user = desk.somebody(&[]).await;
    let caller = desk.caller(&user).await;
    let founded = desk.organizations().create(&caller, new_organization("Soko"), None).await.map(done);
    (desk, user, caller, founded.unwrap())
}

fn renamed(id: OrganizationId, name: &str) -> Row<OrganizationChange> {
    let name = Some(text(OrganizationName::parse, name));
    row(id.uuid(), OrganizationChange { name, ..OrganizationChange::default() })
}

#[tokio::test]
async fn whoever_founds_an_organization_administers_it_at_once() {
    let (desk, user, _, founded) = founded().await;
    let organization = &founded.organization;
    assert_eq!(organization.charter().name, text(OrganizationName::parse, "Soko"));
    assert_eq!(organization.members(), Members { all: 1, administrators: 1 });
    assert_eq!(organization.version(), Version::FIRST);
    assert_eq!(stored(&*desk.store, organization).await.as_ref(), Some(organization));

    let caller = desk.caller(&user).await;
    let [grant] = caller.grants.as_slice() else { panic!("{caller:?}") };
    assert_eq!((grant.organization.id, grant.standing), (organization.id(), Standing::Admin));
    let members = desk.members().list(&caller, all()).await.unwrap().objects;
    assert_eq!(members[0].user, Some(caller.user.clone()));
}

/// The same credential, which was recognised a moment before.
#[tokio::test]
async fn what_was_known_of_the_founder_is_forgotten() {
    let desk = TestDesk::new();
    let user = desk.somebody(&[]).await;
    let secret = desk.token(&user).await;
    let before = let_in(&desk.access(), &secret).await.unwrap();
    desk.organizations().create(&before, new_organization("Soko"), None).await.unwrap();
    let after = let_in(&desk.access(), &secret).await.unwrap();
    assert_eq!((before.grants.len(), after.grants.len()), (0, 1));
}

#[tokio::test]
async fn an_organization_has_what_it_says_and_else_what_the_installation_has() {
    let (desk, _, caller, founded) = founded().await;
    let charter = founded.organization.charter();
    assert_eq!(charter.default_currency, currency("UGX"));
    assert_eq!(charter.time_zone, time_zone("Africa/Kampala"));
    let new = NewOrganization {
        time_zone: Some(time_zone("Africa/Nairobi")),
        default_currency: Some(currency("KES")),
        ..new_organization("Duka")
    };
    let other = desk.organizations().create(&caller, new, None).await.map(done).unwrap().organization;
    assert_eq!(other.charter().default_currency, currency("KES"));
    assert_eq!(other.charter().time_zone, time_zone("Africa/Nairobi"));
}

#[tokio::test]
async fn two_organizations_may_have_the_same_name() {
    let (desk, _, caller, founded) = founded().await;
    let other = desk.organizations().create(&caller, new_organization("Soko"), None).await.map(done);
    assert_ne!(other.unwrap().organization.id(), founded.organization.id());
}

#[tokio::test]
async fn another_name_shows_beside_what_the_organization_owns() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.clock.advance(1_000);
    let id = shop.organization.id();
    let changed = desk.organizations().change(&shop.caller(), renamed(id, "Soko")).await.unwrap();
    assert_eq!(changed.organization.charter().time_zone, shop.organization.charter().time_zone);
    assert_eq!(changed.organization.version().number(), 2);
    let customer = desk.customers().find(&shop.caller(), shop.customer.id().uuid()).await.unwrap();
    assert_eq!(customer.organization.name, text(OrganizationName::parse, "Soko"));
}

/// Callers carry the name and the currency of their organizations with them.
#[tokio::test]
async fn another_currency_counts_for_who_was_recognised_a_moment_before() {
    let (desk, shop) = TestDesk::with_shop().await;
    let secret = desk.token(&shop.owner).await;
    let caller = let_in(&desk.access(), &secret).await.unwrap();
    let default_currency = Some(currency("USD"));
    let change = OrganizationChange { default_currency, ..OrganizationChange::default() };
    desk.organizations().change(&caller, row(shop.organization.id().uuid(), change)).await.unwrap();
    let caller = let_in(&desk.access(), &secret).await.unwrap();
    let created =
        desk.items().create(&caller, crate::common::new_item("Rope"), None).await.map(done).unwrap();
    assert_eq!(created.item.listing().price.currency(), currency("USD"));
}

#[tokio::test]
async fn a_stale_version_is_refused() {
    let (desk, shop) = TestDesk::with_shop().await;
    let id = shop.organization.id();
    desk.organizations().change(&shop.caller(), renamed(id, "Soko")).await.unwrap();
    let stale = Row { precondition: on_version(1), ..renamed(id, "Duka") };
    assert_eq!(refused(desk.organizations().change(&shop.caller(), stale).await), [Problem::Stale]);
    let deleted = desk.organizations().delete(&shop.caller(), id, &on_version(1)).await;
    assert_eq!(refused(deleted), [Problem::Stale]);
}

#[tokio::test]
async fn an_organization_that_owns_something_stays_and_says_what() {
    let (desk, shop) = TestDesk::with_shop().await;
    let id = shop.organization.id();
    let remove = async || desk.organizations().delete(&shop.caller(), id, &Precondition::default()).await;
    desk.customers().create(&shop.caller(), new_customer(), None).await.unwrap();
    let owns = |customers, items, orders| [Problem::OwnsSomething { customers, items, orders }];
    assert_eq!(refused(remove().await), owns(2, 1, 0));
    let order = shop.order(&desk.make);
    orderdesk_contract::kinds::place(&*desk.store, &[order]).await.unwrap();
    assert_eq!(refused(remove().await), owns(2, 1, 1));
}

#[tokio::test]
async fn an_empty_organization_goes_with_its_memberships_and_is_seen_by_nobody() {
    let (desk, shop) = TestDesk::with_shop().await;
    let id = shop.organization.id();
    let user = desk.somebody(&[(&shop, Standing::Viewer)]).await;
    let secret = desk.token(&user).await;
    assert_eq!(let_in(&desk.access(), &secret).await.unwrap().grants.len(), 1);
    delete(&*desk.store, &shop.customer).await.unwrap();
    delete(&*desk.store, &shop.item).await.unwrap();
    desk.organizations().delete(&shop.caller(), id, &Precondition::default()).await.unwrap();

    assert_eq!(let_in(&desk.access(), &secret).await.unwrap().grants.len(), 0, "at once");
    let store = &*desk.store;
    assert_eq!((count::<Organization>(store).await, count::<Membership>(store).await), (0, 0));
    let staff = desk.caller(&desk.staff().await).await;
    assert!(seen(&desk.organizations(), &staff).await.unwrap().is_empty());
}

/// Others' emptiness is nobody's business: what one organization owns keeps no other.
#[tokio::test]
async fn what_other_organizations_own_keeps_nobody_here() {
    let (desk, shop) = TestDesk::with_shop().await;
    let founded = desk.organizations().create(&shop.caller(), new_organization("Soko"), None).await;
    let founded = founded.map(done).unwrap().organization.id();
    let owner = desk.caller(&shop.owner).await;
    desk.organizations().delete(&owner, founded, &Precondition::default()).await.unwrap();
    assert_eq!(seen(&desk.organizations(), &shop.caller()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_person_who_signs_in_can_found_another_besides_their_own() {
    let desk = TestDesk::new();
    let session = desk.access().sign_in(&voucher("wanjiku"), None).await.unwrap();
    let caller = come_back(&desk.access(), &session).await.unwrap();
    assert!(matches!(caller.credential, Credential::Session(_)));
    desk.organizations().create(&caller, new_organization("Soko"), None).await.unwrap();
    assert_eq!(come_back(&desk.access(), &session).await.unwrap().grants.len(), 2);
}

/// Whoever sees one organization learns of no other.
#[tokio::test]
async fn an_organization_of_others_does_not_exist() {
    let (desk, shop) = TestDesk::with_shop().await;
    let theirs: Shop = desk.shop().await;
    let (caller, id) = (shop.caller(), theirs.organization.id());
    let service = desk.organizations();
    assert_eq!(refused(service.find(&caller, id.uuid()).await), [Problem::NotFound]);
    assert_eq!(refused(service.change(&caller, renamed(id, "Ours")).await), [Problem::NotFound]);
    let deleted = service.delete(&caller, id, &Precondition::default()).await;
    assert_eq!(refused(deleted), [Problem::NotFound]);
    assert_eq!(desk.organization(id).await, theirs.organization);
}
