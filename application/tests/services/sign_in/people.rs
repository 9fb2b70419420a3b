//! What becomes of people for whom a provider vouches.

use std::sync::Arc;

use orderdesk_application::ports::{Clock as _, Record, StoreError, Voucher};
use orderdesk_application::services::{AccessService, Precondition, UserChange};
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::builders::{currency, email, text, time_zone};
use orderdesk_contract::kinds::{count, everything, find};
use orderdesk_domain::{Credential, Members, Organization, OrganizationName, Role, Standing, User, UserName};

use crate::common::{
    FaultyStore, STAFF, Step, TestDesk, come_back, done, failed, issuer, new_customer, new_member, refused,
    row, verified, voucher,
};

async fn signed_in(access: &AccessService, voucher: &Voucher) -> Caller {
    let secret = access.sign_in(voucher, None).await.unwrap();
    come_back(access, &secret).await.unwrap()
}

async fn account(desk: &TestDesk, caller: &Caller) -> User {
    find::<User>(&*desk.store, caller.user.id.uuid()).await.unwrap().user
}

#[tokio::test]
async fn a_first_sign_in_makes_a_user_with_an_organization_of_their_own() {
    let desk = TestDesk::new();
    let caller = signed_in(&desk.access(), &verified("wanjiku", "wanjiku@duka.example")).await;
    assert!(matches!(caller.credential, Credential::Session(_)) && !caller.is_staff);
    let user = account(&desk, &caller).await;
    assert_eq!(user.identity(), &Some(voucher("wanjiku").identity));
    assert_eq!(user.account().name, text(UserName::parse, "Wanjiku Kamau"));
    assert_eq!(user.account().email, Some(email("wanjiku@duka.example")));
    let [grant] = caller.grants.as_slice() else { panic!("{caller:?}") };
    assert_eq!(grant.standing, Standing::Admin);
    let organization = desk.organization(grant.organization.id).await;
    assert_eq!(organization.charter().name, text(OrganizationName::parse, "Wanjiku Kamau"));
    assert_eq!(organization.charter().time_zone, time_zone("Africa/Kampala"));
    assert_eq!(organization.charter().default_currency, currency("UGX"));
    assert_eq!(organization.members(), Members { all: 1, administrators: 1 });
    let created = desk.customers().create(&caller, new_customer(), None).await.map(done).unwrap();
    assert_eq!(created.organization, grant.organization, "they can begin at once");
}

#[tokio::test]
async fn who_signs_in_again_is_the_same_user_in_the_same_organization() {
    let desk = TestDesk::new();
    let access = desk.access();
    let first = signed_in(&access, &voucher("wanjiku")).await;
    let second = signed_in(&access, &voucher("wanjiku")).await;
    assert_eq!((&first.user, &first.grants), (&second.user, &second.grants));
    assert_ne!(first.credential, second.credential, "in another session");
    let store = &*desk.store;
    assert_eq!((count::<User>(store).await, count::<Organization>(store).await), (1, 1));
}

/// Addresses change hands; what an issuer calls somebody does not.
#[tokio::test]
async fn people_are_known_by_issuer_and_subject_and_never_by_address() {
    let desk = TestDesk::new();
    let access = desk.access();
    let first = signed_in(&access, &verified("wanjiku", "sales@duka.example")).await;
    let second = signed_in(&access, &verified("njeri", "sales@duka.example")).await;
    let elsewhere = orderdesk_contract::builders::identity("https://login.example", "wanjiku");
    let third = signed_in(&access, &Voucher { identity: elsewhere, ..voucher("wanjiku") }).await;
    assert!(first.user.id != second.user.id && first.user.id != third.user.id);
    let grants = [&first, &second, &third].map(|caller| caller.grants[0].organization.id);
    assert!(grants[0] != grants[1] && grants[0] != grants[2], "each sees but their own");
}

