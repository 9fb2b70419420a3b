//! Races about who belongs where: nothing leads nowhere, nothing is there twice, and an administrator is always left.

use std::slice::from_ref;
use std::sync::Arc;

use futures_util::FutureExt as _;
use orderdesk_application::Scope;
use orderdesk_application::ports::{Presented, Store, StoreError, StoreResult, Unique};
use orderdesk_domain::{
    ApiToken, Customer, CustomerId, Item, Membership, MembershipId, Organization, Standing, User, UserId,
};

use crate::Harness;
use crate::builders::{Maker, version};
use crate::kinds::{Writable, change, count, delete, everything, find, insert, keep, stored, update};
use crate::outcome::{persist, race};
use crate::shop::Shop;

/// How often a race is run: often enough for either side to win some.
const ROUNDS: usize = 30;

/// How many want the same.
const RIVALS: usize = 4;

/// Lets the insertion of one object and the deletion of another race, and answers how both came out.
async fn insertion_against_deletion<I: Writable, D: Writable>(
    store: &Arc<dyn Store>,
    new: &I,
    old: &D,
) -> (StoreResult<()>, StoreResult<()>) {
    let inserting = {
        let (store, new) = (Arc::clone(store), new.clone());
        async move { persist(|| insert(&*store, from_ref(&new))).await }.boxed()
    };
    let deleting = {
        let (store, old) = (Arc::clone(store), old.clone());
        async move { persist(|| delete(&*store, &old)).await.map(|deleted| assert_eq!(deleted, 1)) }.boxed()
    };
    let mut outcomes = race([inserting, deleting]).await;
    let deleted = outcomes.pop().unwrap();
    (outcomes.pop().unwrap(), deleted)
}

/// An organization goes, or something comes that it owns: one of the two succeeds, the other says `Referenced`.
async fn possession_against_departure<K: Writable>(
    harness: &impl Harness,
    possession: fn(&Maker, &Organization) -> K,
) {
    let store = harness.fresh().await;
    let make = Maker::default();
    for round in 0..ROUNDS {
        let organization = make.organization();
        keep(&*store, &organization).await;
        let new = possession(&make, &organization);
        let outcome = insertion_against_deletion(&store, &new, &organization).await;
        let there = stored(&*store, &organization).await.is_some();
        let new_there = stored(&*store, &new).await.is_some();
        match outcome {
            (Ok(()), Err(StoreError::Referenced)) => assert!(there && new_there, "round {round}"),
            (Err(StoreError::Referenced), Ok(())) => assert!(!there && !new_there, "round {round}"),
            outcome => panic!("round {round}: {outcome:?}"),
        }
    }
}

pub async fn a_customer_and_the_deletion_of_its_organization_never_both_succeed(harness: &impl Harness) {
    possession_against_departure::<Customer>(harness, |make, organization| make.customer(organization.id()))
        .await;
}

pub async fn an_item_and_the_deletion_of_its_organization_never_both_succeed(harness: &impl Harness) {
    possession_against_departure::<Item>(harness, |make, organization| make.item(organization.id())).await;
}

/// Something goes, and whatever belongs to it comes meanwhile: it is refused, or it goes along.
pub(super) async fn belonging_against_departure<I: Writable, D: Writable>(
    harness: &impl Harness,
    belonging: fn(&Maker, &Shop, &D) -> I,
) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    let before = count::<I>(&*store).await;
    for round in 0..ROUNDS {
        let old = D::another(&shop, &make);
        keep(&*store, &old).await;
        let new = belonging(&make, &shop, &old);
        match insertion_against_deletion(&store, &new, &old).await {
            (Ok(()) | Err(StoreError::Referenced), Ok(())) => {}
            outcome => panic!("round {round}: {outcome:?}"),
        }
        assert!(stored(&*store, &old).await.is_none(), "round {round}");
        assert!(stored(&*store, &new).await.is_none(), "round {round}");
        assert_eq!(count::<I>(&*store).await, before);
    }
}

pub async fn no_membership_outlives_its_organization(harness: &impl Harness) {
    belonging_against_departure::<Membership, Organization>(harness, |make, shop, organization| {
        make.membership(organization.id(), shop.owner.id(), Standing::Member)
    })
    .await;
    belonging_against_departure::<Membership, Organization>(harness, |make, _, organization| {
        make.invitation(organization.id(), Standing::Member)
    })
    .await;
}

