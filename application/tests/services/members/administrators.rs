//! There is always an administrator.

use orderdesk_application::error::Result;
use orderdesk_application::services::{MemberService, Precondition};
use orderdesk_application::{Caller, Problem};
use orderdesk_contract::kinds::everything;
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{LastAdministrator, Members, Membership, MembershipId, Role, Standing};

use crate::common::{TestDesk, reappoint, refused, row};

/// The administrators whom the organization counts, and those who are there.
async fn administrators(desk: &TestDesk, shop: &Shop) -> (Members, usize) {
    let rows = everything::<Membership>(&*desk.store).await.rows;
    let here = rows.iter().filter(|it| it.membership.organization() == shop.organization.id());
    let there = here.filter(|it| it.membership.standing() == Standing::Admin).count();
    (desk.organization(shop.organization.id()).await.members(), there)
}

async fn demote(members: &MemberService, caller: &Caller, id: MembershipId) -> Result<()> {
    members.change(caller, row(id.uuid(), reappoint(Role::Member))).await.map(drop)
}

async fn remove(members: &MemberService, caller: &Caller, id: MembershipId) -> Result<()> {
    members.remove(caller, id, &Precondition::default()).await
}

#[tokio::test]
async fn the_last_administrator_can_neither_leave_nor_be_demoted() {
    let (desk, shop) = TestDesk::with_shop().await;
    // Neither a member nor an invitation makes another administrator.
    desk.member(&shop, Standing::Member).await;
    let invitation = desk.make.invitation(shop.organization.id(), Standing::Admin);
    orderdesk_contract::kinds::keep(&*desk.store, &invitation).await;
    let before = desk.records().await;
    let (members, own) = (desk.members(), shop.membership.id());
    let staff = desk.staff().await;
    let staff = desk.caller(&staff).await;
    let unchanged = desk.records().await;
    for caller in [shop.caller(), staff] {
        let last = [Problem::LastAdministrator(LastAdministrator)];
        assert_eq!(refused(demote(&members, &caller, own).await), last);
        assert_eq!(refused(remove(&members, &caller, own).await), last);
    }
    assert_eq!(desk.records().await, unchanged);
    assert!(unchanged.len() > before.len(), "the staff has come");
}

#[tokio::test]
async fn one_of_two_administrators_can_go() {
    let (desk, shop) = TestDesk::with_shop().await;
    desk.member(&shop, Standing::Admin).await;
    remove(&desk.members(), &shop.caller(), shop.membership.id()).await.unwrap();
    assert_eq!(administrators(&desk, &shop).await, (Members { all: 1, administrators: 1 }, 1));
}

#[tokio::test]
async fn who_has_been_an_administrator_elsewhere_does_not_count_here() {
    let (desk, shop) = TestDesk::with_shop().await;
    let other = desk.shop().await;
    desk.somebody(&[(&other, Standing::Admin), (&shop, Standing::Member)]).await;
    let last = [Problem::LastAdministrator(LastAdministrator)];
    let outcome = remove(&desk.members(), &shop.caller(), shop.membership.id()).await;
    assert_eq!(refused(outcome), last);
}

/// What one of two does to the other, or to themselves, at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_administrators_who_go_at_once_one_stays() {
    for round in 0..20 {
        let (desk, shop) = TestDesk::with_shop().await;
        let user = desk.somebody(&[]).await;
        let other = desk.join(shop.organization.id(), &user, Standing::Admin).await;
        let callers = [shop.caller(), desk.caller(&user).await];
        let own = [shop.membership.id(), other.id()];
        let tasks: Vec<_> = (0..2)
            .map(|index| {
                let (members, caller) = (desk.members(), callers[index].clone());
                // Both leave, both demote themselves, each demotes the other, or one of each.
                let leaves = round % 4 == 0 || (round % 4 == 1 && index == 0);
                let whom = if round % 4 == 3 { own[1 - index] } else { own[index] };
                tokio::spawn(async move {
                    if leaves {
                        remove(&members, &caller, whom).await
                    } else {
                        demote(&members, &caller, whom).await
                    }
                })
            })
            .collect();
        let mut went = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => went += 1,
                refusal => {
                    let last = [Problem::LastAdministrator(LastAdministrator)];
                    assert_eq!(refused(refusal), last, "round {round}");
                }
            }
        }
        let (members, there) = administrators(&desk, &shop).await;
        assert_eq!((went, members.administrators, there), (1, 1, 1), "round {round}");
    }
}