#[tokio::test]
async fn who_has_no_name_is_called_by_their_address_and_who_has_neither_is_new() {
    let desk = TestDesk::new();
    let access = desk.access();
    let nameless = Voucher { name: None, ..verified("one", "amina.otieno@duka.example") };
    assert_eq!(signed_in(&access, &nameless).await.user.name, text(UserName::parse, "amina.otieno"));
    let unknown = Voucher { name: None, ..voucher("two") };
    assert_eq!(signed_in(&access, &unknown).await.user.name, text(UserName::parse, "New user"));
}

#[tokio::test]
async fn a_configured_address_is_staff_once_the_provider_has_verified_it() {
    let desk = TestDesk::new();
    let access = desk.access();
    assert!(!signed_in(&access, &voucher("boss")).await.is_staff, "the provider says nothing of an address");
    assert!(signed_in(&access, &verified("boss", STAFF)).await.is_staff, "also who was not at first");
    assert!(signed_in(&access, &verified("other", STAFF)).await.is_staff);
    assert!(!signed_in(&access, &verified("clerk", "clerk@duka.example")).await.is_staff);
    let user = everything::<User>(&*desk.store).await.rows.into_iter().find(|it| it.user.account().is_staff);
    assert!(user.is_some(), "it is written down with the user");
}

#[tokio::test]
async fn another_address_is_taken_over_and_none_takes_nothing_away() {
    let desk = TestDesk::new();
    let access = desk.access();
    let caller = signed_in(&access, &verified("wanjiku", "old@duka.example")).await;
    signed_in(&access, &verified("wanjiku", "new@duka.example")).await;
    assert_eq!(account(&desk, &caller).await.account().email, Some(email("new@duka.example")));
    signed_in(&access, &voucher("wanjiku")).await;
    assert_eq!(account(&desk, &caller).await.account().email, Some(email("new@duka.example")));
}

/// Staff can give somebody another name, which the next sign-in does not take back.
#[tokio::test]
async fn a_name_stays_what_it_was_made_here() {
    let desk = TestDesk::new();
    let access = desk.access();
    let caller = signed_in(&access, &voucher("wanjiku")).await;
    let staff = desk.caller(&desk.staff().await).await;
    let name = text(UserName::parse, "Wanjiku from the till");
    let renamed = UserChange { name: Some(name.clone()), ..UserChange::default() };
    desk.users().change(&staff, row(caller.user.id.uuid(), renamed)).await.unwrap();
    assert_eq!(signed_in(&access, &voucher("wanjiku")).await.user.name, name);
}

#[tokio::test]
async fn who_was_made_staff_here_stays_so() {
    let desk = TestDesk::new();
    let access = desk.access();
    let caller = signed_in(&access, &voucher("wanjiku")).await;
    let staff = desk.caller(&desk.staff().await).await;
    let promoted = UserChange { is_staff: Some(true), ..UserChange::default() };
    desk.users().change(&staff, row(caller.user.id.uuid(), promoted)).await.unwrap();
    assert!(signed_in(&access, &verified("wanjiku", "wanjiku@duka.example")).await.is_staff);
}