pub async fn no_membership_and_no_token_outlives_its_user(harness: &impl Harness) {
    belonging_against_departure::<Membership, User>(harness, |make, shop, user| {
        make.membership(shop.organization.id(), user.id(), Standing::Member)
    })
    .await;
    belonging_against_departure::<ApiToken, User>(harness, |make, _, user| make.token(user.id()).0).await;
}

pub async fn nobody_who_goes_accepts_an_invitation(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    for round in 0..ROUNDS {
        let user = make.user();
        keep(&*store, &user).await;
        let invitation = make.invitation(shop.organization.id(), Standing::Viewer);
        keep(&*store, &invitation).await;
        let mut accepted = invitation.clone();
        accepted.accept(user.id(), make.now());
        let accepting = {
            let (store, was) = (Arc::clone(&store), invitation.clone());
            async move { persist(|| update(&*store, &was, &accepted)).await }.boxed()
        };
        let deleting = {
            let (store, user) = (Arc::clone(&store), user.clone());
            async move { persist(|| delete(&*store, &user)).await.map(|deleted| assert_eq!(deleted, 1)) }
                .boxed()
        };
        let mut outcomes = race([accepting, deleting]).await;
        outcomes.pop().unwrap().unwrap();
        let left = stored(&*store, &invitation).await;
        match outcomes.pop().unwrap() {
            Ok(()) => assert_eq!(left, None, "round {round}: it went with the user"),
            Err(StoreError::Referenced) => assert_eq!(left, Some(invitation), "round {round}"),
            outcome => panic!("round {round}: {outcome:?}"),
        }
    }
}

pub async fn no_session_outlives_its_user(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    for round in 0..ROUNDS {
        let user = make.user();
        keep(&*store, &user).await;
        let (session, _) = make.session(user.id());
        let signing_in = {
            let (store, session) = (Arc::clone(&store), session.clone());
            async move {
                let sign_in = || async {
                    let mut work = store.begin().await?;
                    work.access().add_session(&session).await?;
                    work.commit().await
                };
                persist(sign_in).await
            }
            .boxed()
        };
        let deleting = {
            let (store, user) = (Arc::clone(&store), user.clone());
            async move { persist(|| delete(&*store, &user)).await.map(|deleted| assert_eq!(deleted, 1)) }
                .boxed()
        };
        let mut outcomes = race([signing_in, deleting]).await;
        outcomes.pop().unwrap().unwrap();
        match outcomes.pop().unwrap() {
            Ok(()) | Err(StoreError::Referenced) => {}
            outcome => panic!("round {round}: {outcome:?}"),
        }
        let bearer = store.credentials().bearer(Presented::Session(&session.digest)).await.unwrap();
        assert_eq!(bearer, None, "round {round}");
    }
}

pub async fn whoever_goes_is_nobodys_author(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    for round in 0..ROUNDS {
        let author = make.user();
        keep(&*store, &author).await;
        let (id, here) = (CustomerId::new(make.id()), shop.organization.id());
        let customer = Customer::register(id, here, make.profile(), Some(author.id()));
        let outcome = insertion_against_deletion(&store, &customer, &author).await;
        let found = find::<Customer>(&*store, id.uuid()).await;
        match (outcome, found) {
            ((Ok(()), Ok(())), Some(found)) => {
                assert_eq!(found.customer.created_by(), None, "round {round}");
                assert_eq!(found.created_by, None, "round {round}");
            }
            ((Err(StoreError::Referenced), Ok(())), None) => {}
            outcome => panic!("round {round}: {outcome:?}"),
        }
    }
}

/// How an attempt to step down came out.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Demotion {
    Done,
    /// Nobody else would be left.
    Refused,
}