#[tokio::test]
async fn a_deactivated_user_cannot_sign_in_and_gets_no_other_account() {
    let desk = TestDesk::new();
    let access = desk.access();
    let caller = signed_in(&access, &voucher("wanjiku")).await;
    let staff = desk.caller(&desk.staff().await).await;
    desk.users().deactivate(&staff, caller.user.id, Precondition::default()).await.unwrap();
    let before = desk.records().await;
    // Not even by an address that would make them staff.
    let outcome = access.sign_in(&verified("wanjiku", STAFF), None).await;
    assert_eq!(refused(outcome), [Problem::Deactivated]);
    assert_eq!(desk.records().await, before);
    let on = UserChange { is_active: Some(true), ..UserChange::default() };
    desk.users().change(&staff, row(caller.user.id.uuid(), on)).await.unwrap();
    assert_eq!(signed_in(&access, &voucher("wanjiku")).await.user, caller.user);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_first_sign_ins_at_once_one_user_comes() {
    let desk = TestDesk::new();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let access = desk.access();
            tokio::spawn(async move { signed_in(&access, &verified("wanjiku", STAFF)).await.user.id })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    ids.dedup();
    let store = &*desk.store;
    assert_eq!((ids.len(), count::<User>(store).await, count::<Organization>(store).await), (1, 1, 1));
}

#[tokio::test]
async fn a_sign_in_outlasts_lost_races_and_makes_one_user() {
    for step in [Step::Begin, Step::Insert, Step::Commit] {
        let store = Arc::new(FaultyStore::default());
        let desk = TestDesk::on(store.clone());
        store.fail(step, 3, || StoreError::Retry("deadlock".into()));
        signed_in(&desk.access(), &verified("wanjiku", "wanjiku@duka.example")).await;
        assert!(store.is_spent(), "{step:?}");
        assert_eq!((count::<User>(&*store).await, count::<Organization>(&*store).await), (1, 1), "{step:?}");
    }
}

#[tokio::test]
async fn a_sign_in_that_fails_leaves_nobody_behind() {
    for step in [Step::Insert, Step::Commit] {
        let store = Arc::new(FaultyStore::default());
        let desk = TestDesk::on(store.clone());
        store.fail(step, 1, || StoreError::Backend("disk full".into()));
        let outcome = desk.access().sign_in(&verified("wanjiku", "wanjiku@duka.example"), None).await;
        assert!(matches!(failed(outcome), StoreError::Backend(_)));
        assert_eq!(desk.records().await, [], "{step:?}");
    }
}

mod invitations {
    use super::*;

    #[tokio::test]
    async fn who_was_invited_belongs_from_their_first_sign_in_on() {
        let (desk, shop) = TestDesk::with_shop().await;
        let (access, organization) = (desk.access(), shop.organization.id());
        let new = new_member("Wanjiku@duka.example", Role::Member);
        let invited = desk.members().invite(&shop.caller(), organization, new, None).await.map(done).unwrap();
        assert_eq!(desk.organization(organization).await.members().all, 1, "who is invited does not count");

        let caller = signed_in(&access, &verified("wanjiku", "wanjiku@duka.example")).await;
        let here = caller.grants.iter().find(|grant| grant.organization.id == organization).unwrap();
        assert_eq!((here.standing, caller.grants.len()), (Standing::Member, 2));
        let members = desk.organization(organization).await.members();
        assert_eq!(members, Members { all: 2, administrators: 1 });
        let id = invited.membership.id().uuid();
        let membership = find::<orderdesk_domain::Membership>(&*desk.store, id).await.unwrap();
        assert_eq!(membership.membership.member().user(), Some(caller.user.id));
        assert_eq!(membership.user, Some(caller.user.clone()));
        assert_eq!(membership.membership.updated_at(), desk.clock.now());
    }

    #[tokio::test]
    async fn who_was_here_already_belongs_from_their_next_sign_in_on() {
        let (desk, shop) = TestDesk::with_shop().await;
        let access = desk.access();
        let session = access.sign_in(&verified("wanjiku", "wanjiku@duka.example"), None).await.unwrap();
        let new = new_member("wanjiku@duka.example", Role::Admin);
        desk.members().invite(&shop.caller(), shop.organization.id(), new, None).await.unwrap();
        assert_eq!(come_back(&access, &session).await.unwrap().grants.len(), 1);
        let caller = signed_in(&access, &verified("wanjiku", "wanjiku@duka.example")).await;
        assert_eq!(caller.grants.len(), 2);
        assert_eq!(come_back(&access, &session).await.unwrap().grants.len(), 2, "in every session");
        let members = desk.organization(shop.organization.id()).await.members();
        assert_eq!(members, Members { all: 2, administrators: 2 });
    }

    #[tokio::test]
    async fn an_invitation_is_for_who_has_the_address_verified() {
        let (desk, shop) = TestDesk::with_shop().await;
        let access = desk.access();
        let new = new_member("wanjiku@duka.example", Role::Admin);
        desk.members().invite(&shop.caller(), shop.organization.id(), new, None).await.unwrap();
        let none = signed_in(&access, &voucher("wanjiku")).await;
        let another = signed_in(&access, &verified("njeri", "njeri@duka.example")).await;
        assert_eq!((none.grants.len(), another.grants.len()), (1, 1));
        assert_eq!(desk.organization(shop.organization.id()).await.members().all, 1);
    }

    #[tokio::test]
    async fn every_organization_that_invited_somebody_gets_them() {
        let desk = TestDesk::new();
        let shops = [desk.shop().await, desk.shop().await, desk.shop().await];
        for (shop, role) in shops.iter().zip(Role::ALL) {
            let new = new_member("wanjiku@duka.example", role);
            desk.members().invite(&shop.caller(), shop.organization.id(), new, None).await.unwrap();
        }
        let caller = signed_in(&desk.access(), &verified("wanjiku", "wanjiku@duka.example")).await;
        let found = shops.each_ref().map(|shop| {
            let here =
                |grant: &&orderdesk_application::Grant| grant.organization.id == shop.organization.id();
            caller.grants.iter().find(here).unwrap().standing
        });
        assert_eq!(found, [Standing::Viewer, Standing::Member, Standing::Admin]);
    }

    /// Whoever belongs already keeps what they are: an invitation does not change it, and goes.
    #[tokio::test]
    async fn an_invitation_of_somebody_who_belongs_already_goes_without_effect() {
        let (desk, shop) = TestDesk::with_shop().await;
        let (access, organization) = (desk.access(), shop.organization.id());
        let invite = async |address, role| {
            desk.members()
                .invite(&shop.caller(), organization, new_member(address, role), None)
                .await
                .unwrap();
        };
        invite("old@duka.example", Role::Viewer).await;
        signed_in(&access, &verified("wanjiku", "old@duka.example")).await;
        invite("new@duka.example", Role::Admin).await;
        let caller = signed_in(&access, &verified("wanjiku", "new@duka.example")).await;
        let here = caller.grants.iter().find(|grant| grant.organization.id == organization).unwrap();
        assert_eq!(here.standing, Standing::Viewer);
        assert_eq!(desk.organization(organization).await.members(), Members { all: 2, administrators: 1 });
        let memberships = desk.records().await.into_iter().filter(|record| match record {
            Record::Membership(membership) => membership.organization() == organization,
            _ => false,
        });
        assert_eq!(memberships.count(), 2, "the owner's and Wanjiku's");
    }

    #[tokio::test]
    async fn who_was_invited_as_a_guest_sees_their_customer_and_nothing_else() {
        let (desk, shop) = TestDesk::with_shop().await;
        let customer = Some(shop.customer.id());
        let new = orderdesk_application::services::NewMember {
            customer,
            ..new_member("wanjiku@duka.example", Role::Viewer)
        };
        desk.members().invite(&shop.caller(), shop.organization.id(), new, None).await.unwrap();
        let caller = signed_in(&desk.access(), &verified("wanjiku", "wanjiku@duka.example")).await;
        let here = caller.grants.iter().find(|grant| grant.organization.id == shop.organization.id());
        assert_eq!(here.unwrap().standing, Standing::Guest(shop.customer.id()));
    }

    #[tokio::test]
    async fn the_issuer_of_a_sign_in_is_who_acted() {
        let (desk, shop) = TestDesk::with_shop().await;
        let new = new_member("wanjiku@duka.example", Role::Member);
        desk.members().invite(&shop.caller(), shop.organization.id(), new, None).await.unwrap();
        let before = desk.entries().await.len();
        let caller = signed_in(&desk.access(), &verified("wanjiku", "wanjiku@duka.example")).await;
        let entries = desk.entries().await.split_off(before);
        assert!(!entries.is_empty());
        for entry in entries {
            assert_eq!(entry.entry.actor.user, Some(caller.user.id));
            assert_eq!(entry.entry.actor.credential, Credential::Issuer(issuer()));
        }
    }
}