/// Makes `membership` a viewer's, unless no administrator would be left; again where somebody else was quicker.
async fn demote(store: &dyn Store, make: &Maker, membership: &Membership) -> Demotion {
    let attempt = async || {
        let mut work = store.begin().await?;
        let id = membership.organization().uuid();
        let was = work.organizations().find(&Scope::Everything, id).await?.unwrap().organization;
        let mut now = was.clone();
        if now.reappoint(membership.standing(), Standing::Viewer, make.now()).is_err() {
            work.rollback().await?;
            return Ok(Demotion::Refused);
        }
        let mut demoted = membership.clone();
        demoted.reappoint(Standing::Viewer, make.now());
        work.organizations().update(&[change(&was, &now)]).await?;
        work.memberships().update(&[change(membership, &demoted)]).await?;
        work.commit().await?;
        Ok(Demotion::Done)
    };
    loop {
        match attempt().await {
            Ok(demotion) => return demotion,
            Err(StoreError::Retry(_) | StoreError::Conflict) => tokio::task::yield_now().await,
            Err(error) => panic!("{error:?}"),
        }
    }
}

pub async fn of_administrators_who_step_down_at_once_one_is_left(harness: &impl Harness) {
    let store = harness.fresh().await;
    let make = Arc::new(Maker::default());
    for round in 0..ROUNDS / 2 {
        let shop = Shop::open(&*store, &make).await;
        let here = shop.organization.id();
        let (mut organization, mut administrators) =
            (shop.organization.clone(), vec![shop.membership.clone()]);
        for _ in 1..=round % 3 + 1 {
            let user = make.user();
            keep(&*store, &user).await;
            let membership = make.membership(here, user.id(), Standing::Admin);
            keep(&*store, &membership).await;
            organization.admit(Standing::Admin, make.now());
            administrators.push(membership);
        }
        // All of them in one version of the organization.
        let counted = Organization::restore(
            here,
            organization.charter().clone(),
            organization.members(),
            make.now(),
            version(2),
        );
        update(&*store, &shop.organization, &counted).await.unwrap();

        let step_down = |membership: &Membership| {
            let (store, make, membership) = (Arc::clone(&store), Arc::clone(&make), membership.clone());
            async move { demote(&*store, &make, &membership).await }
        };
        let mut outcomes = race(administrators.iter().map(step_down)).await;
        outcomes.sort();
        let refused = outcomes.iter().filter(|outcome| **outcome == Demotion::Refused).count();
        assert_eq!(refused, 1, "round {round}: {outcomes:?}");
        let organization = stored(&*store, &shop.organization).await.unwrap();
        assert_eq!(organization.members().administrators, 1, "round {round}");
        let memberships = everything::<Membership>(&*store).await.rows.into_iter();
        let left = memberships.filter(|details| {
            let membership = &details.membership;
            membership.organization() == here && membership.standing() == Standing::Admin
        });
        assert_eq!(left.count(), 1, "round {round}");
    }
}

/// Lets some create the same at once: one of them succeeds.
async fn one_of_rivals<K: Writable>(
    harness: &impl Harness,
    unique: Unique,
    rivals: fn(&Maker, &Shop) -> Vec<K>,
) {
    let store = harness.fresh().await;
    let make = Maker::default();
    let shop = Shop::open(&*store, &make).await;
    let before = count::<K>(&*store).await;
    for round in 1..=10 {
        let create = |rival: K| {
            let store = Arc::clone(&store);
            async move { persist(|| insert(&*store, from_ref(&rival))).await }
        };
        let outcomes = race(rivals(&make, &shop).into_iter().map(create)).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        for error in outcomes.into_iter().filter_map(Result::err) {
            assert!(matches!(error, StoreError::AlreadyExists(taken) if taken == unique), "{error:?}");
        }
        assert_eq!(count::<K>(&*store).await, before + round);
    }
}

pub async fn of_several_first_sign_ins_of_one_identity_one_is_a_user(harness: &impl Harness) {
    one_of_rivals::<User>(harness, Unique::Identity, |make, _| {
        let identity = make.identity();
        let user = |_| User::enrol(UserId::new(make.id()), Some(identity.clone()), make.account());
        (0..RIVALS).map(user).collect()
    })
    .await;
}

pub async fn of_several_invitations_of_one_address_one_is_kept(harness: &impl Harness) {
    one_of_rivals::<Membership>(harness, Unique::Membership, |make, shop| {
        let first = make.invitation(shop.organization.id(), Standing::Viewer);
        let again = |_| {
            let id = MembershipId::new(make.id());
            Membership::grant(id, first.organization(), first.member().clone(), first.standing())
        };
        (0..RIVALS).map(again).collect()
    })
    .await;
}
